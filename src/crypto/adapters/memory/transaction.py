"""A page transaction over a copy of the source's state."""

import dataclasses
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta

from msgspec.structs import replace

from crypto.adapters.memory.state import FeedState, KeptPage, KeptRejection, as_stored, without_sweep
from crypto.application.ports import WriteOutcome
from crypto.domain.freshness import frozen_since
from crypto.domain.market_data import StoredQuote
from crypto.domain.page import Cursor, RawPage, StoredPage
from crypto.domain.parts import PART, contradicted_by, differ
from crypto.domain.quote import Quote
from crypto.domain.rejection import Rejection
from crypto.domain.run import Counters, Run
from crypto.domain.schema_drift import MOST_DRIFTS, NotedDrift, SchemaDrift


class MemoryPageTransaction:
    """Changes a copy of the state; the claim puts the copy in place at the end of the block."""

    def __init__(self, state: FeedState, run: Run, *, now: datetime, next_page_id: Callable[[], int]) -> None:
        self.state = state
        self._run_id = run.run_id
        self._next_page_id = next_page_id
        changed_at = state.checkpoint.changed_at
        self._recorded_at = max(now, changed_at + timedelta(microseconds=1)) if changed_at else now
        self._changed: dict[int, None] = {}
        self._lessened: set[str] = set()

    async def keep(self, page: RawPage, *, coin_ids: Sequence[str], parser_version: int) -> StoredPage:
        """Store a page as received, under the next id."""
        stored = StoredPage(page_id=self._next_page_id(), page=page)
        checkpoint = self.state.checkpoint
        self.state.pages[stored.page_id] = KeptPage(
            stored=stored,
            run_id=self._run_id,
            page_seq=checkpoint.page_seq + 1,
            sweep_id=checkpoint.sweep_id,
            coin_ids=frozenset(coin_ids),
            parser_version=parser_version,
        )
        self.state.checkpoint = replace(checkpoint, page_seq=checkpoint.page_seq + 1)
        return stored

    async def redeclare(self, stored: StoredPage, *, coin_ids: Sequence[str]) -> None:
        """Store the context that the page has now in place of its former one."""
        kept = self.state.pages[stored.page_id]
        self.state.pages[stored.page_id] = dataclasses.replace(kept, stored=stored, coin_ids=frozenset(coin_ids))

    async def write_quotes(
        self, stored: StoredPage, quotes: Sequence[Quote], *, rivals: Collection[str] = ()
    ) -> WriteOutcome:
        """Insert each quote, leave it unchanged, restate it, or refuse it."""
        others = {quote.position: self._contradicting(stored, quote, rivals) for quote in quotes}
        outcomes = [self._write(stored, quote) for quote in quotes if others[quote.position] is None]
        refused = [contradicted_by(other, quote) for quote in quotes if (other := others[quote.position])]
        return WriteOutcome(
            refused=tuple(refused),
            inserted=outcomes.count("inserted"),
            unchanged=outcomes.count("unchanged"),
            restated=outcomes.count("restated"),
        )

    def _contradicting(self, stored: StoredPage, quote: Quote, rivals: Collection[str]) -> str | None:
        """The other part whose page says otherwise of the quote that is believed now."""
        believed = self.state.unified.get(quote.key)
        if (
            not rivals
            or believed is None
            or _is_later(believed, stored)
            or not differ(believed.amounts, quote.amounts)
        ):
            return None
        kept = self.state.pages.get(believed.page_id)  # that of another feed is of no part
        part = kept.stored.page.context.get(PART) if kept else None
        return part if isinstance(part, str) and part in rivals else None

    def _write(self, stored: StoredPage, quote: Quote) -> str:
        believed = self.state.unified.get(quote.key)
        if believed and (_says(believed, quote, stored) or _is_later(believed, stored)):
            return "unchanged"
        if believed:
            self.state.supersede(quote.key, self._recorded_at)
        version = self.state.checkpoint.version + 1
        row = as_stored(quote, page_id=stored.page_id, recorded_at=self._recorded_at, version=version)
        self.state.believe(quote.key, row)
        self._changed[stored.page_id] = None
        return "restated" if believed else "inserted"

    async def withdraw_absent(self, stored: StoredPage, quotes: Sequence[Quote]) -> int:
        """Move to history the stored quotes that the page no longer says; gives how many."""
        kept = {quote.key for quote in quotes}
        of_page = [key for key, row in self.state.unified.items() if row.page_id == stored.page_id]
        absent = [key for key in of_page if key not in kept]
        for key in absent:
            self.state.supersede(key, self._recorded_at)
        self._lessened |= {coin_id for coin_id, _ in absent}
        if absent:
            self._changed[stored.page_id] = None
            change = stored.page_id, self.state.checkpoint.version + 1
            self.state.quotes.withdrawn[change] = dict.fromkeys(absent, self._recorded_at)
        return len(absent)

    async def write_rejections(self, stored: StoredPage, rejections: Sequence[Rejection]) -> None:
        """Open these rejections of a page, and resolve its others."""
        for key, kept in self.state.rejections.items():
            if key[0] == stored.page_id and kept.resolved_at is None:
                self.state.rejections[key] = dataclasses.replace(kept, resolved_at=self._recorded_at)
        for each in rejections:
            at = stored.page_id, each.position, each.field or ""
            before = self.state.rejections.get(at)
            first = before.rejected_at if before else self._recorded_at
            self.state.rejections[at] = KeptRejection(rejection=each, rejected_at=first)

    async def note_drift(self, stored: StoredPage, drift: Sequence[SchemaDrift]) -> None:
        """Note this schema drift of a page, and forget its other one."""
        found = {(each.path, each.type): _seen(stored, each) for each in drift}
        noted = self.state.drift
        for key in [key for key, seen in noted.items() if seen.page_id == stored.page_id and key not in found]:
            del noted[key]
        room = MOST_DRIFTS - len(noted)
        new = [key for key in found if key not in noted][: max(room, 0)]
        earlier = [key for key in found if key in noted and _order(found[key]) < _order(noted[key])]
        noted |= {key: found[key] for key in new + earlier}

    async def move_cursor(self, cursor: Cursor, *, listed: bool = False, sweep_complete: bool = False) -> None:
        """Move the cursor of the feed; end its sweep when it is complete."""
        before = self.state.checkpoint
        self.state.checkpoint = replace(before, cursor=cursor, listed=before.listed or listed)
        if sweep_complete:
            self.state.checkpoint = without_sweep(self.state.checkpoint)

    async def watch_feed(self, *, arrived_at: datetime, update_cycle: timedelta) -> None:
        """Compare the feed's newest stamp with the one after its last complete sweep."""
        newest = max((each.quote.observed_at for each in self.state.latest.values()), default=None)
        before, self.state.newest_stamp = self.state.newest_stamp, newest
        self.state.frozen_since = newest and frozen_since(
            newest, before=before, arrived_at=arrived_at, update_cycle=update_cycle
        )

    async def count(self, counters: Counters) -> None:
        """Add these counts of records, pages and holes to those of the run."""
        run = self.state.runs[self._run_id]
        self.state.runs[self._run_id] = replace(run, counters=run.counters + counters)

    def close(self) -> FeedState:
        """The state to put in place of the one that was copied."""
        for coin_id in self._lessened:
            self.state.recompute_latest(coin_id)
        if self._changed:
            version = self.state.checkpoint.version + 1
            self.state.quotes.changes += [(page_id, version) for page_id in self._changed]
            self.state.checkpoint = replace(self.state.checkpoint, version=version, changed_at=self._recorded_at)
        return self.state


def _seen(stored: StoredPage, drift: SchemaDrift) -> NotedDrift:
    return NotedDrift(
        source=stored.page.source,
        feed=stored.page.feed,
        path=drift.path,
        type=drift.type,
        first_seen_at=stored.page.received_at,
        page_id=stored.page_id,
        position=drift.position,
        example=drift.example,
    )


def _order(seen: NotedDrift) -> tuple[datetime, int]:
    return seen.first_seen_at, seen.page_id


def _says(row: StoredQuote, quote: Quote, stored: StoredPage) -> bool:
    """Whether a stored quote says the same, and was not read from another place of the same page."""
    return row.said == quote.said and (row.page_id != stored.page_id or row.position == quote.position)


def _is_later(row: StoredQuote, stored: StoredPage) -> bool:
    """Pages are numbered as they arrive; the clock that stamps them may go back."""
    return row.page_id > stored.page_id
