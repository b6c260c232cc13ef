"""What every store promises to who reads quotes, runs and sources."""

from datetime import timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace

from crypto.application.errors import SourceUnavailable
from crypto.domain.market_data import QuoteFilter, Window
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import EVERYTHING, market, prices
from tests.support.market import Market, minute
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store


async def test_as_of_tells_what_was_believed_then(store: Store, clock: ManualClock) -> None:
    moments = []
    for price in ("10", "11", "12"):
        await ingest(store, market(clock, [("btc", 0, price), (f"coin-{price}", 1, "1")]), clock)
        found = await store.reader.find(QuoteFilter(coin_ids=("btc",)), EVERYTHING)
        moments.append(found.quotes[0].recorded_at)
        clock.advance(60)

    believed = [await prices(store, QuoteFilter(as_of=moment)) for moment in moments]
    just_before = await prices(store, QuoteFilter(as_of=moments[0] - timedelta(microseconds=1)))

    assert just_before == {}
    assert [each["btc", 0] for each in believed] == [Decimal(10), Decimal(11), Decimal(12)]
    assert [len(each) for each in believed] == [2, 3, 4]


async def test_lists_are_newest_first_and_keyset_and_offset_agree(store: Store, clock: ManualClock) -> None:
    records = [(f"coin-{n % 5}", n // 2, str(n + 1)) for n in range(20)]
    await ingest(store, market(clock, records), clock)
    whole = await store.reader.find(QuoteFilter(), EVERYTHING)
    keys = [quote.key for quote in whole.quotes]

    by_offset = [await store.reader.find(QuoteFilter(), Window(limit=7, offset=at)) for at in (0, 7, 14, 21)]
    after = await store.reader.find(QuoteFilter(), Window(limit=7, after=keys[6]))
    past_the_end = await store.reader.find(QuoteFilter(), Window(limit=7, after=keys[-1]))

    assert keys == sorted(keys, reverse=True)
    assert [quote.key for part in by_offset for quote in part.quotes] == keys
    assert {part.total for part in by_offset} == {whole.total} == {20}
    assert [quote.key for quote in after.quotes] == keys[7:14]
    assert (past_the_end.quotes, past_the_end.total) == ((), 20)


async def test_the_list_of_several_coins_is_one_list_by_keyset_and_offset(
    store: Store, clock: ManualClock
) -> None:
    records = [(f"coin-{n % 5}", n // 2, str(n + 1)) for n in range(20)]
    await ingest(store, market(clock, records), clock)
    wanted = QuoteFilter(coin_ids=("coin-1", "coin-3", "coin-4"))
    whole = [quote.key for quote in (await store.reader.find(QuoteFilter(), EVERYTHING)).quotes]
    keys = [key for key in whole if key.coin_id in wanted.coin_ids]

    by_offset = [await store.reader.find(wanted, Window(limit=5, offset=at)) for at in (0, 5, 10)]
    by_key = [await store.reader.find(wanted, Window(limit=5, after=keys[at])) for at in (4, 9)]
    then = await store.reader.find(replace(wanted, as_of=by_key[0].quotes[0].recorded_at), EVERYTHING)

    assert [quote.key for part in by_offset for quote in part.quotes] == keys
    assert [quote.key for part in by_key for quote in part.quotes] == keys[5:]
    assert {part.total for part in by_offset} == {len(keys)}
    assert [quote.key for quote in then.quotes] == keys


async def test_an_id_is_known_that_any_source_gives_a_coin_or_gave_one(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "1"), ("ghost", 0, "1")]), clock)
    await ingest(store, Market(clock, [[("btc-bitcoin", 0, "1")]], name="coinpaprika"), clock)
    mended = market(clock)
    mended.drops = frozenset({"ghost"})
    await reprocess(store, mended, clock)
    asked = ("btc", "BTC", "ghost", "btc-bitcoin", "nosuch")

    everywhere = await store.coins.known_ids(asked)
    at_one = await store.coins.known_ids(asked, source="coingecko")
    nowhere = await store.coins.known_ids(asked, source="csv")

    assert everywhere == {"btc", "ghost", "btc-bitcoin"}
    assert at_one == {"btc", "ghost"}
    assert nowhere == await store.coins.known_ids(()) == frozenset()


@pytest.mark.parametrize(
    ("wanted", "coins"),
    [
        (QuoteFilter(source="coingecko"), {"btc", "BTC", "eth"}),
        (QuoteFilter(source="nobody"), set()),
        (QuoteFilter(coin_ids=("btc",)), {"btc"}),
        (QuoteFilter(coin_ids=("btc", "eth")), {"btc", "eth"}),
        (QuoteFilter(coin_ids=("nosuch", "eth", "eth")), {"eth"}),
        (QuoteFilter(coin_ids=("nosuch", "none")), set()),
        (QuoteFilter(symbol="BtC"), {"btc", "BTC"}),
        (QuoteFilter(observed_from=minute(1)), {"BTC", "eth"}),
        (QuoteFilter(observed_from=minute(1), observed_to=minute(2)), {"BTC"}),
        (QuoteFilter(ingested_from=ManualClock().now()), {"btc", "BTC", "eth"}),
        (QuoteFilter(ingested_to=ManualClock().now()), set()),
    ],
)
async def test_filters(store: Store, clock: ManualClock, wanted: QuoteFilter, coins: set[str]) -> None:
    await ingest(store, market(clock, [("btc", 0, "1"), ("BTC", 1, "2"), ("eth", 2, "3")]), clock)

    found = await store.reader.find(wanted, EVERYTHING)

    assert {quote.coin_id for quote in found.quotes} == coins
    assert found.total == len(coins)


async def test_the_run_log_and_the_sources(store: Store, clock: ManualClock) -> None:
    good = market(clock, [("btc", 0, "10"), ("bad", 0, "-1"), *((f"c{n}", 3, "1") for n in range(9))])
    await ingest(store, good, clock)
    await reprocess(store, good, clock)
    await ingest(store, market(clock, SourceUnavailable("down")), clock)

    records = await store.run_log.source_records()
    runs, total = await store.run_log.runs(source=None, limit=2, offset=0)

    record = records["coingecko"]
    assert record.last_run is not None
    assert (record.last_run.status, record.last_run.error) == (RunStatus.FAILURE, "down")
    assert (record.coins, record.unseen_coins, record.open_rejections) == (10, 0, 1)
    assert record.last_success_at is not None
    assert record.last_failure_at == record.last_run.finished_at
    assert record.newest_observed_at == minute(3)
    assert [run.kind for run in runs] == [RunKind.INGEST, RunKind.REPROCESS]
    assert total == 3
    assert await store.run_log.total_records() == 10
