"""The commands as a person runs them, in processes of their own, on a real database."""

import asyncio
import json
import os
import re
import signal
from decimal import Decimal
from pathlib import Path

import pytest

from crypto.adapters.registry import SOURCES
from tests.support.commands import crypto, ended, line_with, running, start
from tests.support.database import fresh_database
from tests.support.provider import Provider
from tests.support.provider_answers import status

PRICES = """id,name,symbol,price_usd,market_cap,volume_24h,last_updated
tiny,Tiny coin,TNY,0.00000000000000000384,,12,2026-01-02T03:04:05Z
large,Large coin,LRG,123456789.123456789123456789,2201000000000,,2026-01-02T03:04:06Z
"""

CANARY_KEY, CANARY_PASSWORD = "CG-canary-k3y", "canary-p4ss/w&rd"

Settings = dict[str, str]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    """One source, a file of two quotes, and a database of our own."""
    (tmp_path / "prices.csv").write_text(PRICES)
    return {"DATABASE_URL": database_url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}


async def test_ingest_then_ask(settings: Settings, tmp_path: Path) -> None:
    first = await crypto("ingest", "--json", folder=tmp_path, settings=settings)
    again = await crypto("ingest", folder=tmp_path, settings=settings)
    assert (first.code, again.code) == (0, 0)
    assert json.loads(first.out)["data"][0]["inserted"] == 2
    completed = [json.loads(line) for line in again.err.splitlines()][-1]
    assert (completed["message"], completed["source"], completed["status"]) == (
        "Completed ETL run",
        "csv",
        "success",
    )
    assert {"records", "duration", "run_id"} <= completed.keys()

    data = await crypto("data", "--symbol", "tny", "--json", folder=tmp_path, settings=settings)
    answer = json.loads(data.out, parse_float=Decimal)
    assert (answer["total"], answer["data"][0]["price_usd"]) == (1, Decimal("3.84E-18"))
    table = await crypto("data", "--limit", "1", folder=tmp_path, settings=settings)
    wide = await crypto("data", "--limit", "1", "--wide", folder=tmp_path, settings=settings)
    assert " 123,456,789.123456789123456789 " in table.out
    assert " 123456789.123456789123456789 " in wide.out
    assert "1 of 2 quotes; --wide shows every column\nthe next: --cursor " in table.err

    coins = await crypto("coins", "--limit", "1", "--json", folder=tmp_path, settings=settings)
    listed = json.loads(coins.out, parse_float=Decimal)
    assert (listed["total"], len(listed["data"]), listed["next_cursor"] is None) == (2, 1, False)
    coin = await crypto("coins", listed["data"][0]["coin_id"], "--wide", folder=tmp_path, settings=settings)
    assert coin.out.split()[:3] == ["coin_id", "name", "symbol"]
    assert f" {listed['data'][0]['source']} " in coin.out

    stats = json.loads((await crypto("stats", "--json", folder=tmp_path, settings=settings)).out)
    assert (stats["total_records"], stats["sources"][0]["status"]) == (2, "success")
    runs = json.loads((await crypto("runs", "--json", folder=tmp_path, settings=settings)).out)
    assert [run["inserted"] for run in runs["data"]] == [0, 2]
    sources = json.loads((await crypto("sources", "--json", folder=tmp_path, settings=settings)).out)
    assert set(sources["off"]) == SOURCES.keys() - {"csv"}

    reprocessed = await crypto("reprocess", "csv", "--json", folder=tmp_path, settings=settings)
    assert json.loads(reprocessed.out)["data"][0]["unchanged"] == 2


async def test_old_quotes_say_when_they_went_stale_and_their_source_why(
    settings: Settings, tmp_path: Path
) -> None:
    await crypto("ingest", folder=tmp_path, settings=settings)

    data = await crypto("data", "--symbol", "tny", "--wide", folder=tmp_path, settings=settings)
    coins = await crypto("coins", "tiny", folder=tmp_path, settings=settings)
    hourly = settings | {"SOURCE__CSV__MAX_AGE": "3600"}
    sources = await crypto("sources", folder=tmp_path, settings=hourly)

    assert "2026-01-03 03:04:05Z  -" in data.out
    assert re.search(r" tiny .* 0\.00000000000000000384 .* ago +stale$", coins.out, re.MULTILINE)
    assert "stale" in sources.out
    assert "coins without a current quote: 2" in sources.out
    assert "csv is stale: no newer stamp since 2026-01-02 03:04:06Z, which is more than 60 min ago" in sources.err


async def test_a_source_that_fails_gives_1_and_the_others_are_in(settings: Settings, tmp_path: Path) -> None:
    async with Provider(coins=20) as provider:
        provider.always(status(500, b"oh no"), source="coinpaprika")
        both = settings | at(provider) | {"SOURCES": "csv,coinpaprika", "SOURCE__COINPAPRIKA__RETRIES": "0"}
        done = await crypto("ingest", "--json", folder=tmp_path, settings=both)
    rows = {row["source"]: row for row in json.loads(done.out)["data"]}
    assert done.code == 1
    assert (rows["csv"]["status"], rows["coinpaprika"]["status"]) == ("success", "failure")
    assert "500" in rows["coinpaprika"]["error"]


