"""Connections for questions: few, kept open, each with its statements prepared."""

import asyncio
import selectors
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import psycopg
from psycopg.pq import TransactionStatus

from crypto.adapters.postgres.connection.errors import is_lost
from crypto.adapters.postgres.connection.timeouts import TimedConnection
from crypto.application.errors import StoreAway, StoreLost


class ReadingPool:
    """At most `size` connections, made by `connect` when they are needed, and kept for who asks next.

    Who finds all of them busy waits `wait_seconds` at most.
    """

    def __init__(
        self, connect: Callable[[], Awaitable[TimedConnection]], *, size: int, wait_seconds: float
    ) -> None:
        self._connect = connect
        self._free = asyncio.Semaphore(size)
        self._wait_seconds = wait_seconds
        self._idle: list[TimedConnection] = []

    @asynccontextmanager
    async def connection(self) -> AsyncIterator[TimedConnection]:
        """A connection in autocommit; one that is lost, or left inside a transaction, is not kept.

        :raises StoreAway: when all are busy for too long.
        :raises StoreLost: when one that was kept turns out to be lost: between the look and the question, or by a
            network that forgot it.
        """
        await self._take_turn()
        try:
            kept = self._kept()
            connection = kept or await self._connect()
            try:
                yield connection
            except psycopg.Error as error:
                if kept and is_lost(error):
                    raise StoreLost("a database connection that was kept is lost") from error
                raise
            finally:
                await self._give_back(connection)
        finally:
            self._free.release()

    async def close(self) -> None:
        """Close those that nobody uses."""
        while self._idle:
            await self._idle.pop().close()

    async def _take_turn(self) -> None:
        if not self._free.locked():  # the usual case, without the cost of a timer
            await self._free.acquire()
            return
        try:
            async with asyncio.timeout(self._wait_seconds):
                await self._free.acquire()
        except TimeoutError as error:
            raise StoreAway("every database connection is busy; try again in a moment") from error

    def _kept(self) -> TimedConnection | None:
        """The one that was used last, if its server has not closed it meanwhile."""
        while self._idle:
            connection = self._idle.pop()
            if not _has_ended(connection):
                return connection
            connection.pgconn.finish()
        return None

    async def _give_back(self, connection: TimedConnection) -> None:
        """What ended one connection may have ended all that were idle, and a cut network does not say so."""
        if connection.closed:
            await self.close()
        elif connection.pgconn.transaction_status != TransactionStatus.IDLE:
            await connection.close()
        else:
            self._idle.append(connection)


def _has_ended(connection: TimedConnection) -> bool:
    """Whether there is something to read where nothing was asked: a server says so that it closes."""
    if connection.closed:
        return True
    with selectors.DefaultSelector() as selector:
        selector.register(connection.pgconn.socket, selectors.EVENT_READ)
        return bool(selector.select(0))
