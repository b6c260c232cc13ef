"""Everything in one process's memory, behind the same ports as PostgreSQL."""

import sys
from collections import Counter
from collections.abc import AsyncIterator, Callable, Collection, Iterable, Mapping, Sequence
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from itertools import count

from msgspec.structs import replace

from crypto.adapters.memory.changes import MemoryChanges
from crypto.adapters.memory.claim import MemoryClaim
from crypto.adapters.memory.export import MemoryQuoteRows
from crypto.adapters.memory.query import (
    as_json,
    coins,
    find,
    known_ids,
    look_up_json,
    page_facts,
    rejections,
    source_record,
)
from crypto.adapters.memory.state import NO_SWEEP, FeedState, Latest, Quotes
from crypto.application.errors import SourceBusy, StoreUnavailable
from crypto.application.ports import Claim, Clock, SourceRecord
from crypto.domain.changes import ChangeFilter, ChangesJson, FeedPlace
from crypto.domain.feed import Feed
from crypto.domain.market_data import (
    CoinFilter,
    CoinKey,
    DataVersion,
    Lookup,
    QuoteFilter,
    QuoteJson,
    QuoteKey,
    QuoteList,
    Window,
)
from crypto.domain.page import PageFacts, StoredPage
from crypto.domain.parts import part_of
from crypto.domain.rejection import RejectionFilter, RejectionKey, StoredRejection
from crypto.domain.run import Checkpoint, Counters, Run, RunKind, RunStatus
from crypto.domain.schema_drift import NotedDrift