async def test_a_shrunken_list_is_told_everywhere_until_a_person_accepts_it(
    settings: Settings, tmp_path: Path
) -> None:
    async with Provider(coins=500) as provider:
        both = settings | at(provider) | {"SOURCES": "coingecko", "SOURCE__COINGECKO__PAUSE": "0"}
        first = await crypto("ingest", folder=tmp_path, settings=both)
        provider.market.delist(300)
        shrunken = await crypto("ingest", folder=tmp_path, settings=both)
        sources = await crypto("sources", folder=tmp_path, settings=both)
        accepted = await crypto("ingest", "coingecko", "--accept-list", folder=tmp_path, settings=both)
        runs = await crypto("runs", "--json", folder=tmp_path, settings=both)
    assert (first.code, shrunken.code, accepted.code) == (0, 1, 0)
    told = "shrunken_list: coingecko lists 200 coins where the last good list had 500"
    assert told in shrunken.out
    assert told in sources.out
    ended = [json.loads(line) for line in shrunken.err.splitlines() if "Completed ETL run" in line]
    assert [(line["level"], line["error"][: len(told)]) for line in ended] == [("error", told)]
    found = [(run["status"], run["coins_named"], run["coins_missing"]) for run in json.loads(runs.out)["data"]]
    assert found == [("success", 200, 300), ("failure", 200, 300), ("success", 500, 0)]


@pytest.mark.parametrize(("sent", "code"), [(signal.SIGTERM, 143), (signal.SIGINT, 130)])
async def test_a_signal_ends_a_run_cleanly_and_a_second_start_is_refused_meanwhile(
    sent: signal.Signals, code: int, settings: Settings, tmp_path: Path
) -> None:
    async with Provider(coins=20, latency=30) as provider:
        slow = settings | at(provider) | {"SOURCES": "coinpaprika"}
        async with running("ingest", folder=tmp_path, settings=slow) as process, asyncio.timeout(30):
            await line_with(process, "Started ETL run")
            second = await crypto("ingest", folder=tmp_path, settings=slow)
            os.killpg(process.pid, sent)
            stopped = await ended(process)
    runs = json.loads((await crypto("runs", "--json", folder=tmp_path, settings=slow)).out)
    assert second.code == 75
    assert "is being ingested by" in second.out
    assert stopped.code == code
    assert [run["status"] for run in runs["data"]] == ["cancelled"]


@pytest.mark.parametrize(
    ("arguments", "changes", "code", "said"),
    [
        (["ingest", "csvv"], {}, 2, "there is no source 'csvv'; did you mean csv?"),
        (["data", "--from", "yesterday"], {}, 2, "is not a time; write"),
        (["data", "--source", "coingeko"], {}, 2, "there is no source 'coingeko'; did you mean coingecko?"),
        (["data", "--cursor", "forged"], {}, 2, "the cursor is not one that this service gave out"),
        (["coins", "--source", "coingeko"], {}, 2, "there is no source 'coingeko'; did you mean coingecko?"),
        (["coins", "--cursor", "forged"], {}, 2, "the cursor is not one that this service gave out"),
        (["coins", "bitcoin"], {}, 2, "no source knows a coin 'bitcoin'; an id is compared byte for byte"),
        (["coins", "bitcoin", "--page", "2"], {}, 2, "--page is for the list of coins: leave it out"),
        (["runs", "--source", "nosuch"], {}, 2, "there is no source 'nosuch'"),
        (["ingest"], {"PORT": "http"}, 78, "CRYPTO_PORT: got 'http', takes a whole number from 1 to 65535"),
        (["ingest", "csv"], {"SOURCE__CSV__PATHS": ""}, 78, "SOURCE__CSV__PATHS"),
        (["ingest", "--schedule"], {"SOURCE__CSV__PATHS": "-"}, 78, "standard input (-) is read once"),
        (["up"], {"SOURCE__CSV__PATHS": "a.csv,-"}, 78, "standard input (-) is read once"),
        (["stats"], {"DATABASE_URL": "postgresql://nobody@127.0.0.1:1/nothing"}, 69, "database"),
        (["db", "start"], {}, 78, "CRYPTO_DATABASE_URL is set"),
    ],
)
async def test_a_refusal_is_one_line_and_a_code(
    arguments: list[str], changes: Settings, code: int, said: str, settings: Settings, tmp_path: Path
) -> None:
    done = await crypto(*arguments, folder=tmp_path, settings=settings | changes)
    assert done.code == code
    assert said in done.err
    assert "Traceback" not in done.everything
    assert done.out == ""


