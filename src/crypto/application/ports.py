"""What the use cases need of the outside world, in their own words."""

from collections.abc import AsyncGenerator, AsyncIterator, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from datetime import datetime, timedelta
from typing import Protocol

from msgspec import Struct

from crypto.application.errors import CryptoError, StoreUnavailable
from crypto.application.open_sweep import OpenSweep
from crypto.domain.allowance import Allowance
from crypto.domain.drift import Drift, SeenDrift
from crypto.domain.market_data import QuoteFilter, QuoteList, Window
from crypto.domain.page import Cursor, ParsedPage, RawPage, StoredPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import OpenRejection, Rejection
from crypto.domain.run import Checkpoint, Counters, Run, RunKind, RunStatus
from crypto.domain.sweep_plan import SweepPlan


class Clock(Protocol):
    """The present moment, and waiting for a later one."""

    def now(self) -> datetime:
        """Aware UTC."""
        ...

    async def sleep(self, seconds: float) -> None:
        """Let others work for so long."""
        ...


class Source(Protocol):
    """A provider of market data. Two halves: `pages` does the I/O, `parse` is pure."""

    @property
    def name(self) -> str:
        """Its name in settings, tables and answers."""
        ...

    @property
    def interval(self) -> timedelta:
        """How often it is asked."""
        ...

    @property
    def max_age(self) -> timedelta:
        """How old a quote may be, by the source's own stamp, and still pass for current."""
        ...

    @property
    def update_cycle(self) -> timedelta | None:
        """The age that the newest stamp of a working feed does not reach; None for what does not tick."""
        ...

    @property
    def sweep_lifetime(self) -> timedelta | None:
        """How old a half-done sweep may be and still be resumed; None: always."""
        ...

    @property
    def lists_every_coin(self) -> bool:
        """Whether a complete sweep names every coin the source has: one not named is then `unseen`."""
        ...

    @property
    def most_pages(self) -> int | None:
        """How many pages its list is read for at most, as it is set up now; None: as many as there are."""
        ...

    @property
    def parser_version(self) -> int:
        """Raised whenever `parse` reads the same bytes differently; stored with each page."""
        ...

    @property
    def allowance(self) -> Allowance | None:
        """How often its provider may be asked; None: it reads files, and no one counts."""
        ...

    def requests_from(self, cursor: Cursor) -> int | None:
        """How many requests the sweep from `cursor` on takes if none fails; None: that cannot be known."""
        ...

    def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        """The pages from `cursor` on ({}: from the start), fetched one by one, the last marked `is_last`.

        No page at all means that there is nothing new.

        :raises SourceUnavailable: when every attempt at a page failed, or its body is not the envelope.
        :raises SourceRefused: when asking again cannot help.
        """
        ...

    def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        """The answers for these coins, asked for by id: pages whose context names the ids as `asked_for`.

        Their `cursor_after` is where the next sweep starts. Coins that cannot be asked for are left out, and all
        of them when the source has no such question, or its budget has no request to spare.

        :raises SourceUnavailable: when every attempt at a page failed, or its body is not the envelope.
        :raises SourceRefused: when asking again cannot help.
        """
        ...

    def cursor_past(self, cursor: Cursor) -> Cursor | None:
        """Where the page after the one at `cursor` starts; None when it is the last or cannot be known."""
        ...

    def parse(self, page: RawPage) -> ParsedPage:
        """Read a page's records. Pure, and never raises: each record is a quote or a rejection."""
        ...


class WriteOutcome(Struct, frozen=True, kw_only=True):
    """What became of a page's quotes; `refused` are those the database itself would not take."""

    inserted: int = 0
    unchanged: int = 0
    restated: int = 0
    refused: tuple[Rejection, ...] = ()


class PageTransaction(Protocol):
    """One page, fully in or not at all: it commits at the end of its block and never in the middle."""

    async def keep(self, page: RawPage, *, coin_ids: Sequence[str], parser_version: int) -> StoredPage:
        """Keep a page as received; its `page_id` is the next one."""
        ...

    async def write_quotes(self, stored: StoredPage, quotes: Sequence[Quote]) -> WriteOutcome:
        """Write a page's quotes, at most one a key, with the rule of inserted, unchanged and restated.

        A quote that a mended parser reads from another place of the same page is restated, too: what is stored
        leads to the record it was read from.
        """
        ...

    async def withdraw_absent(self, stored: StoredPage, quotes: Sequence[Quote]) -> int:
        """Move to history each stored quote of that page that is not among `quotes`; how many."""
        ...

    async def write_rejections(self, stored: StoredPage, rejections: Sequence[Rejection]) -> None:
        """Make these the page's open rejections: new ones are added, those that healed are resolved."""
        ...

    async def note_drift(self, stored: StoredPage, drift: Sequence[Drift]) -> None:
        """Note each path and type that is new for the source, and where an earlier page turns out to have it.

        What was first seen in this page and is no longer found there is forgotten: the parser knows it by now.
        A source with `MOST_DRIFTS` on record gets no more.
        """
        ...

    async def move_cursor(self, cursor: Cursor, *, listed: bool = False, sweep_complete: bool = False) -> None:
        """Go on at `cursor`. A complete sweep ends; one whose list is read to its end is `listed` from now on."""
        ...

    async def watch_feed(self, *, arrived_at: datetime, update_cycle: timedelta) -> None:
        """The sweep is complete: say since when the feed is frozen, or that it is not, for who reads sources.

        Frozen is a feed with no newer stamp than after its last complete sweep, once its newest is older than
        `update_cycle` at `arrived_at`.
        """
        ...

    async def count(self, counters: Counters) -> None:
        """Add to the run's counters."""
        ...


