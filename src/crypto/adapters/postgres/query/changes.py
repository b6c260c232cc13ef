"""What changed in the stored quotes: from the log of changes, in the order of commits, of one snapshot a part."""

from collections.abc import Mapping
from typing import Protocol

from crypto.adapters.postgres.connection.database import Database, DriverConnection
from crypto.adapters.postgres.connection.fetching import fetch_row, fetch_rows
from crypto.adapters.postgres.query.change_list import LAST, LOG, changed_text, listed_text
from crypto.domain.changes import ChangeFilter, ChangesJson, FeedPlace

OF_CHANGE: tuple[str, ...] = ("version", "page_id", "ingested_at")
MOST_LOGGED = 64
"""Changes that one part looks through at most, as few of them may be of the coins that are wanted."""


class PostgresChanges:
    """Reads changes from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def feed_place(self, wanted: ChangeFilter, *, from_beginning: bool) -> FeedPlace:
        """The place after all that changed until now; or the one before all quotes that are believed."""
        async with self._database.reading() as connection:
            last, _ = await _last(connection, wanted)
        return FeedPlace(seen=last, is_listing=from_beginning)

    async def changes_json(self, wanted: ChangeFilter, after: FeedPlace, *, limit: int) -> ChangesJson | None:
        """Up to `limit` changes after a place; None where the store never was at that place."""
        async with self._database.reading() as connection, connection.transaction():
            last, is_replica = await _last(connection, wanted)
            if any(number > last.get(source, 0) for source, number in after.seen.items()):
                behind = ChangesJson(changes=b"[]", shown=0, place=after, has_more=False)
                return behind if is_replica else None  # a replica has it in a moment
            return await _Part(connection, wanted, last, limit=limit).after(after)


async def _last(connection: DriverConnection, wanted: ChangeFilter) -> tuple[dict[str, int], bool]:
    """The last change of each source that is wanted, and whether the server is a replica."""
    rows = await fetch_rows(connection, LAST, {"source": wanted.source})
    return {source: number for source, number, _ in rows}, any(is_replica for _, _, is_replica in rows)


class _Text(Protocol):
    """Makes a statement's text."""

    def __call__(self, *, coins: bool, rest: bool) -> str: ...


class _Part:
    """A part of the feed as it is put together, inside one transaction: `room` is left in it."""

    def __init__(
        self, connection: DriverConnection, wanted: ChangeFilter, last: Mapping[str, int], *, limit: int
    ) -> None:
        self._connection = connection
        self._coins = bool(wanted.coin_ids)
        self._coin_ids = list(dict.fromkeys(wanted.coin_ids))
        self._last = last
        self._limit = self._room = limit
        self._found: list[bytes] = []

    async def after(self, place: FeedPlace) -> ChangesJson:
        """The changes after a place, as far as there is room."""
        place = await self._listed(place) if place.is_listing else place
        place = place if place.is_listing else await self._logged(place)
        behind = any(number > place.seen.get(source, 0) for source, number in self._last.items())
        return ChangesJson(
            changes=b"[" + b",".join(self._found) + b"]",
            shown=self._limit - self._room,
            place=place,
            has_more=behind or not place.is_between,
        )

    async def _listed(self, place: FeedPlace) -> FeedPlace:
        """The list of all quotes, source by source; then the reader stands where it was when the list began."""
        for source in sorted(each for each in place.seen if each >= place.source):
            at = place if source == place.source else FeedPlace(place.seen, is_listing=True, source=source)
            if stopped := await self._take(listed_text, at, {}):
                return stopped
        return FeedPlace(place.seen)

    async def _logged(self, place: FeedPlace) -> FeedPlace:
        """The changes of each source by its log."""
        left = MOST_LOGGED
        for source in sorted(self._last, key=lambda each: (each != place.source, each)):
            from_change = {"source": source, "change": place.seen.get(source, 0), "limit": left}
            for change, *row in await fetch_rows(self._connection, LOG, from_change):
                at = place if source == place.source else FeedPlace(place.seen, source=source)
                of_change: dict[str, object] = dict(zip(OF_CHANGE, row, strict=True))
                if stopped := await self._take(changed_text, at, of_change):
                    return stopped
                place = FeedPlace({**place.seen, source: change})
                left -= 1
            if not left:
                break
        return place

    async def _take(self, text: _Text, at: FeedPlace, of_change: Mapping[str, object]) -> FeedPlace | None:
        """Take what comes after a place in a list or a change; where to stop, if there is more than room."""
        if not self._room:
            return at
        rest = at.observed_at is not None
        values = {
            "source": at.source,
            "coin_ids": self._coin_ids,
            "after_observed_at": at.observed_at,
            "after_coin_id": at.coin_id,
            "size": self._room,
            "limit": self._room + 1,
            **of_change,
        }
        query = text(coins=self._coins, rest=rest)
        changes, found, observed_at, coin_id = await fetch_row(self._connection, query, values)
        if changes:
            self._found.append(changes.encode())
        if found > self._room:
            self._room = 0
            return at._replace(observed_at=observed_at, coin_id=coin_id)
        self._room -= found
        return None
