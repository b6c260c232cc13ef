"""`crypto doctor` as a person runs it, on a machine where all is well, and where everything is broken."""

import asyncio
import json
import os
from pathlib import Path
from typing import Any

import psycopg
import pytest

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.embedded import EmbeddedServer
from tests.support.commands import Ended, crypto, free_port, line_with, running
from tests.support.database import fresh_database, short_folder
from tests.support.provider import Provider
from tests.support.provider_answers import status

Settings = dict[str, str]
KEY, WORD = "CG-canary-k3y-5d1e", "canary-p4ss-77c0"
DEAD = "postgresql://me@127.0.0.1:1/nothing"


def at(provider: Provider) -> Settings:
    names = ("coinpaprika", "coingecko")
    return {f"SOURCE__{name.upper()}__BASE_URL": provider.base_url(name) for name in names} | {
        f"SOURCE__{name.upper()}__PAUSE": "0" for name in names
    }


async def doctor(folder: Path, settings: Settings, *options: str) -> tuple[Ended, list[dict[str, Any]]]:
    done = await crypto("doctor", "--json", *options, folder=folder, settings=settings)
    return done, json.loads(done.out)["findings"]


def of(findings: list[dict[str, Any]], about: str) -> list[tuple[str, str]]:
    return [(each["level"], each["finding"]) for each in findings if each["about"] == about]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    (tmp_path / "prices.csv").write_text("id,price_usd,last_updated\na,1,2026-01-02T03:04:05Z\n")
    return {"DATABASE_URL": database_url, "SOURCE__CSV__PATHS": "prices.csv"}


async def test_where_all_is_well_nothing_fails_and_each_provider_is_asked_once(
    settings: Settings, tmp_path: Path
) -> None:
    async with Provider(coins=600) as provider:
        given = settings | at(provider) | {"SOURCE__COINGECKO__API_KEY": KEY}
        await crypto("ingest", folder=tmp_path, settings=given)
        asked = len(provider.requests)
        done, findings = await doctor(tmp_path, given)
        asked_by_doctor = [each.source for each in provider.requests[asked:]]
        table = await crypto("doctor", "--offline", folder=tmp_path, settings=given)

    assert done.code == 0, done.everything
    assert sorted(asked_by_doctor) == ["coingecko", "coinpaprika"]
    assert len(provider.requests) == asked + 2
    assert {each["level"] for each in findings} <= {"ok", "note"}
    assert any("250 quotes; the key was accepted" in told for _, told in of(findings, "coingecko"))
    assert any("asked without a key" in told for _, told in of(findings, "coinpaprika"))
    assert ("ok", "prices.csv can be read") in of(findings, "csv")
    assert of(findings, "tables")[0][0] == "ok"
    assert " requests in 31 days, 99" in str(of(findings, "coingecko"))
    assert (table.code, "0 failures" in table.err, KEY in table.everything) == (0, True, False)


async def test_where_everything_is_broken_each_thing_is_told(tmp_path: Path) -> None:
    async with Provider() as provider:
        provider.always(status(401, f'{{"error": "bad key {KEY}"}}'.encode()))
        broken = at(provider) | {
            "DATABASE_URL": DEAD.replace("me@", f"me:{WORD}@"),
            "PORT": "http",
            "PROT": "1",
            "SOURCE__COINGECKO__API_KEY": KEY,
            "SOURCE__CSV__PATHS": "none.csv",
        }
        done, findings = await doctor(tmp_path, broken)

    assert done.code == 78
    assert [told.split(":")[0] for level, told in of(findings, "settings") if level == "failure"] == [
        "CRYPTO_PORT",
        "there is no setting CRYPTO_PROT; did you mean CRYPTO_PORT?",
    ]
    assert of(findings, "database")[0][0] == "failure"
    assert "cannot be reached" in of(findings, "database")[0][1]
    assert any("none.csv: there is no such file" in told for _, told in of(findings, "csv"))
    assert of(findings, "system")[0][0] == "ok"
    assert provider.requests == []  # they are counted in the database
    assert not [secret for secret in (KEY, WORD) if secret in done.everything]


