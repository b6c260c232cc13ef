"""What is on record of schema drift."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, select

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.schema.tables import schema_drift
from crypto.domain.schema_drift import FieldType, NotedDrift

NOTED = select(*(schema_drift.c[name] for name in NotedDrift.__struct_fields__)).order_by(
    schema_drift.c.source, schema_drift.c.path, schema_drift.c.type.collate("C")
)


class PostgresSchemaDriftLog:
    """Reads the schema drift that is on record from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def drift(self) -> Sequence[NotedDrift]:
        """All schema drift that is on record, sorted by source and path."""
        async with self._database.connection() as connection:
            rows = (await connection.execute(NOTED)).mappings().all()
        return [_seen(row) for row in rows]


def _seen(row: RowMapping) -> NotedDrift:
    named: dict[str, Any] = {**row}
    return NotedDrift(type=FieldType(named.pop("type")), **named)
