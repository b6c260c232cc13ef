"""A dump of one database, read into another: every row, also by another server, or nothing at all."""

import asyncio
import json
import os
import shlex
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest
from psycopg import sql
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.dumping.programs import address_of, explained, programs_for
from crypto.adapters.postgres.dumping.script import closing, counted
from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.schema.migrate import migration_state
from crypto.application.errors import StoreUnavailable
from tests.support.commands import crypto, line_with, running
from tests.support.database import UNSAFE_BUT_QUICK, fresh_database, short_folder
from tests.support.provider import Provider

OLD = Path("/usr/lib/postgresql/15/bin")
PRICES = "id,price_usd,last_updated\n" + "".join(
    f"coin {number},{number}.5,2026-01-0{1 + number % 9}T03:04:05Z\n" for number in range(200)
)
TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY relname"
)
WORD = "canary-p4ss-77c0"

Settings = dict[str, str]


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> Settings:
    (tmp_path / "prices.csv").write_text(PRICES)
    return {"DATABASE_URL": database_url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}


@pytest.fixture
def empty_url(database_server: str) -> Iterator[str]:
    with fresh_database(database_server) as url:
        yield url


@pytest.fixture
def old_server() -> Iterator[str]:
    """A database of the oldest PostgreSQL that is supported."""
    if not (OLD / "postgres").exists():
        pytest.skip("PostgreSQL 15 is not installed here")
    with short_folder() as folder, EmbeddedServer(folder / "old", OLD, settings=UNSAFE_BUT_QUICK) as url:
        yield url


def rows_of(url: str) -> dict[str, list[tuple[Any, ...]]]:
    """Everything that is in a database, as text."""
    with psycopg.connect(conninfo(url)) as connection:
        names = [name for (name,) in connection.execute(TABLES).fetchall()]
        query = sql.SQL("SELECT t::text FROM {} AS t ORDER BY 1")
        return {name: connection.execute(query.format(sql.Identifier(name))).fetchall() for name in names}


def execute(url: str, statement: sql.SQL) -> None:
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute(statement)


async def test_a_restored_database_is_the_same_row_for_row_and_its_ingests_go_on(
    settings: Settings, empty_url: str, tmp_path: Path
) -> None:
    await crypto("ingest", folder=tmp_path, settings=settings)
    dumped = await crypto("db", "dump", "all.dump", folder=tmp_path, settings=settings)
    other = settings | {"DATABASE_URL": empty_url}
    restored = await crypto("db", "restore", "all.dump", folder=tmp_path, settings=other)
    assert (dumped.code, restored.code) == (0, 0), dumped.everything + restored.everything
    assert rows_of(empty_url) == rows_of(settings["DATABASE_URL"])
    assert "counted and equal" in restored.err

    with (tmp_path / "prices.csv").open("a") as file:
        file.write("new,7,2026-01-09T00:00:00Z\n")
    went_on = await crypto("ingest", "--json", folder=tmp_path, settings=other)
    (run,) = json.loads(went_on.out)["data"]
    assert (run["status"], run["received"], run["inserted"], run["run_id"]) == ("success", 1, 1, 2)


async def test_a_dump_of_the_newest_server_is_read_by_the_oldest_and_back(
    settings: Settings, old_server: str, empty_url: str, tmp_path: Path
) -> None:
    await crypto("ingest", folder=tmp_path, settings=settings)
    old = settings | {"DATABASE_URL": old_server}
    back = settings | {"DATABASE_URL": empty_url}
    done = [
        await crypto("db", "dump", "new.dump", folder=tmp_path, settings=settings),
        await crypto("db", "restore", "new.dump", folder=tmp_path, settings=old),
        await crypto("db", "dump", "old.dump", folder=tmp_path, settings=old),
        await crypto("db", "restore", "old.dump", folder=tmp_path, settings=back),
    ]
    assert [each.code for each in done] == [0, 0, 0, 0], [each.err for each in done]
    assert rows_of(old_server) == rows_of(settings["DATABASE_URL"]) == rows_of(empty_url)


async def test_nothing_is_overwritten_unasked_and_all_of_it_when_asked(settings: Settings, tmp_path: Path) -> None:
    url = settings["DATABASE_URL"]
    await crypto("ingest", folder=tmp_path, settings=settings)
    await crypto("db", "dump", "all.dump", folder=tmp_path, settings=settings)
    dumped = rows_of(url)
    with (tmp_path / "prices.csv").open("a") as file:
        file.write("later,7,2026-01-09T00:00:00Z\n")
    await crypto("ingest", folder=tmp_path, settings=settings)
    later = rows_of(url)

    file_there = await crypto("db", "dump", "all.dump", folder=tmp_path, settings=settings)
    tables_there = await crypto("db", "restore", "all.dump", folder=tmp_path, settings=settings)
    assert (file_there.code, tables_there.code) == (69, 69)
    assert "--replace" in file_there.err
    assert "--replace" in tables_there.err
    assert rows_of(url) == later != dumped

    replaced = await crypto("db", "restore", "all.dump", "--replace", folder=tmp_path, settings=settings)
    assert replaced.code == 0, replaced.err
    assert rows_of(url) == dumped


