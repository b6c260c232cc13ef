"""What can be asked of the stored quotes, and what comes back: every number with who said it and when."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Generic, NamedTuple, Self, TypeVar

from msgspec import Struct

from crypto.domain.quote import Said


class QuoteKey(NamedTuple):
    """The order of a list of quotes, newest first, and the place a page starts after."""

    observed_at: datetime
    coin_id: str
    source: str


class CoinKey(NamedTuple):
    """The order of a list of coins: the largest first, those without market cap last, equals by id and source."""

    market_cap: Decimal | None
    coin_id: str
    source: str


ListKey = TypeVar("ListKey", bound=tuple[object, ...])
"""The place of an item in a list of its kind: a NamedTuple, in the order of the list."""


class QuoteFilter(Struct, frozen=True, kw_only=True):
    """Which quotes: every field that is set must hold. Ranges include their start and exclude their end.

    `coin_ids` asks for any of these coins (of none: for all). `symbol` is compared without regard to ASCII case:
    it is a label, never an identity. `as_of` asks for what was believed at that moment.
    """

    source: str | None = None
    coin_ids: tuple[str, ...] = ()
    symbol: str | None = None
    observed_from: datetime | None = None
    observed_to: datetime | None = None
    ingested_from: datetime | None = None
    ingested_to: datetime | None = None
    as_of: datetime | None = None


class CoinFilter(Struct, frozen=True, kw_only=True):
    """Which coins: every field that is set must hold. `symbol` is compared as in a `QuoteFilter`.

    `coin_id` is the id that a source gives the coin: other sources may give it to other coins.
    """

    source: str | None = None
    coin_id: str | None = None
    symbol: str | None = None


class Count(StrEnum):
    """How a list's total is told: exactly, as an estimate where counting takes long, or not at all."""

    EXACT = "exact"
    ESTIMATED = "estimated"
    NONE = "none"


class Window(Struct, Generic[ListKey], frozen=True, kw_only=True):
    """Which part of a list: up to `limit` rows after `after`, or after skipping `offset` of them."""

    limit: int
    offset: int = 0
    after: ListKey | None = None
    count: Count = Count.EXACT


class StoredQuote(Said, frozen=True, kw_only=True):
    """A quote as stored; `page_id` and `position` lead to the bytes it was read from.

    `unseen_since` and `below_since` are not of the quote but of its coin, when it is asked for: since when its
    source gives it no longer, or since when it is below the pages that are read of its list.
    """

    coin_id: str
    source: str
    observed_at: datetime
    ingested_at: datetime
    recorded_at: datetime
    version: int
    page_id: int
    position: int
    unseen_since: datetime | None = None
    below_since: datetime | None = None

    @property
    def key(self) -> QuoteKey:
        """The quote's place in a list of quotes."""
        return QuoteKey(self.observed_at, self.coin_id, self.source)

    @property
    def coin_key(self) -> CoinKey:
        """The quote's place in a list of coins."""
        return CoinKey(self.market_cap, self.coin_id, self.source)


class Lookup(Struct, frozen=True, kw_only=True):
    """Asks what one source said of one coin at a moment: its quote then, or the last one before."""

    source: str
    coin_id: str
    time: datetime


class DataVersion(Struct, frozen=True, kw_only=True):
    """Which data there are: a word for each source, another one whenever anything of its data changes."""

    of_source: Mapping[str, str]
    of_all: str

    @classmethod
    def composed(cls, of_source: Mapping[str, str]) -> Self:
        """The version of all data, of those of the sources."""
        return cls(of_source=of_source, of_all=",".join(of_source[name] for name in sorted(of_source)))

    def of(self, source: str | None) -> str:
        """The version of one source's data, or of all; as a `Part` taken from them says it."""
        return self.of_all if source is None else self.of_source.get(source, "")


class Part(Struct, Generic[ListKey], frozen=True, kw_only=True):
    """Part of a list, of one snapshot: `next_after` is the key of its last row where more rows follow.

    `total` is how long the whole list is, as `count` says; `version` is that of the data the list is taken from:
    where it is the same, so is the list.
    """

    total: int | None
    count: Count
    version: str
    next_after: ListKey | None


class QuoteList(Part[ListKey], Generic[ListKey], frozen=True, kw_only=True):
    """Some quotes, in the order of the list."""

    quotes: tuple[StoredQuote, ...]


class QuoteJson(Part[ListKey], Generic[ListKey], frozen=True, kw_only=True):
    """Some quotes as a JSON array, in the order of the list; `shown` of them."""

    quotes: bytes
    shown: int
