"""One response (or one chunk of a file) exactly as received, and what its records turned out to be."""

from collections.abc import AsyncGenerator, Mapping
from datetime import datetime, timedelta
from typing import TypeAlias

from msgspec import Struct, convert

from crypto.domain.feed import PRICES, Feed
from crypto.domain.quote import Key, Quote
from crypto.domain.rejection import Reason, Rejection
from crypto.domain.schema_drift import SchemaDrift
from crypto.domain.skip import Skip

Cursor: TypeAlias = Mapping[str, object]
"""Where the next page starts, in the source's own words; JSON values only."""

ASKED_FOR = "asked_for"
"""In a page's context: the ids of the coins that it answers for. Such a page is not part of the source's list."""


MOST_REJECTED = 0.2
"""The share of a page's records that may be rejected while its provider's format passes for the known one."""


class RawPage(Struct, frozen=True, kw_only=True):
    """What a source sent, with all that `parse` needs to read it again years later.

    `request` says what was asked, without secrets: `url` and its parameters (for a file: its path and offset).
    `context` is what the bytes alone do not tell (for CSV: the header line, the first line's number).
    `body` is as sent, after content decoding. Times are aware UTC.
    `sent_at` is when the provider says by its own clock that it made the page, `cached_for` how long a copy of it
    then lay in a cache. Both are known on arrival only; of a page that is read again its `headers` tell them.
    """

    source: str
    feed: str = PRICES
    request: Mapping[str, object]
    context: Mapping[str, object]
    requested_at: datetime
    received_at: datetime
    status: int | None
    headers: Mapping[str, str]
    body: bytes
    cursor_after: Cursor
    is_last: bool
    sent_at: datetime | None = None
    cached_for: timedelta = timedelta()

    @property
    def of(self) -> Feed:
        """The feed that the page came from."""
        return Feed(source=self.source, name=self.feed)

    @property
    def is_by_id(self) -> bool:
        """Whether the page answers for coins that were asked for by their ids."""
        return ASKED_FOR in self.context

    @property
    def asked_for(self) -> frozenset[str]:
        """The ids of the coins that it answers for, if it was asked for by id."""
        return convert(self.context.get(ASKED_FOR, ()), frozenset[str])


async def no_pages() -> AsyncGenerator[RawPage, None]:
    """The pages of a source that has nothing to give: none at all."""
    nothing: tuple[RawPage, ...] = ()
    for page in nothing:
        yield page


class StoredPage(Struct, frozen=True, kw_only=True):
    """A page in the archive: `page_id` rises in order of arrival."""

    page_id: int
    page: RawPage


class PageFacts(Struct, frozen=True, kw_only=True):
    """What is known of a stored page without reading its bytes.

    `request` and `context` are as a RawPage has them, `sha256` is of its body, in hexadecimal, and `size_bytes` is
    how long that is. `coins` counts the coins that it names, `page_seq` its place in its sweep, from 1.
    `parser_version` is that of the parser it was first read with.
    """

    page_id: int
    source: str
    feed: str = PRICES
    run_id: int
    sweep_id: int | None
    page_seq: int
    request: Mapping[str, object]
    context: Mapping[str, object]
    requested_at: datetime
    received_at: datetime
    status: int | None
    headers: Mapping[str, str]
    sha256: str
    size_bytes: int
    coins: int
    parser_version: int
    is_last: bool

    @property
    def content_type(self) -> str | None:
        """The media type that its provider sent it with, as sent; None for a file."""
        return next((value for name, value in self.headers.items() if name.lower() == "content-type"), None)


class ParsedPage(Struct, frozen=True, kw_only=True):
    """What the records of a page turned out to be: a quote or a rejection each, with a position of its own.

    `unread` are fields that quotes of the page do without: their records count as quotes, not as rejections.
    `skips` are those that do not claim to be a quote in US dollars: an exchange's pairs in other currencies.
    `drift` has what differs from the records that the source is known to send, whether they were believed or not.

    :raises ValueError: at birth, when two records share a position, or `unread` has more: a parser is wrong.
    """

    quotes: tuple[Quote, ...] = ()
    rejections: tuple[Rejection, ...] = ()
    unread: tuple[Rejection, ...] = ()
    drift: tuple[SchemaDrift, ...] = ()
    skips: tuple[Skip, ...] = ()

    def __post_init__(self) -> None:
        quoted = {each.position for each in self.quotes}
        positions = quoted | {each.position for each in self.rejections} | {each.position for each in self.skips}
        records = self.received
        if len(positions) < records:
            raise ValueError(f"{records} records of a page share {len(positions)} positions")
        if not all(each.field and each.position in quoted for each in self.unread):
            raise ValueError("a field is left unknown of what is not a quote")

    @property
    def skipped(self) -> int:
        """How many records are passed over."""
        return len(self.skips)

    @property
    def received(self) -> int:
        """How many records the page held."""
        return len(self.quotes) + len(self.rejections) + self.skipped

    @property
    def is_empty(self) -> bool:
        """Whether the page says nothing of any coin: it holds no record, or only such as are skipped."""
        return not self.quotes and not self.rejections

    @property
    def coin_ids(self) -> tuple[str, ...]:
        """The coins the page names, believable or not, sorted, each once."""
        named = {quote.coin_id for quote in self.quotes}
        named.update(each.coin_id for each in self.rejections if each.coin_id)
        return tuple(sorted(named))


class FoldedPage(Struct, frozen=True, kw_only=True):
    """A page with at most one quote a key; `repeated` earlier records said the same as the one that counts."""

    quotes: tuple[Quote, ...]
    rejections: tuple[Rejection, ...]
    unread: tuple[Rejection, ...]
    repeated: int
    skipped: int

    def open_rejections(self, refused: tuple[Rejection, ...]) -> tuple[Rejection, ...]:
        """All that is to be told of the page, when the database `refused` some of its quotes.

        Of a record that is rejected as a whole, no field is told by itself.
        """
        rejected = self.rejections + refused
        lost = {each.position for each in rejected}
        return rejected + tuple(each for each in self.unread if each.position not in lost)


def format_changed(*, rejected: int, claiming: int) -> bool:
    """Whether so many of a page's records are rejected that its provider must have changed its format.

    `claiming` are those that claim to be a quote: all but the skipped ones. A record that only does without a
    field counts as a quote: its price is in, and the field is on record.
    """
    return rejected > MOST_REJECTED * claiming


def fold(parsed: ParsedPage) -> FoldedPage:
    """The page with one quote for each coin and time: the last counts, one that contradicts it is rejected."""
    last: dict[Key, Quote] = {quote.key: quote for quote in parsed.quotes}
    earlier = [quote for quote in parsed.quotes if last[quote.key] is not quote]
    contradicted = [_contradicted(quote) for quote in earlier if quote.said != last[quote.key].said]
    return FoldedPage(
        quotes=tuple(last.values()),
        rejections=parsed.rejections + tuple(contradicted),
        unread=parsed.unread,
        repeated=len(earlier) - len(contradicted),
        skipped=parsed.skipped,
    )


def _contradicted(quote: Quote) -> Rejection:
    return Rejection(
        position=quote.position,
        reason=Reason.CONTRADICTED_IN_PAGE,
        detail=f"a later record of the page says otherwise of {quote.observed_at.isoformat()}",
        excerpt=f"{quote.coin_id} price_usd={quote.price_usd} market_cap={quote.market_cap}",
        coin_id=quote.coin_id,
    )