@pytest.mark.parametrize("broken", ["cut", "in use", "not ours"])
async def test_a_restore_that_fails_leaves_what_was_there(broken: str, settings: Settings, tmp_path: Path) -> None:
    url = settings["DATABASE_URL"]
    await crypto("ingest", folder=tmp_path, settings=settings)
    await crypto("db", "dump", "all.dump", folder=tmp_path, settings=settings)
    dump = tmp_path / "all.dump"
    said = {"cut": "could not read", "in use": "coinpaprika is being ingested", "not ours": "view mine depends on"}
    if broken == "cut":
        dump.write_bytes(dump.read_bytes()[: dump.stat().st_size // 2])
    if broken == "not ours":
        execute(url, sql.SQL("CREATE VIEW mine AS SELECT * FROM runs"))
    before = rows_of(url)

    if broken == "in use":
        async with Provider(latency=60) as provider:
            slow = settings | {
                "SOURCES": "coinpaprika", "SOURCE__COINPAPRIKA__BASE_URL": provider.base_url("coinpaprika"),
            }  # fmt: skip
            async with running("ingest", folder=tmp_path, settings=slow) as process, asyncio.timeout(60):
                await line_with(process, "Started ETL run")
                before = rows_of(url) | {"rate_budgets": [], "rate_budget_calls": []}
                done = await crypto("db", "restore", "all.dump", "--replace", folder=tmp_path, settings=settings)
                after = rows_of(url) | {"rate_budgets": [], "rate_budget_calls": []}
    else:
        done = await crypto("db", "restore", "all.dump", "--replace", folder=tmp_path, settings=settings)
        after = rows_of(url)

    assert done.code == 69
    assert said[broken] in done.err
    assert after == before


async def test_a_dump_goes_through_a_pipe(settings: Settings, empty_url: str, tmp_path: Path) -> None:
    await crypto("ingest", folder=tmp_path, settings=settings)
    environment = {
        **os.environ, **{f"CRYPTO_{name}": value for name, value in settings.items()}, "CRYPTO_OTHER_URL": "",
    }  # fmt: skip
    crypto_here = f"{shlex.quote(sys.executable)} -m crypto"
    line = f"{crypto_here} db dump - | CRYPTO_DATABASE_URL='{empty_url}' {crypto_here} db restore -"
    piped = await asyncio.create_subprocess_shell(line, cwd=tmp_path, env=environment)
    assert await piped.wait() == 0
    assert rows_of(empty_url) == rows_of(settings["DATABASE_URL"])


async def test_what_is_not_a_dump_is_refused_and_a_database_stays_empty(
    settings: Settings, empty_url: str, tmp_path: Path
) -> None:
    (tmp_path / "no.dump").write_text("a letter")
    done = await crypto(
        "db", "restore", "no.dump", folder=tmp_path, settings=settings | {"DATABASE_URL": empty_url}
    )
    assert done.code == 69
    assert "does not appear to be a valid archive" in done.err
    assert migration_state(empty_url).state == "empty"


def test_programs_that_are_older_than_the_server_are_refused_by_name(database_url: str) -> None:
    address = address_of(database_url)
    if not OLD.exists() or address.server_major <= 15:
        pytest.skip("this takes PostgreSQL 15's programs and a newer server")
    with pytest.raises(
        StoreUnavailable, match=r"PostgreSQL 18 or newer are needed.*has 15\..*CRYPTO_POSTGRES_BIN"
    ):
        programs_for(address, named=OLD, dumps=True)
    assert programs_for(address, named=OLD, dumps=False).major == 15


def test_programs_that_are_missing_are_named(database_url: str, tmp_path: Path) -> None:
    with pytest.raises(
        StoreUnavailable, match=r"pg_dump, pg_restore, psql .* there are none: set CRYPTO_POSTGRES"
    ):
        programs_for(address_of(database_url), named=tmp_path, dumps=True)


def test_a_password_is_not_where_everybody_sees_it(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRYPTO_SOURCE__COINGECKO__API_KEY", WORD)
    url = make_url(database_url).set(password=WORD).render_as_string(hide_password=False)

    address = address_of(url)

    assert WORD not in address.dsn
    assert [name for name, value in address.environment.items() if WORD in value] == ["PGPASSWORD"]


def test_programs_without_tls_say_where_there_are_others() -> None:
    said = 'pg_dump: error: sslmode value "require" invalid when SSL support is not compiled in'
    assert "knows no TLS" in str(explained("pg_dump", said))


SCRIPT = b"""SET statement_timeout = 0;
SET transaction_timeout = 0;
COPY public.runs (run_id, error) FROM stdin;
1\tCOPY public.other (a) FROM stdin;
2\tSET transaction_timeout = 0;
SET transaction_timeout = 0;
\\.
COPY public."odd name" (a) FROM stdin;
\\.
"""


@pytest.mark.parametrize(("major", "dropped"), [(15, 1), (16, 1), (17, 0), (18, 0)])
def test_only_what_an_older_server_does_not_know_is_left_out_and_no_row_is(major: int, dropped: int) -> None:
    counts: dict[str, int] = {}
    heard: list[str] = []
    lines = SCRIPT.splitlines(keepends=True)

    sent = list(counted(lines, counts, server_major=major, hear=heard.append))

    assert len(sent) == len(lines) - dropped
    assert sent[-7:] == lines[-7:]
    assert counts == {"public.runs": 3, 'public."odd name"': 0}
    assert heard == list(counts)


def test_a_count_that_differs_undoes_it_all(database_url: str) -> None:
    script = "BEGIN; INSERT INTO schema_drift VALUES ('a', 'b', 'c', now(), 1, 1, '');"
    with (
        pytest.raises(psycopg.errors.RaiseException, match="has not the 2 rows of the dump"),
        psycopg.connect(conninfo(database_url), autocommit=True) as connection,
    ):
        connection.execute(script + closing({"public.schema_drift": 2}))
    assert rows_of(database_url)["schema_drift"] == []
