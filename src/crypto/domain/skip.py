"""A record that is passed over: nothing is wrong with it, it just does not claim to be a quote in US dollars."""

from enum import StrEnum

from msgspec import Struct
from msgspec.structs import force_setattr

from crypto.domain.rejection import printable


class SkipReason(StrEnum):
    """Why a record was passed over."""

    OTHER_CURRENCY = "other_currency"
    NOT_SPOT = "not_spot"
    NO_AMOUNT = "no_amount"

    @property
    def meaning(self) -> str:
        """The reason as a sentence."""
        return _MEANINGS[self]


_MEANINGS = {
    SkipReason.OTHER_CURRENCY: "it is a pair in another currency than US dollars",
    SkipReason.NOT_SPOT: "it is of a future or another derivative, whose price is not the coin's",
    SkipReason.NO_AMOUNT: "it has no price, no market cap and no volume",
}


class Skip(Struct, frozen=True, kw_only=True):
    """One record of a page that was passed over: its place, from 0, why, and the beginning of what was sent."""

    position: int
    reason: SkipReason
    excerpt: str

    def __post_init__(self) -> None:
        force_setattr(self, "excerpt", printable(self.excerpt))


class StoredSkip(Struct, frozen=True, kw_only=True):
    """A record that was passed over, and the page where its bytes are."""

    page_id: int
    source: str
    feed: str
    skip: Skip
