"""The records that are not believed, as they are stored."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import RowMapping, TextClause, text

from crypto.adapters.postgres.connection.database import Database
from crypto.domain.market_data import Window
from crypto.domain.rejection import Reason, RejectionFilter, RejectionKey, StoredRejection

COLUMNS = ", ".join(StoredRejection.__struct_fields__)
KEY = RejectionKey._fields
AFTER = f"({', '.join(KEY)}) < ({', '.join(f':after_{name}' for name in KEY)})"
LAST_FIRST = ", ".join(f"{name} DESC" for name in KEY)
COMPARED = ("source", "feed", "reason", "coin_id")
"""The columns that a filter compares, where it says something of them."""


class PostgresRejectionLog:
    """Reads the records that are not believed from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rejections(
        self, wanted: RejectionFilter, window: Window[RejectionKey], *, count_to: int
    ) -> tuple[Sequence[StoredRejection], int]:
        """The part of the list, and how long the list is: no more rows than `count_to` are counted."""
        values = {name: value for name in COMPARED if (value := getattr(wanted, name)) is not None}
        conditions = (_STATES[wanted.is_resolved], *(f"{name} = :{name}" for name in values))
        after = {f"after_{name}": value for name, value in zip(KEY, window.after or (), strict=False)}
        part = _part(*conditions, *([AFTER] if after else []))
        bounds = {"limit": window.limit, "offset": window.offset, **after}
        async with self._database.connection() as connection:
            counted = await connection.execute(_count(*conditions), {**values, "count_to": count_to})
            rows = (await connection.execute(part, {**values, **bounds})).mappings().all()
            return [_rejection(row) for row in rows], counted.scalar_one()


_STATES = {False: "resolved_at IS NULL", True: "resolved_at IS NOT NULL"}


@cache
def _part(*conditions: str) -> TextClause:
    return text(f"""
        SELECT {COLUMNS}
          FROM rejected_records
         WHERE {" AND ".join(conditions)}
         ORDER BY {LAST_FIRST}
         LIMIT :limit OFFSET :offset
    """)


@cache
def _count(*conditions: str) -> TextClause:
    return text(f"""
        SELECT count(*)
          FROM (SELECT FROM rejected_records WHERE {" AND ".join(conditions)} LIMIT :count_to) AS counted
    """)


def _rejection(row: RowMapping) -> StoredRejection:
    named: dict[str, Any] = {**row}
    reason, field = Reason(named.pop("reason")), named.pop("field") or None
    return StoredRejection(reason=reason, field=field, **named)
