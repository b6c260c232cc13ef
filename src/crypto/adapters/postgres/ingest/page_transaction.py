"""The page transaction: raw page, quotes, rejections, cursor and counters, all or nothing."""

from collections.abc import Collection, Sequence
from datetime import datetime, timedelta

import psycopg
from psycopg import errors as pg
from psycopg.types.json import Jsonb

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.ingest.archive import insert_page, redeclare_page
from crypto.adapters.postgres.ingest.change_log import log_changes
from crypto.adapters.postgres.ingest.fence import fence, fetch_one, key, recorded_at
from crypto.adapters.postgres.ingest.frozen_feed import watch_feed
from crypto.adapters.postgres.ingest.quote_writer import QuoteWriter
from crypto.adapters.postgres.ingest.rejections import open_rejections, refused
from crypto.adapters.postgres.ingest.schema_drift import forget_drift, note_drift
from crypto.adapters.postgres.ingest.tally import Tally, write_counts
from crypto.adapters.postgres.schema.rows import COUNTERS
from crypto.application.ports import WriteOutcome
from crypto.domain.page import Cursor, RawPage, StoredPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import Rejection
from crypto.domain.run import Checkpoint, Counters, Run
from crypto.domain.schema_drift import SchemaDrift

BAD_DATA = (psycopg.DataError, pg.ProgramLimitExceeded)
"""What a record itself can make the database say; anything else is not the record's fault."""

COUNT = f"""
    UPDATE runs
       SET {", ".join(f"{name} = {name} + %({name})s" for name in COUNTERS)}
     WHERE run_id = %(run_id)s
"""
CLOSE = """
    UPDATE checkpoints
       SET cursor = %(cursor)s, page_seq = %(page_seq)s, sweep_id = %(sweep_id)s,
           sweep_started_at = CASE WHEN %(complete)s THEN NULL ELSE sweep_started_at END,
           sweep_holes = CASE WHEN %(complete)s THEN 0 ELSE sweep_holes END,
           listed = NOT %(complete)s AND (listed OR %(listed)s),
           failed_cursor = CASE WHEN %(complete)s THEN NULL ELSE failed_cursor END,
           records_processed = records_processed + %(received)s,
           quotes = quotes + %(quotes)s,
           coins = coins + %(coins)s,
           open_rejections = open_rejections + %(rejections)s,
           counted_version = CASE WHEN %(changed)s AND counted_version = version THEN version + 1
                                  ELSE counted_version END,
           version = version + CASE WHEN %(changed)s THEN 1 ELSE 0 END,
           changed_at = CASE WHEN %(changed)s THEN %(recorded_at)s ELSE changed_at END
     WHERE source = %(source)s AND feed = %(feed)s AND epoch = %(epoch)s AND page_seq = %(page_seq_before)s
    RETURNING version
"""
NOTIFY = "SELECT pg_notify('crypto', %s)"


