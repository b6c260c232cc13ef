"""A stored quote as the API answers it, alone and in a list: the tables' words, amounts exact, times in UTC."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, Self

from msgspec import Raw, Struct

from crypto.application.query.quote_page import QuoteJsonPage
from crypto.domain.amount import plain
from crypto.domain.market_data import StoredQuote
from crypto.entrypoints.http.kit.answer import Moment
from crypto.entrypoints.http.kit.example_values import FRESH_UNTIL, INGESTED, OBSERVED
from crypto.entrypoints.http.kit.links import page_links
from crypto.entrypoints.http.kit.request_context import RequestContext


class QuoteAnswer(Struct, frozen=True, kw_only=True):
    """A stored quote; amounts are US dollars. Past `stale_after` it is old, wherever a copy of it lies.

    `unseen_since` is set while its source gives the coin no longer: its price is of before. `below_since` is set
    while it is below the pages that are read of its source's list: it is asked for by id, as far as the budget
    allows, so that its price may be older than those of the list.
    """

    coin_id: str
    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None
    source: str
    observed_at: Moment
    ingested_at: Moment
    stale_after: Moment | None
    unseen_since: Moment | None
    below_since: Moment | None
    page_id: int
    position: int


class QuoteListPart(Struct, frozen=True, kw_only=True):
    """Part of a list of quotes; `page` is null after a cursor, `next_cursor` at the end.

    `count` says what `total` is: exact, estimated, or none (then it is null).
    """

    data: tuple[QuoteAnswer, ...]
    total: int | None
    count: str
    page: int | None
    page_size: int
    next_cursor: str | None
    has_more: bool


class QuoteListAnswer(QuoteListPart, frozen=True, kw_only=True):
    """Part of a list of quotes; `page` is null after a cursor, `next_cursor` at the end.

    `count` says what `total` is: exact, estimated, or none (then it is null).
    """

    request_id: str
    api_latency_ms: float


class QuoteListBody(Struct, frozen=True, kw_only=True):
    """A `QuoteListPart` as it is sent: `data` is JSON that the store has written."""

    data: Raw
    total: int | None
    count: str
    page: int | None
    page_size: int
    next_cursor: str | None
    has_more: bool

    @classmethod
    def of(cls, found: QuoteJsonPage, **more: Any) -> Self:
        """A part of a list, and what more the answer has."""
        told: dict[str, Any] = {name: getattr(found, name) for name in QuoteListBody.__struct_fields__[1:]}
        return cls(data=Raw(found.quotes), **told, **more)


class CoinListBody(QuoteListBody, frozen=True, kw_only=True):
    """A `QuoteListAnswer` as it is sent."""

    request_id: str
    api_latency_ms: float


QUOTE = QuoteAnswer(
    coin_id="bitcoin",
    name="Bitcoin",
    symbol="btc",
    price_usd=Decimal("110394.5"),
    market_cap=Decimal(2201000000000),
    volume_24h=Decimal(51000000000),
    source="coingecko",
    observed_at=OBSERVED,
    ingested_at=INGESTED,
    stale_after=FRESH_UNTIL,
    unseen_since=None,
    below_since=None,
    page_id=812,
    position=0,
)
"""An example."""


def quote_links(found: QuoteJsonPage, context: RequestContext) -> Mapping[str, str]:
    """The header Link to the other parts of a list of quotes."""
    return page_links(context, page=found.page, next_cursor=found.next_cursor, has_more=found.has_more)


def quote_answer(quote: StoredQuote, stale_after: datetime | None) -> QuoteAnswer:
    """A quote as answered, with the moment from which on it is old."""
    return QuoteAnswer(
        coin_id=quote.coin_id,
        name=quote.name,
        symbol=quote.symbol,
        price_usd=plain(quote.price_usd),
        market_cap=plain(quote.market_cap),
        volume_24h=plain(quote.volume_24h),
        source=quote.source,
        observed_at=quote.observed_at,
        ingested_at=quote.ingested_at,
        stale_after=stale_after,
        unseen_since=quote.unseen_since,
        below_since=quote.below_since,
        page_id=quote.page_id,
        position=quote.position,
    )
