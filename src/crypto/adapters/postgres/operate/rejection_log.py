"""The records that are not believed, as they are stored."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import RowMapping, func, select

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.schema.tables import rejected_records
from crypto.domain.rejection import OpenRejection, Reason

COLUMNS = tuple(rejected_records.c[name] for name in OpenRejection.__struct_fields__)
LAST_FIRST = tuple(rejected_records.c[name].desc() for name in ("received_at", "page_id", "position", "field"))


class PostgresRejectionLog:
    """Reads the records that are not believed from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rejections(
        self, *, source: str | None, limit: int, offset: int
    ) -> tuple[Sequence[OpenRejection], int]:
        """Open ones, those that arrived last first, and how many there are."""
        of_source = [] if source is None else [rejected_records.c.source == source]
        wanted = (rejected_records.c.resolved_at.is_(None), *of_source)
        part = select(*COLUMNS).where(*wanted).order_by(*LAST_FIRST).limit(limit).offset(offset)
        whole = select(func.count()).select_from(rejected_records).where(*wanted)
        async with self._database.connection() as connection:
            total = (await connection.execute(whole)).scalar_one()
            rows = (await connection.execute(part)).mappings().all()
        return [_rejection(row) for row in rows], total


def _rejection(row: RowMapping) -> OpenRejection:
    named: dict[str, Any] = {**row}
    reason, field = Reason(named.pop("reason")), named.pop("field") or None
    return OpenRejection(reason=reason, field=field, **named)
