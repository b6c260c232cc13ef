"""A dump of one database, read into another."""

import os
from pathlib import Path

import psycopg
import pytest

from crypto.adapters.postgres.embedded.dump import dump, restore
from crypto.adapters.postgres.migrate import migration_state
from crypto.adapters.postgres.url import conninfo
from crypto.application.errors import StoreUnavailable
from tests.support.database import fresh_database

pytestmark = pytest.mark.skipif(
    "CRYPTO_TEST_DATABASE_URL" in os.environ, reason="a dump needs the programs of the server's own version"
)


def test_a_dump_read_into_an_empty_database_is_the_same(
    database_url: str, database_server: str, tmp_path: Path
) -> None:
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute(
            "INSERT INTO runs (source, kind, epoch, status, started_at) VALUES ('csv', '', 1, '', now())"
        )

    dump(database_url, tmp_path / "all.dump")
    with fresh_database(database_server) as empty_url:
        restore(empty_url, tmp_path / "all.dump")
        with psycopg.connect(conninfo(empty_url)) as connection:
            assert connection.execute("SELECT source FROM runs").fetchall() == [("csv",)]
        assert migration_state(empty_url).state == "up_to_date"


def test_a_dump_is_not_read_over_data(database_url: str, tmp_path: Path) -> None:
    dump(database_url, tmp_path / "all.dump")

    with pytest.raises(StoreUnavailable, match=r"pg_restore failed: .*already exists"):
        restore(database_url, tmp_path / "all.dump")


def test_binaries_without_pg_dump_are_named(database_url: str, tmp_path: Path) -> None:
    for name in ("postgres", "initdb", "pg_ctl"):
        (tmp_path / name).write_text("#!/bin/sh\necho 18.4\n")
        (tmp_path / name).chmod(0o755)

    with pytest.raises(StoreUnavailable, match=r"has no pg_dump: set CRYPTO_POSTGRES_BIN"):
        dump(database_url, tmp_path / "all.dump", bin_dir=tmp_path)
