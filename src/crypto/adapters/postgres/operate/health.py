"""Whether the database answers, and has the tables this program needs."""

import asyncio

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.connection.fetching import fetch_row
from crypto.adapters.postgres.schema.migrations import HEAD, REVISIONS
from crypto.application.errors import StoreUnavailable

PING_SECONDS = 1.0
REVISION = "SELECT max(version_num) FROM alembic_version"


class PostgresHealth:
    """Asks the database something small, to see that it can be used."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def ping(self) -> None:
        """Ask which revision its tables are of, and wait at most a second for the answer."""
        try:
            async with asyncio.timeout(PING_SECONDS), self._database.reading() as connection:
                (revision,) = await fetch_row(connection, REVISION, {})
        except TimeoutError as error:
            raise StoreUnavailable(f"the database did not answer within {PING_SECONDS:.0f} s") from error
        if revision != HEAD:
            remedy = "run `crypto db upgrade`" if revision in (None, *REVISIONS) else "upgrade this program"
            raise StoreUnavailable(f"the database is at revision {revision}, this program needs {HEAD}; {remedy}")
