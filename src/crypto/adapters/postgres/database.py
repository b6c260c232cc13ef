"""Connections to one PostgreSQL database, each with its time limits."""

import asyncio
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import aclosing, asynccontextmanager, contextmanager
from typing import Any, TypeAlias

import psycopg
from sqlalchemy.engine import make_url
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from crypto.adapters.postgres.errors import translated
from crypto.adapters.postgres.url import conninfo
from crypto.application.errors import StoreContended, StoreUnavailable

DriverConnection: TypeAlias = psycopg.AsyncConnection[tuple[Any, ...]]

PLAIN = {"timezone": "UTC", "client_encoding": "UTF8"}
"""Python compares and adds times wrongly where clocks go back: every session speaks UTC."""

READING = {**PLAIN, "statement_timeout": "4s", "default_transaction_read_only": "on"}
WRITING = {
    **PLAIN,
    "statement_timeout": "30s",
    "lock_timeout": "4s",
    "idle_in_transaction_session_timeout": "15s",
}
HOLDING = {**PLAIN, "idle_session_timeout": "0"}
"""What a session is set to that reads, writes, or just holds a source's lock."""

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
        self._engine: AsyncEngine = create_async_engine(
            url,
            pool_size=pool_size,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            pool_pre_ping=True,
            connect_args={
                **KEEPALIVES,
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
            yield driver

    async def _connect(self) -> AsyncConnection:
        with _connecting():
            return await self._engine.connect()

    @asynccontextmanager
    async def session(self, application_name: str) -> AsyncIterator[DriverConnection]:
        """A connection of its own, outside the pool, in autocommit: what holds a source's lock."""
        with _connecting():
            session = await psycopg.AsyncConnection.connect(
                conninfo(self._url),
                autocommit=True,
                application_name=application_name[:63],
                options=_options(self._url, HOLDING),
                **KEEPALIVES,
            )
        try:
            yield session
        finally:
            await session.close()

    async def close(self) -> None:
        """Let go of every connection."""
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
    """A connection that cannot be made is a database that is away: not one to try again at once."""
    try:
        with translated():
            yield
    except StoreContended as error:
        raise StoreUnavailable(f"the database cannot be reached ({error}); is it running?") from error


def _options(url: str, limits: Mapping[str, str]) -> str:
    """What the URL sets, as a search_path, counts here as it does for migrations; ours come last."""
    given = make_url(url).normalized_query.get("options", ())
    return " ".join([*given, *(f"-c {name}={value}" for name, value in limits.items())])
