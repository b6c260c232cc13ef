"""A folder of many coins' files comes in with one block of crypto.toml, as a person types it."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import crypto
from tests.support.klines import BLOCK, COINS, HOUR, close_of, make_klines

SINCE, UNTIL = datetime(2024, 11, 1, tzinfo=UTC), datetime(2025, 2, 1, tzinfo=UTC)
"""Beyond New Year, when the unit of the stamps changes."""


@pytest.fixture
def made(tmp_path: Path) -> int:
    return make_klines(tmp_path / "klines", since=SINCE, until=UNTIL)


async def asked(folder: Path, settings: dict[str, str], *words: str, code: int = 0) -> Any:
    ended = await crypto(*words, "--json", folder=folder, settings=settings)
    assert ended.code == code, ended.everything
    return json.loads(ended.out, parse_float=Decimal)


async def test_one_block_brings_all_of_them_in_each_under_its_coin(
    tmp_path: Path, made: int, database_url: str
) -> None:
    settings = {"DATABASE_URL": database_url, "SOURCES": "csv"}
    (tmp_path / "crypto.toml").write_text(BLOCK)

    first = await asked(tmp_path, settings, "ingest", "csv")
    again = await asked(tmp_path, settings, "ingest", "csv")

    assert made == 5 * 24 * 92
    assert [(run["status"], run["inserted"], run["restated"], run["rejected"]) for run in first["data"]] == [
        ("success", made, 0, 0)
    ]
    assert [(run["status"], run["received"]) for run in again["data"]] == [("success", 0)]
    for place, (symbol, coin_id) in enumerate(COINS.items(), start=1):
        answer = await asked(tmp_path, settings, "data", "--coin", coin_id, "--limit", "1")
        (newest,) = answer["data"]
        assert (newest["symbol"], newest["observed_at"]) == (symbol, "2025-02-01T00:00:00Z")
        assert newest["price_usd"] == Decimal(close_of(place, UNTIL - HOUR)) * Decimal("0.9995")


async def test_a_coin_that_the_block_does_not_know_stops_no_other(
    tmp_path: Path, made: int, database_url: str
) -> None:
    settings = {"DATABASE_URL": database_url, "SOURCES": "csv"}
    (tmp_path / "crypto.toml").write_text(BLOCK.replace(', XRP = "ripple"', "").replace(', SOL = "solana"', ""))
    answer = await asked(tmp_path, settings, "ingest", "csv", code=1)
    (run,) = answer["data"]
    assert (run["status"], run["inserted"]) == ("failure", made * 3 // 5)
    assert "knows no coin SOL, XRP, so their 6 files are not read; set there coins = { BTC =" in run["error"]
    assert run["error"].endswith('SOL = "<coin id>", XRP = "<coin id>" }')


async def test_a_check_proposes_the_block_and_it_works_once_it_is_filled_in(tmp_path: Path, made: int) -> None:
    words = (
        "csv",
        "check",
        "klines/*.zip",
        "--rows",
        "0",
        "--headerless",
        "observed_at,open,high,low,close,-,-,-,-,-,-,x",
    )
    looked = await asked(tmp_path, {}, *words, code=1)
    proposed = "\n".join(looked["settings"]["toml"])
    assert 'path = "klines/{symbol}USDT-1h-*.zip"' in proposed
    filled = proposed.replace("<US dollars for one USDT>", "0.9995")
    for symbol, coin_id in COINS.items():
        filled = filled.replace(f'{symbol} = "<coin id>"', f'{symbol} = "{coin_id}"')
    assert "<" not in filled

    (tmp_path / "crypto.toml").write_text(filled)
    checked = await asked(tmp_path, {}, "csv", "check", "--rows", "0")
    named = await asked(tmp_path, {}, "csv", "check", "--rows", "0", "klines/XRP*.zip")

    assert sorted(checked["settings"]["toml"]) == sorted(filled.splitlines())
    assert sum(table["quotes"] for file in checked["files"] for table in file["tables"]) == made
    assert {table["understood"]["coin_id"] for table in named["files"][0]["tables"]} == {"ripple"}
    assert named["files"][0]["tables"][0]["declared_by"].startswith(
        "block 1 of [[source.csv.file]] in crypto.toml"
    )


async def test_what_a_check_proposes_is_refused_as_long_as_it_is_not_filled_in(tmp_path: Path, made: int) -> None:
    looked = await asked(tmp_path, {}, "csv", "check", "klines/*.zip", code=1)
    (tmp_path / "crypto.toml").write_text("\n".join(looked["settings"]["toml"]))
    ended = await crypto("csv", "check", folder=tmp_path, settings={})
    assert ended.code == 78
    assert "'source.csv.file' in crypto.toml, block 1" in ended.err
