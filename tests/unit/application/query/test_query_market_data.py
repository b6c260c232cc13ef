"""Questions about quotes: pages, cursors, freshness, and what cannot be asked."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.memory import MemoryStore
from crypto.application.errors import BadRequest
from crypto.application.query.list_cursor import cursor_after, key_of
from crypto.application.query.query_market_data import QueryMarketData
from crypto.application.query.quote_page import PageRequest
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.market_data import CoinFilter, CoinKey, QuoteFilter, QuoteKey, StoredQuote
from tests.support.clock import NOON, ManualClock
from tests.support.market import Market, minute
from tests.support.runs import ingest
from tests.support.stores import InMemory

POLICY = FreshnessPolicy(interval=timedelta(minutes=20), max_age=timedelta(minutes=30))

moments = st.datetimes(datetime(2009, 1, 3), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds
names = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1)
amounts = st.none() | st.decimals(Decimal("1e-30"), Decimal("1e30"), allow_nan=False).filter(
    lambda amount: len(amount.as_tuple().digits) <= 80
)
filters = st.builds(
    QuoteFilter,
    source=st.none() | names,
    coin_ids=st.lists(names, max_size=3).map(tuple),
    symbol=st.none() | names,
    as_of=st.none() | moments,
)


async def twenty_five_coins() -> QueryMarketData:
    clock = ManualClock()
    store = InMemory(MemoryStore(clock))
    market = Market(clock, [[(f"coin-{n}", n // 3, "1") for n in range(25)]])
    await ingest(store, market, clock)
    return QueryMarketData(reader=store.reader, coins=store.coins, policies={"market": POLICY})


@given(moments, names, names, filters)
def test_cursors_round_trip(moment: datetime, coin: str, source: str, wanted: QuoteFilter) -> None:
    assert key_of(cursor_after((moment, coin, source), wanted), wanted, QuoteKey) == (moment, coin, source)


@given(moments, filters, filters)
def test_a_cursor_is_good_for_its_own_filters_only(moment: datetime, made: QuoteFilter, used: QuoteFilter) -> None:
    cursor = cursor_after((moment, "bitcoin", "coingecko"), made)
    if made != used:
        with pytest.raises(BadRequest, match="other filters"):
            key_of(cursor, used, QuoteKey)


@given(amounts, names, names, st.builds(CoinFilter, source=st.none() | names, symbol=st.none() | names))
def test_cursors_of_coins_round_trip(cap: Decimal | None, coin: str, source: str, wanted: CoinFilter) -> None:
    assert key_of(cursor_after((cap, coin, source), wanted), wanted, CoinKey) == (cap, coin, source)


@given(moments, names, names)
def test_a_cursor_of_quotes_is_none_of_coins(moment: datetime, coin: str, source: str) -> None:
    with pytest.raises(BadRequest):
        key_of(cursor_after((moment, coin, source), QuoteFilter()), CoinFilter(), CoinKey)


@given(st.text(max_size=60))
def test_junk_is_not_a_cursor(junk: str) -> None:
    with pytest.raises(BadRequest, match="not one that this service gave out"):
        key_of(junk, QuoteFilter(), QuoteKey)


@pytest.mark.parametrize("page_size", [1, 7, 24, 25, 100])
async def test_cursors_and_pages_walk_the_same_list(page_size: int) -> None:
    query = await twenty_five_coins()
    by_page: list[StoredQuote] = []
    by_cursor: list[StoredQuote] = []
    cursor = None
    for number in range(1, 25 // page_size + 2):
        by_page += (await query(QuoteFilter(), PageRequest(page=number, page_size=page_size))).quotes
    while True:
        part = await query(QuoteFilter(), PageRequest(page_size=page_size, cursor=cursor))
        by_cursor += part.quotes
        assert part.total == 25
        if (cursor := part.next_cursor) is None:
            break
    assert len(by_page) == 25
    assert by_cursor == by_page


async def test_a_quote_is_stale_so_long_after_the_moment_it_is_of_whenever_it_came() -> None:
    query = await twenty_five_coins()
    part = await query(QuoteFilter())
    assert part.stale_after == tuple(quote.observed_at + timedelta(minutes=30) for quote in part.quotes)
    assert part.stale_after[0] == minute(8) + timedelta(minutes=30)


async def test_a_quote_of_a_source_that_is_off_says_nothing_of_when_it_is_stale() -> None:
    clock = ManualClock()
    store = InMemory(MemoryStore(clock))
    await ingest(store, Market(clock, [[("btc", 0, "1")]]), clock)
    part = await QueryMarketData(reader=store.reader, coins=store.coins, policies={})(QuoteFilter())
    assert part.stale_after == (None,)


@pytest.mark.parametrize(
    ("asked", "parameter"),
    [
        ({"page_size": 0}, "page_size"),
        ({"page_size": 1001}, "page_size"),
        ({"page": 0}, "page"),
        ({"page": -1}, "page"),
        ({"page": 1_000_000_000}, "page"),
        ({"page": 2, "cursor": "x"}, "page"),
    ],
)
async def test_what_is_out_of_range_is_refused(asked: dict[str, Any], parameter: str) -> None:
    query = await twenty_five_coins()
    with pytest.raises(BadRequest) as refusal:
        await query(QuoteFilter(), PageRequest(**asked))
    assert refusal.value.parameter == parameter


@pytest.mark.parametrize("age", [-3600, 0, 59])
async def test_what_may_still_change_cannot_be_asked_as_of(age: int) -> None:
    query = await twenty_five_coins()
    with pytest.raises(BadRequest, match="at least 60 seconds ago"):
        await query(QuoteFilter(as_of=NOON - timedelta(seconds=age)))


async def test_a_range_that_ends_before_it_begins_is_refused() -> None:
    query = await twenty_five_coins()
    with pytest.raises(BadRequest, match="ends before it begins"):
        await query(QuoteFilter(observed_from=NOON, observed_to=NOON))
