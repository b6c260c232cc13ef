"""Say what went wrong so that the caller can mend it: RFC 9457 problems, without a word about our insides."""

from collections.abc import Callable
from http import HTTPStatus
from typing import TypeAlias

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from msgspec import UNSET, Struct, UnsetType

from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of
from crypto.entrypoints.http.kit.verdict import Verdict, judge

PROBLEM_JSON = "application/problem+json"

OnError: TypeAlias = Callable[[Exception, str], None]
"""Told of an error nobody expected, and the id of its request."""


class Problem(Struct, frozen=True, kw_only=True):
    """`detail` says what to do next, `instance` is the path asked, `parameter` the one to change."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    instance: str
    request_id: str
    parameter: str | UnsetType = UNSET


class Problems:
    """Answers every error, Litestar's own too; those nobody expected are told to `on_error`."""

    def __init__(self, on_error: OnError) -> None:
        self._on_error = on_error

    def __call__(self, request: AnyRequest, error: Exception) -> Response[bytes]:
        """The problem an error is to the caller."""
        context = context_of(request)
        verdict = _verdict(error)
        context.error = f"{type(error).__name__}: {error}"
        if verdict.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self._on_error(error, context.request_id)
        return problem(context, verdict)


def _verdict(error: Exception) -> Verdict:
    match error:
        case HTTPException() if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _refused(error)
        case _:
            return judge(error)


def _refused(error: HTTPException) -> Verdict:
    match error:
        case NotFoundException():
            detail = "there is nothing at this path; / lists what there is"
        case MethodNotAllowedException():
            detail = "this is read with GET or HEAD only"
        case _:
            detail = error.detail
    headers = {name: str(value) for name, value in (error.headers or {}).items()}
    return Verdict(status=HTTPStatus(error.status_code), detail=detail, headers=headers)


def problem_of(verdict: Verdict, *, path: str, request_id: str) -> Problem:
    """A verdict on the request of this path and id, as the body of an answer."""
    return Problem(
        title=verdict.status.phrase,
        status=verdict.status,
        detail=verdict.detail,
        instance=path,
        request_id=request_id,
        parameter=UNSET if verdict.parameter is None else verdict.parameter,
    )


def problem(context: RequestContext, verdict: Verdict) -> Response[bytes]:
    """A verdict on a request as an answer, of which no copy may be kept."""
    body = problem_of(verdict, path=context.path, request_id=context.request_id)
    return Response(
        msgspec.json.encode(body),
        status_code=verdict.status,
        media_type=PROBLEM_JSON,
        headers={"Cache-Control": NO_STORE, **verdict.headers},
    )
