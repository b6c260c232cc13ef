"""A copy of the table elsewhere, that follows the feed of changes part by part."""

from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec

from crypto.application.ports.queries import CHANGED_FIELDS
from crypto.application.query.list_changes import BEGINNING, ListChanges
from crypto.domain.changes import ChangeFilter
from crypto.domain.market_data import QuoteFilter, Window
from crypto.entrypoints.http.kit.change_answer import ChangeAnswer
from tests.support.stores import Store

Key = tuple[str, str, datetime]
Copy = dict[Key, tuple[object, ...]]
CHANGES = msgspec.json.Decoder(tuple[ChangeAnswer, ...])


class Follower:
    """Applies changes to its copy, and remembers where it stands."""

    def __init__(self, store: Store, wanted: ChangeFilter | None = None, *, since: str = BEGINNING) -> None:
        self._list_changes = ListChanges(reader=store.changes)
        self._wanted = wanted or ChangeFilter()
        self.since = since
        self.copy: Copy = {}
        self.told: list[ChangeAnswer] = []

    async def ask(self, limit: int = 1000) -> bool:
        """One part; whether there is more."""
        page = await self._list_changes(self._wanted, self.since, limit=limit)
        told = CHANGES.decode(page.changes)
        assert len(told) == page.shown <= limit
        self.apply(told)
        self.since = page.next_since
        return page.has_more

    def apply(self, told: tuple[ChangeAnswer, ...]) -> None:
        self.told += told
        for each in told:
            key = each.source, each.coin_id, each.observed_at
            self.copy.pop(key, None)
            if each.quote:
                self.copy[key] = tuple(_exact(getattr(each.quote, name)) for name in CHANGED_FIELDS)

    async def catch_up(self, limit: int = 1000) -> Copy:
        while await self.ask(limit):
            pass
        return self.copy


async def table(store: Store, wanted: QuoteFilter | None = None) -> Copy:
    """What is believed now, as a copy of it has to be."""
    found = await store.reader.find(wanted or QuoteFilter(), Window(limit=100_000))
    return {
        (each.source, each.coin_id, each.observed_at): tuple(
            _exact(getattr(each, name)) for name in CHANGED_FIELDS
        )
        for each in found.quotes
    }


def _exact(value: Any) -> object:
    return value.normalize() if isinstance(value, Decimal) else value
