"""Bitstamp: the last price of every coin it trades against US dollars, `GET /ticker/`: all pairs in one answer."""

import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Context, Decimal
from typing import Any, ClassVar, Final

import msgspec
from msgspec.structs import force_setattr

from crypto.adapters.fetch.numbers import believed, number, sent
from crypto.adapters.fetch.options import HttpOptions, Interval
from crypto.adapters.fetch.record_schema import RecordSchema
from crypto.adapters.fetch.records import parse_page, unix_time
from crypto.adapters.fetch.refusal import BLOCKED
from crypto.adapters.fetch.single_page import SinglePageSource
from crypto.application.ports import Clock, RequestBudget, Source
from crypto.domain.amount import MAX_DIGITS, amount
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import Reason, RecordRejected
from crypto.domain.skip import SkipReason
from crypto.domain.unread import Unread

NAME: Final = "bitstamp"
PARSER_VERSION: Final = 2

PER_MINUTE: Final = 1000
"""Documented: 10,000 requests in 10 minutes."""

UPDATE_CYCLE: Final = timedelta(minutes=1)
"""Bitstamp's stamps are of the moment of the answer, also where nobody has traded since the last."""

_KEYLESS: Final = "it takes no key, so that asking again gives the same answer: look into its own announcements"
"""For statuses that a provider with keys sends where the key is at fault."""

_DOLLARS: Final = "USD"
_SPOT: Final = "SPOT"
_PAIR: Final = re.compile(r"([^/\s]+)/([^/\s]+)")
_PRODUCT: Final = Context(prec=2 * MAX_DIGITS)


class Options(HttpOptions, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Settings of Bitstamp, whose prices are public: it takes no key.

    :raises ValueError: when one is given all the same.
    """

    base_url: str = "https://www.bitstamp.net/api/v2"
    interval: Interval = 300.0

    def __post_init__(self) -> None:
        super().__post_init__()
        if self.api_key:
            raise ValueError("bitstamp takes no api_key: its prices are public")
        if self.per_minute is None:
            force_setattr(self, "per_minute", PER_MINUTE)


def parse(page: RawPage) -> ParsedPage:
    """Read a page's records; pure, and never raises."""
    return parse_page(page, _TICKERS, _quote, _SCHEMA, known_id=_known_id)


def build(options: Options, *, clock: Clock, budget: RequestBudget) -> Source:
    """The source Bitstamp with these settings."""
    return Bitstamp(options, clock=clock, budget=budget, key_header={})


class Bitstamp(SinglePageSource):
    """The one page of Bitstamp's tickers. A coin is the code on the left of a pair: `BTC` of `BTC/USD`."""

    name = NAME
    parser_version = PARSER_VERSION
    update_cycle = UPDATE_CYCLE
    path = "/ticker/"
    advice: ClassVar[Mapping[int, str]] = {401: _KEYLESS, 402: _KEYLESS, 403: BLOCKED}

    def parse(self, page: RawPage) -> ParsedPage:
        """Read a page's tickers: those in dollars are quotes or rejections, the others are skipped."""
        return parse(page)


_SCHEMA = RecordSchema(
    {
        **dict.fromkeys(("timestamp", "open", "high", "low", "last", "volume", "vwap", "bid", "ask"), "string"),
        **dict.fromkeys(("side", "open_24", "percent_change_24", "pair"), "string"),
        **dict.fromkeys(("market", "market_type"), "string missing"),
        **dict.fromkeys(("index_price", "mark_price", "open_interest", "open_interest_value"), "string missing"),
    }
)
"""The documented fields; the last six are of later years, the last four of perpetual futures only."""


class _Ticker(msgspec.Struct):
    """What is read of a ticker; numbers stay text until they are read to the digit."""

    pair: Any = None
    market_type: Any = _SPOT
    last: msgspec.Raw = msgspec.Raw()
    volume: msgspec.Raw = msgspec.Raw()
    vwap: msgspec.Raw = msgspec.Raw()
    timestamp: Any = None


_TICKERS = msgspec.json.Decoder(_Ticker)


def _quote(ticker: _Ticker, page: RawPage, position: int, unread: Unread) -> Quote | SkipReason:
    """No quote is what is not a coin in dollars: a pair in another currency, USDT among them, or a future."""
    coin, currency = _parts(ticker.pair)
    if currency != _DOLLARS:
        return SkipReason.OTHER_CURRENCY
    if ticker.market_type != _SPOT:
        return SkipReason.NOT_SPOT
    return Quote(
        source=NAME,
        coin_id=coin,
        name=None,
        symbol=coin,
        price_usd=number(sent(ticker.last, field="last"), field="last"),
        market_cap=None,
        volume_24h=unread.or_none("volume_24h", lambda: _turnover(ticker)),
        observed_at=unix_time(ticker.timestamp, field="timestamp"),
        ingested_at=page.received_at,
        position=position,
    )


def _parts(pair: Any) -> tuple[str, str]:
    """`BTC/USD` as coin and currency."""
    found = _PAIR.fullmatch(pair) if isinstance(pair, str) else None
    if found is None:
        raise RecordRejected(
            Reason.BAD_FIELD, "pair is not a text such as BTC/USD: the provider changed its format"
        )
    return found[1], found[2]


def _known_id(record: dict[str, Any]) -> object:
    """The coin of a ticker that is rejected."""
    found = _PAIR.fullmatch(str(record.get("pair")))
    return found[1] if found else None


def _turnover(ticker: _Ticker) -> Decimal | None:
    """What was traded in 24 hours, in dollars: `volume` counts coins, `vwap` is what one of them cost."""
    coins, price = believed(ticker.volume, field="volume"), believed(ticker.vwap, field="vwap")
    if not coins:
        return coins
    return amount(_PRODUCT.multiply(coins, price), field="volume_24h") if price else None
