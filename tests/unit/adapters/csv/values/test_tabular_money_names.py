"""What the names of columns and files, and the cells of a column of money, say of money."""

import pytest

from crypto.adapters.csv.layout.file_name import told_by_file
from crypto.adapters.csv.values.money_names import moneys_called, moneys_named, split_name


@pytest.mark.parametrize(
    ("column", "money"),
    [
        ("price_usd", "USD"),
        ("usd_price", "USD"),
        ("priceUsd", "USD"),
        ("24h_volume_usd", "USD"),
        ("Price (INR)", "INR"),
        ("Close (GBP)", "GBP"),
        ("Close EUR", "EUR"),
        ("price in euro", "EUR"),
        ("price (euros)", "EUR"),
        ("Price ($)", "USD"),
        ("price in US dollars", "USD"),
        ("price in Canadian dollars", "CAD"),
        ("Price (A$)", "AUD"),
        ("Preis (€)", "EUR"),
        ("Preço (R$)", "BRL"),
        ("close_btc", "BTC"),
        ("price in bitcoin", "BTC"),
        ("Volume BTC", "BTC"),
        ("Volume USDT", "USDT"),
        ("BTC-EUR", "EUR"),
        ("BTC/EUR close", "EUR"),
        ("Close_BTCEUR", "EUR"),
        ("eur", "EUR"),
        ("€", "EUR"),
        ("usd", "USD"),
    ],
)
def test_a_column_may_name_its_money(column: str, money: str) -> None:
    assert moneys_named(column) == {money}


@pytest.mark.parametrize(
    "column", ["BTC", "usdt", "price", "Close", "market_cap", "BTC price", "price_per_btc", ""]
)
def test_a_column_may_name_none(column: str) -> None:
    assert moneys_named(column) == frozenset()


def test_one_word_may_stand_for_several_moneys_and_a_dollar_for_that_which_is_declared() -> None:
    assert {"INR", "PKR"} < moneys_named("price in rupees")
    assert moneys_named("price ¥") == {"JPY", "CNY"}
    assert moneys_named("Price ($)", "CAD") == {"CAD"}
    assert moneys_named("Price ($)", "EUR") == {"USD"}


def test_what_is_left_of_a_name_is_what_the_column_holds() -> None:
    assert split_name("Close (GBP)")[0] == "close"
    assert split_name("price in US dollars")[0] == "price"
    assert split_name("eur")[0] == ""


@pytest.mark.parametrize(
    ("cell", "money"),
    [("USD", "USD"), ("usd", "USD"), ("US Dollar", "USD"), ("€", "EUR"), ("Euro", "EUR"), ("XYZ", "XYZ")],
)
def test_a_cell_of_a_column_of_money_is_a_code_a_word_or_a_sign(cell: str, money: str) -> None:
    assert moneys_called(cell) == {money}


@pytest.mark.parametrize("cell", ["1.5", "Bitcoin Cash", "", "-"])
def test_another_cell_is_not_money(cell: str) -> None:
    assert moneys_called(cell) == frozenset()


@pytest.mark.parametrize(
    ("path", "money"),
    [
        ("BTCUSDT-1h-2024.csv", "USDT"),
        ("btc-eur-max.csv", "EUR"),
        ("Binance_BTCUSDT_d.csv", "USDT"),
        ("BTC_EUR.csv", "EUR"),
        ("coinbase_ETH-GBP.csv.gz", "GBP"),
        ("ETHBTC-1d-2023.csv", "BTC"),
        ("data/ETH-BTC.csv", "BTC"),
        ("btc-usd-max.csv", "USD"),
        ("bitcoin_inr.csv", "INR"),
        ("XBTEUR_1440.csv", "EUR"),
        ("KRW-BTC.csv", "KRW"),
        ("prices_eur.csv", "EUR"),
        ("BTCUSDT-1h.zip/data.csv", "USDT"),
        ("spot/BTCEUR/2024-01.csv", "EUR"),
        ("https://host/a/BTCUSDT-1d.csv", "USDT"),
    ],
)
def test_a_files_name_says_its_money_where_the_pair_is_sure(path: str, money: str) -> None:
    told = told_by_file(path)
    assert told is not None
    assert money in told.moneys


@pytest.mark.parametrize(
    "path",
    ["prices.csv",
     "bitcoin.csv", "btc.csv", "BTC_ETH.csv", "btc-eth-ltc.csv", "BTC-ETH-BNB-SOL.csv", "usdt.csv", "-",
     "coin_Bitcoin.csv", "top_100_dollar_signs.csv", "/home/eur/project/btc.csv", "test_btc_eur0/a.csv"],
)  # fmt: skip
def test_another_name_says_none(path: str) -> None:
    assert told_by_file(path) is None
