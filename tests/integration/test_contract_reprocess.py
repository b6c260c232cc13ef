"""What every store promises when stored pages are read again with another parser."""

from decimal import Decimal

from crypto.application.errors import SourceUnavailable
from crypto.domain.run import RunKind
from tests.support.clock import ManualClock
from tests.support.contract import market, prices
from tests.support.market import minute
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store


async def test_a_mended_parser_restates_withdraws_and_heals(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("ghost", 0, "5"), ("bad", 0, "-1"), ("eth", 0, "2")])
    await ingest(store, source, clock)
    source.factor, source.drops = Decimal(-1), frozenset({"ghost"})
    everything_wrong = await reprocess(store, source, clock)
    wrong = await prices(store)
    source.factor = Decimal(2)
    source.sweep[0] = []

    mended = await reprocess(store, source, clock)

    assert everything_wrong.counters.withdrawn == 3
    assert wrong == {("bad", 0): Decimal(1)}
    assert (mended.counters.inserted, mended.counters.withdrawn) == (2, 1)
    assert await prices(store) == {("btc", 0): Decimal(20), ("eth", 0): Decimal(4)}
    contents = await store.contents()
    assert [row.coin_id for row in contents["latest"]] == ["btc", "eth"]
    assert [(row.coin_id, row.is_resolved) for row in contents["rejections"]] == [
        ("btc", True),
        ("bad", False),
        ("eth", True),
    ]
    assert mended.kind is RunKind.REPROCESS


async def test_what_was_a_rejected_record_may_be_a_field_that_cannot_be_read_and_heal(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, [("btc", 0, "10"), ("dear", 0, "99")])
    source.ceiling = Decimal(50)
    await ingest(store, source, clock)
    source.ceiling, source.capless = None, frozenset({"dear"})

    mended = await reprocess(store, source, clock)
    without_cap = (await store.contents())["rejections"]
    source.capless = frozenset()
    await reprocess(store, source, clock)
    healed = (await store.contents())["rejections"]

    assert (mended.counters.inserted, mended.counters.rejected) == (1, 0)
    assert [(row.position, row.reason, row.field, row.is_resolved) for row in without_cap] == [
        (1, "out_of_range", "", True),
        (1, "negative", "market_cap", False),
    ]
    assert [row.is_resolved for row in healed] == [True, True]


async def test_latest_falls_back_when_the_newest_quote_is_withdrawn(store: Store, clock: ManualClock) -> None:
    arrival = int((clock.now() - minute(0)).total_seconds() // 60)
    source = market(clock, [("btc", 0, "10")], [("btc", arrival, "11"), ("eth", 5, "2")])
    await ingest(store, source, clock)
    source.shift = 30  # the mended parser finds the second page's stamp to be in the future

    await reprocess(store, source, clock)

    contents = await store.contents()
    assert [(row.coin_id, row.observed_at, row.price_usd) for row in contents["latest"]] == [
        ("btc", minute(30), Decimal(10)),
        ("eth", minute(35), Decimal(2)),
    ]


async def test_a_quote_that_an_earlier_page_said_comes_back_when_the_later_one_is_withdrawn(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)
    clock.advance(60)
    spiked = market(clock, [("btc", 0, "100")])
    await ingest(store, spiked, clock)
    spiked.ceiling = Decimal(50)

    await reprocess(store, spiked, clock)
    settled = await store.contents()
    again = await reprocess(store, spiked, clock)

    assert await prices(store) == {("btc", 0): Decimal(1)}
    assert (again.counters.inserted, again.counters.withdrawn) == (0, 0)
    assert await store.contents() == settled


async def test_a_coin_stays_unseen_when_a_mended_parser_moves_its_stamps(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("a", 0, "1"), ("b", 0, "1")]), clock)
    source = market(clock, [("a", 1, "1")])
    await ingest(store, source, clock)
    source.shift = 1

    await reprocess(store, source, clock)

    latest = (await store.contents())["latest"]
    assert [(row.coin_id, row.observed_at, row.is_unseen) for row in latest] == [
        ("a", minute(2), False),
        ("b", minute(1), True),
    ]


async def test_reprocessing_with_the_same_parser_writes_nothing(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "10"), ("eth", 0, "2")]), clock)
    clock.advance(60)
    source = market(clock, [("btc", 0, "11"), ("eth", 0, "2")])
    await ingest(store, source, clock)
    before = await store.contents()

    run = await reprocess(store, source, clock)

    assert (run.counters.pages, run.counters.unchanged, run.counters.withdrawn) == (2, 4, 0)
    assert await store.contents() == before


async def test_reprocessing_leaves_the_cursor_and_the_sweep_alone(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")], SourceUnavailable("down"))
    await ingest(store, source, clock)
    await reprocess(store, source, clock)
    source.sweep[1] = [("eth", 0, "1")]
    source.asked.clear()

    await ingest(store, source, clock)

    assert source.asked == [1]