class Claim(Protocol):
    """The one live run of a source: held by a lock, fenced by an epoch."""

    @property
    def run(self) -> Run:
        """The run as it began."""
        ...

    @property
    def checkpoint(self) -> Checkpoint:
        """Where the source stood when it was claimed; a sweep too old to resume is closed already."""
        ...

    @property
    def sweep(self) -> OpenSweep:
        """The sweep that the run goes on with."""
        ...

    async def prepare(self, stored_at: datetime, quotes: Iterable[Quote]) -> None:
        """Make room for a page received then and its quotes, before the transaction that writes them.

        A lock that was lost is taken again, if nobody took over.

        :raises FencedOff: when a newer holder took over.
        :raises StoreAway: when the database cannot be reached.
        """
        ...

    def page_transaction(self) -> AbstractAsyncContextManager[PageTransaction]:
        """A block that writes one page.

        :raises FencedOff: when a newer holder took over.
        :raises StoreContended: when the block was rolled back and can be run again as it is.
        :raises StoreAway: when it was rolled back, and can be run again once the database is back.
        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def pass_over(self, cursor: Cursor) -> None:
        """Record a hole at the present place and go on at `cursor`; when it stands there already, nothing changes.

        :raises FencedOff: when a newer holder took over.
        """
        ...

    async def finish(self, status: RunStatus, *, error: str | None, failed_cursor: Cursor | None = None) -> Run:
        """End the run, once; a `failed_cursor` says which page could not be fetched."""
        ...


class IngestLedger(Protocol):
    """Who may write for a source, and where it stands."""

    def claim(
        self, source: str, *, kind: RunKind, sweep_lifetime: timedelta | None = None
    ) -> AbstractAsyncContextManager[Claim]:
        """Hold a source to the end of the block, as a new run under a new epoch.

        An orphaned `running` run becomes `interrupted`. A sweep older than `sweep_lifetime` is closed and a new
        one begun (by an ingest; a re-processing run leaves sweep and cursor alone).

        :raises SourceBusy: when someone else holds it.
        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class PageArchive(Protocol):
    """The pages as received."""

    def stored_pages(
        self, source: str, *, received_from: datetime | None = None, received_to: datetime | None = None
    ) -> AsyncIterator[StoredPage]:
        """In order of arrival, from `received_from` up to but not including `received_to`."""
        ...

    async def stored_page(self, page_id: int) -> StoredPage | None:
        """One page, or None."""
        ...


class MarketDataReader(Protocol):
    """The stored quotes, to read."""

    async def now(self) -> datetime:
        """Up to when this reader has heard of writes, by the clock that stamps `recorded_at`.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def find(self, wanted: QuoteFilter, window: Window) -> QuoteList:
        """The part of the list, newest first, and how long the list is, of one snapshot.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class SourceRecord(Struct, frozen=True, kw_only=True):
    """What is known of a source that was ingested at least once. `last_run` is its newest ingest.

    `frozen_since` is the newest stamp of a feed that does not move any more.
    """

    source: str
    last_run: Run | None
    last_success_at: datetime | None
    last_failure_at: datetime | None
    coins: int
    unseen_coins: int
    open_rejections: int
    newest_observed_at: datetime | None
    frozen_since: datetime | None = None


class RunReader(Protocol):
    """The run log, to read."""

    async def runs(self, *, source: str | None, limit: int, offset: int) -> tuple[Sequence[Run], int]:
        """Runs, newest first, and how many there are in all.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def source_records(self) -> Mapping[str, SourceRecord]:
        """By source, for all that were ever ingested."""
        ...

    async def stale_coins(self, oldest: Mapping[str, datetime]) -> Mapping[str, int]:
        """How many coins of each source have no quote of its `oldest` moment or later; if none, it is left out."""
        ...

    async def total_records(self) -> int:
        """How many quotes are believed now."""
        ...


class RejectionReader(Protocol):
    """The records that are not believed, to read."""

    async def rejections(
        self, *, source: str | None, limit: int, offset: int
    ) -> tuple[Sequence[OpenRejection], int]:
        """Open ones only, those that arrived last first, and how many there are in all.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class DriftReader(Protocol):
    """What differs from the records that the sources are known to send, to read."""

    async def drift(self) -> Sequence[SeenDrift]:
        """All that is on record, by source and path.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class HealthProbe(Protocol):
    """Whether the database can be used."""

    async def ping(self) -> None:
        """Ask it something small.

        :raises StoreUnavailable: when it does not answer, or is not migrated to what this program needs.
        """
        ...


class RunEvents(Protocol):
    """Told of what a run does while it does it: for progress bars and logs."""

    def started(self, run: Run, checkpoint: Checkpoint) -> None:
        """A source was claimed; it goes on where the checkpoint says."""
        ...

    def planned(self, run: Run, plan: SweepPlan) -> None:
        """What the rest of the sweep will cost and when it will end; told before the first request."""
        ...

    def page_committed(self, run: Run, stored: StoredPage, outcome: Counters) -> None:
        """A page is in; `outcome` counts its records."""
        ...

    def left_unasked(self, run: Run, error: CryptoError) -> None:
        """Coins that the list missed could not be asked for by id; the sweep ends without them."""
        ...

    def finished(self, run: Run) -> None:
        """A run ended."""
        ...

    def database_away(self, run: Run, error: StoreUnavailable) -> None:
        """The database is away; the run waits for it."""
        ...

    def crashed(self, run: Run, error: BaseException) -> None:
        """A run ended by an error nobody expected: its traceback belongs in the log."""
        ...
