"""In which money an amount is: other money is never taken for US dollars, and no coin for a pair."""

import pytest

from crypto.adapters.tabular.currency import may_stand_for, named_in, quoted_in


@pytest.mark.parametrize(
    ("symbol", "money"),
    [
        ("BTC/USDT", "USDT"),
        ("BTC/USD", "USD"),
        ("eth/eur", "EUR"),
        ("ADA/BTC", "BTC"),
        ("BTC", None),
        ("A/PERP", None),
    ],
)
def test_a_pair_with_a_slash_says_its_money_anywhere(symbol: str, money: str | None) -> None:
    assert quoted_in(symbol, traded=False) == money
    assert quoted_in(symbol, traded=True) == money


@pytest.mark.parametrize(
    ("symbol", "money"),
    [("BTCUSDT", "USDT"), ("BTC-EUR", "EUR"), ("BTC_USDC", "USDC"), ("btcusd", "USD"), ("ETHFDUSD", "FDUSD")],
)
def test_other_pairs_are_known_where_one_coin_is_traded(symbol: str, money: str) -> None:
    assert quoted_in(symbol, traded=True) == money
    assert quoted_in(symbol, traded=False) is None


@pytest.mark.parametrize("symbol", ["USDT", "USDC", "WBTC", "STETH", "EURT", "LINK", "AEUR", "UNI-V2"])
def test_a_coin_is_no_pair(symbol: str) -> None:
    assert quoted_in(symbol, traded=True) is None


@pytest.mark.parametrize(
    ("column", "money"),
    [
        ("price_usd", "USD"),
        ("usd_price", "USD"),
        ("Price (INR)", "INR"),
        ("24h_volume_usd", "USD"),
        ("Volume BTC", "BTC"),
        ("BTC", None),
        ("price", None),
        ("Close", None),
        ("market_cap", None),
    ],
)
def test_a_column_may_name_its_money(column: str, money: str | None) -> None:
    assert named_in(column) == money


def test_a_tether_is_no_dollar() -> None:
    assert not may_stand_for("USDT", "USD")
    assert not may_stand_for("$", "USDT")
    assert may_stand_for("$", "USD")
