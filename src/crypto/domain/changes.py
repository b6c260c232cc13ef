"""What changed in the stored quotes, in an order that loses nothing: so a copy elsewhere follows the table."""

from datetime import datetime
from typing import NamedTuple

from msgspec import Struct


class ChangeFilter(Struct, frozen=True, kw_only=True):
    """Whose changes: every field that is set must hold; of none of `coin_ids`: of all coins."""

    source: str | None = None
    coin_ids: tuple[str, ...] = ()


class FeedPlace(NamedTuple):
    """How far a reader of changes has come.

    `seen` has the number of the last change of each source that is wholly behind the reader; of a source that is
    not in it, none is. The rest says where in the middle it stands, if it does: after this key of `source`, in the
    list of all its quotes (`is_listing`) or in its next change.
    """

    seen: dict[str, int]
    is_listing: bool = False
    source: str = ""
    observed_at: datetime | None = None
    coin_id: str = ""

    @property
    def is_between(self) -> bool:
        """Whether the reader stands between two changes, not in the middle of one or of the list."""
        return not self.is_listing and not self.source


class ChangesJson(Struct, frozen=True, kw_only=True):
    """Some changes as a JSON array, `shown` of them, and the place after them; `has_more`: others follow."""

    changes: bytes
    shown: int
    place: FeedPlace
    has_more: bool
