"""In which money a pair is quoted: other money is never taken for US dollars, nor a coin for a pair."""

import csv
import gzip
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.adapters.csv.values.pairs import UNSAID, moneys_in, pairs_in
from tests.support.recordings import recordings


@pytest.mark.parametrize(
    ("text", "money"),
    [
        ("BTC/USDT", "USDT"),
        ("BTC/USD", "USD"),
        ("eth/eur", "EUR"),
        ("ADA/BTC", "BTC"),
        ("XBT/EUR", "EUR"),
        ("BTC/BTC", "BTC"),
        ("EUR-EUR", "EUR"),
        ("BTC-EUR", "EUR"),
        ("ETH-BTC", "BTC"),
        ("FOO-EUR", "EUR"),
        ("btc_usd", "USD"),
        ("btc-eur", "EUR"),
        ("BTC:USD", "USD"),
        ("BTC EUR", "EUR"),
        ("BTCUSDT", "USDT"),
        ("btcusdt", "USDT"),
        ("ETHFDUSD", "FDUSD"),
        ("1000SHIBUSDT", "USDT"),
        ("BTCUSD.P", "USD"),
        ("BTCUSD_PERP", "USD"),
        ("BTC-USD-SWAP", "USD"),
        ("BTC/USDT:USDT", "USDT"),
        ("BTCUSDT_240329", "USDT"),
        ("BINANCE:BTCUSDT", "USDT"),
        ("tBTCUSD", "USD"),
        ("PF_XBTUSD", "USD"),
        ("XXBTZEUR", "EUR"),
        ("USDT_XRP", "USDT"),
        ("BTC-PERP", UNSAID),
    ],
)
def test_a_pair_that_is_sure_says_its_money_anywhere(text: str, money: str) -> None:
    assert moneys_in(text, traded=False) == {money}
    assert moneys_in(text, traded=True) == {money}


@pytest.mark.parametrize(
    ("text", "base", "money"),
    [
        ("XBTUSD", "XBT", "USD"),
        ("BATUSD", "BAT", "USD"),
        ("USDTUSD", "USDT", "USD"),
        ("TUSDUSD", "TUSD", "USD"),
        ("BUSDUSD", "BUSD", "USD"),
        ("DAIUSDT", "DAI", "USDT"),
        ("ETHBTC", "ETH", "BTC"),
        ("LUNAUST", "LUNA", "UST"),
        ("WBTCBTC", "WBTC", "BTC"),
        ("BTCBUSD", "BTC", "BUSD"),
        ("EURUSDT", "EUR", "USDT"),
        ("RENBTC", "REN", "BTC"),
    ],
)
def test_the_base_that_is_known_settles_where_a_pair_in_one_word_is_split(
    text: str, base: str, money: str
) -> None:
    assert [(pair.base, pair.money) for pair in pairs_in(text)] == [(base, money)]


@pytest.mark.parametrize(
    ("text", "moneys"),
    [
        ("XYZTUSD", {"USD", "TUSD"}),
        ("ARBUSD", {"USD", "BUSD"}),
        ("KRW-BTC", {"KRW", "BTC"}),
        ("USD-BTC", {"USD", "BTC"}),
        ("BTC_ETH", {"BTC", "ETH"}),
        ("FOOUSDT", {"USDT"}),
    ],
)
def test_where_nothing_settles_it_every_reading_is_told(text: str, moneys: set[str]) -> None:
    assert moneys_in(text, traded=True) == moneys


@pytest.mark.parametrize(
    "text",
    ["USDT", "USDC", "WBTC", "STETH", "EURT", "LINK", "AEUR", "UNI-V2", "BTC", "TUSD", "SUSD", "A/PERP", "sol",
     "btc-bitcoin", "usd-coin", "tether-eurt", "staked-ether", "dai", "dai-dai", "bnb-bnb", "liquity-usd",
     "usdt-tether", "aave-usdc", "eos-eth", "eurs-stasis-euro", "paypal-usd", "onebtc", "wrapped-usdt"],
)  # fmt: skip
def test_a_coin_is_not_a_pair(text: str) -> None:
    assert moneys_in(text, traded=False) == frozenset()


@pytest.mark.parametrize("text", ["RENBTC", "FOOUSDT", "CRVUSD"])
def test_what_a_coin_may_be_called_is_a_pair_only_where_pairs_are_traded(text: str) -> None:
    assert not moneys_in(text, traded=False)
    assert moneys_in(text, traded=True)


def test_no_id_of_the_recorded_lists_is_read_as_a_pair_and_hardly_a_symbol() -> None:
    ids, symbols = set[str](), set[str]()
    for coin in _recorded_coins():
        ids.add(coin["id"])
        symbols.add(coin["symbol"])
    assert {each for each in ids if moneys_in(each, traded=False)} == set()
    assert len({each for each in symbols if moneys_in(each, traded=False)}) < len(symbols) / 2000


def test_no_id_of_the_recorded_links_is_read_as_a_pair() -> None:
    links = recordings().parent / "mapping" / "pairs.csv"
    if not links.exists():
        pytest.skip("the links of ids are not here")
    with links.open() as file:
        ids = {each for row in csv.reader(file) for each in row[:2]}
    assert {each for each in ids if moneys_in(each, traded=False)} == set()


def _recorded_coins() -> Iterator[dict[str, str]]:
    for path in (
        *(recordings() / "coingecko/coins_list").iterdir(),
        *(recordings() / "coinpaprika/coins").iterdir(),
    ):
        yield from json.loads(_read(path))


def _read(path: Path) -> bytes:
    return gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
