"""Part of a list of quotes: which one may be asked for, and what comes back, with how long each quote is good."""

from collections.abc import Callable, Mapping
from datetime import datetime

from msgspec import Struct

from crypto.application.errors import BadRequest, ConflictingParameters, OutOfBounds
from crypto.application.query.list_cursor import key_of
from crypto.application.query.near_coins import UnknownId
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.market_data import ListKey, QuoteList, StoredQuote, Window
from crypto.domain.quote import is_storable

DEFAULT_PAGE_SIZE = 100
MAX_PAGE_SIZE = 1000

MAX_OFFSET = 100_000
"""How far `page` reaches; a cursor reaches any depth at the cost of the first page."""


class QuotePage(Struct, frozen=True, kw_only=True):
    """Part of a list, in its order. `stale_after` stands beside each quote; `next_cursor` is None at the end.

    `unknown_coin_ids` are those that were asked for and that no source knows.
    """

    quotes: tuple[StoredQuote, ...]
    stale_after: tuple[datetime | None, ...]
    total: int
    page: int | None
    page_size: int
    next_cursor: str | None
    unknown_coin_ids: tuple[UnknownId, ...] = ()


def window_of(
    wanted: Struct, kind: type[ListKey], *, page: int | None, page_size: int, cursor: str | None
) -> Window[ListKey]:
    """One quote more than asked for, to know whether there are more.

    :raises BadRequest: for a foreign cursor, a page out of reach.
    """
    if not 1 <= page_size <= MAX_PAGE_SIZE:
        raise OutOfBounds(f"page_size must be from 1 to {MAX_PAGE_SIZE}", parameter="page_size")
    if cursor and page is not None:
        raise ConflictingParameters("give page or cursor, not both", parameter="page")
    if cursor:
        return Window(limit=page_size + 1, after=key_of(cursor, wanted, kind))
    offset = ((1 if page is None else page) - 1) * page_size
    if not 0 <= offset <= MAX_OFFSET:
        reach = f"pages reach {MAX_OFFSET} quotes deep; follow next_cursor to go further"
        raise OutOfBounds(reach, parameter="page")
    return Window(limit=page_size + 1, offset=offset)


def page_of(
    found: QuoteList,
    window: Window[ListKey],
    *,
    policies: Mapping[str, FreshnessPolicy],
    cursor_of: Callable[[StoredQuote], str],
) -> QuotePage:
    """What was found in a window; `cursor_of` its last quote leads to the next."""
    page_size = window.limit - 1
    quotes = found.quotes[:page_size]
    more = len(found.quotes) > page_size
    return QuotePage(
        quotes=quotes,
        stale_after=stale_after(quotes, policies),
        total=found.total,
        page=window.offset // page_size + 1 if window.after is None else None,
        page_size=page_size,
        next_cursor=cursor_of(quotes[-1]) if more else None,
    )


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
