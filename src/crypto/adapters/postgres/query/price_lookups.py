"""Single quotes at moments, many in one statement: each is met through the key of its coin."""

import asyncio
from collections.abc import Sequence

from psycopg import sql

from crypto.adapters.postgres.connection.database import Database, DriverConnection
from crypto.adapters.postgres.connection.fetching import fetch_row
from crypto.adapters.postgres.query.quote_json import JSON_COLUMNS, time_json
from crypto.application.ports.queries import LOOKUP_FIELDS
from crypto.domain.market_data import Lookup

_OF_COIN = "quote.coin_id = asked.coin_id AND quote.source = asked.source"
_SHOWN = ", ".join(JSON_COLUMNS[name] for name in LOOKUP_FIELDS)
LOOK_UP = f"""
    SELECT string_agg(row_to_json(answer)::text, ',' ORDER BY asked.place)
      FROM unnest(%(sources)s::text[], %(coin_ids)s::text[], %(times)s::timestamptz[])
           WITH ORDINALITY AS asked (source, coin_id, time, place)
      LEFT JOIN LATERAL (SELECT *
                           FROM unified_crypto_data AS quote
                          WHERE {_OF_COIN} AND quote.observed_at <= asked.time
                          ORDER BY quote.observed_at DESC
                          LIMIT 1) AS quote ON true
      LEFT JOIN LATERAL (SELECT quote.observed_at
                           FROM unified_crypto_data AS quote
                          WHERE {_OF_COIN} AND quote.observed_at > asked.time
                          ORDER BY quote.observed_at
                          LIMIT 1) AS following ON true
      LEFT JOIN LATERAL (SELECT {_SHOWN} WHERE quote.coin_id IS NOT NULL) AS shown ON true
     CROSS JOIN LATERAL (SELECT asked.source, asked.coin_id, {time_json("asked.time")} AS time, shown AS quote,
                                extract(epoch FROM asked.time - quote.observed_at)::float8 AS age_seconds,
                                {time_json("following.observed_at")} AS next_observed_at,
                                extract(epoch FROM following.observed_at - asked.time)::float8
                                    AS next_after_seconds) AS answer
"""


SHARE = 2500
"""So many are looked up by one process of the server; more are shared out, so that several processors work."""

MOST_AT_ONCE = 2
"""So many large questions are answered at once: they leave connections for others."""

EXPORT_SNAPSHOT = "SELECT pg_export_snapshot()"


class PostgresPriceLookups:
    """Looks quotes up in the database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._large = asyncio.Semaphore(MOST_AT_ONCE)

    async def look_up_json(self, asked: Sequence[Lookup]) -> bytes:
        """An answer to each, in their order and of one snapshot."""
        first, *others = [asked[start : start + SHARE] for start in range(0, len(asked), SHARE)] or [asked]
        if others:
            async with self._large:
                return await self._shared_out(first, others)
        async with self._database.reading() as connection:
            return b"[" + await _looked_up(connection, first) + b"]"

    async def _shared_out(self, first: Sequence[Lookup], others: Sequence[Sequence[Lookup]]) -> bytes:
        async with self._database.reading() as connection, connection.transaction():
            (snapshot,) = await fetch_row(connection, EXPORT_SNAPSHOT, {})
            rest = (self._within(snapshot, each) for each in others)
            found = await asyncio.gather(_looked_up(connection, first), *rest)
        return b"[" + b",".join(found) + b"]"

    async def _within(self, snapshot: str, asked: Sequence[Lookup]) -> bytes:
        async with self._database.reading() as connection, connection.transaction():
            await connection.execute(sql.SQL("SET TRANSACTION SNAPSHOT {}").format(sql.Literal(snapshot)))
            return await _looked_up(connection, asked)


async def _looked_up(connection: DriverConnection, asked: Sequence[Lookup]) -> bytes:
    """The answers with commas between."""
    values = {
        "sources": [each.source for each in asked],
        "coin_ids": [each.coin_id for each in asked],
        "times": [each.time for each in asked],
    }
    (found,) = await fetch_row(connection, LOOK_UP, values)
    return str(found or "").encode()
