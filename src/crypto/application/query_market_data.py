"""Answer a question about the stored quotes, each with how long it is good for."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from msgspec import Struct

from crypto.application.errors import BadRequest
from crypto.application.list_cursor import cursor_after, key_of
from crypto.application.ports import MarketDataReader
from crypto.domain.freshness import Rhythm
from crypto.domain.market_data import QuoteFilter, StoredQuote, Window
from crypto.domain.quote import is_storable

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000

MAX_OFFSET = 100_000
"""How far `page` reaches; a cursor reaches any depth at the cost of the first page."""

OPEN_PAGES = timedelta(seconds=60)
"""A page transaction lasts less: what was believed earlier than this ago can no longer change."""


class QuotePage(Struct, frozen=True, kw_only=True):
    """Part of a list, newest first. `stale_after` stands beside each quote; `next_cursor` is None at the end."""

    quotes: tuple[StoredQuote, ...]
    stale_after: tuple[datetime | None, ...]
    total: int
    page: int | None
    page_size: int
    next_cursor: str | None


class QueryMarketData:
    """Reads quotes; `rhythms` has each source that is switched on, and so how old its quotes may be."""

    def __init__(self, *, reader: MarketDataReader, rhythms: Mapping[str, Rhythm]) -> None:
        self._reader = reader
        self._rhythms = rhythms

    async def __call__(
        self,
        wanted: QuoteFilter,
        *,
        page: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        cursor: str | None = None,
    ) -> QuotePage:
        """The `page`-th part of the list (from 1), or the one after `cursor`.

        :raises BadRequest: for an `as_of` too recent, an empty range, a foreign cursor, a page out of reach.
        :raises StoreUnavailable: when the database cannot be used.
        """
        _check_text(wanted)
        await self._check_as_of(wanted.as_of)
        _check_range(wanted.observed_from, wanted.observed_to, "observed_to")
        _check_range(wanted.ingested_from, wanted.ingested_to, "ingested_to")
        window = _window(wanted, page, page_size, cursor)
        found = await self._reader.find(wanted, window)
        quotes = found.quotes[:page_size]
        more = len(found.quotes) > page_size
        return QuotePage(
            quotes=quotes,
            stale_after=tuple(self._stale_after(quote) for quote in quotes),
            total=found.total,
            page=page if cursor or page else 1,
            page_size=page_size,
            next_cursor=cursor_after(quotes[-1].key, wanted) if more else None,
        )

    async def _check_as_of(self, as_of: datetime | None) -> None:
        if as_of and as_of > await self._reader.now() - OPEN_PAGES:
            seconds = int(OPEN_PAGES.total_seconds())
            raise BadRequest(f"as_of must be at least {seconds} seconds ago", parameter="as_of")

    def _stale_after(self, quote: StoredQuote) -> datetime | None:
        rhythm = self._rhythms.get(quote.source)
        return quote.observed_at + rhythm.max_age if rhythm else None


def _check_text(wanted: QuoteFilter) -> None:
    """What no database takes is asked of none."""
    for parameter in ("source", "coin_id", "symbol"):
        text = getattr(wanted, parameter)
        if text and not is_storable(text):
            raise BadRequest(f"{parameter} holds a NUL or a lone surrogate", parameter=parameter)


def _check_range(start: datetime | None, end: datetime | None, parameter: str) -> None:
    if start and end and start >= end:
        raise BadRequest(
            "the range ends before it begins (it includes its start, not its end)", parameter=parameter
        )


def _window(wanted: QuoteFilter, page: int | None, page_size: int, cursor: str | None) -> Window:
    """One quote more than asked for, to know whether there are more."""
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise BadRequest(f"page_size must be from 1 to {MAX_PAGE_SIZE}", parameter="page_size")
    if cursor and page is not None:
        raise BadRequest("give page or cursor, not both", parameter="page")
    if cursor:
        return Window(limit=page_size + 1, after=key_of(cursor, wanted))
    offset = ((1 if page is None else page) - 1) * page_size
    if not 0 <= offset <= MAX_OFFSET:
        reach = f"pages reach {MAX_OFFSET} quotes deep; follow next_cursor to go further"
        raise BadRequest(reach, parameter="page")
    return Window(limit=page_size + 1, offset=offset)
