"""Ask a question on a connection that reads, with its statement prepared."""

from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from psycopg.types.json import Jsonb

from crypto.adapters.postgres.connection.database import DriverConnection

Values = Mapping[str, object]


async def fetch_row(connection: DriverConnection, query: str, values: Values) -> tuple[Any, ...]:
    """The one row of a statement that always has one."""
    row = await (await connection.execute(query.encode(), values, prepare=True)).fetchone()
    assert row is not None  # noqa: S101 - narrows the type for checkers
    return row


async def fetch_rows(connection: DriverConnection, query: str, values: Values) -> Sequence[tuple[Any, ...]]:
    """Every row of a statement, which has few."""
    return await (await connection.execute(query.encode(), values, prepare=True)).fetchall()


async def fetch_first(connection: DriverConnection, query: str, values: Values) -> tuple[Any, ...] | None:
    """The first row of a statement whose text is seldom the same: it is not kept prepared."""
    return await (await connection.execute(query.encode(), values, prepare=False)).fetchone()


def as_intervals(ages: Mapping[str, timedelta]) -> Jsonb:
    """How long a quote of each source is good, as a statement takes it."""
    return Jsonb({source: f"{age.total_seconds():f} seconds" for source, age in ages.items()})
