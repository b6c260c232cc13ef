"""Rejected records, and fields of records: what is kept of them."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.ingest.fence import fetch_one, key
from crypto.domain.page import StoredPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import Reason, Rejection

WHOLE_RECORD = ""
"""What stands for the field where the whole record is rejected."""

AT_ONCE = 1000
"""Rejections in one statement: it holds them a second time."""

STILL_OPEN = "SELECT count(*) FROM rejected_records WHERE page_id = %(page_id)s AND resolved_at IS NULL"
RESOLVE = """
    UPDATE rejected_records
       SET resolved_at = %(at)s
     WHERE page_id = %(page_id)s
       AND resolved_at IS NULL
       AND NOT EXISTS (SELECT
                         FROM unnest(%(positions)s::int[], %(fields)s::text[]) AS still (position, field)
                        WHERE still.position = rejected_records.position AND still.field = rejected_records.field)
"""
OPEN = """
    INSERT INTO rejected_records (page_id, source, feed, received_at, rejected_at, position, field, coin_id,
                                  reason, detail, excerpt)
    SELECT %(page_id)s, %(source)s, %(feed)s, %(received_at)s, %(at)s, rejection.*
      FROM unnest(%(positions)s::int[], %(fields)s::text[], %(coin_ids)s::text[], %(reasons)s::text[],
                  %(details)s::text[], %(excerpts)s::text[]) AS rejection
    ON CONFLICT (page_id, position, field) DO UPDATE
       SET coin_id = excluded.coin_id, reason = excluded.reason, detail = excluded.detail,
           excerpt = excluded.excerpt, resolved_at = NULL
"""


async def open_rejections(
    connection: DriverConnection,
    stored: StoredPage,
    rejections: Sequence[Rejection],
    *,
    at: datetime,
    is_new: bool,
) -> int:
    """Make these the page's open rejections: others of the page healed. Gives how many more are open than before.

    A page that `is_new` has none yet.
    """
    page = {
        "page_id": stored.page_id,
        **key(stored.page.of),
        "received_at": stored.page.received_at,
        "at": at,
    }
    before = 0
    if not is_new:
        (before,) = await fetch_one(connection, STILL_OPEN, page)
        await connection.execute(RESOLVE, {**page, **_places(rejections)})
    for start in range(0, len(rejections), AT_ONCE):
        await connection.execute(OPEN, {**page, **_columns(rejections[start : start + AT_ONCE])})
    return len(rejections) - before


def _places(rejections: Sequence[Rejection]) -> dict[str, object]:
    return {
        "positions": [each.position for each in rejections],
        "fields": [each.field or WHOLE_RECORD for each in rejections],
    }


def _columns(rejections: Sequence[Rejection]) -> dict[str, object]:
    return {
        **_places(rejections),
        "coin_ids": [each.coin_id for each in rejections],
        "reasons": [str(each.reason) for each in rejections],
        "details": [each.detail for each in rejections],
        "excerpts": [each.excerpt for each in rejections],
    }


def refused(quote: Quote, error: psycopg.Error) -> Rejection:
    """A quote that PostgreSQL itself would not take."""
    return Rejection(
        position=quote.position,
        reason=Reason.REFUSED_BY_DATABASE,
        detail=f"{error.sqlstate or type(error).__name__}: {error}",
        excerpt=f"{quote.coin_id} price_usd={quote.price_usd} observed_at={quote.observed_at.isoformat()}",
        coin_id=quote.coin_id,
    )
