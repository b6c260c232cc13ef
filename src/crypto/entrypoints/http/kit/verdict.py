"""What an error means to the caller: its code, and so what to do next, and which parameter to change."""

from collections.abc import Mapping
from http import HTTPStatus

from msgspec import Struct

from crypto.application.errors import (
    BadRequest,
    ConflictingParameters,
    CryptoError,
    EmptyRange,
    InvalidCursor,
    OutOfBounds,
    StoreUnavailable,
    TooManyExports,
    TooManyStreams,
    TooRecent,
    UnknownCoin,
    UnknownPage,
    UnknownRun,
    UnknownSource,
)
from crypto.entrypoints.http.kit.drain import ShuttingDown
from crypto.entrypoints.http.kit.problem_codes import PROBLEMS, ProblemCode
from crypto.entrypoints.http.kit.refusal import Refusal

RETRY_AFTER = 5
"""Seconds: what a caller is asked to wait when the database is away."""

RETRY_AFTER_EXPORT = 30
"""Seconds: what a caller is asked to wait when others have to end first."""

CODES: Mapping[type[CryptoError], ProblemCode] = {
    OutOfBounds: ProblemCode.VALUE_OUT_OF_BOUNDS,
    ConflictingParameters: ProblemCode.CONFLICTING_PARAMETERS,
    EmptyRange: ProblemCode.EMPTY_RANGE,
    TooRecent: ProblemCode.MOMENT_TOO_RECENT,
    InvalidCursor: ProblemCode.INVALID_CURSOR,
}
"""What a use case calls a bad request, and its code; any other is a value that is not valid."""

UNKNOWN: Mapping[type[CryptoError], tuple[ProblemCode, str]] = {
    UnknownSource: (ProblemCode.INVALID_VALUE, "source"),
    UnknownCoin: (ProblemCode.UNKNOWN_COIN, "coin_id"),
    UnknownPage: (ProblemCode.UNKNOWN_PAGE, "page_id"),
    UnknownRun: (ProblemCode.UNKNOWN_RUN, "run_id"),
}
"""What there is not, its code, and the parameter that named it."""


class Verdict(Struct, frozen=True, kw_only=True):
    """What an error means to the caller: `detail` says what was wrong, its code what to do next.

    `parameter` is the one to change, `pointer` the place in the body (RFC 6901).
    """

    code: ProblemCode
    detail: str
    parameter: str | None = None
    pointer: str | None = None
    headers: Mapping[str, str] = {}

    @property
    def status(self) -> HTTPStatus:
        """The status that goes with the code."""
        return PROBLEMS[self.code].status


def judge(error: Exception) -> Verdict:
    """What an error of a use case, or of reading the request, means to the caller."""
    match error:
        case Refusal():
            return Verdict(code=error.code, detail=str(error), parameter=error.named, pointer=error.pointer)
        case BadRequest():
            code = CODES.get(type(error), ProblemCode.INVALID_VALUE)
            return Verdict(code=code, detail=str(error), parameter=error.parameter)
        case UnknownSource() | UnknownCoin() | UnknownPage() | UnknownRun():
            code, parameter = UNKNOWN[type(error)]
            return Verdict(code=code, detail=str(error), parameter=parameter)
        case StoreUnavailable():
            return database_away()
        case ShuttingDown():
            return shutting_down()
        case TooManyExports() | TooManyStreams():
            return busy(error)
        case UnicodeDecodeError() | RecursionError():
            return Verdict(code=ProblemCode.UNREADABLE_REQUEST, detail="the request cannot be read; simplify it")
        case _:
            return unexpected()


def database_away() -> Verdict:
    """The store cannot be used now; it heals by itself. Why is for the log: it may name hosts and users."""
    return Verdict(
        code=ProblemCode.DATABASE_UNAVAILABLE,
        detail=f"the database cannot be used now; ask again in {RETRY_AFTER} seconds (the log says why)",
        headers={"Retry-After": str(RETRY_AFTER)},
    )


def shutting_down() -> Verdict:
    """This process has been told to end, and another one should be asked; only the probe of readiness says so."""
    return Verdict(
        code=ProblemCode.SHUTTING_DOWN,
        detail="this process is about to end: it still answers, and soon takes no more connections",
        headers={"Retry-After": str(RETRY_AFTER)},
    )


def busy(error: TooManyExports | TooManyStreams) -> Verdict:
    """As many of these run as may at once."""
    is_export = isinstance(error, TooManyExports)
    code = ProblemCode.TOO_MANY_EXPORTS if is_export else ProblemCode.TOO_MANY_STREAMS
    wait = RETRY_AFTER_EXPORT if is_export else RETRY_AFTER
    return Verdict(code=code, detail=str(error), headers={"Retry-After": str(wait)})


def unexpected() -> Verdict:
    """An error that nobody expected. What it was is for the log."""
    detail = "an error that nobody expected; the log tells it under this request_id"
    return Verdict(code=ProblemCode.UNEXPECTED_ERROR, detail=detail)
