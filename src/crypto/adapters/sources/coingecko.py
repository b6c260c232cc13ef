"""CoinGecko: the largest coins by market cap, 250 a page, `GET /coins/markets`."""

from collections.abc import AsyncGenerator, Collection
from datetime import timedelta
from itertools import count
from typing import Annotated, Any, Final, Literal

import msgspec
from msgspec.structs import force_setattr

from crypto.adapters.fetch.answer import Answer
from crypto.adapters.fetch.client import SEPARATOR, PoliteClient, batches, can_be_asked
from crypto.adapters.fetch.numbers import believed, number, sent
from crypto.adapters.fetch.options import HttpOptions, Interval
from crypto.adapters.fetch.record_schema import RecordSchema
from crypto.adapters.fetch.records import coin_id, parse_page, text, time
from crypto.application.ports import Clock, RequestBudget, Source
from crypto.domain.feed import Feed
from crypto.domain.page import Cursor, ParsedPage, RawPage
from crypto.domain.quote import Quote
from crypto.domain.unread import Unread

NAME: Final = "coingecko"
PARSER_VERSION: Final = 2

PUBLIC_URL: Final = "https://api.coingecko.com/api/v3"
PRO_URL: Final = "https://pro-api.coingecko.com/api/v3"
DEMO_PER_MONTH: Final = 10_000
PER_MINUTE: Final = {"keyless": 10, "demo": 25, "pro": 25}
KEY_HEADERS: Final = {"demo": "x-cg-demo-api-key", "pro": "x-cg-pro-api-key"}

MOST_FOLLOWED: Final = 1000

KEYS_OF_OTHER_PLANS: Final = {10010: "pro", 10011: "demo"}
"""By the code of the error: which plan the key is of that was sent to the host of the other one."""

UPDATE_CYCLE: Final = timedelta(minutes=10)
"""In recorded lists the newest stamp is seconds old, the others are of the 10 minutes before (2 coins are not)."""

_PATH: Final = "/coins/markets"
_PER_PAGE: Final = 250
"""More is cut to this silently."""
_START: Final[Cursor] = {"page": 1}

_CHANGES: Final = ("1h", "24h", "7d", "14d", "30d", "200d", "1y")
"""The changes of a price that are sent when they are asked for."""


