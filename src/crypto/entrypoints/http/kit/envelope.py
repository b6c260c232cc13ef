"""What every answer has, whatever it is: a request id, safe headers, HEAD as GET without a body, a log line."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from typing import TypeAlias

from litestar import Request
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from crypto.entrypoints.http.kit.cors import OFF, Cors
from crypto.entrypoints.http.kit.data_answers import DataAnswers
from crypto.entrypoints.http.kit.drain import Drain
from crypto.entrypoints.http.kit.json_body import MAX_BODY
from crypto.entrypoints.http.kit.last_answer import last_answer
from crypto.entrypoints.http.kit.problem_codes import ProblemCode
from crypto.entrypoints.http.kit.problems import problem
from crypto.entrypoints.http.kit.request_context import OnRequest, RequestContext
from crypto.entrypoints.http.kit.scope import open_context
from crypto.entrypoints.http.kit.send_kept import send_kept
from crypto.entrypoints.http.kit.stamp import stamped
from crypto.entrypoints.http.kit.verdict import Verdict

MAX_URL = 8192
"""Bytes of path and query together."""

LogScope: TypeAlias = Callable[[Mapping[str, str]], AbstractContextManager[object]]
"""A block within which each log line bears the ids of a request."""

BODY_UNREAD = frozenset({"GET", "HEAD", "OPTIONS"})
"""Methods whose body means nothing; a large one is refused all the same."""


def without_ids(_: Mapping[str, str]) -> AbstractContextManager[object]:
    """A block whose log lines are as they are."""
    return nullcontext()


class Envelope:
    """Stands around the whole application: Litestar's own middleware never sees a 404 or 405."""

    def __init__(
        self,
        app: ASGIApp,
        on_request: OnRequest,
        *,
        cors: Cors = OFF,
        log_scope: LogScope = without_ids,
        data: DataAnswers | None = None,
        drain: Drain | None = None,
    ) -> None:
        self._app = app
        self._drain = drain or Drain()
        self._data = data
        self._on_request = on_request
        self._cors = cors
        self._log_scope = log_scope

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; other scopes pass."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        context = open_context(scope)
        if self._drain.begun:
            send = last_answer(scope, send)
        try:
            kept = await self._data.kept(context) if self._data else None
            if kept:
                await send_kept(kept, context, send, self._cors)
                return
            with self._log_scope(context.ids):
                await self._answer(context, scope, receive, stamped(send, context, self._cors))
        finally:
            self._on_request(context.line())

    async def _answer(self, context: RequestContext, scope: HTTPScope, receive: Receive, send: Send) -> None:
        if context.method == "HEAD":
            scope["method"] = "GET"
        refused = _refused(context)
        if refused:
            context.error = refused.detail
            answer = problem(context, refused)
            await answer.to_asgi_response(app=None, request=Request(scope))(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _refused(context: RequestContext) -> Verdict | None:
    """What is refused before anybody looks for its path."""
    if len(context.raw_path) + len(context.raw_query) > MAX_URL:
        detail = f"the path and query are longer than {MAX_URL} bytes together; shorten them"
        return Verdict(code=ProblemCode.URL_TOO_LONG, detail=detail)
    if context.method in BODY_UNREAD and _length(context) > MAX_BODY:
        detail = f"the body of a GET, HEAD or OPTIONS is longer than {MAX_BODY} bytes; nobody reads it"
        return Verdict(code=ProblemCode.BODY_TOO_LARGE, detail=detail)
    return None


def _length(context: RequestContext) -> int:
    """How long the body is, as its header says."""
    said = context.headers.content_length or ""
    return int(said) if said.isascii() and said.isdigit() and len(said) < 20 else 0
