"""Coins that a sweep did not name: no longer given by their source, or below the pages read of its list."""

from datetime import datetime

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.domain.run import Checkpoint

MARK = """
    WITH spoken_of AS (
        SELECT coin_id, true AS is_named, NOT context ? 'asked_for' AS is_listed, false AS was_asked,
               false AS is_known
          FROM raw_pages, unnest(coin_ids) AS coin_id
         WHERE source = %(source)s AND sweep_id = %(sweep_id)s
         UNION ALL
        SELECT coin_id, false, false, true, false
          FROM raw_pages, jsonb_array_elements_text(context -> 'asked_for') AS coin_id
         WHERE source = %(source)s AND sweep_id = %(sweep_id)s
         UNION ALL
        SELECT coin_id, false, false, false, true
          FROM latest_crypto_data
         WHERE source = %(source)s
    ), coins AS (
        SELECT coin_id, bool_or(is_named) AS is_named, bool_or(is_listed) AS is_listed,
               bool_or(was_asked) AS was_asked
          FROM spoken_of
         GROUP BY coin_id
        HAVING bool_or(is_known)
    ), gaps AS (
        SELECT EXISTS (SELECT
                         FROM rejected_records
                         JOIN raw_pages USING (source, received_at, page_id)
                        WHERE raw_pages.source = %(source)s AND raw_pages.sweep_id = %(sweep_id)s
                          AND rejected_records.coin_id IS NULL) AS has_nameless
    ), sure AS (
        SELECT coin_id, is_named, is_listed, was_asked,
               %(whole)s AND (is_named OR NOT has_nameless) AS is_below_or_gone,
               NOT is_named AND NOT has_nameless AND (was_asked OR %(whole)s AND NOT %(cut)s) AS is_gone
          FROM coins, gaps
    ), marks AS (
        SELECT latest.coin_id, is_listed, is_below_or_gone, latest.below_since,
               CASE WHEN was_asked THEN %(at)s::timestamptz ELSE latest.asked_at END AS asked_at,
               CASE WHEN is_named THEN NULL
                    WHEN is_gone THEN coalesce(latest.unseen_since, %(at)s::timestamptz)
                    ELSE latest.unseen_since END AS unseen_since
          FROM latest_crypto_data AS latest
          JOIN sure ON sure.coin_id = latest.coin_id
         WHERE latest.source = %(source)s
        OFFSET 0
    ), marked AS (
        SELECT coin_id, asked_at, unseen_since,
               CASE WHEN is_listed OR unseen_since IS NOT NULL THEN NULL
                    WHEN NOT is_below_or_gone THEN below_since
                    WHEN %(cut)s THEN coalesce(below_since, %(at)s::timestamptz) END AS below_since
          FROM marks
    )
    UPDATE latest_crypto_data AS latest
       SET unseen_since = marked.unseen_since, below_since = marked.below_since, asked_at = marked.asked_at
      FROM marked
     WHERE latest.source = %(source)s
       AND latest.coin_id = marked.coin_id
       AND (latest.unseen_since, latest.below_since, latest.asked_at)
           IS DISTINCT FROM (marked.unseen_since, marked.below_since, marked.asked_at)
"""
"""Every coin is met once, in one aggregate: no membership test whose list may outgrow the memory for it."""


async def mark_unseen_coins(
    connection: DriverConnection, checkpoint: Checkpoint, *, at: datetime, cut: bool
) -> int:
    """Mark the coins that no page of the sweep named, and clear those that one did; gives how many it changed.

    A sweep whose list is cut, or that has holes, may have named any: it calls only coins unseen that were asked
    for by id. One that has records whose coin could not be made out calls none so.
    """
    sweep = {"source": checkpoint.source, "sweep_id": checkpoint.sweep_id, "whole": not checkpoint.sweep_holes}
    marked = await connection.execute(MARK, {**sweep, "cut": cut, "at": at})
    return marked.rowcount