class Options(HttpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of CoinGecko: a key without a plan means demo; `pages` is how many pages make a sweep.

    `coins` are ids of coins that each sweep asks for if these pages do not name them.

    :raises ValueError: when plan and key contradict each other, or an id cannot be asked for.
    """

    base_url: str = PUBLIC_URL
    interval: Interval = 1200.0
    plan: Literal["keyless", "demo", "pro"] | None = None
    pages: Annotated[int, msgspec.Meta(ge=1)] = 4
    coins: Annotated[tuple[str, ...], msgspec.Meta(max_length=MOST_FOLLOWED)] = ()

    def __post_init__(self) -> None:
        super().__post_init__()
        plan = self.plan or ("demo" if self.api_key else "keyless")
        if (plan == "keyless") != (self.api_key is None):
            raise ValueError(f"plan {plan} {'takes no' if self.api_key else 'needs'} api_key")
        force_setattr(self, "plan", plan)
        force_setattr(self, "coins", tuple(dict.fromkeys(self.coins)))
        if unaskable := [each for each in self.coins if not can_be_asked(each)]:
            raise ValueError(f"coins has {unaskable[0]!r}, which is not an id that can be asked for")
        if plan == "pro" and self.base_url == PUBLIC_URL:
            force_setattr(self, "base_url", PRO_URL)
        if plan == "demo" and self.base_url == PRO_URL:
            force_setattr(self, "base_url", PUBLIC_URL)
        if self.per_minute is None:
            force_setattr(self, "per_minute", PER_MINUTE[plan])
        if plan == "demo" and self.per_month is None:
            force_setattr(self, "per_month", DEMO_PER_MONTH)


def parse(page: RawPage) -> ParsedPage:
    """Read a page's records; pure, and never raises."""
    return parse_page(page, _COINS, _quote, _SCHEMA)


def build(options: Options, *, clock: Clock, budget: RequestBudget) -> Source:
    """The source CoinGecko with these settings."""
    return CoinGecko(options, clock=clock, budget=budget)


class CoinGecko:
    """The pages of CoinGecko's market list, from the first to `PAGES` or to an empty one.

    The list shifts while it is read: it may give a coin twice or miss one, which can be asked for by its id.
    """

    def __init__(self, options: Options, *, clock: Clock, budget: RequestBudget) -> None:
        self._pages = options.pages
        self._followed = options.coins
        self._requests_by_id = sum(1 for _ in batches(options.coins, most=_PER_PAGE))
        key = _key_header(options)
        self._client = PoliteClient(
            NAME,
            options,
            clock=clock,
            budget=budget,
            key_header=key,
            sweep_requests=options.pages + self._requests_by_id,
            advice=_cures(options),
        )
        self.profile = options.profile(
            Feed(source=NAME),
            update_cycle=UPDATE_CYCLE,
            parser_version=PARSER_VERSION,
            allowance=self._client.allowance,
            most_pages=options.pages,
            cut_from=0,  # more are listed than `PAGES` hold, unless the last page is empty
            followed=options.coins,
        )

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        """The pages from the cursor's on; a short page ends nothing.

        :raises SourceUnavailable: when every attempt at a page failed, or the answer is not a list of coins.
        :raises SourceRefused: when asking again cannot help.
        """
        async with self._client.session() as session:
            for page_number in count(_page_number(cursor)):
                page = self._page(await session.get_list(_PATH, _params(page_number)), page_number)
                yield page
                if page.is_last:
                    return

    async def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        """The coins with these ids, up to 250 a page; CoinGecko leaves out those it does not know.

        :raises SourceUnavailable: when every attempt at a page failed, or the answer is not a list of coins.
        :raises SourceRefused: when asking again cannot help.
        """
        async with self._client.session() as session:
            for ids in batches(coin_ids, most=_PER_PAGE):
                discretionary = set(self._followed).isdisjoint(ids)
                if discretionary and not await self._client.may_ask_more():
                    return
                answer = await session.get_list(
                    _PATH, {**_params(1), "ids": SEPARATOR.join(ids)}, discretionary=discretionary
                )
                yield answer.page(cursor_after=_START, asked_for=ids)

    def cursor_past(self, cursor: Cursor) -> Cursor | None:
        """The cursor of the next page, up to `PAGES`; None after the last."""
        page_number = _page_number(cursor)
        return {"page": page_number + 1} if page_number < self._pages else None

    def requests_from(self, cursor: Cursor) -> int | None:
        """The pages from the cursor's up to `PAGES`, and the questions for `COINS`, should no page name them.

        Fewer when the list ends before.
        """
        return max(1, self._pages + 1 - _page_number(cursor)) + self._requests_by_id

    def parse(self, page: RawPage) -> ParsedPage:
        """Read a page's coins; each is a quote or a rejection."""
        return parse(page)

    def _page(self, answer: Answer, page_number: int) -> RawPage:
        is_last = answer.records == 0 or page_number >= self._pages
        return answer.page(cursor_after=_START if is_last else {"page": page_number + 1}, is_last=is_last)


def _key_header(options: Options) -> dict[str, str]:
    if options.api_key is None or options.plan is None:
        return {}
    return {KEY_HEADERS[options.plan]: options.api_key}


def _cures(options: Options) -> dict[int, str]:
    """What to set about the codes by which CoinGecko says that a key is not of the plan whose host was asked."""
    return {
        code: f"the key is a {plan} key: set {{prefix}}PLAN={plan}"
        if options.plan != plan
        else f"the key is a {plan} key, and BASE_URL leads to the other plan's host: leave {{prefix}}BASE_URL out"
        for code, plan in KEYS_OF_OTHER_PLANS.items()
    }


_SCHEMA = RecordSchema(
    {
        "id": "string",
        "symbol": "string",
        "name": "string",
        "image": "string",
        "current_price": "number null",
        "market_cap": "number null",
        "market_cap_rank": "number null",
        "market_cap_rank_with_rehypothecated": "number null missing",
        "fully_diluted_valuation": "number null",
        "total_volume": "number null",
        "high_24h": "number null",
        "low_24h": "number null",
        "price_change_24h": "number null",
        "price_change_percentage_24h": "number null",
        "market_cap_change_24h": "number null",
        "market_cap_change_percentage_24h": "number null",
        "circulating_supply": "number null",
        "total_supply": "number null",
        "max_supply": "number null",
        "ath": "number null",
        "ath_change_percentage": "number null",
        "ath_date": "string null",
        "atl": "number null",
        "atl_change_percentage": "number null",
        "atl_date": "string null",
        "roi": "null object",
        "roi.times": "number",
        "roi.currency": "string",
        "roi.percentage": "number",
        "last_updated": "string",
        **{f"price_change_percentage_{each}_in_currency": "number null missing" for each in _CHANGES},
    }
)
"""The fields of a coin: those recorded since 2021, and what the API's description of 2026-06 adds."""


class _Cursor(msgspec.Struct):
    page: Annotated[int, msgspec.Meta(ge=1)] = 1


def _page_number(cursor: Cursor) -> int:
    return msgspec.convert(cursor, _Cursor).page


def _params(page_number: int) -> dict[str, str]:
    per_page = str(_PER_PAGE)
    return {"vs_currency": "usd", "order": "market_cap_desc", "per_page": per_page, "page": str(page_number)}


class _Coin(msgspec.Struct):
    """What is read of a coin; numbers stay text until they are read to the digit."""

    id: Any = None
    name: Any = None
    symbol: Any = None
    current_price: msgspec.Raw = msgspec.Raw()
    market_cap: msgspec.Raw = msgspec.Raw()
    total_volume: msgspec.Raw = msgspec.Raw()
    last_updated: Any = None


_COINS = msgspec.json.Decoder(_Coin)


def _quote(coin: _Coin, page: RawPage, position: int, unread: Unread) -> Quote:
    return Quote(
        source=NAME,
        coin_id=coin_id(coin.id),
        name=unread.or_none("name", lambda: text(coin.name, field="name")),
        symbol=unread.or_none("symbol", lambda: text(coin.symbol, field="symbol")),
        price_usd=number(sent(coin.current_price, field="current_price"), field="current_price"),
        market_cap=unread.or_none("market_cap", lambda: believed(coin.market_cap, field="market_cap")),
        volume_24h=unread.or_none("volume_24h", lambda: believed(coin.total_volume, field="total_volume")),
        observed_at=time(coin.last_updated, field="last_updated"),
        ingested_at=page.received_at,
        position=position,
    )
