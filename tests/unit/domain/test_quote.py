"""A quote refuses nonsense at birth; a page's twins are folded."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto.domain.page import ParsedPage, fold
from crypto.domain.quote import AMOUNTS, GENESIS, TEXTS, Quote
from crypto.domain.rejection import Reason, RecordRejected, Rejection
from tests.support.clock import NOON

BITCOIN = Quote(
    source="coingecko",
    coin_id="bitcoin",
    name="Bitcoin",
    symbol="btc",
    price_usd=Decimal("110394.50"),
    market_cap=Decimal(0),
    volume_24h=Decimal(0),
    observed_at=NOON,
    ingested_at=NOON,
    position=0,
)


def test_a_cap_of_zero_is_unknown_and_a_volume_of_zero_is_not() -> None:
    assert (BITCOIN.price_usd, BITCOIN.market_cap, BITCOIN.volume_24h) == (Decimal("110394.5"), None, Decimal(0))


def test_what_a_quote_says_is_texts_and_amounts() -> None:
    assert (TEXTS, AMOUNTS) == (("name", "symbol"), ("price_usd", "market_cap", "volume_24h"))
    assert BITCOIN.said == ("Bitcoin", "btc", *BITCOIN.amounts)


def test_ids_are_kept_byte_for_byte() -> None:
    for coin_id in ("dps-doubloon ", "boringdao-[old]", "bitCNY", "1move token", "é", "🪙"):
        assert replace(BITCOIN, coin_id=coin_id).coin_id == coin_id


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"coin_id": ""}, Reason.MISSING_ID),
        ({"coin_id": "bit\x00coin"}, Reason.BAD_TEXT),
        ({"coin_id": "é" * 257}, Reason.BAD_TEXT),
        ({"name": "\ud800"}, Reason.BAD_TEXT),
        ({"symbol": "x" * 1001}, Reason.BAD_TEXT),
        ({"observed_at": datetime(2026, 1, 1)}, Reason.BAD_TIME),  # noqa: DTZ001 - what must be refused
        ({"observed_at": GENESIS - timedelta(seconds=1)}, Reason.TIME_OUT_OF_RANGE),
        ({"observed_at": NOON + timedelta(minutes=10, seconds=1)}, Reason.TIME_OUT_OF_RANGE),
        ({"price_usd": Decimal("NaN")}, Reason.NOT_A_NUMBER),
        ({"market_cap": Decimal(-1)}, Reason.NEGATIVE),
    ],
)
def test_what_cannot_be_believed_is_rejected(changes: dict[str, object], reason: Reason) -> None:
    with pytest.raises(RecordRejected) as refusal:
        replace(BITCOIN, **changes)
    assert refusal.value.reason is reason


def test_a_stamp_a_little_ahead_is_believed() -> None:
    assert replace(BITCOIN, observed_at=NOON + timedelta(minutes=10)).observed_at > NOON


def test_what_is_kept_of_a_rejection_can_always_be_stored() -> None:
    kept = Rejection(position=0, reason=Reason.BAD_TEXT, detail="\ud800", excerpt="a\x00b" * 900, coin_id="x\x00")
    assert (kept.detail, kept.coin_id) == ("\\ud800", None)
    assert "\x00" not in kept.excerpt


prices = st.sampled_from([Decimal(1), Decimal(2), None])
twins = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 1), prices), max_size=8)


@given(twins)
def test_folding_loses_no_record_and_leaves_one_quote_a_key(
    records: list[tuple[str, int, Decimal | None]],
) -> None:
    quotes = tuple(
        replace(
            BITCOIN, coin_id=coin, observed_at=NOON - timedelta(minutes=age), price_usd=price, position=position
        )
        for position, (coin, age, price) in enumerate(records)
    )
    folded = fold(ParsedPage(quotes=quotes))

    last = {quote.key: quote for quote in quotes}
    assert {quote.key: quote for quote in folded.quotes} == last
    assert len(folded.quotes) == len(last)
    assert len(folded.quotes) + len(folded.rejections) + folded.repeated == len(quotes)
    for rejection in folded.rejections:
        rejected = quotes[rejection.position]
        assert rejected.said != last[rejected.key].said


def test_two_records_of_a_page_never_share_a_position() -> None:
    with pytest.raises(ValueError, match="2 records of a page share 1 positions"):
        ParsedPage(quotes=(BITCOIN, replace(BITCOIN, coin_id="wrapped-bitcoin")))
