"""Schema drift: a provider's field that is new, missing, retyped or there twice, and where it was first seen."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import force_setattr

from crypto.domain.feed import PRICES
from crypto.domain.rejection import printable

PATH_CHARACTERS = 200
EXAMPLE_CHARACTERS = 80

MOST_DRIFTS = 200
"""How many are noted of a source: one that differs in more is another API, and a table of them helps nobody."""


class FieldType(StrEnum):
    """What a field holds, in JSON's words; or NaN or an infinity, or that it is missing or there twice."""

    NUMBER = "number"
    STRING = "string"
    BOOLEAN = "boolean"
    NULL = "null"
    OBJECT = "object"
    ARRAY = "array"
    NAN = "nan"
    MISSING = "missing"
    REPEATED = "repeated"


class SchemaDrift(Struct, frozen=True, kw_only=True):
    """A field that is not as the source's module declares it.

    `path` leads to it from its record, `quotes.USD.price`; `$` is the record itself. `position` is the record's
    place in its page, from 0; `example` the beginning of what was sent. Any database takes both texts.
    """

    path: str
    type: FieldType
    position: int
    example: str

    def __post_init__(self) -> None:
        force_setattr(self, "path", printable(self.path, characters=PATH_CHARACTERS))
        force_setattr(self, "example", printable(self.example, characters=EXAMPLE_CHARACTERS))


class NotedDrift(Struct, frozen=True, kw_only=True):
    """A drift on record: noted once for each path and type of a source, where it was seen first.

    `first_seen_at` is when the page arrived; aware UTC.
    """

    source: str
    feed: str = PRICES
    path: str
    type: FieldType
    first_seen_at: datetime
    page_id: int
    position: int
    example: str
