"""Migrations: any number of processes at once, any number of times, and never by a program too old."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Thread
from typing import Any

import psycopg
import pytest
from alembic.config import Config
from alembic.script import ScriptDirectory

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.schema.migrate import (
    LOCK,
    MigrationState,
    check_migrated,
    check_server,
    migrate,
    migration_state,
)
from crypto.adapters.postgres.schema.migrations import HEAD, REVISIONS
from crypto.application.errors import StoreUnavailable
from tests.support.database import SOURCES, fresh_database

MIGRATE = (
    "import sys; from crypto.adapters.postgres.schema.migrate import migrate; "
    "migrate(sys.argv[1], sources=sys.argv[2:])"
)
RELATIONS = """
    SELECT oid::regclass::text, relkind::text, relfilenode
      FROM pg_class
     WHERE relnamespace = 'public'::regnamespace
     ORDER BY oid
"""
MIGRATORS_WAITING = """
    SELECT count(*)
      FROM pg_locks
     WHERE NOT granted
       AND locktype = 'advisory'
       AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
RAW_PAGES_AWAITED = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'raw_pages'::regclass"


@pytest.fixture
def empty_url(database_server: str) -> Iterator[str]:
    with fresh_database(database_server) as url:
        yield url


def ask(url: str, statement: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(conninfo(url)) as connection:
        return connection.execute(statement.encode()).fetchall()


def say(url: str, statement: str) -> None:
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute(statement.encode())


def test_processes_that_migrate_at_once_wait_for_each_other(empty_url: str) -> None:
    command = [sys.executable, "-c", MIGRATE, empty_url, *SOURCES]
    with psycopg.connect(conninfo(empty_url)) as connection:
        connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
        processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(3)]
        await_count(empty_url, MIGRATORS_WAITING, 3)

    assert [process.communicate(timeout=60)[1] for process in processes] == ["", "", ""]
    assert [process.returncode for process in processes] == [0, 0, 0]
    assert migration_state(empty_url) == MigrationState(current=HEAD)


def test_migrating_again_changes_nothing(database_url: str) -> None:
    before = ask(database_url, RELATIONS)

    migrate(database_url, sources=SOURCES)

    assert ask(database_url, RELATIONS) == before


def test_a_source_added_later_gets_its_partition_and_view(database_url: str) -> None:
    migrate(database_url, sources=(*SOURCES, "kraken"))

    names = {name for name, *_ in ask(database_url, RELATIONS)}
    assert {"raw_kraken", "raw_kraken_records"} <= names


def test_a_failed_migration_leaves_nothing_behind(empty_url: str) -> None:
    say(empty_url, "CREATE TABLE rejected_records ()")

    with pytest.raises(StoreUnavailable, match="rejected_records"):
        migrate(empty_url, sources=SOURCES)

    assert [name for name, *_ in ask(empty_url, RELATIONS)] == ["rejected_records"]


def test_a_migration_gives_way_to_a_transaction_and_tries_again(database_url: str) -> None:
    migrating = Thread(target=migrate, args=(database_url,), kwargs={"sources": (*SOURCES, "kraken")})
    with using_raw_pages(database_url):
        migrating.start()
        await_count(database_url, RAW_PAGES_AWAITED, 1)
        await_count(database_url, RAW_PAGES_AWAITED, 0)  # it gives way after two seconds, and tries again
    migrating.join(timeout=30)

    assert ("raw_kraken",) in ask(database_url, "SELECT inhrelid::regclass::text FROM pg_inherits")


def await_count(url: str, statement: str, count: int) -> None:
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        while connection.execute(statement.encode()).fetchone() != (count,):
            connection.execute("SELECT pg_sleep(0.02)")


@contextmanager
def using_raw_pages(url: str) -> Iterator[None]:
    with psycopg.connect(conninfo(url)) as connection:
        connection.execute("LOCK raw_pages IN ACCESS EXCLUSIVE MODE")
        yield


def test_an_empty_database_is_seen_and_the_command_named(empty_url: str) -> None:
    assert migration_state(empty_url).state == "empty"
    with pytest.raises(StoreUnavailable, match=r"not migrated.*run `crypto db upgrade`"):
        check_migrated(empty_url)


def test_a_migrated_database_is_let_pass(database_url: str) -> None:
    check_migrated(database_url)

    assert migration_state(database_url).state == "up_to_date"


def test_a_database_of_a_newer_program_is_refused_and_left_alone(database_url: str) -> None:
    say(database_url, "UPDATE alembic_version SET version_num = '9999'")

    assert migration_state(database_url).state == "newer"
    with pytest.raises(StoreUnavailable, match=r"newer crypto.*upgrade this program"):
        check_migrated(database_url)
    with pytest.raises(StoreUnavailable, match=r"newer crypto.*upgrade this program"):
        migrate(database_url, sources=SOURCES)


def test_a_database_of_an_older_revision_is_behind() -> None:
    assert MigrationState(current=HEAD, head="9999").state == "behind"


def test_the_revisions_named_are_those_alembic_finds() -> None:
    config = Config()
    config.set_main_option("script_location", "crypto.adapters.postgres.schema:migrations")

    found = [script.revision for script in ScriptDirectory.from_config(config).walk_revisions()]

    assert found[::-1] == list(REVISIONS)


def test_a_server_too_old_is_refused() -> None:
    with pytest.raises(StoreUnavailable, match="PostgreSQL 14, crypto needs 15 or newer"):
        check_server(140_012)

    check_server(150_000)


@pytest.mark.parametrize("encoding", ["SQL_ASCII", "LATIN1"])
def test_a_database_of_another_encoding_is_refused(database_server: str, encoding: str) -> None:
    with fresh_database(database_server, encoding=encoding) as url:
        with pytest.raises(StoreUnavailable, match=f"encoding is {encoding}, crypto needs UTF8"):
            migrate(url, sources=SOURCES)
        with pytest.raises(StoreUnavailable, match="crypto needs UTF8"):
            check_migrated(url)


def test_a_server_that_is_away_is_named_without_its_password() -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached") as refusal:
        migration_state("postgresql+psycopg://ann:secret@127.0.0.1:1/coins")

    assert "secret" not in str(refusal.value)
