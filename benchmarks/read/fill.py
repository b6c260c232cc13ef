"""Databases of so many quotes, made where they are missing: ours, migrated and partitioned, and the peers'.

There are no raw pages: nothing that is measured reads them.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import psycopg
from benchmarks.read.cluster import Cluster
from benchmarks.read.quotes_sql import PEERS_INDEXES, PEERS_QUOTES, PEERS_TABLE, QUOTES, THE_REST, UNIFIED

from crypto.adapters import registry
from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.connection.url import database_url
from crypto.adapters.postgres.ingest.partitions import Partitions
from crypto.adapters.postgres.schema.migrate import migrate

COINS = 5_000
A_SNAPSHOT = 10_000
"""Quotes of one hour."""

SINCE = datetime(2025, 1, 1, tzinfo=UTC)
AT_ONCE = 1_000_000
"""Quotes that one statement makes."""


def quotes_database(cluster: Cluster, rows: int) -> str:
    """The name of a database with so many quotes in our tables."""
    name = f"quotes_{rows}"
    if not cluster.has(name):
        with _new(cluster, name) as (half_made, connection):
            _migrate(cluster.url(half_made))
            asyncio.run(_make_partitions(cluster.url(half_made), rows))
            for first in range(0, rows, AT_ONCE):
                connection.execute(_of_quotes(UNIFIED, first=first, rows=min(AT_ONCE, rows - first)))
            for statement in THE_REST:
                connection.execute(statement.encode())
            connection.execute("VACUUM ANALYZE")
    _migrate(cluster.url(name))  # one that was kept may be of an older revision
    with cluster.connect(name) as connection:
        count_quotes(connection)
    return name


def peers_database(cluster: Cluster, rows: int) -> str:
    """The name of a database with the same quotes in the peers' table."""
    name = f"peers_{rows}"
    if not cluster.has(name):
        with _new(cluster, name) as (_, connection):
            connection.execute(PEERS_TABLE.encode())
            connection.execute(_of_quotes(PEERS_QUOTES, first=0, rows=rows))
            for statement in PEERS_INDEXES:
                connection.execute(statement.encode())
            connection.execute("VACUUM ANALYZE q")
    return name


def count_quotes(connection: "psycopg.Connection[Any]") -> None:
    """See that the counters are there, which `migrate` makes where no page transaction has kept them."""
    uncounted = connection.execute("SELECT source FROM checkpoints WHERE counted_version <> version").fetchall()
    if uncounted:
        raise RuntimeError(f"not counted: {uncounted}")
    connection.execute("VACUUM ANALYZE quote_counts")


def last_moment(rows: int) -> datetime:
    """When the newest of so many quotes were observed."""
    return SINCE + timedelta(hours=(rows - 1) // A_SNAPSHOT)


def _of_quotes(statement: str, *, first: int, rows: int) -> bytes:
    return statement.format(quotes=QUOTES.format(first=first, last=first + rows - 1)).encode()


def _migrate(url: str) -> None:
    migrate(database_url(url), sources=tuple(registry.SOURCES))


async def _make_partitions(url: str, rows: int) -> None:
    hours = range((rows - 1) // A_SNAPSHOT + 1)
    async with opened(Database(database_url(url), pool_size=1, application_name="crypto-benchmark")) as database:
        moments = [SINCE + timedelta(hours=hour) for hour in hours]
        await Partitions(database).ensure("unified_crypto_data", moments, now=datetime.now(UTC))


@contextmanager
def _new(cluster: Cluster, name: str) -> "Iterator[tuple[str, psycopg.Connection[Any]]]":
    """A database under another name until it is whole: a run that was stopped leaves nothing that looks whole."""
    print(f"filling {name} ...", flush=True)
    half_made = f"{name}_half_made"
    with cluster.connect("postgres") as server:
        server.execute(f"DROP DATABASE IF EXISTS {half_made}".encode())
        server.execute(f"CREATE DATABASE {half_made}".encode())
        with cluster.connect(half_made) as connection:
            yield half_made, connection
        server.execute(f"ALTER DATABASE {half_made} RENAME TO {name}".encode())
        server.execute("CHECKPOINT")
