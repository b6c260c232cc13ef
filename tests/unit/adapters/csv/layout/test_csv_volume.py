"""A volume in coins is not taken for dollars: its unit is what the file says, or what is declared."""

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

import pytest

from crypto.adapters.csv.values.volume_names import kind_of
from tests.support.csv_files import ingest

OHLC = "unix,open,high,low,close"
ROWS = ("1706659200,1,1,1,2", "1706745600,1,1,1,4")


def volumes(folder: Path, names: str, cells: str, declared: Mapping[str, object]) -> list[str | None]:
    path = folder / "a.csv"
    path.write_text("\n".join([f"{OHLC},{names}", *(f"{row},{cells}" for row in ROWS)]))
    run = ingest(path, declared={"coin_id": "btc", **declared})
    assert (run.error, run.rejections) == (None, [])
    return [None if quote.volume_24h is None else f"{quote.volume_24h:f}" for quote in run.quotes]


@pytest.mark.parametrize("name", ["volume", "Vol", "Vol.", "Volume BTC", "Volume_(BTC)", "base_volume",
                                  "volumefrom",
                                  "Volume XRP", "Volume USDT", "Volume EUR"])  # fmt: skip
def test_a_volume_of_candles_that_may_be_in_coins_or_other_money_is_unknown(tmp_path: Path, name: str) -> None:
    assert volumes(tmp_path, name, "10", {}) == [None, None]


@pytest.mark.parametrize("name", ["Volume USD", "Volume (USD)", "volume_usd", "Volume ($)", "quote_volume",
                                  "Quote asset volume", "Volume_(Currency)", "turnover", "volumeto"])  # fmt: skip
def test_a_volume_that_is_in_the_money_of_the_price_by_its_name_is_taken(tmp_path: Path, name: str) -> None:
    assert volumes(tmp_path, name, "10", {}) == ["10", "10"]
    assert volumes(tmp_path, f"volume,{name}", "7,10", {}) == ["10", "10"]


@pytest.mark.parametrize(
    ("name", "declared", "expected"),
    [
        ("volume", {"volume": "base"}, ["20", "40"]),
        ("volume", {"volume": "base", "currency": "EUR", "rate": "1.5"}, ["30", "60"]),
        ("volume", {"volume": "quote"}, ["10", "10"]),
        ("volume", {"volume": "quote", "currency": "EUR", "rate": "1.5"}, ["15", "15"]),
        ("volume", {"volume": "usd", "currency": "EUR", "rate": "1.5"}, ["10", "10"]),
        ("Volume BTC", {"volume": "base"}, ["20", "40"]),
        ("Volume XRP", {"volume": "base"}, ["20", "40"]),
        ("volume", {"volume": "base", "columns": {"volume_24h": "volume"}}, ["20", "40"]),
        ("Volume USDT", {"rates": {"USDT": "0.5"}}, ["5", "5"]),
        ("Volume USDT", {"rates": {"USDT": "0.5"}, "volume": "base"}, ["5", "5"]),
        ("Volume USD", {"currency": "EUR", "rate": "1.5"}, ["10", "10"]),
        ("quote_volume", {"currency": "EUR", "rate": "1.5"}, ["15", "15"]),
        ("Volume BTC", {"currency": "BTC", "rate": "100"}, ["1000", "1000"]),
    ],
)
def test_a_volume_is_converted_as_its_unit_says(
    tmp_path: Path, name: str, declared: Mapping[str, object], expected: list[str]
) -> None:
    assert volumes(tmp_path, name, "10", declared) == expected


def test_coins_are_converted_to_the_last_digit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{OHLC},volume\n1706659200,1,1,1,42283.580000000001,54182.925011\n")
    (quote,) = ingest(path, declared={"coin_id": "btc", "candle": "1d", "volume": "base"}).quotes
    assert quote.volume_24h == Decimal("2291048044.336619434182925011")


def test_a_price_list_of_candles_has_its_volume_in_the_money_of_its_prices(tmp_path: Path) -> None:
    assert volumes(tmp_path, "volume,marketCap", "10,70", {}) == ["10", "10"]
    assert volumes(tmp_path, "Volume,Market Cap", "10,70", {"currency": "EUR", "rate": "1.5"}) == ["15", "15"]


@pytest.mark.parametrize("beside", ["vwap", "trades", "bid", "exchange", "base_volume", "side"])
def test_a_volume_beside_what_only_exchanges_have_is_unknown(tmp_path: Path, beside: str) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"id,price,volume,date,{beside}\nbtc,2,10,2024-01-31,\n")
    (quote,) = ingest(path).quotes
    assert quote.volume_24h is None
    (quote,) = ingest(path, declared={"volume": "base"}).quotes
    assert quote.volume_24h == 20


@pytest.mark.parametrize(
    ("header", "row", "known"),
    [
        ("id,price,volume,date", "btc,2,10,2024-01-31", True),
        ("id,price,market_cap,volume,date", "btc,2,7,10,2024-01-31", True),
        ("id,price,volume_24h,date", "btc,2,10,2024-01-31", True),
        ("product_id,id,price,volume_24h,date", "BTC-USD,btc,2,10,2024-01-31", False),
        ("product_id,id,price,market_cap,volume_24h,date", "BTC-USD,btc,2,7,10,2024-01-31", True),
        ("id,close,volume,date", "btc,2,10,2024-01-31", False),
    ],
)
def test_a_list_of_coins_has_its_volume_in_the_money_of_its_prices_and_a_market_may_not(
    tmp_path: Path, header: str, row: str, *, known: bool
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{header}\n{row}\n")
    (quote,) = ingest(path).quotes
    assert (quote.volume_24h == 10) is known


def test_trades_of_one_coin_have_no_volume_of_24_hours(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("1706659200,2,0.5\n1706659201,2,0.7\n")
    run = ingest(path, declared={"coin_id": "btc", "headerless": ["unix", "price", "volume"]})
    assert [quote.volume_24h for quote in run.quotes] == [None, None]


def test_a_column_that_is_only_declared_to_be_the_volume_of_candles_needs_its_unit(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text("\n".join([f"{OHLC},volume", *(f"{row},10" for row in ROWS)]))
    run = ingest(path, declared={"coin_id": "btc", "columns": {"volume_24h": "volume"}})
    assert "VOLUME=base" in str(run.error)
    assert "VOLUME=quote" in str(run.error)


def test_the_name_of_a_volume_says_what_it_counts() -> None:
    kinds = {name: kind_of(name, None) for name in ("volume", "Volume USD", "Volume ETH", "Volume ADA", "spread")}
    assert kinds == {
        "volume": "plain",
        "Volume USD": "dollars",
        "Volume ETH": "money",
        "Volume ADA": "base",
        "spread": None,
    }
