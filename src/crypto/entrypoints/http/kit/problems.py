"""Say what went wrong so that the caller can mend it: RFC 9457 problems, without a word about our insides."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException
from msgspec import UNSET, Struct, UnsetType

from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.methods import methods
from crypto.entrypoints.http.kit.problem_codes import PROBLEMS, ProblemCode, type_uri
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.scope import AnyRequest, context_of
from crypto.entrypoints.http.kit.verdict import Verdict, judge

PROBLEM_JSON = "application/problem+json"

OnError: TypeAlias = Callable[[Exception, str], None]
"""Told of an error nobody expected, and the id of its request."""


class Problem(Struct, frozen=True, kw_only=True):
    """`code` says what went wrong to programs, `detail` to people, `action` what to do next.

    `type` leads to the explanation of the code. `instance` is the path asked, `parameter` the one to change,
    `pointer` the place in the body that is wrong (RFC 6901).
    """

    type: str
    code: ProblemCode
    title: str
    status: int
    detail: str
    action: str
    instance: str
    request_id: str
    parameter: str | UnsetType = UNSET
    pointer: str | UnsetType = UNSET


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


REFUSED: Mapping[int, tuple[ProblemCode, str | None]] = {
    HTTPStatus.NOT_FOUND: (ProblemCode.UNKNOWN_PATH, "there is nothing at this path; / lists what there is"),
    HTTPStatus.METHOD_NOT_ALLOWED: (ProblemCode.METHOD_NOT_ALLOWED, None),
    HTTPStatus.NOT_ACCEPTABLE: (ProblemCode.NOT_ACCEPTABLE, None),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: (ProblemCode.BODY_TOO_LARGE, None),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: (ProblemCode.UNSUPPORTED_MEDIA_TYPE, None),
}
"""What Litestar's own refusals are called here, and how they are said where its words would not do."""


def _refused(error: HTTPException) -> Verdict:
    """Litestar's refusal as a verdict; one that is not known by its status is a request that cannot be read."""
    code, said = REFUSED.get(error.status_code, (ProblemCode.UNREADABLE_REQUEST, None))
    headers = {name: str(value) for name, value in (error.headers or {}).items()}
    if code is ProblemCode.METHOD_NOT_ALLOWED:
        said = f"this path does not take this method; it takes {', '.join(methods(headers.get('Allow', '')))}"
    return Verdict(code=code, detail=said or error.detail, headers=headers)


def problem_of(verdict: Verdict, *, path: str, request_id: str) -> Problem:
    """A verdict on the request of this path and id, as the body of an answer."""
    kind = PROBLEMS[verdict.code]
    return Problem(
        type=type_uri(verdict.code),
        code=verdict.code,
        title=kind.title,
        status=kind.status,
        detail=verdict.detail,
        action=kind.action,
        instance=path,
        request_id=request_id,
        parameter=UNSET if verdict.parameter is None else verdict.parameter,
        pointer=UNSET if verdict.pointer is None else verdict.pointer,
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
