"""Who may write for a source: a lock that dies with its process, and an epoch that fences the late."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import datetime, timedelta
from zlib import crc32

import psycopg
from psycopg.types.json import Jsonb

from crypto.adapters.postgres.claim import PostgresClaim
from crypto.adapters.postgres.database import Database, DriverConnection
from crypto.adapters.postgres.errors import translated
from crypto.adapters.postgres.fence import fetch_one, locked_checkpoint
from crypto.adapters.postgres.partitions import Partitions
from crypto.adapters.postgres.rows import CHECKPOINT, RUN, checkpoint_of, run_of
from crypto.application.errors import SourceBusy
from crypto.application.ports import Claim
from crypto.domain.run import Checkpoint, Run, RunKind

LOCK_CLASS = 0x63727971
"""The first number of the sources' advisory locks; the second tells the source."""

CLAIM_SECONDS = 10
LOOKS, LOOK_SECONDS = 20, 0.05
"""How often, and how far apart, a lock is tried for whose holder cannot be found."""

LOCK = "SELECT pg_try_advisory_lock(%(class)s, %(key)s)"
UNLOCK = "SELECT pg_advisory_unlock(%(class)s, %(key)s)"

FIRST_CHECKPOINT = """
    INSERT INTO checkpoints (source, status, last_run_timestamp)
    VALUES (%s, 'running', clock_timestamp())
    ON CONFLICT DO NOTHING
"""
ORPHANS = """
    UPDATE runs
       SET status = 'interrupted', finished_at = clock_timestamp(), error = 'its process ended'
     WHERE source = %s AND status = 'running'
"""
NEW_RUN = f"""
    INSERT INTO runs (source, kind, epoch, status, started_at, sweep_id)
    VALUES (%(source)s, %(kind)s, %(epoch)s, 'running', clock_timestamp(), %(sweep_id)s)
    RETURNING {", ".join(RUN)}
"""
TAKEN = f"""
    UPDATE checkpoints
       SET epoch = %(epoch)s, run_id = %(run_id)s, status = 'running', last_run_timestamp = clock_timestamp(),
           records_processed = 0, duration_seconds = NULL, error_message = NULL,
           cursor = %(cursor)s, sweep_id = %(sweep_id)s, sweep_started_at = %(sweep_started_at)s,
           page_seq = %(page_seq)s, sweep_holes = %(sweep_holes)s, listed = %(listed)s
     WHERE source = %(source)s
    RETURNING {", ".join(CHECKPOINT)}
"""
HOLDER = """
    SELECT activity.application_name, activity.pid, coalesce(runs.started_at, activity.backend_start)
      FROM pg_locks AS lock
      JOIN pg_stat_activity AS activity USING (pid)
      LEFT JOIN runs ON runs.source = %(source)s AND runs.status = 'running'
     WHERE lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2
       AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
       AND lock.classid = %(class)s AND lock.objid = %(key)s
     LIMIT 1
"""


class PostgresLedger:
    """Claims sources in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._partitions = Partitions(database)

    @asynccontextmanager
    async def claim(
        self, source: str, *, kind: RunKind, sweep_lifetime: timedelta | None = None
    ) -> AsyncIterator[Claim]:
        """Hold a source to the end of the block, by a session that the server frees when we die."""
        async with self._database.session(f"crypto-ingest:{source}:{os.getpid()}") as session:
            with translated():
                async with asyncio.timeout(CLAIM_SECONDS):
                    await _lock(session, source)
                    run, checkpoint = await _begin(session, source, kind, sweep_lifetime)
            try:
                yield PostgresClaim(self._database, self._partitions, session, run, checkpoint)
            finally:
                await _unlock(session, source)


def lock_key(source: str) -> int:
    """The second number of a source's lock."""
    return crc32(source.encode()) & 0x7FFFFFFF


async def _lock(session: DriverConnection, source: str) -> None:
    """Take the lock, or name who has it; a holder that is gone when it is looked for was just ending."""
    place = {"source": source, "class": LOCK_CLASS, "key": lock_key(source)}
    for _ in range(LOOKS):
        if await fetch_one(session, LOCK, place) == (True,):
            return
        holder = await (await session.execute(HOLDER, place)).fetchone()
        if holder:
            raise _busy(source, holder)
        await asyncio.sleep(LOOK_SECONDS)
    raise _busy(source, None)


async def _unlock(session: DriverConnection, source: str) -> None:
    """Let go at once: the server notices a closed connection a moment later, when the next run may be refused."""
    with suppress(psycopg.Error, OSError):  # then the session is gone, and the lock with it
        async with asyncio.timeout(CLAIM_SECONDS):
            await session.execute(UNLOCK, {"class": LOCK_CLASS, "key": lock_key(source)})


def _busy(source: str, holder: tuple[str, int, datetime] | None) -> SourceBusy:
    if holder is None:
        return SourceBusy(source, holder="someone who is just ending", since=None)
    process = holder[0].rpartition(":")[2]
    return SourceBusy(source, holder=f"process {process} (database session {holder[1]})", since=holder[2])


async def _begin(
    session: DriverConnection, source: str, kind: RunKind, sweep_lifetime: timedelta | None
) -> tuple[Run, Checkpoint]:
    """A new epoch, the orphan ended and the run begun, in one transaction."""
    async with session.transaction():
        await session.execute(FIRST_CHECKPOINT, [source])
        before = await locked_checkpoint(session, source)
        await session.execute(ORPHANS, [source])
        sweep = await _sweep(session, before, kind, sweep_lifetime)
        epoch = before.epoch + 1
        of_run = sweep["sweep_id"] if kind is RunKind.INGEST else None
        begun = {"source": source, "kind": kind, "epoch": epoch, "sweep_id": of_run}
        run = run_of(await fetch_one(session, NEW_RUN, begun))
        taken = {"source": source, "epoch": epoch, "run_id": run.run_id, **sweep}
        return run, checkpoint_of(await fetch_one(session, TAKEN, taken))


async def _sweep(
    session: DriverConnection, at: Checkpoint, kind: RunKind, lifetime: timedelta | None
) -> dict[str, object]:
    """The sweep to go on with: the last one if it is half-done and young enough, else a new one."""
    same: dict[str, object] = {
        "sweep_id": at.sweep_id,
        "sweep_started_at": at.sweep_started_at,
        "page_seq": at.page_seq,
        "sweep_holes": at.sweep_holes,
        "listed": at.listed,
        "cursor": Jsonb(at.cursor),
    }
    if kind is RunKind.REPROCESS:
        return same
    sweep_id, now = await fetch_one(session, "SELECT nextval('sweep_ids'), clock_timestamp()")
    begun = {"sweep_id": sweep_id, "sweep_started_at": now, "page_seq": 0, "sweep_holes": 0, "listed": False}
    new = {**same, **begun}
    if at.sweep_started_at is None:
        return new
    too_old = lifetime is not None and now - at.sweep_started_at >= lifetime
    return {**new, "cursor": Jsonb({})} if too_old else same
