"""Rejected records and coins no longer listed: what is kept of both."""

from collections.abc import Sequence
from datetime import datetime

import psycopg

from crypto.adapters.postgres.database import DriverConnection
from crypto.domain.page import StoredPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import Reason, Rejection
from crypto.domain.run import Checkpoint

WHOLE_RECORD = ""
"""What stands for the field where the whole record is rejected."""

AT_ONCE = 1000
"""Rejections in one statement: it holds them a second time."""

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
    INSERT INTO rejected_records (page_id, source, received_at, rejected_at, position, field, coin_id, reason,
                                  detail, excerpt)
    SELECT %(page_id)s, %(source)s, %(received_at)s, %(at)s, rejection.*
      FROM unnest(%(positions)s::int[], %(fields)s::text[], %(coin_ids)s::text[], %(reasons)s::text[],
                  %(details)s::text[], %(excerpts)s::text[]) AS rejection
    ON CONFLICT (page_id, position, field) DO UPDATE
       SET coin_id = excluded.coin_id, reason = excluded.reason, detail = excluded.detail,
           excerpt = excluded.excerpt, resolved_at = NULL
"""
UNSEEN = """
    WITH spoken_of AS (
        SELECT coin_id, true AS is_named, false AS was_asked, false AS is_listed, false AS is_unseen
          FROM raw_pages, unnest(coin_ids) AS coin_id
         WHERE source = %(source)s AND sweep_id = %(sweep_id)s
         UNION ALL
        SELECT coin_id, false, true, false, false
          FROM raw_pages, jsonb_array_elements_text(context -> 'asked_for') AS coin_id
         WHERE source = %(source)s AND sweep_id = %(sweep_id)s
         UNION ALL
        SELECT coin_id, false, false, true, unseen_since IS NOT NULL
          FROM latest_crypto_data
         WHERE source = %(source)s
    ), coins AS (
        SELECT coin_id, bool_or(is_named) AS is_named, bool_or(was_asked) AS was_asked,
               bool_or(is_listed) AS is_listed, bool_or(is_unseen) AS is_unseen
          FROM spoken_of
         GROUP BY coin_id
    ), gaps AS (
        SELECT EXISTS (SELECT
                         FROM rejected_records
                         JOIN raw_pages USING (source, received_at, page_id)
                        WHERE raw_pages.source = %(source)s AND raw_pages.sweep_id = %(sweep_id)s
                          AND rejected_records.coin_id IS NULL) AS has_nameless
    )
    UPDATE latest_crypto_data AS latest
       SET unseen_since = CASE WHEN NOT coins.is_named THEN %(at)s::timestamptz END
      FROM coins, gaps
     WHERE latest.source = %(source)s
       AND latest.coin_id = coins.coin_id
       AND coins.is_listed
       AND coins.is_unseen = coins.is_named
       AND (coins.is_named OR (%(whole)s OR coins.was_asked) AND NOT gaps.has_nameless)
"""
"""Every coin is met once, in one aggregate: no membership test whose list may outgrow the memory for it."""


async def open_rejections(
    connection: DriverConnection, stored: StoredPage, rejections: Sequence[Rejection], *, at: datetime
) -> None:
    """Make these the page's open rejections: others of the page healed."""
    page = {
        "page_id": stored.page_id,
        "source": stored.page.source,
        "received_at": stored.page.received_at,
        "at": at,
    }
    await connection.execute(RESOLVE, {**page, **_places(rejections)})
    for start in range(0, len(rejections), AT_ONCE):
        await connection.execute(OPEN, {**page, **_columns(rejections[start : start + AT_ONCE])})


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


async def mark_unseen_coins(connection: DriverConnection, checkpoint: Checkpoint, *, at: datetime) -> None:
    """Mark the coins that no page of the sweep named, and clear those that one did.

    A sweep that has holes may have named any: it marks only coins that were asked for by id. One that has records
    whose coin could not be made out marks none.
    """
    sweep = {"source": checkpoint.source, "sweep_id": checkpoint.sweep_id, "whole": not checkpoint.sweep_holes}
    await connection.execute(UNSEEN, {**sweep, "at": at})
