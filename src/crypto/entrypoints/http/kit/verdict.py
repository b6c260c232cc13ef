"""What an error means to the caller: its status, what to do next, and which parameter to change."""

from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct

from crypto.application.errors import BadRequest, StoreUnavailable, UnknownCoin, UnknownSource

RETRY_AFTER = 5
"""Seconds: what a caller is asked to wait when the database is away."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What an error means to the caller: `detail` says what to do next, `parameter` which one to change."""

    status: HTTPStatus
    detail: str
    parameter: str | None = None
    headers: Mapping[str, str] = {}


def judge(error: Exception) -> Verdict:
    """What an error of a use case, or of reading the request, means to the caller."""
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
        case _:
            return unexpected()


def database_away() -> Verdict:
    """The store cannot be used now; it heals by itself. Why is for the log: it may name hosts and users."""
    return Verdict(
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        detail=f"the database cannot be used now; ask again in {RETRY_AFTER} seconds (the log says why)",
        headers={"Retry-After": str(RETRY_AFTER)},
    )


def unexpected() -> Verdict:
    """An error that nobody expected. What it was is for the log."""
    detail = "an error that nobody expected; the log tells it under this request_id"
    return Verdict(status=HTTPStatus.INTERNAL_SERVER_ERROR, detail=detail)
