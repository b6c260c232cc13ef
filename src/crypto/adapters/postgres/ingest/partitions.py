"""Room for pages and quotes: one partition a month, one a year for what is old, made before it is needed."""

import re
from collections.abc import Iterable
from datetime import UTC, datetime

from psycopg import sql
from psycopg.errors import LockNotAvailable
from tenacity import retry, retry_if_exception_type, stop_after_attempt, wait_random_exponential

from crypto.adapters.postgres.connection.database import Database, DriverConnection

MONTHLY_YEARS = 2
"""From the year this many before the present one on, partitions are months."""

LOCK = (0x63727970, 2)
"""The advisory lock (class, key) under which partitions are made."""

MAKING_SECONDS = 30.0

CHILDREN = """
    SELECT child.relname
      FROM pg_inherits
      JOIN pg_class AS child ON child.oid = inhrelid
     WHERE inhparent = %s::regclass
"""


class Partitions:
    """Makes the partitions of a table that are missing; remembers those that are there."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._known: dict[str, set[str]] = {}

    async def ensure(self, table: str, moments: Iterable[datetime], *, now: datetime) -> None:
        """Room in `table`, partitioned by a time, for each of the moments.

        :raises psycopg.Error: when the database refuses.
        """
        months = {(moment.year, moment.month) for moment in (each.astimezone(UTC) for each in moments)}
        if _missing(table, months, self._known.get(table, set()), now):
            await self._make(table, months, now)

    @retry(
        retry=retry_if_exception_type(LockNotAvailable),
        stop=stop_after_attempt(10),
        wait=wait_random_exponential(0.1, max=2),
        reraise=True,
    )
    async def _make(self, table: str, months: set[tuple[int, int]], now: datetime) -> None:
        async with self._database.driver_connection(MAKING_SECONDS) as connection, connection.transaction():
            await connection.execute("SET LOCAL lock_timeout = '2s'")
            await connection.execute("SELECT pg_advisory_xact_lock(%s, %s)", LOCK)
            existing = await _children(connection, table)
            for name in sorted(_missing(table, months, existing, now)):
                await _attach(connection, table, name)
            children = await _children(connection, table)
        self._known[table] = children


async def _children(connection: DriverConnection, table: str) -> set[str]:
    rows = await (await connection.execute(CHILDREN, [table])).fetchall()
    return {row[0] for row in rows}


def _missing(table: str, months: set[tuple[int, int]], existing: set[str], now: datetime) -> set[str]:
    return {name for name in (_partition(table, month, existing, now) for month in months) if name not in existing}


def _partition(table: str, month: tuple[int, int], existing: set[str], now: datetime) -> str:
    """The name of a month's partition: its year's where that is there, or the year is old and has no months."""
    of_year, of_month = f"{table}_{month[0]}", f"{table}_{month[0]}_{month[1]:02}"
    has_months = any(name.startswith(f"{of_year}_") for name in existing)
    is_old = month[0] < now.year - MONTHLY_YEARS
    return of_year if of_year in existing or (is_old and not has_months) else of_month


async def _attach(connection: DriverConnection, table: str, name: str) -> None:
    """As a table of its own first, then attached: readers and writers of the parent never wait for it."""
    start, end = _bounds(name)
    parent, child = sql.Identifier(table), sql.Identifier(name)
    await connection.execute(sql.SQL("CREATE TABLE {} (LIKE {} INCLUDING ALL)").format(child, parent))
    attach = "ALTER TABLE {} ATTACH PARTITION {} FOR VALUES FROM ({}) TO ({})"
    await connection.execute(sql.SQL(attach).format(parent, child, start, end))


def _bounds(name: str) -> tuple[sql.Literal, sql.Literal]:
    """The first instant of a partition and the first after it, from its name."""
    found = re.search(r"_(\d{4})(?:_(\d{2}))?$", name)
    if found is None:
        raise ValueError(f"{name} is not the name of a partition")
    year, month = int(found[1]), int(found[2] or 1)
    start = datetime(year, month, 1, tzinfo=UTC)
    ends_year = found[2] is None or month == 12
    end = datetime(year + 1, 1, 1, tzinfo=UTC) if ends_year else datetime(year, month + 1, 1, tzinfo=UTC)
    return sql.Literal(start.isoformat()), sql.Literal(end.isoformat())
