"""CoinGecko's coins asked for by their ids, against the provider fake, whose list may shift while it is paged."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from crypto.adapters.memory import MemoryStore
from crypto.domain.market_data import CoinFilter, QuoteFilter, StoredQuote, Window
from crypto.domain.run import RunStatus
from tests.support import provider_answers as answers
from tests.support.clock import ManualClock
from tests.support.provider import Provider
from tests.support.provider_sources import source_at
from tests.support.runs import Witness, ingest
from tests.support.stores import InMemory


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[Provider]:
    async with Provider(coins=1_000, now=clock.now) as running:
        yield running


async def test_ids_are_sent_as_they_are(provider: Provider, clock: ManualClock) -> None:
    odd = ["1move token", "dps-doubloon ", "boringdao-[old]", "_", "bitCNY", "a+b&c=d%20", "ß/?#"]
    source = source_at(provider, "coingecko", clock)

    pages = [page async for page in source.pages_of([*odd, "a,b"])]

    assert [page.context for page in pages] == [{"asked_for": tuple(odd)}]
    assert provider.requests[0].params == {
        "vs_currency": "usd",
        "order": "market_cap_desc",
        "per_page": "250",
        "page": "1",
        "ids": ",".join(odd),
    }
    assert pages[0].request["params"] == provider.requests[0].params
    assert (pages[0].is_by_id, pages[0].is_last, pages[0].cursor_after) == (True, False, {"page": 1})


async def test_an_answer_by_id_is_read_like_any_other(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coingecko", clock)

    (page,) = [page async for page in source.pages_of(["fake-coin-7", "delisted", "fake-coin-999"])]

    quotes = source.parse(page).quotes
    assert [quote.coin_id for quote in quotes] == ["fake-coin-7", "fake-coin-999"]
    assert quotes[0].price_usd == Decimal(str(provider.market.price(6)))


async def test_many_ids_are_several_requests(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coingecko", clock)
    ids = [f"fake-coin-{number}" for number in range(1, 601)]

    pages = [page async for page in source.pages_of(ids)]

    assert [len(source.parse(page).quotes) for page in pages] == [225, 218, 157]
    assert [each.params["ids"].count(",") + 1 for each in provider.requests] == [225, 218, 157]


async def test_sources_of_one_page_have_no_such_question(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coinpaprika", clock)

    assert [page async for page in source.pages_of(["btc-bitcoin"])] == []
    assert provider.requests == []


@pytest.mark.parametrize(
    ("swaps", "sweeps"),
    [
        (1_000, 3),
        pytest.param(100, 10, marks=pytest.mark.long),
        pytest.param(1_000, 10, marks=pytest.mark.long),
    ],
)
async def test_no_sweep_of_a_shifting_list_misses_a_coin_that_is_listed(
    swaps: int, sweeps: int, provider: Provider, clock: ManualClock
) -> None:
    store, source = InMemory(MemoryStore(clock)), source_at(provider, "coingecko", clock, pages=5)
    await ingest(store, source, clock)
    provider.market.between_pages = lambda: provider.market.shift(swaps)

    for _ in range(sweeps):
        clock.advance(1200)
        provider.market.move()
        run = await ingest(store, source, clock)
        assert (run.status, run.coins_named, run.coins_missing) == (RunStatus.SUCCESS, 1_000, 0)

    assert not any(row.is_unseen for row in (await store.contents())["latest"])
    assert any("ids" in each.params for each in provider.requests)


async def test_listings_and_delistings_while_paging_hide_no_coin(provider: Provider, clock: ManualClock) -> None:
    store, source = InMemory(MemoryStore(clock)), source_at(provider, "coingecko", clock, pages=5)
    await ingest(store, source, clock)
    gone: list[str] = []

    def change() -> None:
        provider.market.list_coin()
        gone.extend(provider.market.delist())

    provider.market.between_pages = change
    for _ in range(5):
        clock.advance(1200)
        assert (await ingest(store, source, clock)).status is RunStatus.SUCCESS
    provider.market.between_pages = lambda: None
    clock.advance(1200)
    still = await ingest(store, source, clock)

    latest = {row.coin_id: row.is_unseen for row in (await store.contents())["latest"]}
    assert {coin for coin, is_unseen in latest.items() if not is_unseen} == set(provider.market.coingecko_ids())
    assert {coin for coin, is_unseen in latest.items() if is_unseen} <= set(gone)
    assert still.coins_named == 1_000


async def test_a_provider_that_fails_when_asked_by_id_fails_no_sweep(
    provider: Provider, clock: ManualClock
) -> None:
    store, source = InMemory(MemoryStore(clock)), source_at(provider, "coingecko", clock, pages=4, retries=0)
    await ingest(store, source, clock)
    (missed,) = provider.market.delist()
    provider.next(*[provider.usual] * 4, answers.status(500), source="coingecko")

    run = await ingest(store, source, clock, witness := Witness())

    assert (run.status, run.coins_named, run.coins_missing) == (RunStatus.SUCCESS, 999, 1)
    assert run.complete_percent == 99.9
    assert "500" in str(witness.unasked[0])
    found = await store.reader.find(QuoteFilter(coin_ids=(missed,)), Window(limit=1))
    assert found.total == 1


@pytest.mark.parametrize("shape", answers.RATE_LIMITS)
async def test_a_rate_limit_told_with_status_200_leaves_no_hole(
    shape: str, provider: Provider, clock: ManualClock
) -> None:
    store, source = InMemory(MemoryStore(clock)), source_at(provider, "coingecko", clock, retries=1)
    provider.always(answers.told_limit(shape))
    limited = [await ingest(store, source, clock) for _ in range(3)]
    provider.normal()
    clock.advance(60)

    run = await ingest(store, source, clock)

    assert all(each.error and "429 Too Many Requests with status 200" in each.error for each in limited)
    assert [each.counters.holes for each in limited] == [0, 0, 0]
    assert (run.status, run.coins_named, run.counters.holes) == (RunStatus.SUCCESS, 1_000, 0)


async def test_a_provider_that_serves_one_page_again_and_again_is_stopped(
    provider: Provider, clock: ManualClock
) -> None:
    store, source = InMemory(MemoryStore(clock)), source_at(provider, "coingecko", clock)
    provider.always(answers.json_answer(provider.market.markets(1, 250)))

    run = await ingest(store, source, clock)

    assert run.error is not None
    assert run.error.startswith("pagination_loop: the page at {'page': 3} is the third in a row")
    assert (run.counters.inserted, run.counters.unchanged, len(provider.requests)) == (250, 250, 3)


async def test_a_list_that_lost_most_of_its_pages_changes_nothing(provider: Provider, clock: ManualClock) -> None:
    store, source = InMemory(MemoryStore(clock)), source_at(provider, "coingecko", clock)
    await ingest(store, source, clock)
    provider.next(provider.usual, answers.json_answer(b"[]"), source="coingecko")

    run = await ingest(store, source, clock)

    assert run.error is not None
    assert run.error.startswith("shrunken_list: coingecko lists 250 coins where the last good list had 1000;")
    assert len(provider.requests) == 6
    assert not any(row.is_unseen for row in (await store.contents())["latest"])


async def test_fewer_pages_by_setting_are_not_a_shrunken_list(provider: Provider, clock: ManualClock) -> None:
    """The coins of the other pages are followed by id, as they were followed before."""
    store = InMemory(MemoryStore(clock))
    await ingest(store, source_at(provider, "coingecko", clock), clock)

    run = await ingest(store, source_at(provider, "coingecko", clock, pages=1), clock)

    assert (run.status, run.coins_named, run.coins_missing) == (RunStatus.SUCCESS, 1_000, 0)
    assert [("ids" in each.params) for each in provider.requests[4:]] == [False, True, True, True, True]
    record = (await store.run_log.source_records())["coingecko"]
    assert (record.coins, record.unseen_coins, record.below_coins) == (1_000, 0, 750)


async def test_a_coin_that_slips_below_the_last_page_is_followed_until_it_is_delisted(
    provider: Provider, clock: ManualClock
) -> None:
    store, source = InMemory(MemoryStore(clock)), source_at(provider, "coingecko", clock, pages=3)
    await ingest(store, source, clock)
    listed = set(provider.market.coingecko_ids()[:750])
    provider.market.list_coin(at=0)
    (slipped,) = listed - set(provider.market.coingecko_ids()[:750])

    for _ in range(3):
        clock.advance(1200)
        provider.market.move(1)
        await ingest(store, source, clock)
        coin = await known(store, slipped)
        assert (coin.unseen_since, coin.below_since is None) == (None, False)
        assert coin.observed_at > clock.now() - timedelta(hours=1)
    provider.market.delist_coin(slipped)
    clock.advance(1200)
    await ingest(store, source, clock)

    coin = await known(store, slipped)
    assert (coin.unseen_since is None, coin.below_since) == (False, None)


async def test_a_spent_budget_leaves_a_coin_below_and_not_unseen(provider: Provider, clock: ManualClock) -> None:
    store = InMemory(MemoryStore(clock))
    source = source_at(provider, "coingecko", clock, pages=3, per_month=6)
    await ingest(store, source, clock)
    listed = set(provider.market.coingecko_ids()[:750])
    provider.market.list_coin(at=0)
    (slipped,) = listed - set(provider.market.coingecko_ids()[:750])

    run = await ingest(store, source, clock)

    coin = await known(store, slipped)
    assert (run.status, len(provider.requests)) == (RunStatus.SUCCESS, 6)
    assert (coin.unseen_since, coin.below_since is None) == (None, False)


async def known(store: InMemory, coin_id: str) -> StoredQuote:
    """What is known of a coin now."""
    (coin,) = (await store.coins.coins(CoinFilter(coin_id=coin_id), Window(limit=1))).quotes
    return coin


async def test_coins_to_follow_are_asked_for_in_each_sweep_that_does_not_name_them(
    provider: Provider, clock: ManualClock
) -> None:
    store = InMemory(MemoryStore(clock))
    coins = ("fake-coin-900", "fake-coin-3", "nosuch")
    source = source_at(provider, "coingecko", clock, pages=2, coins=coins)

    run = await ingest(store, source, clock, witness := Witness())

    assert [each.params.get("ids") for each in provider.requests] == [None, None, "fake-coin-900,nosuch"]
    assert (run.status, run.coins_named, run.coins_missing) == (RunStatus.SUCCESS, 501, 1)
    assert witness.unknown == [("nosuch",)]
    assert (await known(store, "fake-coin-900")).price_usd == Decimal(str(provider.market.price(899)))


async def test_coins_to_follow_are_asked_for_also_where_nothing_can_be_spared(
    provider: Provider, clock: ManualClock
) -> None:
    store = InMemory(MemoryStore(clock))
    source = source_at(provider, "coingecko", clock, pages=2, per_month=9, coins=("fake-coin-900",))
    for _ in range(2):
        provider.market.list_coin(at=0)
        await ingest(store, source, clock)

    asked = [each.params.get("ids", "").partition(",")[0] for each in provider.requests]
    assert asked == ["", "", "fake-coin-900"] * 2


async def test_a_full_list_of_the_free_plan_may_go_on_below_and_a_shorter_one_does_not(clock: ManualClock) -> None:
    for coins, is_below in ((2_000, True), (1_999, False)):
        async with Provider(coins=coins, now=clock.now) as provider:
            store, source = InMemory(MemoryStore(clock)), source_at(provider, "coinpaprika", clock)
            await ingest(store, source, clock)
            (gone,) = provider.market.delist()
            provider.market.list_coin()

            await ingest(store, source, clock)

            coin = next(each for each in await all_coins(store) if each.unseen_since or each.below_since)
            assert coin.coin_id.endswith(f"-{gone}")
            assert (coin.below_since is not None, coin.unseen_since is not None) == (is_below, not is_below)


async def all_coins(store: InMemory) -> tuple[StoredQuote, ...]:
    """Every coin that is known."""
    return (await store.coins.coins(CoinFilter(), Window(limit=10_000))).quotes