class PostgresPageTransaction:
    """Works inside a transaction that the claim opened; `close` writes the checkpoint last."""

    def __init__(self, connection: DriverConnection, run: Run) -> None:
        self._connection = connection
        self._run = run
        self._checkpoint: Checkpoint
        self._recorded_at: datetime
        self._cursor: Cursor
        self._pages_kept = 0
        self._received = 0
        self._listed = self._complete = False
        self._changed: dict[int, StoredPage] = {}
        self._tally = Tally()
        self._lessened: tuple[StoredPage, list[str]] | None = None

    async def begin(self) -> None:
        """Stand behind the fence, then read the database's clock: the `recorded_at` of all that follows."""
        self._checkpoint = await fence(self._connection, self._run)
        self._cursor = self._checkpoint.cursor
        self._recorded_at = await recorded_at(self._connection, self._checkpoint)

    async def keep(self, page: RawPage, *, coin_ids: Sequence[str], parser_version: int) -> StoredPage:
        """Store a page as received, under the next id."""
        self._pages_kept += 1
        return await insert_page(
            self._connection,
            page,
            {
                "run_id": self._run.run_id,
                "sweep_id": self._checkpoint.sweep_id,
                "page_seq": self._checkpoint.page_seq + self._pages_kept,
                "coin_ids": list(coin_ids),
                "parser_version": parser_version,
                "version": self._version,
            },
        )

    async def redeclare(self, stored: StoredPage, *, coin_ids: Sequence[str]) -> None:
        """Store the context that the page has now in place of its former one."""
        await redeclare_page(self._connection, stored, coin_ids=coin_ids)

    @property
    def _version(self) -> int:
        return self._checkpoint.version + 1

    async def write_quotes(
        self, stored: StoredPage, quotes: Sequence[Quote], *, rivals: Collection[str] = ()
    ) -> WriteOutcome:
        """Write a page's quotes in a savepoint; when the data make it fail, find the bad records."""
        if not quotes:
            return WriteOutcome()
        writer = self._writing(stored, rivals)
        try:
            async with self._connection.transaction():
                outcome = await writer.write(quotes)
        except BAD_DATA as error:
            return await self._isolate(stored, quotes, error, rivals)
        if outcome.inserted or outcome.restated:
            self._changed[stored.page_id] = stored
        self._tally.add(writer.tally)
        return outcome

    async def _isolate(
        self, stored: StoredPage, quotes: Sequence[Quote], error: psycopg.Error, rivals: Collection[str]
    ) -> WriteOutcome:
        if len(quotes) == 1:
            return WriteOutcome(refused=(refused(quotes[0], error),))
        half = len(quotes) // 2
        first = await self.write_quotes(stored, quotes[:half], rivals=rivals)
        second = await self.write_quotes(stored, quotes[half:], rivals=rivals)
        return WriteOutcome(
            inserted=first.inserted + second.inserted,
            unchanged=first.unchanged + second.unchanged,
            restated=first.restated + second.restated,
            refused=first.refused + second.refused,
        )

    def _writing(self, stored: StoredPage, rivals: Collection[str] = ()) -> QuoteWriter:
        at, version = self._recorded_at, self._version
        return QuoteWriter(self._connection, stored, recorded_at=at, version=version, rivals=rivals)

    async def withdraw_absent(self, stored: StoredPage, quotes: Sequence[Quote]) -> int:
        """Move to history the stored quotes that the page no longer says; gives how many."""
        writer = self._writing(stored)
        coins = await writer.withdraw_absent(quotes)
        self._tally.add(writer.tally)
        if coins:
            self._changed[stored.page_id] = stored
            self._lessened = stored, coins
        return len(coins)

    async def _settle_latest(self) -> None:
        """Once what replaces withdrawn quotes is in, so that a coin that has some is never forgotten."""
        if self._lessened:
            stored, coins = self._lessened
            writer = self._writing(stored)
            await writer.settle_latest(sorted(set(coins)))
            self._tally.add(writer.tally)

    async def write_rejections(self, stored: StoredPage, rejections: Sequence[Rejection]) -> None:
        """Open these rejections of a page, and resolve its others."""
        is_new = bool(self._pages_kept)
        opened = await open_rejections(self._connection, stored, rejections, at=self._recorded_at, is_new=is_new)
        self._tally.rejections += opened

    async def note_drift(self, stored: StoredPage, drift: Sequence[SchemaDrift]) -> None:
        """Note these, forget the page's others; a page that was kept just now has no others."""
        if not self._pages_kept:
            await forget_drift(self._connection, stored, drift)
        if drift:
            await note_drift(self._connection, stored, drift)

    async def move_cursor(self, cursor: Cursor, *, listed: bool = False, sweep_complete: bool = False) -> None:
        """Go on at `cursor`, once the transaction closes."""
        self._cursor, self._listed, self._complete = cursor, listed, sweep_complete

    async def watch_feed(self, *, arrived_at: datetime, update_cycle: timedelta) -> None:
        """Compare the newest stamp with the one after the last complete sweep."""
        feed = self._run.of
        await watch_feed(self._connection, feed, arrived_at=arrived_at, update_cycle=update_cycle)

    async def count(self, counters: Counters) -> None:
        """Add these counts of records, pages and holes to those of the run."""
        self._received += counters.received
        added = {name: getattr(counters, name) for name in COUNTERS}
        await self._connection.execute(COUNT, {**added, "run_id": self._run.run_id})

    async def close(self) -> None:
        """Move the checkpoint, only from where it was when the transaction began; tell who listens."""
        await self._settle_latest()
        await write_counts(self._connection, self._run.source, self._tally)
        await log_changes(self._connection, self._run.source, self._changed.values(), version=self._version)
        before = self._checkpoint.page_seq
        moved = {
            "cursor": Jsonb(self._cursor),
            "page_seq": 0 if self._complete else before + self._pages_kept,
            "page_seq_before": before,
            "sweep_id": None if self._complete else self._checkpoint.sweep_id,
            "complete": self._complete,
            "listed": self._listed,
            "received": self._received,
            "changed": bool(self._changed),
            "quotes": self._tally.quotes,
            "coins": self._tally.coins,
            "rejections": self._tally.rejections,
            "recorded_at": self._recorded_at,
            **key(self._run.of),
            "epoch": self._run.epoch,
        }
        (version,) = await fetch_one(self._connection, CLOSE, moved)
        if self._changed:
            await self._connection.execute(NOTIFY, [f"{self._run.source} {version}"])
