"""Where a run can be watched, and made to fail: every request, statement and commit as it passes.

The seams are the driver's and the HTTP client's own methods, so that our code can move behind them; only a page
that arrived is seen in our own. `watching` puts them in and takes them out again.
"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import wraps
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import httpx
import psycopg
from msgspec import Struct
from psycopg import sql

from crypto.application.ingest.write_page import PageWriter


class Passing(Struct, frozen=True, kw_only=True):
    """What passes: a "connect", "statement", "commit", "request" or "page".

    `text` is the statement, for a commit all statements of its transaction; `connection` is the database's.
    """

    kind: str
    text: str = ""
    connection: psycopg.AsyncConnection[Any] | None = None


class Watcher(Protocol):
    """Hears of everything that passes; may raise in its place, or end the process."""

    async def before(self, passing: Passing) -> None:
        """It is about to happen."""
        ...

    async def after(self, passing: Passing) -> None:
        """It happened."""
        ...


@contextmanager
def watching(watcher: Watcher) -> Iterator[None]:
    """Have the watcher hear of everything to the end of the block.

    :raises AttributeError: when a seam is gone; then this module must learn the new one.
    """
    seams = _seams(watcher)
    originals = [(owner, name, vars(owner)[name]) for owner, name, _ in seams if _has(owner, name)]
    for owner, name, replacement in seams:
        setattr(owner, name, replacement)
    try:
        yield
    finally:
        for owner, name, original in originals:
            setattr(owner, name, original)


def _has(owner: type, name: str) -> bool:
    if name not in vars(owner):
        raise AttributeError(f"the seam {owner.__name__}.{name} is gone")
    return True


def _seams(watcher: Watcher) -> list[tuple[type, str, Any]]:
    statements = _Statements(watcher)
    return [
        (psycopg.AsyncCursor, "execute", statements.watched_execute()),
        (psycopg.AsyncCursor, "copy", statements.watched_copy()),
        (psycopg.AsyncTransaction, "__aexit__", statements.watched_commit()),
        (psycopg.AsyncConnection, "connect", classmethod(_watched_connect(watcher))),
        (httpx.AsyncHTTPTransport, "handle_async_request", _watched(watcher, "request", httpx.AsyncHTTPTransport)),
        (PageWriter, "ingest", _watched(watcher, "page", PageWriter)),
    ]


NAMES = {"request": "handle_async_request", "page": "ingest"}


def _watched(watcher: Watcher, kind: str, owner: type) -> Any:
    original = getattr(owner, NAMES[kind])

    @wraps(original)
    async def watched(*arguments: Any, **named: Any) -> Any:
        await watcher.before(Passing(kind=kind))
        result = await original(*arguments, **named)
        await watcher.after(Passing(kind=kind))
        return result

    return watched


def _watched_connect(watcher: Watcher) -> Any:
    original = psycopg.AsyncConnection.connect.__func__  # type: ignore[attr-defined]

    @wraps(original)
    async def watched(*arguments: Any, **named: Any) -> Any:
        await watcher.before(Passing(kind="connect"))
        connection = await original(*arguments, **named)
        await watcher.after(Passing(kind="connect", connection=connection))
        return connection

    return watched


class _Statements:
    """Statements, and which of them each open transaction is made of."""

    def __init__(self, watcher: Watcher) -> None:
        self._watcher = watcher
        self._open: WeakKeyDictionary[psycopg.AsyncConnection[Any], list[str]] = WeakKeyDictionary()

    def watched_execute(self) -> Any:
        original = psycopg.AsyncCursor.execute

        @wraps(original)
        async def watched(cursor: Any, query: Any, *arguments: Any, **named: Any) -> Any:
            passing = self._statement(cursor, query)
            await self._watcher.before(passing)
            result = await original(cursor, query, *arguments, **named)
            await self._watcher.after(passing)
            return result

        return watched

    def watched_copy(self) -> Any:
        original = psycopg.AsyncCursor.copy

        @asynccontextmanager
        async def watched(cursor: Any, query: Any, *arguments: Any, **named: Any) -> AsyncIterator[Any]:
            passing = self._statement(cursor, query)
            await self._watcher.before(passing)
            async with original(cursor, query, *arguments, **named) as copy:
                yield copy
            await self._watcher.after(passing)

        return watched

    def watched_commit(self) -> Any:
        original = psycopg.AsyncTransaction.__aexit__

        @wraps(original)
        async def watched(transaction: Any, kind: Any, error: Any, trace: Any) -> Any:
            if transaction.savepoint_name:
                return await original(transaction, kind, error, trace)
            text = "\n".join(self._open.pop(transaction.connection, []))
            passing = Passing(kind="commit", text=text, connection=transaction.connection)
            if error is None:
                await self._before_commit(original, transaction, passing)
            result = await original(transaction, kind, error, trace)
            if error is None:
                await self._watcher.after(passing)
            return result

        return watched

    async def _before_commit(self, leave: Any, transaction: Any, passing: Passing) -> None:
        try:
            await self._watcher.before(passing)
        except BaseException as error:
            await leave(transaction, type(error), error, error.__traceback__)
            raise

    def _statement(self, cursor: Any, query: Any) -> Passing:
        text = query.as_string(cursor) if isinstance(query, sql.Composable) else str(query)
        self._open.setdefault(cursor.connection, []).append(text)
        return Passing(kind="statement", text=text, connection=cursor.connection)
