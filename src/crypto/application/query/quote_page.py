"""Part of a list of quotes: which one may be asked for, and what comes back, with how long each quote is good."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from msgspec import Struct

from crypto.application.errors import BadRequest, ConflictingParameters, OutOfBounds
from crypto.application.query.list_cursor import cursor_after, key_of
from crypto.application.query.near_coins import UnknownId
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.market_data import Count, ListKey, Part, StoredQuote, Window
from crypto.domain.quote import is_storable

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000

QUOTE_FIELDS = (
    *(
        "coin_id",
        "name",
        "symbol",
        "price_usd",
        "market_cap",
        "volume_24h",
        "source",
        "observed_at",
        "ingested_at",
    ),
    *("stale_after", "unseen_since", "below_since", "page_id", "position"),
)
"""What is shown of a quote, in this order."""

MAX_PAGE = 999_999_999
"""No list has so many; a page past the end is empty."""


class ListPage(Struct, frozen=True, kw_only=True):
    """Part of a list, in its order: `total` is how long the whole list is, as `count` says.

    `next_cursor` is None at the end. `version` is that of the data: where it is the same, so is the list.
    `unknown_coin_ids` are those that were asked for and that no source knows.
    """

    total: int | None
    count: Count
    page: int | None
    page_size: int
    next_cursor: str | None
    version: str
    unknown_coin_ids: tuple[UnknownId, ...] = ()

    @property
    def has_more(self) -> bool:
        """Whether the list goes on."""
        return self.next_cursor is not None


class QuotePage(ListPage, frozen=True, kw_only=True):
    """Some quotes; `stale_after` stands beside each."""

    quotes: tuple[StoredQuote, ...]
    stale_after: tuple[datetime | None, ...]


class QuoteJsonPage(ListPage, frozen=True, kw_only=True):
    """Some quotes as a JSON array of objects, `shown` of them."""

    quotes: bytes
    shown: int


class PageRequest(Struct, frozen=True, kw_only=True):
    """Which part of a list is asked for: the `page`-th (from 1), or the one after `cursor`."""

    page: int | None = None
    page_size: int = DEFAULT_PAGE_SIZE
    cursor: str | None = None
    count: Count = Count.EXACT

    def window(self, wanted: Struct, kind: type[ListKey]) -> Window[ListKey]:
        """Where in the list of `wanted` the part is.

        :raises BadRequest: for a foreign cursor, a page_size out of bounds, both a page and a cursor.
        """
        if not 1 <= self.page_size <= MAX_PAGE_SIZE:
            raise OutOfBounds(f"page_size must be from 1 to {MAX_PAGE_SIZE}", parameter="page_size")
        if self.cursor and self.page is not None:
            raise ConflictingParameters("give page or cursor, not both", parameter="page")
        if self.cursor:
            after = key_of(self.cursor, wanted, kind)
            return Window(limit=self.page_size, after=after, count=self.count)
        return Window(limit=self.page_size, offset=self._offset(), count=self.count)

    def _offset(self) -> int:
        page = 1 if self.page is None else self.page
        if not 1 <= page <= MAX_PAGE:
            raise OutOfBounds(f"page must be from 1 to {MAX_PAGE}", parameter="page")
        return (page - 1) * self.page_size

    def of(self, found: Part[ListKey], wanted: Struct) -> dict[str, Any]:
        """What a page says of itself and of the list, by the fields of `ListPage`."""
        return {
            "total": found.total,
            "count": found.count,
            "page": None if self.cursor else self.page or 1,
            "page_size": self.page_size,
            "next_cursor": cursor_after(found.next_after, wanted) if found.next_after else None,
            "version": found.version,
        }


FIRST_PAGE = PageRequest()


def max_ages(policies: Mapping[str, FreshnessPolicy]) -> Mapping[str, timedelta]:
    """How long a quote of each source passes for current, by the source's name."""
    return {name: policy.max_age for name, policy in policies.items()}


def stale_after(
    quotes: tuple[StoredQuote, ...], policies: Mapping[str, FreshnessPolicy]
) -> tuple[datetime | None, ...]:
    """Until when each passes for current; None for a source that is switched off."""
    return tuple(
        quote.observed_at + policies[quote.source].max_age if quote.source in policies else None
        for quote in quotes
    )


def check_text(wanted: Struct) -> None:
    """Text of a filter that no database takes is asked of none: every field is looked at, in their order.

    :raises BadRequest: for a NUL or a lone surrogate.
    """
    for parameter in wanted.__struct_fields__:
        given = getattr(wanted, parameter)
        texts = given if isinstance(given, tuple) else (given,)
        if not all(is_storable(text) for text in texts if isinstance(text, str)):
            raise BadRequest(f"{parameter} holds a NUL or a lone surrogate", parameter=parameter)
