"""List what changed in the stored quotes since a place: applied in order, a copy elsewhere equals the table."""

from msgspec import Struct

from crypto.application.errors import InvalidCursor, OutOfBounds
from crypto.application.ports import ChangeReader
from crypto.application.query.list_cursor import cursor_after, key_of
from crypto.application.query.quote_page import check_text
from crypto.domain.changes import ChangeFilter, FeedPlace

BEGINNING = "beginning"
"""Before all quotes that are believed now: they come first, then what changes."""

NOW = "now"
"""After all that changed until now."""

DEFAULT_LIMIT = 1000
MOST_CHANGES = 10_000


class ChangesPage(Struct, frozen=True, kw_only=True):
    """Some changes as a JSON array, `shown` of them, and where to go on; at once, if it `has_more`."""

    changes: bytes
    shown: int
    next_since: str
    has_more: bool


class ListChanges:
    """Reads changes."""

    def __init__(self, *, reader: ChangeReader) -> None:
        self._reader = reader

    async def __call__(
        self, wanted: ChangeFilter, since: str = BEGINNING, *, limit: int = DEFAULT_LIMIT
    ) -> ChangesPage:
        """The changes after `since`: a `next_since` of the same filter, `beginning` or `now`.

        :raises BadRequest: for a foreign place, one that the data are not at any more, a limit out of bounds.
        :raises StoreUnavailable: when the database cannot be used.
        """
        check_text(wanted)
        if not 1 <= limit <= MOST_CHANGES:
            raise OutOfBounds(f"limit must be from 1 to {MOST_CHANGES}", parameter="limit")
        place = await self._place(wanted, since)
        found = await self._reader.changes_json(wanted, place, limit=limit)
        if found is None:
            raise InvalidCursor(_AHEAD, parameter="since")
        return ChangesPage(
            changes=found.changes,
            shown=found.shown,
            next_since=cursor_after(found.place, wanted),
            has_more=found.has_more,
        )

    async def _place(self, wanted: ChangeFilter, since: str) -> FeedPlace:
        if since in {BEGINNING, NOW}:
            return await self._reader.feed_place(wanted, from_beginning=since == BEGINNING)
        return key_of(since, wanted, FeedPlace, called="since")


_AHEAD = (
    "since is of changes that the database does not have: it was set back, as by restoring a backup; begin again"
    f" with since={BEGINNING} and an empty copy"
)
