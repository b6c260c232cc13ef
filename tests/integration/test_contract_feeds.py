"""What every store promises of two feeds of one source: what is written of one says nothing of the other."""

import pytest

from crypto.application.errors import SourceBusy, SourceUnavailable
from crypto.domain.feed import Feed
from crypto.domain.market_data import Window
from crypto.domain.rejection import RejectionFilter
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.market import Market
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store

PRICES = Feed(source="coingecko")
CATALOGUE = Feed(source="coingecko", name="catalogue")


def prices(clock: ManualClock, *sweep: list[tuple[str, int, str | None]] | SourceUnavailable) -> Market:
    return Market(clock, sweep, name="coingecko")


def catalogue(clock: ManualClock, *sweep: list[tuple[str, int, str | None]] | SourceUnavailable) -> Market:
    return Market(clock, sweep, name="coingecko", feed="catalogue")


async def test_both_are_held_at_once_and_neither_twice(store: Store) -> None:
    async with (
        store.ledger.claim(PRICES, kind=RunKind.INGEST) as one,
        store.ledger.claim(CATALOGUE, kind=RunKind.INGEST) as other,
    ):
        assert (one.run.of, other.run.of) == (PRICES, CATALOGUE)
        assert (one.run.epoch, other.run.epoch) == (1, 1)
        for feed in (PRICES, CATALOGUE):
            with pytest.raises(SourceBusy, match=rf"^{feed} is"):
                async with store.ledger.claim(feed, kind=RunKind.INGEST):
                    pass


async def test_the_end_of_one_run_is_not_that_of_the_other(store: Store) -> None:
    async with store.ledger.claim(CATALOGUE, kind=RunKind.INGEST) as held:
        async with store.ledger.claim(PRICES, kind=RunKind.INGEST) as ended:
            await ended.finish(RunStatus.SUCCESS, error=None)
        runs, _ = await store.run_log.runs(source="coingecko", limit=10, offset=0)
        assert {run.of: run.status for run in runs} == {PRICES: RunStatus.SUCCESS, CATALOGUE: RunStatus.RUNNING}
        assert (await held.finish(RunStatus.FAILURE, error="as told")).status is RunStatus.FAILURE


async def test_each_goes_on_where_it_stood(store: Store, clock: ManualClock) -> None:
    half_done = prices(clock, [("btc", 0, "1")], SourceUnavailable("down"))
    await ingest(store, half_done, clock)
    await ingest(store, catalogue(clock, [("btc", 1, "2")]), clock)
    half_done.sweep[1] = [("eth", 0, "1")]
    half_done.asked.clear()

    run = await ingest(store, half_done, clock)

    assert (run.status, half_done.asked) == (RunStatus.SUCCESS, [1])


async def test_pages_rejections_and_drift_are_of_the_feed_they_came_with(store: Store, clock: ManualClock) -> None:
    await ingest(store, prices(clock, [("btc", 0, "1"), ("bad", 0, "-1")]), clock)
    await ingest(store, catalogue(clock, [("worse", 0, "-1"), ("eth", 0, "1")]), clock)
    for feed, coins in ((PRICES, ["btc", "bad"]), (CATALOGUE, ["worse", "eth"])):
        pages = [each.page async for each in store.archive.stored_pages(feed)]
        assert [page.of for page in pages] == [feed]
        assert all(coin.encode() in pages[0].body for coin in coins)
    found, _ = await store.rejections.rejections(
        RejectionFilter(source="coingecko"), Window(limit=10), count_to=10
    )
    assert {(each.coin_id, each.feed) for each in found} == {("bad", "prices"), ("worse", "catalogue")}


async def test_reprocessing_one_reads_no_page_of_the_other(store: Store, clock: ManualClock) -> None:
    await ingest(store, prices(clock, [("btc", 0, "1")]), clock)
    await ingest(store, catalogue(clock, [("eth", 0, "1")]), clock)
    run = await reprocess(store, catalogue(clock), clock)
    assert (run.of, run.counters.pages, run.counters.unchanged) == (CATALOGUE, 1, 1)


async def test_both_are_on_record_by_the_names_that_people_write(store: Store, clock: ManualClock) -> None:
    await ingest(store, prices(clock, [("btc", 0, "1")]), clock)
    await ingest(store, catalogue(clock, SourceUnavailable("down")), clock)
    records = await store.run_log.source_records()
    assert {name: record.last_run and record.last_run.status for name, record in records.items()} == {
        "coingecko": RunStatus.SUCCESS,
        "coingecko/catalogue": RunStatus.FAILURE,
    }
    assert [records[str(feed)].coins for feed in (PRICES, CATALOGUE)] == [1, 0]


async def test_who_holds_a_feed_is_told_by_its_name(store: Store) -> None:
    async with store.ledger.claim(CATALOGUE, kind=RunKind.INGEST) as claim:
        (hold,) = await store.diagnostics.holds(["coingecko", "coingecko/catalogue"])
        assert (hold.source, hold.run_id) == ("coingecko/catalogue", claim.run.run_id)
