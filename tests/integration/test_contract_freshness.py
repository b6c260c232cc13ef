"""What every store promises of how old things are: frozen feeds, coins no longer listed, stale coins counted."""

import asyncio
from datetime import datetime

from crypto.application.errors import SourceUnavailable
from crypto.domain.market_data import QuoteFilter, StoredQuote
from tests.support.clock import ManualClock
from tests.support.contract import EVERYTHING, market
from tests.support.market import Market, Record, minute
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store

TWENTY_MINUTES = 20 * 60


async def quotes(store: Store, *, as_of: datetime | None = None) -> dict[str, StoredQuote]:
    """The newest of each coin."""
    found = await store.reader.find(QuoteFilter(as_of=as_of), EVERYTHING)
    return {quote.coin_id: quote for quote in reversed(found.quotes)}


async def frozen_since(store: Store) -> datetime | None:
    return (await store.run_log.source_records())["coingecko"].frozen_since


async def refresh(store: Store, clock: ManualClock, *records: Record) -> datetime | None:
    """Ingest this list, twenty minutes later; since when its feed is frozen then."""
    clock.advance(TWENTY_MINUTES)
    await ingest(store, market(clock, records), clock)
    return await frozen_since(store)


async def test_a_feed_is_frozen_at_the_first_refresh_without_a_newer_stamp_and_until_one_comes(
    store: Store, clock: ManualClock
) -> None:
    said = [
        await refresh(store, clock, ("btc", 0, "1"), ("eth", 5, "1")),
        await refresh(store, clock, ("btc", 0, "1"), ("eth", 5, "1")),
        await refresh(store, clock, ("btc", 4, "2"), ("eth", 5, "3")),
        await refresh(store, clock, ("btc", 4, "2"), ("eth", 6, "3")),
        await refresh(store, clock, ("btc", 4, "2"), ("eth", 6, "3")),
    ]
    assert said == [None, minute(5), minute(5), None, minute(6)]


async def test_the_same_list_again_within_the_providers_own_cycle_is_not_a_frozen_feed(
    store: Store, clock: ManualClock
) -> None:
    clock.moment = minute(1)
    source = market(clock, [("btc", 0, "1")])
    said = []
    for seconds in (0, 9 * 60, 1):
        clock.advance(seconds)
        await ingest(store, source, clock)
        said.append(await frozen_since(store))
    assert said == [None, None, minute(0)]


async def test_a_file_is_never_frozen(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "1")])
    source.update_cycle = None
    await ingest(store, source, clock)
    await ingest(store, source, clock)
    assert await frozen_since(store) is None


async def test_only_a_complete_sweep_tells_that_a_feed_is_frozen(store: Store, clock: ManualClock) -> None:
    await refresh(store, clock, ("btc", 0, "1"))
    half_done = market(clock, [("btc", 0, "1")], SourceUnavailable("down"))
    await ingest(store, half_done, clock)
    half_said = await frozen_since(store)
    half_done.sweep[1] = [("eth", 0, "1")]
    await ingest(store, half_done, clock)

    assert (half_said, await frozen_since(store)) == (None, minute(0))


async def test_the_first_newer_stamp_ends_a_freeze_before_its_sweep_is_complete(
    store: Store, clock: ManualClock
) -> None:
    await refresh(store, clock, ("btc", 0, "1"))
    assert await refresh(store, clock, ("btc", 0, "1")) == minute(0)
    await ingest(store, market(clock, [("btc", 1, "1")], SourceUnavailable("down")), clock)
    assert await frozen_since(store) is None


async def test_a_stamp_that_a_half_done_sweep_brought_counts_as_news_for_the_one_that_ends(
    store: Store, clock: ManualClock
) -> None:
    await refresh(store, clock, ("btc", 0, "1"))
    half_done = market(clock, [("btc", 7, "1")], SourceUnavailable("down"))
    await ingest(store, half_done, clock)
    half_done.sweep[1] = [("eth", 0, "1")]
    await ingest(store, half_done, clock)
    assert await frozen_since(store) is None


