"""What one source said about one coin at one moment, and what makes that believable."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from operator import attrgetter
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import fields, force_setattr

from crypto.domain.amount import amount, known_amount
from crypto.domain.rejection import Reason, RecordRejected

GENESIS = datetime(2009, 1, 3, tzinfo=UTC)
"""The day of the first Bitcoin block: no coin had a price before."""

CLOCK_TOLERANCE = timedelta(minutes=10)
"""How far ahead of its arrival a quote may be stamped: providers' clocks and ours differ."""

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")

MAX_ID_BYTES = 512
MAX_NAME_CHARACTERS = 1000

Key: TypeAlias = tuple[str, datetime]
Amounts: TypeAlias = tuple[Decimal | None, ...]


class Said(Struct, frozen=True, kw_only=True):
    """What a source says of a coin at a moment, amounts in US dollars: the one place where a column is declared.

    A column that is added later wants None for its default, for the sources that do not give it.
    """

    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None

    @property
    def said(self) -> tuple[object, ...]:
        """All of it, in the order of VALUES: two quotes of one key say the same when these are equal."""
        values: tuple[object, ...] = _VALUES_OF(self)
        return values

    @property
    def amounts(self) -> Amounts:
        """The amounts of what was said, in the order of AMOUNTS; None for each that is unknown."""
        values: Amounts = _AMOUNTS_OF(self)
        return values


VALUES = Said.__struct_fields__
AMOUNTS = tuple(field.name for field in fields(Said) if field.type == Decimal | None)
TEXTS = tuple(name for name in VALUES if name not in AMOUNTS)
MAY_BE_ZERO = frozenset({"volume_24h"})
"""Amounts whose 0 is one; that of any other means unknown."""

_VALUES_OF, _AMOUNTS_OF = attrgetter(*VALUES), attrgetter(*AMOUNTS)
_AMOUNT_IN: Mapping[str, Callable[..., Decimal | None]] = {
    field: amount if field in MAY_BE_ZERO else known_amount for field in AMOUNTS
}


class Quote(Said, frozen=True, kw_only=True):
    """A believable quote; times are aware UTC.

    `coin_id` is the id *the source* gives the coin, byte for byte. `observed_at` is the moment the source says
    the quote is of, `ingested_at` the moment its page arrived, `position` the record's place in that page.
    An amount of 0 that means unknown, as of a price or a market cap, is None.

    :raises RecordRejected: at birth, when it cannot be believed.
    """

    source: str
    coin_id: str
    observed_at: datetime
    ingested_at: datetime
    position: int

    def __post_init__(self) -> None:
        _check_text(self)
        _check_time(self)
        for field, read in _AMOUNT_IN.items():
            force_setattr(self, field, read(getattr(self, field), field=field))

    @property
    def key(self) -> Key:
        """What tells it from the other quotes of its source."""
        return self.coin_id, self.observed_at


def _check_text(quote: Quote) -> None:
    if not quote.coin_id:
        raise RecordRejected(Reason.MISSING_ID, "the record has no coin id")
    for field in ("coin_id", *TEXTS):
        storable(getattr(quote, field), field=field)
    if len(quote.coin_id.encode()) > MAX_ID_BYTES:
        raise RecordRejected(Reason.BAD_TEXT, f"coin_id is longer than {MAX_ID_BYTES} bytes")


def storable(text: str | None, *, field: str) -> str | None:
    """The text as it is, or None, once it is known that a database can store it.

    :raises RecordRejected: when it is one that no database takes, or a long one.
    """
    if text is not None and not is_storable(text):
        raise RecordRejected(Reason.BAD_TEXT, f"{field} holds a NUL or a lone surrogate")
    if text is not None and len(text) > MAX_NAME_CHARACTERS:
        raise RecordRejected(Reason.BAD_TEXT, f"{field} is {len(text)} characters long")
    return text


def is_storable(text: str) -> bool:
    """Whether any database takes the text: it holds no NUL and no lone surrogate."""
    return "\x00" not in text and (text.isascii() or _LONE_SURROGATE.search(text) is None)


def _check_time(quote: Quote) -> None:
    if quote.observed_at.tzinfo is None or quote.ingested_at.tzinfo is None:
        raise RecordRejected(Reason.BAD_TIME, "the time has no time zone")
    if quote.observed_at < GENESIS:
        raise RecordRejected(Reason.TIME_OUT_OF_RANGE, f"observed_at is {quote.observed_at.isoformat()}")
    if quote.observed_at > quote.ingested_at + CLOCK_TOLERANCE:
        clocks = f"it arrived at {quote.ingested_at.isoformat()} by this machine's clock, which may be wrong"
        raise RecordRejected(
            Reason.TIME_OUT_OF_RANGE, f"observed_at is {quote.observed_at.isoformat()}, still to come: {clocks}"
        )
