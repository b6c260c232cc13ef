"""Schema drift, once for each path and type of a feed, where it was seen first."""

from collections.abc import Sequence

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.ingest.fence import key
from crypto.domain.page import StoredPage
from crypto.domain.schema_drift import MOST_DRIFTS, SchemaDrift

FORGET = """
    DELETE FROM schema_drift
     WHERE source = %(source)s AND feed = %(feed)s AND page_id = %(page_id)s
       AND (path, type) NOT IN (SELECT * FROM unnest(%(paths)s::text[], %(types)s::text[]))
"""
NOTE = """
    INSERT INTO schema_drift (source, feed, path, type, first_seen_at, page_id, position, example)
    SELECT %(source)s, %(feed)s, path, type, %(received_at)s, %(page_id)s, position, example
      FROM (SELECT drift.*, noted.source IS NULL AS is_new,
                   row_number() OVER (PARTITION BY noted.source IS NULL ORDER BY place) AS number
              FROM unnest(%(paths)s::text[], %(types)s::text[], %(positions)s::int[], %(examples)s::text[])
                   WITH ORDINALITY AS drift (path, type, position, example, place)
              LEFT JOIN schema_drift AS noted
                ON noted.source = %(source)s AND noted.feed = %(feed)s
               AND noted.path = drift.path AND noted.type = drift.type) AS drift
     WHERE NOT is_new
        OR number <= %(most)s - (SELECT count(*) FROM schema_drift WHERE source = %(source)s AND feed = %(feed)s)
    ON CONFLICT (source, feed, path, type) DO UPDATE
       SET first_seen_at = excluded.first_seen_at, page_id = excluded.page_id, position = excluded.position,
           example = excluded.example
     WHERE (excluded.first_seen_at, excluded.page_id) < (schema_drift.first_seen_at, schema_drift.page_id)
"""


async def forget_drift(connection: DriverConnection, stored: StoredPage, drift: Sequence[SchemaDrift]) -> None:
    """Drop what was first seen in this page and is not among these: the parser knows it by now."""
    await connection.execute(FORGET, _values(stored, drift))


async def note_drift(connection: DriverConnection, stored: StoredPage, drift: Sequence[SchemaDrift]) -> None:
    """Note what is new for the source, as long as there is room, and where this page had it first."""
    await connection.execute(NOTE, _values(stored, drift))


def _values(stored: StoredPage, drift: Sequence[SchemaDrift]) -> dict[str, object]:
    return {
        **key(stored.page.of),
        "received_at": stored.page.received_at,
        "page_id": stored.page_id,
        "paths": [each.path for each in drift],
        "types": [str(each.type) for each in drift],
        "positions": [each.position for each in drift],
        "examples": [each.example for each in drift],
        "most": MOST_DRIFTS,
    }