async def test_an_id_that_finds_nothing_is_told_how_ids_are_compared(settings: Settings, tmp_path: Path) -> None:
    await crypto("ingest", folder=tmp_path, settings=settings)
    asked = ("--coin", "Tiny", "--coin", "nosuch", "--coin", "larje")
    done = await crypto("data", *asked, folder=tmp_path, settings=settings)
    assert done.code == 0
    told = " ".join(done.err.split())
    assert "no source knows a coin 'Tiny'; did you mean 'tiny' (csv)?" in told
    nowhere = "no source knows a coin 'nosuch'; an id is compared byte for byte, as its source writes it"
    assert f"{nowhere}: see the list, `crypto coins` or /coins, which takes a symbol, too" in told
    assert told.count("symbol") == 1
    assert "no source knows a coin 'larje'; did you mean 'large' (csv)?" in told
    both = await crypto(
        "data", "--coin", "tiny", "--coin", "large", "--coin", "TNY", "--json", folder=tmp_path, settings=settings
    )
    answer = json.loads(both.out)
    assert {each["coin_id"] for each in answer["data"]} == {"tiny", "large"}
    assert [each["coin_id"] for each in answer["unknown_coin_ids"]] == ["TNY"]


@pytest.mark.parametrize("arguments", [("data",), ("data", "--json"), ("stats",)])
async def test_a_reader_that_leaves_ends_a_command_quietly(
    arguments: tuple[str, ...], settings: Settings, tmp_path: Path
) -> None:
    process = await start(*arguments, folder=tmp_path, settings=settings)
    assert process.stdout
    process.stdout._transport.close()  # type: ignore[attr-defined]  # as when `head` ends
    done = await ended(process)
    assert (done.code, done.err) == (141, "")


async def test_a_database_that_is_not_migrated_is_refused_until_it_is(
    database_server: str, settings: Settings, tmp_path: Path
) -> None:
    with fresh_database(database_server) as url:
        empty = settings | {"DATABASE_URL": url}
        refused = await crypto("ingest", folder=tmp_path, settings=empty)
        upgraded = await crypto("db", "upgrade", folder=tmp_path, settings=empty)
        accepted = await crypto("ingest", folder=tmp_path, settings=empty)
    assert (refused.code, upgraded.code, accepted.code) == (69, 0, 0)
    assert "crypto db upgrade" in refused.err


async def test_a_dump_restores_to_the_same_quotes(
    database_server: str, settings: Settings, tmp_path: Path
) -> None:
    await crypto("ingest", folder=tmp_path, settings=settings)
    dumped = await crypto("db", "dump", "all.dump", folder=tmp_path, settings=settings)
    with fresh_database(database_server) as url:
        other = settings | {"DATABASE_URL": url}
        restored = await crypto("db", "restore", "all.dump", folder=tmp_path, settings=other)
        twice = await crypto("db", "restore", "all.dump", folder=tmp_path, settings=other)
        data = await crypto("data", "--json", folder=tmp_path, settings=other)
    assert (dumped.code, restored.code, twice.code) == (0, 0, 69), dumped.err + restored.err
    prices = [quote["price_usd"] for quote in json.loads(data.out, parse_float=Decimal)["data"]]
    assert prices == [Decimal("123456789.123456789123456789"), Decimal("3.84E-18")]


@pytest.mark.parametrize(
    "arguments",
    [
        ("ingest",),
        ("stats",),
        ("db", "url"),
        ("doctor", "--all"),
        ("db", "dump", "x.dump"),
        ("serve",),
        ("up",),
        ("ingest", "nosuch"),
    ],
)
async def test_no_command_shows_a_key_or_a_password(arguments: tuple[str, ...], tmp_path: Path) -> None:
    settings = {
        "DATABASE_URL": "postgresql://me:canary-p4ss%2Fw%26rd@127.0.0.1:1/nothing",
        "READ_DATABASE_URL": "postgresql://127.0.0.1:1/nothing?password=canary-p4ss%2Fw%26rd",
        "SOURCE__COINGECKO__API_KEY": CANARY_KEY,
        "PORT": "1" if arguments == ("serve",) else "8000",
        "LOG_LEVEL": "debug",
    }
    if arguments == ("serve",):  # it would go on: let it fail for another reason
        settings["HOST"] = "192.0.2.1"
    done = await crypto(*arguments, folder=tmp_path, settings=settings)
    assert done.code == (0 if arguments == ("db", "url") else done.code or -1)
    for secret in (CANARY_KEY, CANARY_PASSWORD, "p4ss", "k3y"):
        assert secret not in done.everything


async def test_a_key_that_the_provider_throws_back_is_hidden(settings: Settings, tmp_path: Path) -> None:
    async with Provider(coins=20) as provider:
        provider.always(status(401, f'{{"error": "bad key {CANARY_KEY}"}}'.encode()), source="coingecko")
        keyed = settings | at(provider) | {
            "SOURCES": "coingecko", "SOURCE__COINGECKO__API_KEY": CANARY_KEY, "LOG_LEVEL": "debug",
        }  # fmt: skip
        done = await crypto("ingest", folder=tmp_path, settings=keyed)
    assert done.code == 1
    assert CANARY_KEY not in done.everything


def at(provider: Provider) -> Settings:
    """The settings that put the fake in the providers' places, without pauses."""
    names = ("coinpaprika", "coingecko")
    urls = {f"SOURCE__{name.upper()}__BASE_URL": provider.base_url(name) for name in names}
    return urls | {f"SOURCE__{name.upper()}__PAUSE": "0" for name in names}