async def test_a_key_that_is_refused_and_a_provider_that_is_down_are_failures(
    settings: Settings, tmp_path: Path
) -> None:
    async with Provider() as provider:
        provider.always(status(401, f'{{"error": "bad key {KEY}"}}'.encode()), source="coingecko")
        provider.always(status(503), source="coinpaprika")
        given = settings | at(provider) | {"SOURCE__COINGECKO__API_KEY": KEY}
        done, findings = await doctor(tmp_path, given)

    assert done.code == 1
    assert len(provider.requests) == 2
    refused = [told for level, told in of(findings, "coingecko") if level == "failure"]
    assert "401 Unauthorized" in refused[0]
    assert "CRYPTO_SOURCE__COINGECKO__API_KEY" in refused[0]
    assert "503" in str([told for level, told in of(findings, "coinpaprika") if level == "failure"])
    assert KEY not in done.everything


async def test_a_database_that_is_not_migrated_is_told_and_left_as_it_is(
    database_server: str, settings: Settings, tmp_path: Path
) -> None:
    with fresh_database(database_server) as url:
        done, findings = await doctor(tmp_path, settings | {"DATABASE_URL": url}, "--offline")
        with psycopg.connect(conninfo(url)) as connection:
            tables = connection.execute("SELECT count(*) FROM pg_class WHERE relname = 'runs'").fetchone()

    assert done.code == 69
    assert of(findings, "tables") == [("failure", "none are there yet")]
    assert tables == (0,)


async def test_who_holds_a_source_is_named_while_it_is_ingested(settings: Settings, tmp_path: Path) -> None:
    async with Provider(coins=20, latency=30) as provider:
        slow = settings | at(provider) | {"SOURCES": "coinpaprika"}
        async with running("ingest", folder=tmp_path, settings=slow) as process, asyncio.timeout(30):
            await line_with(process, "Started ETL run")
            _, findings = await doctor(tmp_path, slow, "--offline")

    ((level, told),) = of(findings, "locks")
    assert level == "ok"
    assert told.startswith(f"coinpaprika is held by process {process.pid} on ")
    assert "run 1, since" in told


async def test_an_embedded_server_is_not_made_and_one_that_is_down_is_down_again_afterwards(
    tmp_path: Path,
) -> None:
    with short_folder() as folder:
        data = folder / "server"
        given = {"DATA_DIR": str(data), "SOURCES": "csv"}
        before, never = await doctor(tmp_path, given)
        assert not data.exists()
        await crypto("db", "start", folder=tmp_path, settings=given)
        _, up = await doctor(tmp_path, given)
        await crypto("db", "stop", folder=tmp_path, settings=given)
        after, down = await doctor(tmp_path, given)
        running_now = EmbeddedServer(data).status().running

    assert (before.code, after.code) == (0, 0), before.everything + after.everything
    assert "never made so far" in of(never, "database")[0][1]
    assert "kept up by `crypto db start`" in of(up, "database")[0][1]
    assert "it was down, is started for this, and stopped again" in of(down, "database")[0][1]
    assert of(down, "tables")[0][0] == "ok"
    assert not running_now


async def test_a_data_folder_that_cannot_be_one_hides_nothing_else(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done, findings = await doctor(tmp_path, {"DATA_DIR": str(tmp_path / "file"), "SOURCES": "csv"})

    assert of(findings, "disk")[-1] == ("failure", f"{tmp_path / 'file'} may not be written to")
    assert of(findings, "system")[0][0] == "ok"
    assert done.code in (1, 69)


async def test_data_that_no_server_can_serve_are_told(tmp_path: Path) -> None:
    with short_folder() as folder:
        data = folder / "server" / "data"
        data.mkdir(parents=True)
        (data / "PG_VERSION").write_text("9\n")
        if os.geteuid() == 0:
            os.chown(data, 65534, 65534)
        done, findings = await doctor(tmp_path, {"DATA_DIR": str(folder / "server"), "SOURCES": "csv"})

    assert done.code == 69
    assert "is of PostgreSQL 9" in of(findings, "database")[0][1]


async def test_a_port_where_nobody_answers_is_told_within_its_time(settings: Settings, tmp_path: Path) -> None:
    nobody = {
        f"SOURCE__{name}__BASE_URL": f"http://127.0.0.1:{free_port()}" for name in ("COINGECKO", "COINPAPRIKA")
    }
    done, findings = await doctor(tmp_path, settings | nobody)

    assert done.code == 1
    assert "refused the connection" in str(of(findings, "coingecko"))
    assert "see that this machine reaches the network" in str(findings)
