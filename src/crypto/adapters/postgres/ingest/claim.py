"""The one live run of a source: its page transactions, and its end."""

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from datetime import datetime
from functools import partial

import psycopg
from psycopg.types.json import Jsonb

from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection.database import BRIEF_SECONDS, Database, DriverConnection
from crypto.adapters.postgres.connection.errors import is_lost, meaning, translated
from crypto.adapters.postgres.ingest.fence import fence, fetch_one, key
from crypto.adapters.postgres.ingest.open_sweep import PostgresOpenSweep
from crypto.adapters.postgres.ingest.page_transaction import PostgresPageTransaction
from crypto.adapters.postgres.ingest.partitions import Partitions
from crypto.adapters.postgres.ingest.source_lock import SourceLock
from crypto.adapters.postgres.schema.rows import RUN, run_of
from crypto.application.errors import StoreUnavailable
from crypto.application.ports import PageTransaction
from crypto.application.retries import Hear, retried
from crypto.domain.page import Cursor
from crypto.domain.quote import Quote
from crypto.domain.run import Checkpoint, Run, RunKind, RunStatus

PAGE_SECONDS = 50
"""A page transaction is given up before `as_of` counts on it to be over (60 s)."""

MOVE_PAST = """
    UPDATE checkpoints
       SET cursor = %(cursor)s, sweep_holes = sweep_holes + 1
     WHERE source = %(source)s AND feed = %(feed)s AND cursor <> %(cursor)s
    RETURNING source
"""
HOLE = "UPDATE runs SET holes = holes + 1 WHERE run_id = %(run_id)s"

END_RUN = f"""
    UPDATE runs
       SET status = %(status)s, finished_at = clock_timestamp(), error = %(error)s
     WHERE run_id = %(run_id)s
    RETURNING {", ".join(RUN)}
"""
END_CHECKPOINT = """
    UPDATE checkpoints
       SET status = %(status)s, error_message = %(error)s, duration_seconds = %(duration)s,
           failed_cursor = coalesce(%(failed_cursor)s, failed_cursor)
     WHERE source = %(source)s AND feed = %(feed)s
"""
END_SWEEP = """
    UPDATE checkpoints
       SET sweep_id = NULL, sweep_started_at = NULL, page_seq = 0, sweep_holes = 0, failed_cursor = NULL,
           listed = false
     WHERE source = %(source)s AND feed = %(feed)s
"""


class PostgresClaim:
    """Writes for the holder of a source's lock; every transaction begins with the fence."""

    def __init__(
        self,
        database: Database,
        partitions: Partitions,
        lock: SourceLock,
        run: Run,
        checkpoint: Checkpoint,
        *,
        hear: Hear,
    ) -> None:
        self.run = run
        self.checkpoint = checkpoint
        self.sweep = PostgresOpenSweep(partial(self._fenced, PAGE_SECONDS), run)
        self._database = database
        self._lock = lock
        self._partitions = partitions
        self._hear = hear
        self._pages_in = 0

    async def prepare(self, stored_at: datetime, quotes: Iterable[Quote]) -> None:
        """Make the partitions that a page needs, before its transaction, with the source's lock held for sure."""
        await self._lock.keep(self.run, pages=self._pages_in)
        with translated():
            await self._partitions.ensure(f"raw_{self.run.source}", [stored_at], now=stored_at)
            moments = {quote.observed_at for quote in quotes}
            await self._partitions.ensure("unified_crypto_data", moments, now=stored_at)

    @asynccontextmanager
    async def page_transaction(self) -> AsyncIterator[PageTransaction]:
        """One page, whole or not at all; an unknown outcome of COMMIT is looked up."""
        finished = False
        try:
            async with self._fenced(PAGE_SECONDS) as connection:
                transaction = PostgresPageTransaction(connection, self.run)
                await transaction.begin()
                yield transaction
                await transaction.close()
                finished = True
        except (psycopg.Error, OSError) as error:  # also TimeoutError
            if not (finished and is_lost(error) and await self._is_committed()):
                raise meaning(error) from error
        self._pages_in += 1

    @asynccontextmanager
    async def _fenced(self, seconds: float = BRIEF_SECONDS) -> AsyncIterator[DriverConnection]:
        """A transaction that holds the checkpoint's row, if this epoch is still the newest."""
        async with self._database.driver_connection(seconds) as connection, connection.transaction():
            await fence(connection, self.run)
            yield connection

    async def _is_committed(self) -> bool:
        """Whether the page just written is in, once the database is there to be asked.

        :raises StoreUnavailable: when it was not there in time: not to be taken for a page to be written again.
        """
        try:
            return await retried(SystemClock(), self._has_one_page_more, hear=self._hear)
        except StoreUnavailable as error:
            raise StoreUnavailable(f"whether the last page is in could not be told: {error}") from error

    async def _has_one_page_more(self) -> bool:
        """The fence waits for a COMMIT that is still under way."""
        pages = "SELECT pages FROM runs WHERE run_id = %s"
        with translated():
            async with self._fenced() as connection:
                return await fetch_one(connection, pages, [self.run.run_id]) == (self._pages_in + 1,)

    async def pass_over(self, cursor: Cursor) -> None:
        """Record a hole and go on; a second time, as after a COMMIT whose answer was lost, changes nothing."""
        with translated():
            async with self._fenced() as connection:
                moved = await connection.execute(MOVE_PAST, {"cursor": Jsonb(cursor), **key(self.run.of)})
                if await moved.fetchone():
                    await connection.execute(HOLE, {"run_id": self.run.run_id})

    async def finish(self, status: RunStatus, *, error: str | None, failed_cursor: Cursor | None = None) -> Run:
        """End the run in its log and in the checkpoint; a success ends the sweep."""
        with translated():
            async with self._fenced() as connection:
                return await self._finish(connection, status, error, failed_cursor)

    async def _finish(
        self, connection: DriverConnection, status: RunStatus, error: str | None, failed: Cursor | None
    ) -> Run:
        ended: dict[str, object] = {
            "status": status,
            "error": error,
            "run_id": self.run.run_id,
            **key(self.run.of),
        }
        run = run_of(await fetch_one(connection, END_RUN, ended))
        cursor = None if failed is None else Jsonb(failed)
        ended |= {"duration": run.duration_seconds, "failed_cursor": cursor}
        await connection.execute(END_CHECKPOINT, ended)
        if status is RunStatus.SUCCESS and self.run.kind is RunKind.INGEST:
            await connection.execute(END_SWEEP, ended)
        return run
