"""The run log and what it says of each source."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.connection.fetching import fetch_row, fetch_rows
from crypto.adapters.postgres.schema.rows import RUN, run_of
from crypto.application.ports import SourceRecord
from crypto.domain.feed import Feed
from crypto.domain.run import Run

_COLUMNS = ", ".join(f"run.{name}" for name in RUN)
_OF_SOURCE = "(%(source)s::text IS NULL OR source = %(source)s)"

LAST_INGESTS = f"""
    SELECT {_COLUMNS}
      FROM checkpoints
     CROSS JOIN LATERAL (SELECT *
                           FROM runs
                          WHERE runs.source = checkpoints.source AND runs.feed = checkpoints.feed
                            AND runs.kind = 'ingest'
                          ORDER BY run_id DESC
                          LIMIT 1) AS run
"""
PART = f"""
    SELECT {_COLUMNS}
      FROM runs AS run
     WHERE {_OF_SOURCE}
     ORDER BY run_id DESC
     LIMIT %(limit)s OFFSET %(offset)s
"""
TOTAL = f"SELECT coalesce(sum(epoch), 0)::bigint FROM checkpoints WHERE {_OF_SOURCE}"
"""Each claim raises the epoch and begins a run: so many runs there are."""

RECORD = (
    *("source", "feed", "last_success_at", "last_failure_at", "coins", "unseen_coins", "below_coins"),
    *("newest_observed_at", "frozen_since", "open_rejections"),
)
SOURCES = """
    SELECT source, feed,
           (SELECT max(finished_at) FROM runs
             WHERE runs.source = checkpoints.source AND runs.feed = checkpoints.feed
               AND kind = 'ingest' AND status = 'success') AS last_success_at,
           (SELECT max(finished_at) FROM runs
             WHERE runs.source = checkpoints.source AND runs.feed = checkpoints.feed
               AND kind = 'ingest' AND status = 'failure') AS last_failure_at,
           CASE WHEN feed <> 'prices' THEN 0
                ELSE (SELECT sum(of_feed.coins)::bigint FROM checkpoints AS of_feed
                       WHERE of_feed.source = checkpoints.source) END AS coins,
           unseen_coins, below_coins, newest_observed_at,
           CASE WHEN newest_observed_at <= frozen_since THEN frozen_since END AS frozen_since,
           open_rejections
      FROM checkpoints
     CROSS JOIN LATERAL (SELECT count(unseen_since) AS unseen_coins, count(below_since) AS below_coins
                           FROM latest_crypto_data AS marked
                          WHERE marked.source = checkpoints.source
                            AND (unseen_since IS NOT NULL OR below_since IS NOT NULL)
                            AND checkpoints.feed = 'prices') AS marked
      LEFT JOIN LATERAL (SELECT observed_at AS newest_observed_at
                           FROM unified_crypto_data AS newest
                          WHERE newest.source = checkpoints.source
                            AND checkpoints.feed = 'prices'
                          ORDER BY observed_at DESC
                          LIMIT 1) AS newest ON true
"""
TOTAL_RECORDS = """
    SELECT CASE WHEN bool_and(counted_version = version) THEN sum(quotes)
                ELSE (SELECT count(*) FROM unified_crypto_data) END::bigint
      FROM checkpoints
"""
STALE_COINS = """
    SELECT latest.source, count(*) AS coins
      FROM latest_crypto_data AS latest
      JOIN unnest(%(sources)s::text[], %(moments)s::timestamptz[]) AS bound (source, oldest)
        ON latest.source = bound.source AND latest.observed_at < bound.oldest
     GROUP BY latest.source
"""


class PostgresRunLog:
    """Reads the run log from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(self, *, source: str | None, limit: int, offset: int) -> tuple[Sequence[Run], int]:
        """Runs, newest first, and how many there are."""
        part = {"source": source, "limit": limit, "offset": offset}
        async with self._database.reading() as connection, connection.transaction():
            rows = await fetch_rows(connection, PART, part)
            (total,) = await fetch_row(connection, TOTAL, part)
        return [run_of(row) for row in rows], total

    async def source_records(self) -> Mapping[str, SourceRecord]:
        """What is known of each feed that was ever ingested, by its name as people write it."""
        async with self._database.reading() as connection, connection.transaction():
            last = [run_of(row) for row in await fetch_rows(connection, LAST_INGESTS, {})]
            rows = await fetch_rows(connection, SOURCES, {})
        last_run = {run.of: run for run in last}
        known = [dict(zip(RECORD, row, strict=True)) for row in rows]
        records = [SourceRecord(last_run=last_run.get(_feed(each)), **each) for each in known]
        return {str(each.of): each for each in records}

    async def stale_coins(self, oldest: Mapping[str, datetime]) -> Mapping[str, int]:
        """How many coins of each are older; a source without any is left out."""
        bounds = {"sources": list(oldest), "moments": list(oldest.values())}
        async with self._database.reading() as connection:
            return dict(await fetch_rows(connection, STALE_COINS, bounds))

    async def total_records(self) -> int:
        """The number of quotes that are believed now, of all sources."""
        async with self._database.reading() as connection:
            (total,) = await fetch_row(connection, TOTAL_RECORDS, {})
        return total or 0


def _feed(row: Mapping[str, Any]) -> Feed:
    return Feed(source=row["source"], name=row["feed"])
