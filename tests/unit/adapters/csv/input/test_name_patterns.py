"""What the name of a file says by a pattern: one way to read it, several, or none."""

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.csv.input.name_pattern import NamePattern, absolute, as_glob


@pytest.mark.parametrize(
    ("pattern", "name", "symbols"),
    [
        ("{symbol}USDT-1h-*.zip", "BTCUSDT-1h-2024-01.zip", ["BTC"]),
        ("{symbol}USDT-1h-*.zip", "BTCUSDT-1h-2024-01.zip/BTCUSDT-1h-2024-01.csv", ["BTC"]),
        ("{symbol}USDT*", "USDTUSDT-1h", ["USDT"]),
        ("{symbol}USDT*", "USDT-1h", []),
        ("{symbol}USDT*", "BTCUSDTUSDT.csv", ["BTC", "BTCUSDT"]),
        ("{symbol}*", "BTC", ["B", "BT", "BTC"]),
        ("*{symbol}USD.csv", "BTCUSD.csv", ["BTC", "TC", "C"]),
        ("{symbol}USDT-1h.csv", "btcusdt-1h.csv", []),
        ("{symbol}USDT-1h.csv", "deep/BTCUSDT-1h.csv", []),
        ("deep/*/{symbol}-USD.csv", "deep/er/1INCH-USD.csv", ["1INCH"]),
        ("k/**/{symbol}USDT.csv", "k/BTCUSDT.csv", ["BTC"]),
        ("k/**/{symbol}USDT.csv", "k/a/b/BTCUSDT.csv", ["BTC"]),
        ("{symbol}/1?/{symbol}-[0-9][!a].csv", "BTC/1h/BTC-1b.csv", ["BTC"]),
        ("{symbol}/1?/{symbol}-[0-9][!a].csv", "BTC/1h/ETH-1b.csv", []),
        ("{symbol}/1?/{symbol}-[0-9][!a].csv", "BTC/1h/BTC-1a.csv", []),
        ("all.zip/{symbol}.csv", "all.zip/Bitcoin Cash.csv", ["Bitcoin Cash"]),
        ("a.(b)+{symbol}.csv", "a.(b)+BTC.csv", ["BTC"]),
    ],
)
def test_every_way_to_read_a_name_is_found(pattern: str, name: str, symbols: list[str]) -> None:
    assert [each["symbol"] for each in NamePattern(pattern).readings(name)] == symbols


def test_a_name_may_say_the_id_and_the_symbol() -> None:
    readings = NamePattern("{coin_id}/{symbol}USDT.csv").readings("bitcoin/BTCUSDT.csv")
    assert readings == [{"coin_id": "bitcoin", "symbol": "BTC"}]


def test_an_address_is_plain_but_for_the_coin_and_its_member_is_a_pattern() -> None:
    pattern = NamePattern("/{symbol}-*.csv", plain="https://host/a.zip?***1a2b")
    assert pattern.readings("https://host/a.zip?***1a2b/BTC-1h.csv") == [{"symbol": "BTC"}]
    assert pattern.readings("https://host/a.zip/xyz1a2b/BTC-1h.csv") == []


@given(
    symbol=st.text("ABCUSDT1", min_size=1, max_size=8),
    before=st.text("abx-_", max_size=4),
    after=st.text("abx-_", max_size=4),
)
def test_what_a_pattern_was_made_of_is_among_its_readings(symbol: str, before: str, after: str) -> None:
    readings = NamePattern(f"{before}{{symbol}}USDT{after}").readings(f"{before}{symbol}USDT{after}")
    assert readings == [{"symbol": symbol}]


@pytest.mark.parametrize("spelled", ["a/b.csv", "./a/b.csv", "../{here}/a/b.csv", "{folder}/a/b.csv"])
def test_a_file_is_the_same_however_it_is_spelled(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, spelled: str
) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute(spelled.format(here=tmp_path.name, folder=tmp_path)) == f"{tmp_path}/a/b.csv"


def test_a_member_that_climbs_out_of_its_archive_is_not_a_file_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert absolute("all.zip/../b.csv") == os.fspath(tmp_path) + "/all.zip/../b.csv"


def test_a_shell_would_have_it_with_stars() -> None:
    assert as_glob("{coin_id}/{symbol}USDT-?.csv") == "*/*USDT-?.csv"
