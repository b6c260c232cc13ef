"""Who may write for a feed: a lock that dies with its process, and an epoch that fences the late."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import timedelta
from functools import partial

from psycopg.types.json import Jsonb

from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection.database import Database, DriverConnection
from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.ingest.claim import PostgresClaim
from crypto.adapters.postgres.ingest.fence import fetch_one, key, locked_checkpoint
from crypto.adapters.postgres.ingest.partitions import Partitions
from crypto.adapters.postgres.ingest.source_lock import SourceLock
from crypto.adapters.postgres.schema.rows import CHECKPOINT, RUN, checkpoint_of, run_of
from crypto.application.errors import StoreOpening, StoreUnavailable
from crypto.application.ports import Claim
from crypto.application.ports.ledger import unheard
from crypto.application.retries import OPENING_SECONDS, retried
from crypto.domain.feed import Feed
from crypto.domain.run import Checkpoint, Run, RunKind

CLAIM_SECONDS = 10

FIRST_CHECKPOINT = """
    INSERT INTO checkpoints (source, feed, status, last_run_timestamp)
    VALUES (%(source)s, %(feed)s, 'running', clock_timestamp())
    ON CONFLICT DO NOTHING
"""
ORPHANS = """
    UPDATE runs
       SET status = 'interrupted', finished_at = clock_timestamp(), error = 'its process ended'
     WHERE source = %(source)s AND feed = %(feed)s AND status = 'running'
"""
NEW_RUN = f"""
    INSERT INTO runs (source, feed, kind, epoch, status, started_at, sweep_id)
    VALUES (%(source)s, %(feed)s, %(kind)s, %(epoch)s, 'running', clock_timestamp(), %(sweep_id)s)
    RETURNING {", ".join(RUN)}
"""
TAKEN = f"""
    UPDATE checkpoints
       SET epoch = %(epoch)s, run_id = %(run_id)s, status = 'running', last_run_timestamp = clock_timestamp(),
           records_processed = 0, duration_seconds = NULL, error_message = NULL,
           cursor = %(cursor)s, sweep_id = %(sweep_id)s, sweep_started_at = %(sweep_started_at)s,
           page_seq = %(page_seq)s, sweep_holes = %(sweep_holes)s, listed = %(listed)s
     WHERE source = %(source)s AND feed = %(feed)s
    RETURNING {", ".join(CHECKPOINT)}
"""


class PostgresLedger:
    """Lets one process at a time ingest a feed, by a lock in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._partitions = Partitions(database)

    @asynccontextmanager
    async def claim(
        self,
        feed: Feed,
        *,
        kind: RunKind,
        sweep_lifetime: timedelta | None = None,
        hear: Callable[[Run, StoreUnavailable], None] = unheard,
    ) -> AsyncIterator[Claim]:
        """Hold a feed to the end of the block, by a session that the server frees when we die.

        A server that says that it is just starting, stopping or full is waited for a little.
        """
        lock = SourceLock(self._database, feed)
        try:
            run, checkpoint = await retried(
                SystemClock(),
                lambda: _claimed(lock, feed, kind, sweep_lifetime),
                seconds=OPENING_SECONDS,
                waits_for=StoreOpening,
            )
            yield PostgresClaim(self._database, self._partitions, lock, run, checkpoint, hear=partial(hear, run))
        finally:
            await lock.release()


async def _claimed(
    lock: SourceLock, feed: Feed, kind: RunKind, sweep_lifetime: timedelta | None
) -> tuple[Run, Checkpoint]:
    with translated():
        async with asyncio.timeout(CLAIM_SECONDS):
            return await _begin(await lock.take(), feed, kind, sweep_lifetime)


async def _begin(
    session: DriverConnection, feed: Feed, kind: RunKind, sweep_lifetime: timedelta | None
) -> tuple[Run, Checkpoint]:
    """A new epoch, the orphan ended and the run begun, in one transaction."""
    async with session.transaction():
        await session.execute(FIRST_CHECKPOINT, key(feed))
        before = await locked_checkpoint(session, feed)
        await session.execute(ORPHANS, key(feed))
        sweep = await _sweep(session, before, kind, sweep_lifetime)
        epoch = before.epoch + 1
        of_run = sweep["sweep_id"] if kind is RunKind.INGEST else None
        begun = {**key(feed), "kind": kind, "epoch": epoch, "sweep_id": of_run}
        run = run_of(await fetch_one(session, NEW_RUN, begun))
        taken = {**key(feed), "epoch": epoch, "run_id": run.run_id, **sweep}
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
