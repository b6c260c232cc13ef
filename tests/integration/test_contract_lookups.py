"""What every store promises to who looks up prices at moments: the quote then or the last before, and its age."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.memory import MemoryStore
from crypto.application.errors import BadRequest
from crypto.application.query.look_up_prices import MOST_LOOKUPS, LookUpPrices
from crypto.domain.market_data import Lookup
from crypto.entrypoints.http.v1.price_lookups import LookedUpPrice
from tests.support.clock import ManualClock
from tests.support.contract import market
from tests.support.market import minute
from tests.support.runs import ingest
from tests.support.stores import InMemory, Store

ANSWERS = msgspec.json.Decoder(tuple[LookedUpPrice, ...])
SECOND = timedelta(seconds=1)


async def looked_up(store: Store, *asked: tuple[str, datetime], source: str = "coingecko") -> list[LookedUpPrice]:
    lookups = [Lookup(source=source, coin_id=coin_id, time=time) for coin_id, time in asked]
    return list(ANSWERS.decode(await store.lookups.look_up_json(lookups)))


async def test_each_gets_the_quote_then_or_the_last_before(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "1"), ("eth", 3, "5")], [("btc", 10, "2.50")]), clock)

    at, between, after, early, unknown = await looked_up(
        store,
        ("btc", minute(10)),
        ("btc", minute(10) - SECOND / 4),
        ("btc", minute(70)),
        ("eth", minute(3) - SECOND),
        ("BTC", minute(3)),
    )

    assert at.quote
    assert (at.quote.price_usd, at.age_seconds, at.next_observed_at) == (Decimal("2.5"), 0.0, None)
    assert between.quote
    assert (between.quote.price_usd, between.age_seconds) == (Decimal(1), 599.75)
    assert (between.next_observed_at, between.next_after_seconds) == (minute(10), 0.25)
    assert after.quote
    assert (after.quote.observed_at, after.age_seconds) == (minute(10), 3600.0)
    assert (early.quote, early.age_seconds, early.next_observed_at) == (None, None, minute(3))
    assert (unknown.quote, unknown.next_observed_at, unknown.coin_id) == (None, None, "BTC")


async def test_the_order_is_that_of_the_question_and_the_same_may_be_asked_twice(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, [(f"coin-{n}", n, str(n + 1)) for n in range(9)]), clock)
    asked = [(f"coin-{n % 9}", minute(20)) for n in (8, 3, 3, 0, 7)]
    found = await looked_up(store, *asked)
    assert [(each.coin_id, each.time) for each in found] == asked
    assert await looked_up(store) == []


async def test_of_another_source_nothing_is_taken(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)
    (found,) = await looked_up(store, ("btc", minute(5)), source="csv")
    assert (found.quote, found.next_observed_at) == (None, None)


async def test_many_are_answered_in_their_order_and_of_one_snapshot(store: Store, clock: ManualClock) -> None:
    coins = [(f"coin-{n}", 0, str(n + 1)) for n in range(500)]
    await ingest(store, market(clock, coins), clock)
    asked = [(f"coin-{n % 600}", minute(1)) for n in range(MOST_LOOKUPS - 3)]
    found = await looked_up(store, *asked)
    assert [each.coin_id for each in found] == [coin_id for coin_id, _ in asked]
    assert all((each.quote is None) == (int(each.coin_id[5:]) >= 500) for each in found)


@given(
    stamps=st.lists(st.integers(0, 40), min_size=1, max_size=12, unique=True),
    moments=st.lists(st.integers(-3, 43), min_size=1, max_size=8),
)
async def test_it_is_what_a_walk_over_all_quotes_finds(stamps: list[int], moments: list[int]) -> None:
    clock = ManualClock()
    store = InMemory(MemoryStore(clock))
    clock.advance(3600)
    await ingest(store, market(clock, [("btc", stamp, str(stamp + 1)) for stamp in stamps]), clock)
    for asked, found in zip(moments, await looked_up(store, *(("btc", minute(m)) for m in moments)), strict=True):
        before = [stamp for stamp in stamps if stamp <= asked]
        after = [stamp for stamp in stamps if stamp > asked]
        assert (found.quote and found.quote.observed_at) == (minute(max(before)) if before else None)
        assert found.next_observed_at == (minute(min(after)) if after else None)


@pytest.mark.parametrize(
    ("lookups", "said"),
    [
        ([Lookup(source="nosuch", coin_id="btc", time=minute(0))], "there is no source 'nosuch'"),
        ([Lookup(source="csv", coin_id="b\x00c", time=minute(0))], "NUL"),
        ([Lookup(source="csv", coin_id="btc", time=minute(0))] * (MOST_LOOKUPS + 1), "at most 10,000"),
    ],
)
async def test_what_cannot_be_asked_is_refused(lookups: list[Any], said: str) -> None:
    look_up = LookUpPrices(reader=MemoryStore(ManualClock()), sources=["csv"])
    with pytest.raises(BadRequest, match=said):
        await look_up(lookups)
