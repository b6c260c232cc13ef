"""What every answer has, whatever it is: a request id, safe headers, HEAD as GET without a body, a log line."""

from http import HTTPStatus

from litestar import Request
from litestar.datastructures import MutableScopeHeaders
from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Message, Receive, Scope, Send

from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.problems import problem
from crypto.entrypoints.http.kit.request_context import OnRequest, RequestContext
from crypto.entrypoints.http.kit.scope import open_context
from crypto.entrypoints.http.kit.verdict import Verdict

MAX_URL = 8192
"""Bytes of path and query together."""


class Envelope:
    """Stands around the whole application: Litestar's own middleware never sees a 404 or 405."""

    def __init__(self, app: ASGIApp, on_request: OnRequest) -> None:
        self._app = app
        self._on_request = on_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """One request; other scopes pass."""
        if scope["type"] != ScopeType.HTTP:
            await self._app(scope, receive, send)
            return
        context = open_context(scope)
        try:
            await self._answer(context, scope, receive, _stamped(send, context))
        finally:
            self._on_request(context.line())

    async def _answer(self, context: RequestContext, scope: HTTPScope, receive: Receive, send: Send) -> None:
        if context.method == "HEAD":
            scope["method"] = "GET"
        if len(context.raw_path) + len(context.raw_query) > MAX_URL:
            await _too_long(context, scope)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _too_long(context: RequestContext, scope: HTTPScope) -> ASGIApp:
    detail = f"the path and query are longer than {MAX_URL} bytes together; shorten them"
    answer = problem(context, Verdict(status=HTTPStatus.REQUEST_URI_TOO_LONG, detail=detail))
    return answer.to_asgi_response(app=None, request=Request(scope))


def _stamped(send: Send, context: RequestContext) -> Send:
    async def stamped(message: Message) -> None:
        if message["type"] == "http.response.start":
            context.status = int(message["status"])
            _stamp(MutableScopeHeaders.from_message(message), context.request_id)
        elif message["type"] == "http.response.body" and context.method == "HEAD":
            message["body"] = b""
        await send(message)

    return stamped


def _stamp(headers: MutableScopeHeaders, request_id: str) -> None:
    headers["X-Request-ID"] = request_id
    headers["X-Content-Type-Options"] = "nosniff"
    headers.setdefault("Cache-Control", NO_STORE)
    if "GET" in headers.get("Allow", ""):
        headers["Allow"] = "GET, HEAD, OPTIONS"
