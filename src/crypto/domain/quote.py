"""What one source said about one coin at one moment, and what makes that believable."""

import re
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import force_setattr

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


class Quote(Struct, frozen=True, kw_only=True):
    """A believable quote, in US dollars; times are aware UTC.

    `coin_id` is the id *the source* gives the coin, byte for byte. `observed_at` is the moment the source says
    the quote is of, `ingested_at` the moment its page arrived, `position` the record's place in that page.
    A price or market cap of 0 means unknown and is None.

    :raises RecordRejected: at birth, when it cannot be believed.
    """

    source: str
    coin_id: str
    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None
    observed_at: datetime
    ingested_at: datetime
    position: int

    def __post_init__(self) -> None:
        _check_text(self)
        _check_time(self)
        force_setattr(self, "price_usd", known_amount(self.price_usd, field="price_usd"))
        force_setattr(self, "market_cap", known_amount(self.market_cap, field="market_cap"))
        force_setattr(self, "volume_24h", amount(self.volume_24h, field="volume_24h"))

    @property
    def key(self) -> Key:
        """What tells it from the other quotes of its source."""
        return self.coin_id, self.observed_at

    @property
    def said(self) -> tuple[object, ...]:
        """What the source said: two quotes of one key are equal when this is."""
        return self.name, self.symbol, self.price_usd, self.market_cap, self.volume_24h


def _check_text(quote: Quote) -> None:
    if not quote.coin_id:
        raise RecordRejected(Reason.MISSING_ID, "the record has no coin id")
    for field, text in (("coin_id", quote.coin_id), ("name", quote.name), ("symbol", quote.symbol)):
        storable(text, field=field)
    if len(quote.coin_id.encode()) > MAX_ID_BYTES:
        raise RecordRejected(Reason.BAD_TEXT, f"coin_id is longer than {MAX_ID_BYTES} bytes")


def storable(text: str | None, *, field: str) -> str | None:
    """The text, which may be none.

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
