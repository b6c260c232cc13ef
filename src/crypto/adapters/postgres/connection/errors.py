"""What the database's errors mean to the one who asked: try again, wait for it, or do something first."""

from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from psycopg import errors as pg
from sqlalchemy.exc import DBAPIError, InterfaceError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from crypto.application.errors import CryptoError, StoreAway, StoreContended, StoreOpening, StoreUnavailable

CONTENDED = (pg.DeadlockDetected, pg.SerializationFailure, pg.LockNotAvailable)

OPENING = (
    *("starting up", "shutting down", "in recovery mode", "not yet accepting connections"),
    *("too many clients", "too many connections", "connection slots are reserved", "no more connections allowed"),
)
"""How a server, or a pooler before it, refuses a connection for the moment. It comes without an SQLSTATE, and in
the server's language: in another one it is a database that is away."""

NO_ROOM = "No space left on device"
"""How a server refuses a connection whose first catalogue file finds no room; without an SQLSTATE too."""

CONNECTION_LOST = "08"
"""The class of SQLSTATEs that tell of a lost connection."""

NEXT_STEP: dict[type[psycopg.Error], str] = {
    pg.ReadOnlySqlTransaction: "the database is read-only; point CRYPTO_DATABASE_URL at the primary",
    pg.DiskFull: "the database's disk is full; free some space and start again: nothing is lost",
    pg.UndefinedTable: "the database is not migrated; run `crypto db upgrade`",
    pg.UndefinedColumn: "the database is not migrated; run `crypto db upgrade`",
    pg.DuplicateTable: "{line}, and is not ours; use a database of its own for crypto",
    pg.InsufficientPrivilege: "the database account may not do this; grant it, or use the owner's account",
    pg.QueryCanceled: "the database took too long; try again, or narrow the question",
}


@contextmanager
def translated() -> Iterator[None]:
    """A block in which errors of the driver become our own.

    :raises StoreContended: when the same can be tried again at once.
    :raises StoreAway: when the database cannot be reached, or was lost in the middle.
    :raises StoreUnavailable: when the database cannot be used; the message says what to do.
    """
    try:
        yield
    except CryptoError:
        raise
    except PoolTimeout as error:
        raise StoreAway("every database connection is busy; try again in a moment") from error
    except (DBAPIError, psycopg.Error, OSError, UnicodeError) as error:
        raise meaning(error) from error


def meaning(error: BaseException) -> StoreUnavailable:
    """The error of our own that one of the driver's stands for; its message says what to do."""
    cause = _cause(error)
    if isinstance(cause, TimeoutError):
        return StoreAway("the database did not answer in time; see whether it is overloaded or cut off")
    if isinstance(cause, CONTENDED):
        return StoreContended(f"another transaction was in the way: {_line(cause)}")
    if _is_opening(cause):
        return StoreOpening(f"the database takes no connection now: {_line(cause)}")
    if _is_refused_with(cause, NO_ROOM):
        return StoreUnavailable(NEXT_STEP[pg.DiskFull])
    for kind, text in NEXT_STEP.items():
        if isinstance(cause, kind):
            return StoreUnavailable(text.format(line=_line(cause)))
    if is_lost(error):
        return StoreAway(f"the database connection was lost: {_line(cause)}")
    return StoreUnavailable(f"the database cannot be used: {_line(cause)}")


def is_lost(error: BaseException) -> bool:
    """Whether the connection went away in the middle, so that the outcome of a COMMIT is unknown."""
    cause = _cause(error)
    if isinstance(cause, pg.AdminShutdown | pg.CrashShutdown | pg.IdleInTransactionSessionTimeout):
        return True
    lost = isinstance(cause, psycopg.OperationalError | psycopg.InterfaceError | InterfaceError | OSError)
    return lost and (getattr(cause, "sqlstate", None) or CONNECTION_LOST).startswith(CONNECTION_LOST)


def _is_opening(cause: BaseException) -> bool:
    return isinstance(cause, pg.CannotConnectNow | pg.TooManyConnections) or _is_refused_with(cause, *OPENING)


def _is_refused_with(cause: BaseException, *words: str) -> bool:
    refused = isinstance(cause, psycopg.OperationalError) and cause.sqlstate is None
    return refused and any(each in str(cause) for each in words)


def _cause(error: BaseException) -> BaseException:
    return error.orig if isinstance(error, DBAPIError) and error.orig else error


def _line(error: BaseException) -> str:
    return (str(error).strip() or type(error).__name__).splitlines()[0]
