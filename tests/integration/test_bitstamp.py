"""Bitstamp: dollars are dollars only, numbers and times are texts, and what a pair in another currency becomes."""

import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.sources import bitstamp
from crypto.domain.page import ParsedPage
from crypto.domain.rejection import Reason
from tests.support.clock import NOON, ManualClock
from tests.support.provider import Provider
from tests.support.provider_answers import json_answer
from tests.support.provider_sources import all_pages, page_of, source, source_at
from tests.support.runs import ingest
from tests.support.stores import Store

TICKER = {
    "timestamp": "1793620799", "open": "9.5", "high": "11.00", "low": "9.00", "last": "10.50", "vwap": "10.25",
    "volume": "3.00000000", "bid": "10.49", "ask": "10.51", "side": "1", "open_24": "9.75",
    "percent_change_24": "7.69", "market_type": "SPOT", "pair": "BTC/USD", "market": "BTC/USD",
}  # fmt: skip


def ticker(**changes: Any) -> dict[str, Any]:
    """A made-up ticker in the documented shape; None leaves a field out."""
    return {name: value for name, value in (TICKER | changes).items() if value is not None}


def parsed(*tickers: object) -> ParsedPage:
    return source("bitstamp").parse(page_of(json.dumps(tickers).encode(), source="bitstamp"))


def test_a_ticker_in_dollars_is_a_quote() -> None:
    page = parsed(ticker())
    (quote,) = page.quotes
    assert (quote.coin_id, quote.symbol, quote.name) == ("BTC", "BTC", None)
    assert (quote.price_usd, quote.market_cap) == (Decimal("10.5"), None)
    assert quote.volume_24h == Decimal("30.75"), "3 coins at 10.25 dollars on average"
    assert quote.observed_at == datetime(2026, 11, 2, 11, 59, 59, tzinfo=UTC)
    assert (page.skipped, page.drift) == (0, ())


def test_a_ticker_of_the_years_without_markets_is_not_drift() -> None:
    page = parsed(ticker(market_type=None, market=None))
    assert (len(page.quotes), page.drift) == (1, ())


@pytest.mark.parametrize("currency", ["EUR", "GBP", "BTC", "USDT", "USDC", "PYUSD", "usd", "USD2"])
def test_another_currency_is_skipped_and_never_taken_for_dollars(currency: str) -> None:
    page = parsed(ticker(pair=f"ETH/{currency}"), ticker())
    assert [(quote.coin_id, quote.position) for quote in page.quotes] == [("BTC", 1)]
    assert (page.skipped, page.received, page.rejections, page.coin_ids) == (1, 2, (), ("BTC",))


@pytest.mark.parametrize("future", [{"pair": "BTC/USD-PERP"}, {}])
def test_a_future_is_skipped_as_it_is_not_a_price_of_the_coin(future: dict[str, str]) -> None:
    extra = dict.fromkeys(("index_price", "mark_price", "open_interest", "open_interest_value"), "1.5")
    page = parsed(ticker(market_type="PERPETUAL", **extra, **future))
    assert (page.quotes, page.skipped, page.drift) == ((), 1, ())