async def test_an_empty_list_changes_nothing_about_a_frozen_feed(store: Store, clock: ManualClock) -> None:
    await refresh(store, clock, ("btc", 0, "1"))
    await refresh(store, clock, ("btc", 0, "1"))
    assert await refresh(store, clock) == minute(0)


async def test_reading_pages_again_changes_nothing_about_a_frozen_feed(store: Store, clock: ManualClock) -> None:
    await refresh(store, clock, ("btc", 0, "1"))
    await refresh(store, clock, ("btc", 0, "1"))
    await reprocess(store, market(clock, [("btc", 0, "1")]), clock)
    assert await frozen_since(store) == minute(0)


async def test_a_quote_of_a_coin_that_is_no_longer_listed_says_so_now_and_as_of_then(
    store: Store, clock: ManualClock
) -> None:
    await refresh(store, clock, ("btc", 0, "1"), ("btc", 1, "1"), ("eth", 0, "1"))
    listed = max(quote.recorded_at for quote in (await quotes(store)).values())
    await refresh(store, clock, ("eth", 2, "1"))
    unlisted = (await quotes(store))["btc"].unseen_since

    now = await store.reader.find(QuoteFilter(coin_ids=("btc",)), EVERYTHING)
    before, then = await quotes(store, as_of=listed), await quotes(store, as_of=unlisted)
    await refresh(store, clock, ("eth", 3, "1"), ("btc", 1, "1"))
    again = await quotes(store)

    assert unlisted is not None
    assert unlisted >= max(quote.recorded_at for quote in then.values())
    assert [quote.unseen_since for quote in now.quotes] == [unlisted, unlisted]
    assert {coin: quote.unseen_since for coin, quote in before.items()} == {"btc": None, "eth": None}
    assert {coin: quote.unseen_since for coin, quote in then.items()} == {"btc": unlisted, "eth": None}
    assert {coin: quote.unseen_since for coin, quote in again.items()} == {"btc": None, "eth": None}


async def test_an_unseen_coin_of_one_source_is_not_one_of_another(store: Store, clock: ManualClock) -> None:
    await refresh(store, clock, ("btc", 0, "1"), ("eth", 0, "1"))
    await ingest(store, Market(clock, [[("btc", 9, "1")]], name="coinpaprika"), clock)
    await refresh(store, clock, ("eth", 1, "1"))

    found = await store.reader.find(QuoteFilter(coin_ids=("btc",)), EVERYTHING)

    assert [(quote.source, quote.unseen_since is None) for quote in found.quotes] == [
        ("coinpaprika", True),
        ("coingecko", False),
    ]


async def test_stale_coins_are_counted_by_their_newest_quote(store: Store, clock: ManualClock) -> None:
    await refresh(store, clock, ("btc", 0, "1"), ("btc", 9, "1"), ("eth", 4, "1"), ("sol", 5, "1"))
    moments = {"coingecko": minute(5), "coinpaprika": minute(5)}
    assert dict(await store.run_log.stale_coins(moments)) == {"coingecko": 1}
    assert dict(await store.run_log.stale_coins({"coingecko": minute(10)})) == {"coingecko": 3}
    assert dict(await store.run_log.stale_coins({"coingecko": minute(0)})) == {}
    assert dict(await store.run_log.stale_coins({})) == {}


async def test_a_run_that_is_cut_off_in_its_last_page_says_nothing_of_the_feed(
    store: Store, clock: ManualClock
) -> None:
    await refresh(store, clock, ("btc", 0, "1"))
    clock.advance(TWENTY_MINUTES)
    source = market(clock, [("btc", 0, "1")])
    source.held_at = 0
    task = asyncio.create_task(ingest(store, source, clock))
    await source.waiting.wait()
    task.cancel()
    await asyncio.wait({task})
    assert await frozen_since(store) is None
