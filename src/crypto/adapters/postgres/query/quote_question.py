"""One question about a list of quotes: which statements answer it, and in which order they are asked."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from msgspec.structs import replace

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.connection.fetching import as_intervals, fetch_row
from crypto.adapters.postgres.query.conditions import asked, values_of
from crypto.adapters.postgres.query.json_list import at_most
from crypto.adapters.postgres.query.quote_list import page_text, whole
from crypto.adapters.postgres.query.quote_place import COUNTED_BY, key_before
from crypto.adapters.postgres.query.quote_total import COSTLY, UNKNOWN, counted, total_of
from crypto.domain.market_data import Count, QuoteFilter, QuoteJson, QuoteKey, Window

BY_THESE_VALUES = "SET LOCAL plan_cache_mode = force_custom_plan"
"""How many rows are in a range decides what is quick."""

THE_END = QuoteKey(datetime.min.replace(tzinfo=UTC), "", "")
"""A key that no quote comes after."""


class QuoteQuestion:
    """Part of a list of quotes: what is wanted, which part, and what is shown of each quote."""

    def __init__(
        self,
        wanted: QuoteFilter,
        window: Window[QuoteKey],
        *,
        fields: tuple[str, ...],
        max_ages: Mapping[str, timedelta],
    ) -> None:
        self._window = window
        self._fields = fields
        self._names = asked(wanted)
        self._values = {**values_of(wanted), "max_ages": as_intervals(max_ages), "size": window.limit}
        self._total = UNKNOWN if window.count is Count.NONE else total_of(self._names)

    async def answer(self, connection: DriverConnection) -> QuoteJson[QuoteKey]:
        """The answer, of one snapshot: one statement where that is enough."""
        is_costly = bool(set(self._names) & COSTLY)
        if not self._window.offset and not is_costly:
            found = await self._page(connection, self._window.after)
            if self._is_told(found):
                return found
        async with connection.transaction():
            if is_costly:
                await connection.execute(BY_THESE_VALUES)
            found = await self._page(connection, self._window.after or await self._key_before(connection))
            return found if self._is_told(found) else await self._counted(connection, found)

    def _is_told(self, found: QuoteJson[QuoteKey]) -> bool:
        return found.total is not None or self._window.count is Count.NONE

    async def _page(self, connection: DriverConnection, after: QuoteKey | None) -> QuoteJson[QuoteKey]:
        row = await fetch_row(connection, self._text(after), self._values | _as_values(after))
        quotes, found, *key, version, is_counted, _, _, total = row
        is_true = is_counted or not self._is_by_counters
        return QuoteJson(
            quotes=(quotes or "[]").encode(),
            shown=min(found, self._window.limit),
            next_after=QuoteKey(*key) if found > self._window.limit else None,
            version=version,
            total=total if is_true else None,
            count=Count.NONE if self._window.count is Count.NONE else Count.EXACT,
        )

    def _text(self, after: QuoteKey | None) -> str:
        most = at_most(self._window.limit)
        return page_text(self._names, self._fields, most=most, after=after is not None, total=self._total)

    @property
    def _is_by_counters(self) -> bool:
        return not set(self._names) - COUNTED_BY

    async def _key_before(self, connection: DriverConnection) -> QuoteKey | None:
        """The key before the page; one that ends the list, when it has not so many quotes."""
        if not self._window.offset:
            return None
        _, is_counted, *_ = await fetch_row(connection, whole(self._names), self._values)
        offset = self._window.offset
        key = await key_before(connection, self._names, self._values, offset=offset, counted=is_counted)
        return key or THE_END

    async def _counted(self, connection: DriverConnection, found: QuoteJson[QuoteKey]) -> QuoteJson[QuoteKey]:
        total, count = await counted(connection, self._names, self._values, self._window.count)
        return replace(found, total=total, count=count)


def _as_values(after: QuoteKey | None) -> dict[str, Any]:
    return {f"after_{name}": value for name, value in after._asdict().items()} if after else {}
