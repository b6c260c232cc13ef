"""Laws of the table: the same input gives the same table, however it came in; and the past can be asked."""

import asyncio
from datetime import datetime

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.adapters.memory import MemoryStore
from crypto.domain.market_data import QuoteFilter, StoredQuote, Window
from crypto.domain.page import StoredPage
from crypto.domain.run import Counters, Run
from tests.support.clock import ManualClock
from tests.support.copies import Follower, table
from tests.support.histories import Step, Told, fixes, sayings, steps
from tests.support.laws import examples
from tests.support.market import Record
from tests.support.runs import Witness
from tests.support.stores import Contents, InMemory

Says = dict[str, list[list[Record]]]


def told(says: Says) -> Told:
    clock = ManualClock()
    return Told(InMemory(MemoryStore(clock)), clock, says)


def without_page_ids(contents: Contents) -> Contents:
    """Page ids tell the order of arrival, which differs between interleavings."""
    alike = {
        name: [row._replace(page_id=0) for row in contents[name]] for name in ("unified", "latest", "rejections")
    }
    return {**alike, "rejections": sorted(alike["rejections"])}


@given(says=sayings, cut=steps)
def test_any_interleaving_any_cut_into_runs_and_any_reprocessing_give_the_same_table(
    says: Says, cut: list[Step]
) -> None:
    async def both() -> None:
        straight, cut_up = told(says), told(says)
        await straight.finish()
        for step in cut:
            await cut_up.take(step)
        await cut_up.finish()
        assert without_page_ids(await cut_up.store.contents()) == without_page_ids(await straight.store.contents())

    asyncio.run(both())


@given(says=sayings)
def test_everything_again_changes_nothing(says: Says) -> None:
    async def twice() -> None:
        history = told(says)
        await history.finish()
        before = await history.store.contents()
        for name in says:
            await history.take(("reprocess", name, None))
        assert await history.store.contents() == before

    asyncio.run(twice())


@given(says=sayings, mended=fixes)
@settings(max_examples=examples(200))
def test_as_of_equals_a_snapshot_taken_at_every_commit(says: Says, mended: list[Step]) -> None:
    async def compare() -> None:
        history = told(says)
        assert isinstance(history.store, InMemory)
        snapshots = Snapshots(history.store.memory, history.clock)
        history.witness = snapshots
        for step in mended:
            await history.take(step)
        await history.finish()
        for moment, snapshot in snapshots.taken:
            found = await history.store.reader.find(QuoteFilter(as_of=moment), Window(limit=1000))
            assert set(found.quotes) == snapshot
            assert found.total == len(snapshot)

    asyncio.run(compare())


@given(says=sayings, mended=fixes)
def test_a_second_reprocessing_pass_writes_nothing(says: Says, mended: list[Step]) -> None:
    async def settle() -> None:
        history = told(says)
        for step in [*mended, *(("reprocess", name, None) for name in says)]:
            await history.take(step)
        before = await history.store.contents()
        for name in says:
            await history.take(("reprocess", name, None))
        assert await history.store.contents() == before

    asyncio.run(settle())


class Snapshots(Witness):
    """Takes what is believed at every commit, and sets the clock on between them."""

    def __init__(self, memory: MemoryStore, clock: ManualClock) -> None:
        super().__init__()
        self.taken: list[tuple[datetime, set[StoredQuote]]] = []
        self._memory, self._clock = memory, clock

    def page_committed(self, run: Run, stored: StoredPage, outcome: Counters) -> None:
        believed = {quote for state in self._memory.feeds.values() for quote in state.unified.values()}
        self.taken.append((self._clock.now(), believed))
        self._clock.advance(1)


@given(says=sayings, history=fixes, cuts=st.lists(st.integers(0, 5), min_size=9, max_size=9))
def test_a_copy_that_follows_the_changes_in_any_parts_equals_the_table(
    says: Says, history: list[Step], cuts: list[int]
) -> None:
    async def follow() -> None:
        of = told(says)
        early, late = Follower(of.store), Follower(of.store)
        for step, limit in zip(history, cuts, strict=False):
            await of.take(step)
            if limit:
                await early.ask(limit)
        await of.finish()
        await late.ask(1)
        for name in says:
            await of.take(("reprocess", name, None))
        assert await early.catch_up(2) == await late.catch_up() == await table(of.store)

    asyncio.run(follow())
