"""A record that is not believed: why, and where its bytes are."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from msgspec import Struct
from msgspec.structs import force_setattr

from crypto.domain.feed import PRICES

EXCERPT_CHARACTERS = 512


class Reason(StrEnum):
    """Why a record was rejected; the codes are stored and shown."""

    NOT_A_RECORD = "not_a_record"
    MISSING_ID = "missing_id"
    MISSING_TIME = "missing_time"
    BAD_TIME = "bad_time"
    TIME_OUT_OF_RANGE = "time_out_of_range"
    NOT_A_NUMBER = "not_a_number"
    OTHER_CURRENCY = "other_currency"
    NEGATIVE = "negative"
    OUT_OF_RANGE = "out_of_range"
    BAD_TEXT = "bad_text"
    BAD_FIELD = "bad_field"
    TOO_FEW_CELLS = "too_few_cells"
    CONTRADICTED_IN_PAGE = "contradicted_in_page"
    CONTRADICTED_BY_ANOTHER_FILE = "contradicted_by_another_file"
    REFUSED_BY_DATABASE = "refused_by_database"


class RecordRejected(Exception):
    """This record is not believed, for a reason that is kept beside its bytes; the others go on."""

    def __init__(self, reason: Reason, detail: str) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail


class Rejection(Struct, frozen=True, kw_only=True):
    """One record of a page that failed validation, or a `field` of one that is a quote without it.

    `position` is the record's place in its page, from 0; `excerpt` the beginning of what was sent. All text is
    made such that any database takes it; a coin id that is not is left out.
    """

    position: int
    reason: Reason
    detail: str
    excerpt: str
    coin_id: str | None = None
    field: str | None = None

    def __post_init__(self) -> None:
        force_setattr(self, "detail", printable(self.detail))
        force_setattr(self, "excerpt", printable(self.excerpt))
        if self.coin_id is not None and printable(self.coin_id) != self.coin_id:
            force_setattr(self, "coin_id", None)


class RejectionKey(NamedTuple):
    """The order of a list of rejections, the last to arrive first; `field` is empty for a whole record."""

    received_at: datetime
    page_id: int
    position: int
    field: str


class RejectionFilter(Struct, frozen=True, kw_only=True):
    """Which rejections: every field that is set must hold. Open ones, or those that are resolved."""

    source: str | None = None
    feed: str | None = None
    reason: Reason | None = None
    coin_id: str | None = None
    is_resolved: bool = False


class StoredRejection(Struct, frozen=True, kw_only=True):
    """A rejection as stored, and where its bytes are.

    `received_at` is when its page arrived, `rejected_at` when the record was first rejected, `resolved_at` when
    reading the page again healed it (None: it is open); aware UTC. With a `field` the record is a quote, and only
    that field of it is unknown.
    """

    source: str
    feed: str = PRICES
    page_id: int
    position: int
    field: str | None
    received_at: datetime
    coin_id: str | None
    reason: Reason
    detail: str
    excerpt: str
    rejected_at: datetime
    resolved_at: datetime | None = None

    @property
    def key(self) -> RejectionKey:
        """The rejection's place in a list of them."""
        return RejectionKey(self.received_at, self.page_id, self.position, self.field or "")


def printable(text: str, *, characters: int = EXCERPT_CHARACTERS) -> str:
    """The first characters of what was sent, as text that can be stored and shown: no NUL, no lone surrogate."""
    short = text[:characters].replace("\x00", "\\0")
    return short.encode("utf-8", "backslashreplace").decode("utf-8")
