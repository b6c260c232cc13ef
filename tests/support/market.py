"""A made-up provider whose pages are given in the test, and what a test wants to see of a store."""

import asyncio
import json
from collections.abc import AsyncGenerator, Collection, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from msgspec.structs import replace

from crypto.application.errors import CryptoError
from crypto.application.ports import Clock
from crypto.domain.allowance import Allowance
from crypto.domain.feed import PRICES, Feed, FeedProfile
from crypto.domain.page import Cursor, ParsedPage, RawPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import Reason, RecordRejected, Rejection
from crypto.domain.skip import Skip, SkipReason

EPOCH = datetime(2026, 10, 31, 12, 0, tzinfo=UTC)

Record = tuple[str, int, str | None]
"""(coin, minutes after EPOCH it is of, price as text)"""


def minute(number: int) -> datetime:
    """The moment so many minutes after EPOCH."""
    return EPOCH + timedelta(minutes=number)


class Market:
    """A source whose sweep is a list of pages, each a list of records or the error to raise in its place.

    How it reads: `shift` minutes are added to stamps, `factor` multiplies prices, coins in `drops` are not found
    at all, prices from `ceiling` on not believed, market caps of those in `capless` not read: what a
    parser fix may change. Before page `held_at` (or the end) it waits for `go_on`.

    `by_id` holds the coins that it knows when asked by id, `at_once` a request (None: it takes no such question);
    what it was asked for is in `asked_ids`. `by_id_error` is raised in place of the answer after so many.
    """

    def __init__(
        self,
        clock: Clock,
        sweep: Sequence[Sequence[Record] | CryptoError] = (),
        *,
        name: str = "market",
        feed: str = PRICES,
        sweep_lifetime: timedelta | None = timedelta(minutes=20),
        lists_every_coin: bool = True,
    ) -> None:
        self.name = name
        self.feed = feed
        self.interval = timedelta(minutes=20)
        self.max_age = timedelta(minutes=30)
        self.update_cycle: timedelta | None = timedelta(minutes=10)
        self.sweep_lifetime = sweep_lifetime
        self.lists_every_coin = lists_every_coin
        self.parser_version = 1
        self.allowance: Allowance | None = None
        self.sweep = list(sweep)
        self.asked: list[int] = []
        self.sent_at: datetime | None = None
        self.shift, self.factor, self.drops = 0, Decimal(1), frozenset[str]()
        self.ceiling: Decimal | None = None
        self.skips = frozenset[str]()
        self.capless = frozenset[str]()
        self.held_at: int | None = None
        self.waiting, self.go_on = asyncio.Event(), asyncio.Event()
        self.most_pages: int | None = None
        self.is_cut = False
        self.followed: tuple[str, ...] = ()
        self.by_id: dict[str, Record] | None = None
        self.at_once = 250
        self.asked_ids: list[tuple[str, ...]] = []
        self.by_id_error: tuple[int, CryptoError] | None = None
        self._clock = clock

    @property
    def profile(self) -> FeedProfile:
        return FeedProfile(
            feed=Feed(source=self.name, name=self.feed),
            interval=self.interval,
            max_age=self.max_age,
            parser_version=self.parser_version,
            update_cycle=self.update_cycle,
            sweep_lifetime=self.sweep_lifetime,
            allowance=self.allowance,
            lists_every_coin=self.lists_every_coin,
            most_pages=self.most_pages,
            cut_from=0 if self.is_cut else None,
            followed=self.followed,
        )

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        start = int(str(cursor.get("page", 0)))
        for number, content in enumerate(self.sweep[start:], start):
            await self._hold(number)
            self.asked.append(number)
            if isinstance(content, CryptoError):
                raise content
            yield self.page(content, number)
        await self._hold(len(self.sweep))

    async def _hold(self, number: int) -> None:
        if number == self.held_at:
            self.waiting.set()
            await self.go_on.wait()

    async def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        known = self.by_id
        wanted = () if known is None else tuple(coin_ids)
        for start in range(0, len(wanted), self.at_once):
            ids = wanted[start : start + self.at_once]
            self.asked_ids.append(ids)
            if self.by_id_error and len(self.asked_ids) > self.by_id_error[0]:
                raise self.by_id_error[1]
            found = [known[coin] for coin in ids if coin in known] if known else []
            whole = self.page(found, len(self.sweep))
            yield replace(whole, context={"asked_for": ids}, is_last=False)

    def page(self, records: Sequence[Record], number: int = 0) -> RawPage:
        is_last = number + 1 >= len(self.sweep)
        return RawPage(
            source=self.name,
            feed=self.feed,
            request={"url": f"market://{number}"},
            context={},
            requested_at=self._clock.now(),
            received_at=self._clock.now(),
            status=200,
            headers={},
            body=json.dumps(records).encode(),
            cursor_after={"page": 0 if is_last else number + 1},
            is_last=is_last,
            sent_at=self.sent_at,
        )

    def cursor_past(self, cursor: Cursor) -> Cursor | None:
        following = int(str(cursor.get("page", 0))) + 1
        return {"page": following} if following < len(self.sweep) else None

    def requests_from(self, cursor: Cursor) -> int | None:
        return len(self.sweep) - int(str(cursor.get("page", 0)))

    def parse(self, page: RawPage) -> ParsedPage:
        quotes: list[Quote] = []
        rejections: list[Rejection] = []
        unread: list[Rejection] = []
        skips: list[Skip] = []
        for position, record in enumerate(json.loads(page.body)):
            if record[0] in self.skips:
                skips.append(Skip(position=position, reason=SkipReason.OTHER_CURRENCY, excerpt=str(record)))
            if record[0] in self.drops | self.skips:
                continue
            try:
                quotes.append(self._quote(page, position, *record))
            except RecordRejected as error:
                rejections.append(_rejection(position, record, error))
            else:
                unread += [_without_cap(position, record) for each in self.capless if each == record[0]]
        return ParsedPage(
            quotes=tuple(quotes), rejections=tuple(rejections), unread=tuple(unread), skips=tuple(skips)
        )

    def _quote(self, page: RawPage, position: int, coin: str, minutes: int, price: str | None) -> Quote:
        if price is not None and self.ceiling is not None and Decimal(price) >= self.ceiling:
            raise RecordRejected(Reason.OUT_OF_RANGE, f"price_usd is {price}")
        return Quote(
            source=self.name,
            coin_id=coin,
            name=coin.title(),
            symbol=coin[:3],
            price_usd=None if price is None else Decimal(price) * self.factor,
            market_cap=None,
            volume_24h=None,
            observed_at=minute(minutes + self.shift),
            ingested_at=page.received_at,
            position=position,
        )


def _without_cap(position: int, record: Record) -> Rejection:
    error = RecordRejected(Reason.NEGATIVE, "market_cap is -1")
    return replace(_rejection(position, record, error), field="market_cap")


def _rejection(position: int, record: Record, error: RecordRejected) -> Rejection:
    return Rejection(
        position=position,
        reason=Reason(error.reason),
        detail=error.detail,
        excerpt=str(record),
        coin_id=record[0] or None,
    )
