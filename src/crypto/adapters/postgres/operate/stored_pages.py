"""The stored pages, to look at: what is known of each, and its bytes part by part."""

from collections.abc import Sequence
from typing import Any, LiteralString

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.connection.errors import translated
from crypto.domain.page import PageFacts

FACTS = """
    SELECT page_id, source, feed, run_id, sweep_id, page_seq, request, context, requested_at, received_at, status,
           headers, encode(sha256, 'hex') AS sha256,
           coalesce(octet_length(body_bytes), octet_length(body_json::text)) AS size_bytes,
           cardinality(coin_ids) AS coins, parser_version, is_last
      FROM raw_pages
     WHERE page_id = %s
"""
BODY_PART = """
    SELECT substring(coalesce(body_bytes, convert_to(body_json::text, 'UTF8')) FROM %s FOR %s)
      FROM raw_pages
     WHERE source = %s AND received_at = %s AND page_id = %s
"""
"""With its whole key, so that one partition is read."""

RUN = "SELECT source, sweep_id FROM runs WHERE run_id = %s"
PAGES_OF = """
    SELECT page_id
      FROM raw_pages
     WHERE source = %s AND sweep_id = %s AND run_id = %s AND page_id > %s
     ORDER BY page_id
     LIMIT %s
"""
"""By the index on `sweep_id`: a run brings pages of one sweep."""

NAMES = tuple(PageFacts.__struct_fields__)


class PostgresStoredPages:
    """Looks at pages in the database; a large body is never in memory as a whole."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def page_facts(self, page_id: int) -> PageFacts | None:
        """What is known of the page with this id; each partition has an index by it."""
        rows = await self._rows(FACTS, [page_id])
        return next((PageFacts(**dict(zip(NAMES, row, strict=True))) for row in rows), None)

    async def pages_of(self, run_id: int, *, after: int, limit: int) -> Sequence[int] | None:
        """The ids of the first pages that this run brought after that one; None for an unknown run."""
        runs = await self._rows(RUN, [run_id])
        for source, sweep_id in runs:
            rows = await self._rows(PAGES_OF, [source, sweep_id, run_id, after, limit])
            return [row[0] for row in rows]
        return None

    async def body_part(self, page: PageFacts, *, start: int, size: int) -> bytes:
        """So many of its bytes from there on, as they were received."""
        key = [page.source, page.received_at, page.page_id]
        rows = await self._rows(BODY_PART, [start + 1, size, *key])
        return next((bytes(row[0]) for row in rows), b"")

    async def _rows(self, query: LiteralString, values: Sequence[Any]) -> list[tuple[Any, ...]]:
        with translated():
            async with self._database.driver_connection() as connection:
                return await (await connection.execute(query, values, binary=True)).fetchall()
