"""Whether the database answers, and has the tables this program needs."""

import asyncio
from datetime import timedelta

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.connection.fetching import fetch_row
from crypto.adapters.postgres.schema.migrations import HEAD, REVISIONS
from crypto.application.errors import StoreUnavailable

PING_SECONDS = 1.0
STATE = """
    SELECT max(version_num),
           CASE
               WHEN NOT pg_is_in_recovery() THEN NULL
               WHEN pg_last_wal_receive_lsn() IS NOT DISTINCT FROM pg_last_wal_replay_lsn()
                    AND EXISTS (SELECT FROM pg_stat_wal_receiver WHERE pid IS NOT NULL) THEN interval '0'
               ELSE greatest(clock_timestamp()
                             - coalesce(pg_last_xact_replay_timestamp(), pg_postmaster_start_time()),
                             interval '0')
           END
      FROM alembic_version
"""
"""The second column: how far a replica is behind at most. One that receives nothing may have missed all that was
written since its last transaction, even if it has replayed what it got."""


class PostgresHealth:
    """Asks the database something small, to see that it can be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ping(self) -> timedelta | None:
        """Ask which revision its tables are of and how old they are; wait at most a second for the answer."""
        try:
            async with asyncio.timeout(PING_SECONDS), self._database.reading() as connection:
                revision, lag = await fetch_row(connection, STATE, {})
        except TimeoutError as error:
            raise StoreUnavailable(f"the database did not answer within {PING_SECONDS:.0f} s") from error
        if revision != HEAD:
            remedy = "run `crypto db upgrade`" if revision in (None, *REVISIONS) else "upgrade this program"
            raise StoreUnavailable(f"the database is at revision {revision}, this program needs {HEAD}; {remedy}")
        found: timedelta | None = lag
        return found
