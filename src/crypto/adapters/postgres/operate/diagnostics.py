"""Look at the database as a whole: its server, its tables, its clock, and who holds which source."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import TextClause, text

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.ingest.source_lock import LOCK_CLASS, lock_key
from crypto.adapters.postgres.schema.migrate import MigrationState
from crypto.application.ports import DatabaseFacts, Hold
from crypto.domain.feed import Feed

SERVER = text("""
    SELECT current_setting('server_version') AS version,
           current_setting('server_version_num')::int / 10000 AS major,
           current_setting('server_encoding') AS encoding,
           pg_is_in_recovery() AS is_replica,
           CASE WHEN pg_last_wal_receive_lsn() IS DISTINCT FROM pg_last_wal_replay_lsn()
                THEN clock_timestamp() - pg_last_xact_replay_timestamp()
            END AS lag,
           pg_database_size(current_database()) AS size,
           to_regclass('alembic_version') IS NOT NULL AS has_revision
""")
REVISION = text("SELECT version_num FROM alembic_version")
SIZES = text("""
    SELECT root.relname AS name, sum(pg_total_relation_size(part.oid))::bigint AS size
      FROM pg_class AS part
      JOIN pg_class AS root ON root.oid = coalesce(pg_partition_root(part.oid), part.oid)
     WHERE part.relkind = 'r' AND part.relnamespace = current_schema()::regnamespace
     GROUP BY root.relname
     ORDER BY size DESC, name
""")
NOW = text("SELECT clock_timestamp()")
HOLDS = text("""
    SELECT wanted.source, wanted.feed, runs.run_id, coalesce(runs.started_at, activity.backend_start) AS since,
           activity.application_name AS holder,
           coalesce(activity.client_hostname, host(activity.client_addr)) AS host
      FROM unnest(CAST(:sources AS text[]), CAST(:feeds AS text[]), CAST(:keys AS bigint[]))
           AS wanted (source, feed, key)
      LEFT JOIN (pg_locks AS lock JOIN pg_stat_activity AS activity USING (pid))
             ON lock.locktype = 'advisory' AND lock.granted AND lock.objsubid = 2
            AND lock.database = (SELECT oid FROM pg_database WHERE datname = current_database())
            AND lock.classid = :class AND lock.objid = wanted.key
      LEFT JOIN runs ON runs.source = wanted.source AND runs.feed = wanted.feed AND runs.status = 'running'
     WHERE activity.pid IS NOT NULL OR runs.run_id IS NOT NULL
     ORDER BY wanted.source, wanted.feed
""")
HERE = "this machine"


class PostgresDiagnostics:
    """Reads what PostgreSQL's catalogue says of the server, the tables and the locks."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def facts(self) -> DatabaseFacts:
        """What the server says of itself and this database."""
        async with self._database.connection() as connection:
            server: dict[str, Any] = dict((await connection.execute(SERVER)).mappings().one())
            has_revision = server.pop("has_revision")
            revision = (await connection.execute(REVISION)).scalar() if has_revision else None
            sizes = await connection.execute(SIZES)
            found = MigrationState(current=revision)
            return DatabaseFacts(
                **server,
                tables=found.state,
                revision=found.current,
                needed_revision=found.head,
                sizes={row.name: row.size for row in sizes},
            )

    async def now(self) -> datetime:
        """The present moment by the server's clock, aware and in UTC."""
        return await self._one(NOW)

    async def holds(self, sources: Sequence[str]) -> Sequence[Hold]:
        """Who holds them, by PostgreSQL's own list of locks."""
        feeds = [Feed.called(each) for each in sources]
        wanted = {
            "sources": [each.source for each in feeds],
            "feeds": [each.name for each in feeds],
            "keys": [lock_key(each) for each in feeds],
            "class": LOCK_CLASS,
        }
        async with self._database.connection() as connection:
            rows = (await connection.execute(HOLDS, wanted)).all()
        return [
            Hold(
                source=str(Feed(source=row.source, name=row.feed)),
                run_id=row.run_id,
                since=row.since,
                process=row.holder and f"process {row.holder.rpartition(':')[2]}",
                host=row.holder and (row.host or HERE),
            )
            for row in rows
        ]

    async def _one(self, question: TextClause) -> datetime:
        async with self._database.connection() as connection:
            answer: datetime = (await connection.execute(question)).scalar_one()
            return answer
