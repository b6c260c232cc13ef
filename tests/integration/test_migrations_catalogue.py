"""What Alembic makes and what tables.py says are the same, as PostgreSQL's own catalogue tells it."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest
from sqlalchemy import create_engine

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.schema.tables import metadata
from tests.support.database import fresh_database

# Without partitions and views, which are made for each source, and Alembic's own table. Columns go by their names:
# one that a migration adds stands last in a table, wherever it is declared.
TABLES = """
    WITH tables AS (
        SELECT oid, relname
          FROM pg_class
         WHERE relnamespace = 'public'::regnamespace
           AND relkind IN ('r', 'p')
           AND relname <> 'alembic_version'
           AND oid NOT IN (SELECT inhrelid FROM pg_inherits)
    )
"""
CATALOGUE = {
    "columns": """
        SELECT relname, attname, format_type(atttypid, atttypmod), collname, attnotnull,
               pg_get_expr(adbin, adrelid), attidentity::text, attgenerated::text
          FROM tables
          JOIN pg_attribute ON attrelid = tables.oid AND attnum > 0 AND NOT attisdropped
          LEFT JOIN pg_collation ON pg_collation.oid = attcollation
          LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum
         ORDER BY relname, attname
    """,
    "partition keys": "SELECT relname, pg_get_partkeydef(oid) FROM tables ORDER BY relname",
    "constraints": """
        SELECT relname, conname, contype::text, pg_get_constraintdef(pg_constraint.oid)
          FROM tables
          JOIN pg_constraint ON conrelid = tables.oid
         ORDER BY relname, conname
    """,
    "indexes": """
        SELECT relname, pg_get_indexdef(indexrelid), indisunique, indisprimary, indisvalid
          FROM tables
          JOIN pg_index ON indrelid = tables.oid
         ORDER BY relname, pg_get_indexdef(indexrelid)
    """,
    "sequences": """
        SELECT seqrelid::regclass::text, seqtypid::regtype::text,
               seqstart, seqincrement, seqmin, seqmax, seqcache, seqcycle,
               EXISTS (SELECT FROM pg_depend WHERE objid = seqrelid AND deptype IN ('a', 'i')) AS is_owned
          FROM pg_sequence
         ORDER BY seqrelid::regclass::text
    """,
}
CHANGES = [
    ("columns", "ALTER TABLE checkpoints ALTER COLUMN error_message TYPE varchar(10)"),
    ("columns", 'ALTER TABLE runs ALTER COLUMN error TYPE text COLLATE "C"'),
    ("columns", "ALTER TABLE runs ALTER COLUMN holes SET DEFAULT 1"),
    ("columns", "ALTER TABLE unified_crypto_data ALTER COLUMN name SET NOT NULL"),
    ("constraints", "ALTER TABLE raw_pages DROP CONSTRAINT raw_pages_one_body"),
    ("indexes", "DROP INDEX unified_crypto_data_ingested_at"),
    ("sequences", "ALTER SEQUENCE page_ids CACHE 10"),
]


def catalogue(url: str, kind: str) -> list[tuple[Any, ...]]:
    with psycopg.connect(conninfo(url)) as connection:
        return connection.execute((TABLES + CATALOGUE[kind]).encode()).fetchall()


@pytest.fixture
def declared_url(database_server: str) -> Iterator[str]:
    """A database made from tables.py."""
    with fresh_database(database_server) as url:
        engine = create_engine(url)
        metadata.create_all(engine)
        engine.dispose()
        yield url


def test_the_migrated_schema_is_the_declared_one(database_url: str, declared_url: str) -> None:
    for kind in CATALOGUE:
        declared = catalogue(declared_url, kind)

        assert declared, kind
        assert catalogue(database_url, kind) == declared, kind


def test_the_declared_partition_keys_are_seen(declared_url: str) -> None:
    keys = dict(catalogue(declared_url, "partition keys"))

    assert keys["raw_pages"] == "LIST (source)"
    assert keys["unified_crypto_data"] == "RANGE (observed_at)"


@pytest.mark.parametrize(("kind", "change"), CHANGES)
def test_a_difference_is_seen(database_url: str, kind: str, change: str) -> None:
    before = catalogue(database_url, kind)

    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute(change.encode())

    assert catalogue(database_url, kind) != before
