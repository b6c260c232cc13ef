"""Connections to one PostgreSQL database, each with its time limits."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any, TypeAlias

import psycopg
from psycopg import IsolationLevel
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.connection.reading_pool import ReadingPool
from crypto.adapters.postgres.connection.timeouts import TimedConnection
from crypto.adapters.postgres.connection.url import conninfo
from crypto.application.errors import StoreAway, StoreOpening

DriverConnection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]

PLAIN = {"timezone": "UTC", "client_encoding": "UTF8", "datestyle": "ISO"}
"""Python compares and adds times wrongly where clocks go back: every session speaks UTC."""

NOTICED = {
    "client_connection_check_interval": "1s",
    "tcp_keepalives_idle": "10",
    "tcp_keepalives_interval": "5",
    "tcp_keepalives_count": "3",
}
"""The server notices in a second that we are gone, also in the middle of a statement, and in 25 s that the whole
machine is: then it lets go of our locks."""

READING = {
    **PLAIN,
    **NOTICED,
    "statement_timeout": "4s",
    "default_transaction_read_only": "on",
    "plan_cache_mode": "force_generic_plan",  # planning costs more than a page: once a connection is enough
    "jit": "off",  # compiling costs a second where reading costs a millisecond
}
WRITING = {
    **PLAIN,
    **NOTICED,
    "statement_timeout": "12s",
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "15s",
}
HOLDING = {**PLAIN, **NOTICED, "idle_session_timeout": "0"}
"""What a session is set to that reads, writes, or just holds a source's lock. A statement ends before the wait for
it does (`timeouts.py`): the server says more than silence."""

EXPORTING = {
    **PLAIN,
    **NOTICED,
    "default_transaction_read_only": "on",
    "statement_timeout": "0",
    "idle_in_transaction_session_timeout": "0",
    "synchronize_seqscans": "off",
}
"""What a session is set to that gives a whole result: it lasts as long as its reader does, who is watched; and
what did not change is given in the same order again."""

BRIEF_SECONDS = 5.0
"""How long a question, or a write other than a page's, may take: the server's own limits do not reach us when
the network between swallows everything."""

KEEPALIVES: dict[str, Any] = {
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,
}
POOL_SECONDS = 2


class Database:
    """A pool of at most `pool_size` connections to `url` (postgresql+psycopg://...), opened when first used."""

    def __init__(
        self, url: str, *, pool_size: int, application_name: str, limits: Mapping[str, str] = WRITING
    ) -> None:
        self._url = url
        self._application_name = application_name
        self._limits = limits
        self._readers = ReadingPool(self._reader, size=pool_size, wait_seconds=POOL_SECONDS)
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=True,
            connect_args={
                **KEEPALIVES,
                "async_creator_fn": TimedConnection.connect,
                "application_name": application_name,
                "options": _options(url, limits),
            },
        )

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[AsyncConnection]:
        """A connection for questions; driver errors inside the block become ours.

        :raises StoreUnavailable: when the database cannot be used.
        """
        with translated():
            async with asyncio.timeout(BRIEF_SECONDS), self._engine.connect() as connection:
                yield connection

    @asynccontextmanager
    async def driver_connection(self, seconds: float = BRIEF_SECONDS) -> AsyncIterator[DriverConnection]:
        """A pooled connection of the driver itself, for COPY and savepoints; its errors are not translated.

        :raises TimeoutError: when the block takes longer than so many seconds.
        """
        async with asyncio.timeout(seconds), aclosing(await self._connect()) as connection:
            driver = (await connection.get_raw_connection()).driver_connection
            assert isinstance(driver, psycopg.AsyncConnection)  # noqa: S101 - narrows the type for checkers
            driver.prepare_threshold = None  # a plan kept from a small page ruins a large one: 17 s for 3 s
            try:
                yield driver
            finally:
                if driver.closed:
                    await connection.invalidate()  # nothing can be rolled back on it: the pool makes another

    async def _connect(self) -> AsyncConnection:
        with _connecting():
            return await self._engine.connect()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[DriverConnection]:
        """A connection of the driver itself for questions, in autocommit; it keeps the statements it has prepared.

        :raises StoreUnavailable: when the database cannot be used.
        """
        with translated():
            async with asyncio.timeout(BRIEF_SECONDS), self._readers.connection() as connection:
                yield connection

    async def _reader(self) -> TimedConnection:
        connection = await self._open(self._application_name, self._limits)
        await connection.set_isolation_level(IsolationLevel.REPEATABLE_READ)  # of a block of several statements
        return connection

    async def session(
        self,
        application_name: str,
        *,
        limits: Mapping[str, str] = HOLDING,
        kind: type[TimedConnection] = TimedConnection,
    ) -> DriverConnection:
        """A connection of its own, outside the pool, in autocommit: what holds a source's lock, or a snapshot.

        :raises StoreAway: when it cannot be had.
        """
        return await self._open(application_name, limits, kind)

    async def _open(
        self, application_name: str, limits: Mapping[str, str], kind: type[TimedConnection] = TimedConnection
    ) -> TimedConnection:
        with _connecting():
            return await kind.connect(
                conninfo(self._url),
                autocommit=True,
                application_name=application_name[:63],
                options=_options(self._url, limits),
                **KEEPALIVES,
            )

    async def close(self) -> None:
        """Close every connection of the pools."""
        await self._readers.close()
        await self._engine.dispose()


@asynccontextmanager
async def opened(database: Database) -> AsyncIterator[Database]:
    """A database that is closed at the end of the block."""
    try:
        yield database
    finally:
        await database.close()


@contextmanager
def _connecting() -> Iterator[None]:
    """Says of a connection that cannot be made what else it may be than an outage.

    :raises StoreAway: when it cannot be made.
    """
    try:
        with translated():
            yield
    except StoreOpening:
        raise
    except StoreAway as error:
        raise StoreAway(f"the database cannot be reached ({error}); is it running?") from error


def _options(url: str, limits: Mapping[str, str]) -> str:
    """What the URL sets, as a search_path, counts here as it does for migrations; ours come last."""
    given = make_url(url).normalized_query.get("options", ())
    return " ".join([*given, *(f"-c {name}={value}" for name, value in limits.items())])