@pytest.mark.parametrize(
    ("changes", "price", "volume"),
    [
        ({"last": "0.00000000"}, None, Decimal("30.75")),
        ({"volume": "0.00000000", "vwap": "0.00"}, Decimal("10.5"), Decimal(0)),
        ({"volume": ""}, Decimal("10.5"), None),
        ({"vwap": "0.00"}, Decimal("10.5"), None),
        (
            {"last": "0.000000000000000012345678901234567890"},
            Decimal("1.234567890123456789E-17"),
            Decimal("30.75"),
        ),
        ({"volume": "1" * 20, "vwap": "1" * 20}, Decimal("10.5"), Decimal(int("1" * 20) ** 2)),
    ],
)
def test_numbers_are_read_to_the_digit_and_nothing_is_made_up(
    changes: dict[str, str], price: Decimal | None, volume: Decimal | None
) -> None:
    quote = parsed(ticker(**changes)).quotes[0]
    assert (quote.price_usd, quote.volume_24h) == (price, volume)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"pair": None}, Reason.BAD_FIELD),
        ({"pair": "BTCUSD"}, Reason.BAD_FIELD),
        ({"pair": 7}, Reason.BAD_FIELD),
        ({"last": None}, Reason.BAD_FIELD),
        ({"last": "ten"}, Reason.NOT_A_NUMBER),
        ({"last": "-1"}, Reason.NEGATIVE),
        ({"timestamp": None}, Reason.MISSING_TIME),
        ({"timestamp": "2026-11-02T11:59:59Z"}, Reason.BAD_TIME),
        ({"timestamp": "1000"}, Reason.TIME_OUT_OF_RANGE),
    ],
)
def test_each_kind_of_nonsense_has_its_reason(changes: dict[str, Any], reason: Reason) -> None:
    page = parsed(ticker(pair="ETH/USD"), ticker(**changes))
    assert [quote.coin_id for quote in page.quotes] == ["ETH"]
    assert [(each.position, each.reason) for each in page.rejections] == [(1, reason)]


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"volume": "1e60", "vwap": "1e60"}, Reason.OUT_OF_RANGE),
        ({"volume": "1e999"}, Reason.OUT_OF_RANGE),
        ({"volume": "-1"}, Reason.NEGATIVE),
        ({"vwap": "-1"}, Reason.NEGATIVE),
        ({"vwap": "much"}, Reason.NOT_A_NUMBER),
    ],
)
def test_a_turnover_that_cannot_be_read_costs_the_volume_only(changes: dict[str, Any], reason: Reason) -> None:
    page = parsed(ticker(**changes))
    assert [(quote.coin_id, quote.volume_24h) for quote in page.quotes] == [("BTC", None)]
    assert page.quotes[0].price_usd is not None
    assert [(each.position, each.field, each.reason, each.coin_id) for each in page.unread] == [
        (0, "volume_24h", reason, "BTC")
    ]


def test_a_rejected_ticker_names_its_coin_which_is_then_not_missing() -> None:
    assert parsed(ticker(last="ten")).coin_ids == ("BTC",)


@given(body=st.binary() | st.lists(st.dictionaries(st.sampled_from(tuple(TICKER)), st.text())).map(json.dumps))
def test_parse_never_raises(body: bytes | str) -> None:
    source("bitstamp").parse(page_of(body if isinstance(body, bytes) else body.encode(), source="bitstamp"))


def test_a_key_is_refused_as_there_is_no_use_for_it() -> None:
    with pytest.raises(ValueError, match="takes no api_key"):
        bitstamp.Options(api_key="key")
    assert bitstamp.Options().per_minute == 1000


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[Provider]:
    async with Provider(coins=60, now=lambda: NOON) as running:
        yield running


async def test_an_ingest_counts_every_record(store: Store, clock: ManualClock, provider: Provider) -> None:
    asked = source_at(provider, "bitstamp", clock)
    run, again = [await ingest(store, asked, clock) for _ in range(2)]
    counted = [
        (each.received, each.inserted, each.unchanged, each.skipped) for each in (run.counters, again.counters)
    ]
    assert counted == [(100, 60, 0, 40), (100, 0, 60, 40)]
    assert (run.error, again.error, again.coins_missing) == (None, None, 0)
    assert [(each.path, each.params) for each in provider.requests] == [("/api/v2/ticker/", {})] * 2


async def test_a_page_of_other_currencies_only_is_a_failure(
    store: Store, clock: ManualClock, provider: Provider
) -> None:
    provider.always(json_answer(json.dumps([ticker(pair="BTC/EUR")]).encode()))
    run = await ingest(store, source_at(provider, "bitstamp", clock), clock)
    assert (run.error or "").startswith("suspicious_empty: ")
    assert len(await all_pages(source_at(provider, "bitstamp", clock))) == 1
