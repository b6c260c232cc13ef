"""A database of before there were feeds: each row is kept, as one of its source's prices, or nothing changes."""

import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.schema.migrate import migrate
from crypto.adapters.postgres.schema.migrations import HEAD
from crypto.adapters.postgres.schema.migrations.per_source import make_lacking
from tests.support.counts import miscounted
from tests.support.database import SOURCES, fresh_database

BEFORE_FEEDS = "0005"
KEYED = ("raw_pages", "runs", "checkpoints", "rejected_records", "schema_drift")
TABLES = (*KEYED, "unified_crypto_data", "superseded_crypto_data", "latest_crypto_data", "rate_budget_calls")
ROWS = """
    CREATE TABLE raw_csv_2026_11 PARTITION OF raw_csv FOR VALUES FROM ('2026-11-01Z') TO ('2026-12-01Z');
    CREATE TABLE all_of_2026 PARTITION OF unified_crypto_data FOR VALUES FROM ('2026-01-01Z') TO ('2027-01-01Z');
    INSERT INTO raw_pages (source, received_at, page_id, run_id, sweep_id, page_seq, request, context,
                           requested_at, headers, coin_ids, body_bytes, sha256, parser_version, version,
                           cursor_after, is_last)
    SELECT 'csv', '2026-11-02Z', n, 1, 1, n, '{}', '{"path": "a.csv"}', '2026-11-02Z', '{}', '{btc}',
           decode(lpad(to_hex(n), 4, '0'), 'hex'), '', 1, n, jsonb_build_object('page', n), false
      FROM generate_series(1, 300) AS n;
    INSERT INTO runs (run_id, source, kind, epoch, status, started_at, pages)
    SELECT n, (ARRAY['csv', 'coingecko'])[1 + n % 2], 'ingest', n, 'success', '2026-11-02Z', n
      FROM generate_series(1, 50) AS n;
    INSERT INTO checkpoints (source, status, last_run_timestamp, cursor, epoch, version)
    VALUES ('csv', 'success', '2026-11-02Z', '{"files": {}}', 25, 300),
           ('coingecko', 'failure', now(), '{}', 26, 7);
    INSERT INTO rejected_records (page_id, position, source, received_at, reason, detail, excerpt)
    SELECT n, 0, 'csv', '2026-11-02Z', 'not_a_number', 'line 2', 'x' FROM generate_series(1, 40) AS n;
    INSERT INTO schema_drift (source, path, type, first_seen_at, page_id, position, example)
    SELECT 'coingecko', 'field ' || n, 'string', '2026-11-02Z', n, 0, '"x"' FROM generate_series(1, 20) AS n;
    INSERT INTO unified_crypto_data (coin_id, source, observed_at, price_usd, ingested_at, recorded_at, version,
                                     page_id, position)
    SELECT 'coin-' || n, 'csv', '2026-11-02Z', n, '2026-11-02Z', '2026-11-02Z', 1, 1, n
      FROM generate_series(1, 500) AS n;
    INSERT INTO rate_budget_calls (source, account, granted_at, calls, spare)
    VALUES ('coingecko', 'keyless', '2026-11-02Z', 4, 0);
"""
COUNTED = ("quotes", "coins", "open_rejections", "counted_version", "marks")
MIGRATE = (
    "import sys; from crypto.adapters.postgres.schema.migrate import migrate; "
    "migrate(sys.argv[1], sources=sys.argv[2:])"
)
AWAITS_SCHEMA_DRIFT = "SELECT count(*) FROM pg_locks WHERE NOT granted AND relation = 'schema_drift'::regclass"

Rows = dict[str, list[dict[str, Any]]]


@pytest.fixture
def url(database_server: str) -> Iterator[str]:
    """A database that a program of before feeds wrote."""
    with fresh_database(database_server) as url:
        as_it_was(url)
        yield url


def as_it_was(url: str) -> None:
    config = Config()
    config.set_main_option("script_location", "crypto.adapters.postgres.schema:migrations")
    engine = create_engine("postgresql+psycopg://", creator=lambda: psycopg.connect(conninfo(url)))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, BEFORE_FEEDS)
    engine.dispose()
    with psycopg.connect(conninfo(url)) as session:
        make_lacking(session, SOURCES)
        session.execute(ROWS.encode())


def rows(url: str) -> Rows:
    with psycopg.connect(conninfo(url)) as connection:
        return {
            table: [row for (row,) in connection.execute(
                f"SELECT to_jsonb({table}) FROM {table} ORDER BY to_jsonb({table})::text".encode()
            ).fetchall()]
            for table in TABLES
        }  # fmt: skip


def test_each_row_is_kept_and_is_of_the_prices(url: str) -> None:
    before = rows(url)
    assert all("feed" not in row for table in before.values() for row in table)

    migrate(url, sources=SOURCES)

    after = rows(url)
    feeds = {table: {row.pop("feed") for row in after[table]} for table in KEYED}
    assert feeds == {table: {"prices"} for table in KEYED}
    counted = {row["source"]: [row.pop(name) for name in COUNTED] for row in after["checkpoints"]}
    assert counted == {"csv": [500, 0, 40, 300, 0], "coingecko": [0, 0, 0, 7, 0]}
    assert miscounted(url) == []
    assert after == before
    assert all(before[table] for table in KEYED)


def test_a_migration_that_is_killed_in_the_middle_changes_nothing_and_is_begun_again(url: str) -> None:
    before = rows(url)
    with psycopg.connect(conninfo(url)) as reader:
        reader.execute("SELECT count(*) FROM schema_drift")  # the last table that it alters
        process = subprocess.Popen([sys.executable, "-c", MIGRATE, url, *SOURCES])
        with psycopg.connect(conninfo(url), autocommit=True) as watcher:
            while watcher.execute(AWAITS_SCHEMA_DRIFT).fetchone() != (1,):
                assert process.poll() is None
        process.kill()
        process.wait()
    with psycopg.connect(conninfo(url)) as connection:
        while connection.execute("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'crypto migrate'"
                                 ).fetchone() != (0,):  # fmt: skip
            connection.rollback()
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (BEFORE_FEEDS,)
    assert rows(url) == before

    migrate(url, sources=SOURCES)

    with psycopg.connect(conninfo(url)) as connection:
        assert connection.execute("SELECT version_num FROM alembic_version").fetchone() == (HEAD,)
