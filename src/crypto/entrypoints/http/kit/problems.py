"""Say what went wrong so that the caller can mend it: RFC 9457 problems, without a word about our insides."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import TypeAlias

import msgspec
from litestar import Response
from litestar.exceptions import HTTPException, MethodNotAllowedException, NotFoundException
from msgspec import UNSET, Struct, UnsetType

from crypto.application.errors import BadRequest, StoreUnavailable, UnknownCoin, UnknownSource
from crypto.entrypoints.http.kit.request_context import NEVER, AnyRequest, Exchange, exchange_of

PROBLEM_JSON = "application/problem+json"

RETRY_AFTER = 5
"""Seconds: what a caller is asked to wait when the database is away."""

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


class Verdict(Struct, frozen=True, kw_only=True):
    """What an error means to the caller."""

    status: HTTPStatus
    detail: str
    parameter: str | None = None
    headers: Mapping[str, str] = {}


class Problems:
    """Answers every error, Litestar's own too; those nobody expected are told to `on_error`."""

    def __init__(self, on_error: OnError) -> None:
        self._on_error = on_error

    def __call__(self, request: AnyRequest, error: Exception) -> Response[bytes]:
        """The problem an error is to the caller."""
        exchange = exchange_of(request)
        verdict = judge(error)
        exchange.error = f"{type(error).__name__}: {error}"
        if verdict.status == HTTPStatus.INTERNAL_SERVER_ERROR:
            self._on_error(error, exchange.request_id)
        return problem(exchange, verdict)


def judge(error: Exception) -> Verdict:
    """What an error means to the caller."""
    match error:
        case BadRequest():
            return Verdict(status=HTTPStatus.BAD_REQUEST, detail=str(error), parameter=error.parameter)
        case UnknownSource():
            return Verdict(status=HTTPStatus.BAD_REQUEST, detail=str(error), parameter="source")
        case UnknownCoin():
            return Verdict(status=HTTPStatus.NOT_FOUND, detail=str(error), parameter="coin_id")
        case StoreUnavailable():
            return database_away()
        case UnicodeDecodeError() | RecursionError():
            return Verdict(status=HTTPStatus.BAD_REQUEST, detail="the request cannot be read; simplify it")
        case HTTPException() if error.status_code < HTTPStatus.INTERNAL_SERVER_ERROR:
            return _refused(error)
        case _:
            detail = "an error that nobody expected; the log tells it under this request_id"
            return Verdict(status=HTTPStatus.INTERNAL_SERVER_ERROR, detail=detail)


def database_away() -> Verdict:
    """The store cannot be used now; it heals by itself. Why is for the log: it may name hosts and users."""
    return Verdict(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        detail=f"the database cannot be used now; ask again in {RETRY_AFTER} seconds (the log says why)",
        headers={"Retry-After": str(RETRY_AFTER)},
    )


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


def problem(exchange: Exchange, verdict: Verdict) -> Response[bytes]:
    """A verdict as an answer."""
    body = Problem(
        title=verdict.status.phrase,
        status=verdict.status,
        detail=verdict.detail,
        instance=exchange.path,
        request_id=exchange.request_id,
        parameter=UNSET if verdict.parameter is None else verdict.parameter,
    )
    headers = {"Cache-Control": NEVER, **verdict.headers}
    return Response(
        msgspec.json.encode(body), status_code=verdict.status, media_type=PROBLEM_JSON, headers=headers
    )