class MemoryStore:
    """Ledger, archive, readers and probe at once; `crash` lets go of every lock as a kill -9 would."""

    def __init__(self, clock: Clock) -> None:
        self.clock = clock
        self.feeds: dict[Feed, FeedState] = {}
        self._holders: dict[Feed, Run] = {}
        self._page_ids, self._run_ids, self._sweep_ids = count(1), count(1), count(1)

    def crash(self) -> None:
        """Every holder is gone without a word; what was committed stays."""
        self._holders.clear()

    def is_held(self, feed: Feed) -> bool:
        """Whether someone holds it at this moment."""
        return feed in self._holders

    @asynccontextmanager
    async def claim(
        self,
        feed: Feed,
        *,
        kind: RunKind,
        sweep_lifetime: timedelta | None = None,
        hear: Callable[[Run, StoreUnavailable], None] | None = None,
    ) -> AsyncIterator[Claim]:
        """Hold a feed to the end of the block."""
        if feed in self._holders:
            raise SourceBusy(str(feed), holder="this process", since=self._holders[feed].started_at)
        run = self._begin(feed, kind, sweep_lifetime)
        self._holders[feed] = run
        try:
            yield MemoryClaim(
                self.feeds, self._holders, run, clock=self.clock, next_page_id=self._page_ids.__next__
            )
        finally:
            if self._holders.get(feed) is run:
                del self._holders[feed]

    def _begin(self, feed: Feed, kind: RunKind, sweep_lifetime: timedelta | None) -> Run:
        now = self.clock.now()
        state = self.feeds.setdefault(
            feed, FeedState(checkpoint=_first_checkpoint(feed), quotes=self._quotes(feed))
        )
        state.interrupt_orphans(now)
        sweep = self._sweep(state.checkpoint, now, sweep_lifetime) if kind is RunKind.INGEST else {}
        epoch = state.checkpoint.epoch + 1
        state.checkpoint = replace(state.checkpoint, epoch=epoch, status=RunStatus.RUNNING, **sweep)
        run = Run(
            run_id=next(self._run_ids),
            source=feed.source,
            feed=feed.name,
            kind=kind,
            epoch=epoch,
            status=RunStatus.RUNNING,
            started_at=now,
            finished_at=None,
            counters=Counters(),
            error=None,
            sweep_id=state.checkpoint.sweep_id if kind is RunKind.INGEST else None,
        )
        state.runs[run.run_id] = run
        return run

    def _quotes(self, feed: Feed) -> Quotes:
        """The quotes of a feed's source, which all its feeds share."""
        shared = (state.quotes for other, state in self.feeds.items() if other.source == feed.source)
        return next(shared, Quotes())

    def _sweep(self, at: Checkpoint, now: datetime, lifetime: timedelta | None) -> dict[str, object]:
        """A new sweep, unless the last one is half-done and young enough."""
        if at.sweep_started_at is None:
            return {**NO_SWEEP, "sweep_id": next(self._sweep_ids), "sweep_started_at": now}
        if lifetime is not None and now - at.sweep_started_at >= lifetime:
            return {**NO_SWEEP, "sweep_id": next(self._sweep_ids), "sweep_started_at": now, "cursor": {}}
        return {}

    async def stored_pages(
        self,
        feed: Feed,
        *,
        received_from: datetime | None = None,
        received_to: datetime | None = None,
        parts: Collection[str] | None = None,
        hear: Callable[[StoreUnavailable], None] | None = None,
    ) -> AsyncIterator[StoredPage]:
        """The stored pages of a feed in order of arrival."""
        kept = self.feeds[feed].pages.values() if feed in self.feeds else ()
        pages = sorted((each.stored for each in kept), key=lambda each: (each.page.received_at, each.page_id))
        for stored in pages:
            after = received_from is None or stored.page.received_at >= received_from
            before = received_to is None or stored.page.received_at < received_to
            if after and before and (parts is None or part_of(stored.page) in parts):
                yield stored

    async def stored_page(self, page_id: int) -> StoredPage | None:
        """The page with this id, or None when there is none."""
        kept = (state.pages.get(page_id) for state in self.feeds.values())
        return next((each.stored for each in kept if each), None)

    async def page_facts(self, page_id: int) -> PageFacts | None:
        """What is known of the page with this id; None when there is none."""
        kept = (state.pages.get(page_id) for state in self.feeds.values())
        return next((page_facts(each) for each in kept if each), None)

    async def pages_of(self, run_id: int, *, after: int, limit: int) -> Sequence[int] | None:
        """The ids of the first pages that this run brought after that one; None for an unknown run."""
        for state in self.feeds.values():
            if run_id in state.runs:
                of_run = (each for each, kept in state.pages.items() if kept.run_id == run_id)
                return sorted(each for each in of_run if each > after)[:limit]
        return None

    async def body_part(self, page: PageFacts, *, start: int, size: int) -> bytes:
        """So many of its bytes from there on."""
        stored = await self.stored_page(page.page_id)
        return stored.page.body[start : start + size] if stored else b""

    async def now(self) -> datetime:
        """The present moment by the clock that stamps what is written."""
        return self.clock.now()

    async def data_version(self) -> DataVersion:
        """The version of each source's data."""
        return self._version()

    def _version(self) -> DataVersion:
        of_source: dict[str, str] = {}
        for feed, state in sorted(self.feeds.items()):
            word = f"{feed} {state.checkpoint.version} {state.marks}"
            of_source[feed.source] = f"{of_source[feed.source]},{word}" if feed.source in of_source else word
        return DataVersion.composed(of_source)

    async def find(self, wanted: QuoteFilter, window: Window[QuoteKey]) -> QuoteList[QuoteKey]:
        """One part of the list of quotes, newest first, and how long the list is."""
        found = find(self._of_each_source(), wanted, window)
        return replace(found, version=self._version().of(wanted.source))

    async def find_json(
        self,
        wanted: QuoteFilter,
        window: Window[QuoteKey],
        *,
        fields: tuple[str, ...],
        max_ages: Mapping[str, timedelta],
    ) -> QuoteJson[QuoteKey]:
        """The same as JSON."""
        return as_json(await self.find(wanted, window), fields, max_ages)

    @asynccontextmanager
    async def open(self, wanted: QuoteFilter, *, measured: bool) -> AsyncIterator[MemoryQuoteRows]:
        """All quotes that are wanted, as they are now; here they are measured in any case."""
        everything: Window[QuoteKey] = Window(limit=sys.maxsize)
        yield MemoryQuoteRows((await self.find(wanted, everything)).quotes, taken_at=self.clock.now())

    async def coins(self, wanted: CoinFilter, window: Window[CoinKey]) -> QuoteList[CoinKey]:
        """One part of the list of coins, the largest first, and how long the list is."""
        found = coins(self._of_each_source(), wanted, window)
        return replace(found, version=self._version().of(wanted.source))

    async def coins_json(
        self,
        wanted: CoinFilter,
        window: Window[CoinKey],
        *,
        fields: tuple[str, ...],
        max_ages: Mapping[str, timedelta],
    ) -> QuoteJson[CoinKey]:
        """The same as JSON."""
        return as_json(await self.coins(wanted, window), fields, max_ages)

    async def look_up_json(self, asked: Sequence[Lookup]) -> bytes:
        """An answer to each, in their order."""
        return look_up_json(self._of_each_source(), asked)

    async def feed_place(self, wanted: ChangeFilter, *, from_beginning: bool) -> FeedPlace:
        """The place after all that changed until now; or the one before all quotes that are believed."""
        return FeedPlace(seen=self._changes(wanted).last(), is_listing=from_beginning)

    async def changes_json(self, wanted: ChangeFilter, after: FeedPlace, *, limit: int) -> ChangesJson | None:
        """Up to `limit` changes after a place; None where the store never was at that place."""
        return self._changes(wanted).after(after, limit=limit)

    def _changes(self, wanted: ChangeFilter) -> MemoryChanges:
        return MemoryChanges({feed.source: state for feed, state in self.feeds.items()}, wanted)

    async def runs(self, *, source: str | None, limit: int, offset: int) -> tuple[Sequence[Run], int]:
        """Runs, newest first, and how many there are."""
        states = [state for feed, state in self.feeds.items() if source in {None, feed.source}]
        runs = [run for state in states for run in state.runs.values()]
        runs.sort(key=lambda run: run.run_id, reverse=True)
        return runs[offset : offset + limit], len(runs)

    async def source_records(self) -> Mapping[str, SourceRecord]:
        """What is known of each feed, by its name as people write it."""
        return {str(feed): source_record(feed, state) for feed, state in self.feeds.items()}

    async def known_ids(self, coin_ids: Collection[str], *, source: str | None = None) -> frozenset[str]:
        """Those of these ids that a source ever gave a coin."""
        return known_ids(self._of_each_source(), source).intersection(coin_ids)

    async def stale_coins(self, oldest: Mapping[str, datetime]) -> Mapping[str, int]:
        """How many coins of each source are older than the moment given for it."""
        coins = ((name, latest.quote) for name in oldest for latest in self._latest(name))
        return Counter(name for name, quote in coins if quote.observed_at < oldest[name])

    def _of_each_source(self) -> Iterable[FeedState]:
        """One state of each source: those of its feeds share the quotes."""
        return {feed.source: state for feed, state in self.feeds.items()}.values()

    def _latest(self, source: str) -> Iterable[Latest]:
        feed = Feed(source=source)
        return self.feeds[feed].latest.values() if feed in self.feeds else ()

    async def total_records(self) -> int:
        """The number of quotes that are believed now."""
        return sum(len(state.unified) for state in self._of_each_source())

    async def rejections(
        self, wanted: RejectionFilter, window: Window[RejectionKey], *, count_to: int
    ) -> tuple[Sequence[StoredRejection], int]:
        """The part of the rejections, those that arrived last first, and how many there are, counted so far."""
        found = rejections(self.feeds, wanted)
        rest = [each for each in found if window.after is None or each.key < window.after]
        return rest[window.offset : window.offset + window.limit], min(len(found), count_to)

    async def drift(self) -> Sequence[NotedDrift]:
        """All schema drift that is on record, sorted by source and path."""
        noted = [each for state in self.feeds.values() for each in state.drift.values()]
        return sorted(noted, key=lambda each: (each.source, each.feed, each.path, each.type))

    async def ping(self) -> None:
        """Always answers: memory is always there, and never behind."""


def _first_checkpoint(feed: Feed) -> Checkpoint:
    return Checkpoint(
        source=feed.source,
        feed=feed.name,
        epoch=0,
        version=0,
        status=RunStatus.RUNNING,
        cursor={},
        sweep_id=None,
        sweep_started_at=None,
        page_seq=0,
        sweep_holes=0,
        failed_cursor=None,
        changed_at=None,
    )
