"""CoinPaprika: every coin of the plan in one answer, `GET /tickers?quotes=USD`."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any, ClassVar, Final, Literal

import msgspec
from msgspec.structs import force_setattr

from crypto.adapters.fetch.numbers import believed, number, sent
from crypto.adapters.fetch.options import ApiKey, HttpOptions, Interval
from crypto.adapters.fetch.record_schema import RecordSchema
from crypto.adapters.fetch.records import coin_id, parse_page, text, time
from crypto.adapters.fetch.single_page import SinglePageSource
from crypto.application.ports import Clock, RequestBudget, Source
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import Quote
from crypto.domain.unread import Unread

NAME: Final = "coinpaprika"
PARSER_VERSION: Final = 2

FREE_URL: Final = "https://api.coinpaprika.com/v1"
PRO_URL: Final = "https://api-pro.coinpaprika.com/v1"
FREE_PER_MONTH: Final = 20_000
FREE_COINS: Final = 2_000
"""At most so many coins are in a list of the free plan: where it has them, more may be listed than it names."""

UPDATE_CYCLE: Final = timedelta(minutes=15)
"""It promises updates every 5 to 10 minutes; in 342 recorded polls stamps were up to 5 minutes old on arrival."""


class Options(HttpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of CoinPaprika: a key without a plan means pro; `auth_prefix` goes before the key in its header.

    :raises ValueError: when plan and key contradict each other.
    """

    base_url: str = FREE_URL
    interval: Interval = 300.0
    plan: Literal["free", "pro"] | None = None
    auth_prefix: ApiKey = ""

    def __post_init__(self) -> None:
        super().__post_init__()
        plan = self.plan or ("pro" if self.api_key else "free")
        if plan == "pro" and not self.api_key:
            raise ValueError("plan pro needs api_key")
        force_setattr(self, "plan", plan)
        if plan == "pro" and self.base_url == FREE_URL:
            force_setattr(self, "base_url", PRO_URL)
        if plan == "free" and self.per_month is None:
            force_setattr(self, "per_month", FREE_PER_MONTH)


def parse(page: RawPage) -> ParsedPage:
    """Read a page's records; pure, and never raises."""
    return parse_page(page, _TICKERS, _quote, _SCHEMA)


def build(options: Options, *, clock: Clock, budget: RequestBudget) -> Source:
    """The source CoinPaprika with these settings."""
    return CoinPaprika(options, clock=clock, budget=budget, key_header=_key_header(options))


class CoinPaprika(SinglePageSource):
    """The one page of CoinPaprika, fetched anew each time."""

    name = NAME
    parser_version = PARSER_VERSION
    update_cycle = UPDATE_CYCLE
    cut_from = FREE_COINS
    path = "/tickers"
    params: ClassVar[Mapping[str, str]] = {"quotes": "USD"}

    def parse(self, page: RawPage) -> ParsedPage:
        """Read a page's tickers; each is a quote or a rejection."""
        return parse(page)


_SCHEMA = RecordSchema(
    {
        "id": "string",
        "name": "string",
        "symbol": "string",
        "rank": "number",
        "circulating_supply": "number missing",
        "total_supply": "number",
        "max_supply": "number",
        "beta_value": "number",
        "first_data_at": "string",
        "last_updated": "string",
        "quotes": "object",
        "quotes.USD": "object",
        "quotes.USD.price": "number",
        "quotes.USD.volume_24h": "number",
        "quotes.USD.volume_24h_change_24h": "number",
        "quotes.USD.market_cap": "number",
        "quotes.USD.market_cap_change_24h": "number",
        "quotes.USD.percent_change_15m": "number",
        "quotes.USD.percent_change_30m": "number",
        "quotes.USD.percent_change_1h": "number",
        "quotes.USD.percent_change_6h": "number",
        "quotes.USD.percent_change_12h": "number",
        "quotes.USD.percent_change_24h": "number",
        "quotes.USD.percent_change_7d": "number",
        "quotes.USD.percent_change_30d": "number",
        "quotes.USD.percent_change_1y": "number",
        "quotes.USD.ath_price": "number null",
        "quotes.USD.ath_date": "string null",
        "quotes.USD.percent_from_price_ath": "number null",
    }
)
"""The fields of a ticker: all that were recorded since 2021; the free plan has no circulating supply any more."""


def _key_header(options: Options) -> dict[str, str]:
    if options.api_key is None:
        return {}
    return {"Authorization": f"{options.auth_prefix} {options.api_key}".strip()}


class _Dollars(msgspec.Struct):
    """Numbers stay text until they are read to the digit."""

    price: msgspec.Raw = msgspec.Raw()
    market_cap: msgspec.Raw = msgspec.Raw()
    volume_24h: msgspec.Raw = msgspec.Raw()


class _Currencies(msgspec.Struct):
    USD: _Dollars


class _Ticker(msgspec.Struct):
    """What is read of a coin."""

    quotes: _Currencies
    id: Any = None
    name: Any = None
    symbol: Any = None
    last_updated: Any = None


_TICKERS = msgspec.json.Decoder(_Ticker)


def _quote(ticker: _Ticker, page: RawPage, position: int, unread: Unread) -> Quote:
    dollars = ticker.quotes.USD
    return Quote(
        source=NAME,
        coin_id=coin_id(ticker.id),
        name=unread.or_none("name", lambda: text(ticker.name, field="name")),
        symbol=unread.or_none("symbol", lambda: text(ticker.symbol, field="symbol")),
        price_usd=number(sent(dollars.price, field="price"), field="price"),
        market_cap=unread.or_none("market_cap", lambda: believed(dollars.market_cap, field="market_cap")),
        volume_24h=unread.or_none("volume_24h", lambda: believed(dollars.volume_24h, field="volume_24h")),
        observed_at=time(ticker.last_updated, field="last_updated"),
        ingested_at=page.received_at,
        position=position,
    )
