"""Everything that the oracle compares, read from the database in one snapshot."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, TypeAlias

import psycopg
from msgspec import Struct
from psycopg.rows import dict_row

from crypto.adapters.postgres.connection.url import conninfo
from tests.support.counts import MISCOUNTED

Row: TypeAlias = Mapping[str, Any]

QUOTE = "source, coin_id, observed_at, name, symbol, price_usd, market_cap, volume_24h, version, page_id, position"
STATEMENTS = {
    "pages": """
        SELECT page_id, source, run_id, sweep_id, page_seq, request, received_at, sha256, version, cursor_after,
               is_last, coalesce(body_bytes, convert_to(body_json::text, 'UTF8')) AS body
          FROM raw_pages
         ORDER BY page_id
    """,
    "unified": f"SELECT {QUOTE} FROM unified_crypto_data ORDER BY version, position",
    "superseded": f"SELECT {QUOTE} FROM superseded_crypto_data ORDER BY version, position",
    "latest": f"SELECT {QUOTE} FROM latest_crypto_data",
    "rejections": "SELECT source, page_id, position, reason FROM rejected_records WHERE field = ''",
    "runs": "SELECT * FROM runs ORDER BY run_id",
    "checkpoints": "SELECT * FROM checkpoints",
    "miscounted": MISCOUNTED,
}


class Stored(Struct, frozen=True, kw_only=True):
    """The rows of our tables, by name of column."""

    pages: list[Row]
    unified: list[Row]
    superseded: list[Row]
    latest: list[Row]
    rejections: list[Row]
    runs: list[Row]
    checkpoints: list[Row]
    miscounted: list[Row]
    at: datetime


def read(database_url: str) -> Stored:
    """All that is stored."""
    with psycopg.connect(conninfo(database_url), options="-c timezone=UTC", row_factory=dict_row) as connection:
        connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables: dict[str, list[Row]] = {
            name: list(connection.execute(statement).fetchall()) for name, statement in STATEMENTS.items()
        }
        now = connection.execute("SELECT clock_timestamp() AS at").fetchone()
    assert now is not None
    return Stored(**tables, at=now["at"])
