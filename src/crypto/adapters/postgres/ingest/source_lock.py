"""The lock of a feed: a session of its own holds it, so that it dies with its process; lost, it is retaken."""

import asyncio
import os
from datetime import datetime
from typing import LiteralString
from zlib import crc32

import psycopg

from crypto.adapters.postgres.connection.database import BRIEF_SECONDS, Database, DriverConnection
from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.ingest.fence import check_unchanged, fetch_one, key
from crypto.application.errors import FencedOff, SourceBusy
from crypto.domain.feed import Feed
from crypto.domain.run import Run

LOCK_CLASS = 0x63727971
"""The first number of the feeds' advisory locks; the second tells the feed."""

LOOKS, LOOK_SECONDS = 20, 0.05
"""How often, and how far apart, a lock is tried for whose holder cannot be found."""

TAKE_SECONDS = 10.0
LET_GO_SECONDS = 1.0
"""How long it may take to get the lock, and to let go of it by asking; after that the session is just closed."""

LOCK = "SELECT pg_try_advisory_lock(%(class)s, %(key)s)"
UNLOCK = "SELECT pg_advisory_unlock(%(class)s, %(key)s)"
HOLDER = """
    SELECT activity.application_name, activity.pid, coalesce(runs.started_at, activity.backend_start)
      FROM pg_locks AS lock
      JOIN pg_stat_activity AS activity USING (pid)
      LEFT JOIN runs ON runs.source = %(source)s AND runs.feed = %(feed)s AND runs.status = 'running'
     WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2
       AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND lock.classid = %(class)s AND lock.objid = %(key)s
     LIMIT 1
"""
END_GHOSTS = """
    SELECT pg_terminate_backend(pid, 1000)
      FROM pg_stat_activity
     WHERE pid = ANY(%(pids)s) AND pid <> pg_backend_pid() AND application_name = %(name)s
"""


class SourceLock:
    """The lock of one feed in the database, which at most one process holds."""

    def __init__(self, database: Database, feed: Feed) -> None:
        self._session: DriverConnection | None = None
        self._pids: list[int] = []
        self._database = database
        self._feed = feed
        self._name = f"crypto-ingest:{feed}:{os.getpid()}"[:63]
        self._place = {**key(feed), "class": LOCK_CLASS, "key": lock_key(feed)}

    async def take(self) -> DriverConnection:
        """Take it, or name who has it; a holder that is gone when it is looked for was just ending.

        :return: the session that holds it.
        :raises SourceBusy: when someone has it.
        """
        session = await self._open()
        for _ in range(LOOKS):
            if await self._is_taken(session):
                return session
            holder = await (await session.execute(HOLDER, self._place)).fetchone()
            if holder:
                raise _busy(self._feed, holder)
            await asyncio.sleep(LOOK_SECONDS)
        raise _busy(self._feed, None)

    async def keep(self, run: Run, *, pages: int) -> None:
        """See that the run, which wrote so many pages, still has it; when its session was lost, take it again.

        Whoever begins a run raises the epoch while it holds the lock: once it is ours again the epoch stands
        still, and tells whether there was somebody between.

        :raises FencedOff: when there was, or is.
        :raises StoreAway: when the server cannot be reached to ask.
        :raises StoreUnavailable: when the database went back to an earlier state.
        """
        if await self._is_held():
            return
        try:
            with translated():
                async with asyncio.timeout(TAKE_SECONDS):
                    await check_unchanged(await self._take_again(), run, pages=pages)
        except BaseException:
            await self._close()  # without the lock, or with it wrongly: not to be taken for one that has it
            raise

    async def _is_held(self) -> bool:
        """The lock lives as long as its session."""
        return await self._answers("SELECT", within=BRIEF_SECONDS)

    async def _take_again(self) -> DriverConnection:
        """The server may not have noticed yet that our earlier sessions are gone: they are ended first."""
        ghosts = {"pids": self._pids.copy(), "name": self._name}
        session = await self._open()
        await session.execute(END_GHOSTS, ghosts)
        if not await self._is_taken(session):
            raise FencedOff(f"{self._feed} was taken over while the database was away; this run stops")
        return session

    async def _open(self) -> DriverConnection:
        await self._close()
        self._session = await self._database.session(self._name)
        self._pids.append(self._session.info.backend_pid)
        return self._session

    async def _is_taken(self, session: DriverConnection) -> bool:
        return await fetch_one(session, LOCK, self._place) == (True,)

    async def release(self) -> None:
        """Let go at once: the server notices a closed session a moment later, when the next run may be refused."""
        await self._answers(UNLOCK, within=LET_GO_SECONDS)  # if not, the session is gone, and the lock with it
        await self._close()

    async def _answers(self, statement: LiteralString, *, within: float) -> bool:
        """Whether the session is there and answers in so many seconds."""
        if self._session is None:
            return False
        try:
            async with asyncio.timeout(within):
                await self._session.execute(statement, self._place)
        except (psycopg.Error, OSError):
            return False
        return True

    async def _close(self) -> None:
        if self._session:
            await self._session.close()


def lock_key(feed: Feed) -> int:
    """The second number of a feed's advisory lock; the first is the same for all feeds."""
    return crc32(str(feed).encode()) & 0x7FFFFFFF


def _busy(feed: Feed, holder: tuple[str, int, datetime] | None) -> SourceBusy:
    if holder is None:
        return SourceBusy(str(feed), holder="someone who is just ending", since=None)
    process = holder[0].rpartition(":")[2]
    return SourceBusy(str(feed), holder=f"process {process} (database session {holder[1]})", since=holder[2])
