"""The run log and what it says of each source."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from sqlalchemy import RowMapping, func, select, text

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.schema.rows import RUN, run_of
from crypto.adapters.postgres.schema.tables import runs, unified
from crypto.application.ports import SourceRecord
from crypto.domain.feed import Feed
from crypto.domain.run import Run

_LAST_OF_EACH = select(func.max(runs.c.run_id)).where(runs.c.kind == "ingest").group_by(runs.c.source, runs.c.feed)
LAST_INGESTS = select(*(runs.c[name] for name in RUN)).where(runs.c.run_id.in_(_LAST_OF_EACH))
SOURCES = text("""
    SELECT source, feed,
           (SELECT max(finished_at) FROM runs
             WHERE runs.source = checkpoints.source AND runs.feed = checkpoints.feed
               AND kind = 'ingest' AND status = 'success') AS last_success_at,
           (SELECT max(finished_at) FROM runs
             WHERE runs.source = checkpoints.source AND runs.feed = checkpoints.feed
               AND kind = 'ingest' AND status = 'failure') AS last_failure_at,
           coins, unseen_coins, below_coins, newest_observed_at,
           CASE WHEN newest_observed_at <= frozen_since THEN frozen_since END AS frozen_since,
           (SELECT count(*) FROM rejected_records
             WHERE rejected_records.source = checkpoints.source AND rejected_records.feed = checkpoints.feed
               AND resolved_at IS NULL) AS open_rejections
      FROM checkpoints
     CROSS JOIN LATERAL (SELECT count(*) AS coins, count(unseen_since) AS unseen_coins,
                                count(below_since) AS below_coins,
                                max(observed_at) AS newest_observed_at
                           FROM latest_crypto_data
                          WHERE latest_crypto_data.source = checkpoints.source
                            AND checkpoints.feed = 'prices') AS latest
""")
STALE_COINS = text("""
    SELECT latest.source, count(*) AS coins
      FROM latest_crypto_data AS latest
      JOIN unnest(CAST(:sources AS text[]), CAST(:moments AS timestamptz[])) AS bound (source, oldest)
        ON latest.source = bound.source AND latest.observed_at < bound.oldest
     GROUP BY latest.source
""")


class PostgresRunLog:
    """Reads the run log from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def runs(self, *, source: str | None, limit: int, offset: int) -> tuple[Sequence[Run], int]:
        """Runs, newest first, and how many there are."""
        of_source = [] if source is None else [runs.c.source == source]
        part = select(*(runs.c[name] for name in RUN)).where(*of_source)
        whole = select(func.count()).select_from(runs).where(*of_source)
        async with self._database.connection() as connection:
            total = (await connection.execute(whole)).scalar_one()
            rows = await connection.execute(part.order_by(runs.c.run_id.desc()).limit(limit).offset(offset))
        return [run_of(tuple(row)) for row in rows], total

    async def source_records(self) -> Mapping[str, SourceRecord]:
        """What is known of each feed that was ever ingested, by its name as people write it."""
        async with self._database.connection() as connection:
            last = [run_of(tuple(row)) for row in await connection.execute(LAST_INGESTS)]
            rows = (await connection.execute(SOURCES)).mappings().all()
        last_run = {run.of: run for run in last}
        records = [SourceRecord(last_run=last_run.get(_feed(row)), **row) for row in rows]
        return {str(each.of): each for each in records}

    async def stale_coins(self, oldest: Mapping[str, datetime]) -> Mapping[str, int]:
        """How many coins of each are older; a source without any is left out."""
        bounds = {"sources": list(oldest), "moments": list(oldest.values())}
        async with self._database.connection() as connection:
            rows = (await connection.execute(STALE_COINS, bounds)).all()
        return {row.source: row.coins for row in rows}

    async def total_records(self) -> int:
        """The number of quotes that are believed now, of all sources."""
        async with self._database.connection() as connection:
            counted = await connection.execute(select(func.count()).select_from(unified))
        return counted.scalar_one()


def _feed(row: RowMapping) -> Feed:
    return Feed(source=row["source"], name=row["feed"])
