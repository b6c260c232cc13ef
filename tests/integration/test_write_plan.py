"""The comparison of a page with what is stored reads only the partitions that its quotes fall in."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from psycopg import sql

from crypto.adapters.postgres.connection.database import Database, DriverConnection, opened
from crypto.adapters.postgres.ingest import quote_sql
from crypto.adapters.postgres.ingest.partitions import Partitions
from tests.support.clock import NOON

ELEVEN_YEARS = [datetime(2016 + month // 12, month % 12 + 1, 1, tzinfo=UTC) for month in range(132)]

A_PAGE = """
    INSERT INTO stage (coin_id, observed_at, name, symbol, price_usd, market_cap, volume_24h, position)
    SELECT 'coin-' || n, %s, 'name', 'symbol', 1, 1, 1, n
      FROM generate_series(1, 250) AS n
"""


def relations(plan: Any) -> set[str]:
    """Every table that a plan touches."""
    if isinstance(plan, list):
        return {name for each in plan for name in relations(each)}
    if isinstance(plan, dict):
        named = {plan["Relation Name"]} if "Relation Name" in plan else set()
        return named | {name for each in plan.values() for name in relations(each)}
    return set()


async def compared(connection: DriverConnection, bounds: Mapping[str, sql.Composable]) -> set[str]:
    """The partitions that the comparing statement reads."""
    statement = sql.SQL("EXPLAIN (FORMAT JSON) " + quote_sql.FIND_RESTATED).format(**bounds)
    values = {"source": "coingecko", "ingested_at": NOON, "page_id": 7, "known": [*range(250)]}
    row = await (await connection.execute(statement, values)).fetchone()
    assert row is not None
    plan = row[0] if isinstance(row[0], list) else json.loads(row[0])
    return {name for name in relations(plan) if name.startswith("unified")}


async def test_only_the_pages_own_months_are_compared(database_url: str) -> None:
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        partitions = Partitions(database)
        for moment in ELEVEN_YEARS:
            await partitions.ensure("unified_crypto_data", [moment], now=moment)
        async with database.driver_connection() as connection, connection.transaction():
            await connection.execute(quote_sql.MAKE_STAGE)
            await connection.execute(A_PAGE, [NOON])
            await connection.execute("ANALYZE stage")
            month = {"first": sql.Literal("2026-11-01 10:00+00"), "last": sql.Literal("2026-11-02 12:00+00")}
            across = {"first": sql.Literal("2026-10-31 23:00+00"), "last": sql.Literal("2026-11-01 01:00+00")}
            ever = {"first": sql.SQL("'-infinity'"), "last": sql.SQL("'infinity'")}

            assert await compared(connection, month) == {"unified_crypto_data_2026_11"}
            assert len(await compared(connection, across)) == 2
            assert len(await compared(connection, ever)) == 132  # what it would cost without the bounds
