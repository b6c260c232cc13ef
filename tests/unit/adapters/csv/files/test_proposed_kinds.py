"""From names of files to the pattern that tells their coin; nothing where they do not show it."""

import pytest

from crypto.adapters.csv.files.proposal import kinds


@pytest.mark.parametrize(
    ("names", "path", "parts"),
    [
        (["BTCUSDT-1h-2024-01.zip", "ETHUSDT-1h-2024-01.zip"], "{symbol}USDT-1h-*.zip", ["BTC", "ETH"]),
        (
            ["k/BTCUSDT/1h/BTCUSDT-1h-2024-01.zip", "k/ETHUSDT/1h/ETHUSDT-1h-2023-12.zip"],
            "k/{symbol}USDT/1h/{symbol}USDT-1h-*.zip",
            ["BTC", "ETH"],
        ),
        (["XBTUSD_60.csv", "ETHUSD_60.csv", "SOLUSD_60.csv"], "{symbol}USD_60.csv", ["ETH", "SOL", "XBT"]),
        (["Binance_BTCUSDT_d.csv", "Binance_LTCUSDT_d.csv"], "Binance_{symbol}USDT_d.csv", ["BTC", "LTC"]),
        (["BTC-USD.csv", "ETH-USD.csv"], "{symbol}-USD.csv", ["BTC", "ETH"]),
        (["btcusdt_1m.csv", "ethusdt_1m.csv"], "{symbol}usdt_1m.csv", ["btc", "eth"]),
        (["BTC.csv", "ETH.csv"], "{symbol}.csv", ["BTC", "ETH"]),
        (["coin_Bitcoin.csv", "coin_Dogecoin.csv"], "coin_{coin_id}.csv", ["Bitcoin", "Dogecoin"]),
        (["BTCUSDT-20240101-20240131.csv", "ETHUSDT-20240101-20240131.csv"], "{symbol}USDT-*.csv", ["BTC", "ETH"]),
        (["1INCHUSDT-1d.csv", "BTCUSDT-1d.csv"], "{symbol}USDT-1d.csv", ["1INCH", "BTC"]),
    ],
)
def test_names_that_differ_in_their_coin_show_it(names: list[str], path: str, parts: list[str]) -> None:
    (kind,) = kinds(names)
    assert (kind.path, list(kind.parts), sorted(kind.names)) == (path, parts, sorted(names))


def test_files_of_two_lengths_are_two_kinds() -> None:
    names = [f"{symbol}USDT-{length}-2024.csv" for symbol in ("BTC", "ETH") for length in ("1h", "4h")]
    assert [kind.path for kind in kinds(names)] == ["{symbol}USDT-1h-*.csv", "{symbol}USDT-4h-*.csv"]


def test_only_pairs_are_surely_coins() -> None:
    pairs, words = kinds(["BTCUSDT-1d.csv", "ETHUSDT-1d.csv"]), kinds(["jan.csv", "feb.csv"])
    assert [kind.sure for kind in (*pairs, *words)] == [True, False]


@pytest.mark.parametrize(
    "names",
    [
        ["BTCUSDT-1h-2024-01.zip", "BTCUSDT-1h-2024-02.zip"],
        ["prices.csv"],
        ["2024-01.csv", "2024-02.csv"],
        ["a[1].csv", "b[1].csv"],
        [],
    ],
)
def test_names_that_show_no_coins_propose_nothing(names: list[str]) -> None:
    assert kinds(names) == []


def test_pairs_that_may_be_split_in_two_ways_are_not_split() -> None:
    (kind,) = kinds(["XBTUSD.csv", "BATUSD.csv"])
    assert (kind.path, kind.sure) == ("{symbol}.csv", False)
