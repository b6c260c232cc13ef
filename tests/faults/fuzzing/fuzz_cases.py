"""What is fed to each parser, which errors of it are documented, and inputs of our own making to begin with."""

import base64
import random
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from decimal import Decimal
from pathlib import Path

import httpx
import msgspec
from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.csv.layout.context import Context
from crypto.adapters.csv.read.rows import parse_rows
from crypto.adapters.csv.text.records import Limits, take_chunk
from crypto.adapters.fetch.backoff import retry_after
from crypto.adapters.fetch.error_text import said, tells_rate_limit
from crypto.adapters.fetch.refusal import judge
from crypto.application.errors import BadRequest
from crypto.application.query.list_cursor import cursor_after, key_of
from crypto.domain.market_data import CoinFilter, CoinKey, QuoteFilter, QuoteKey
from crypto.entrypoints.http.kit.query_string import parsed
from crypto.entrypoints.http.v1.router import v1_endpoints
from crypto.entrypoints.settings import BadSetting, load_settings
from tests.faults.chaos.chaos_answers import body_of
from tests.faults.chaos.chaos_market import ChaosMarket
from tests.faults.chaos.chaos_records import KEPT, REJECTED
from tests.support.api import Served
from tests.support.clock import NOON
from tests.support.csv_files import HEADER, row
from tests.support.provider_answers import ERROR_OBJECTS, RATE_LIMITS
from tests.support.provider_sources import COIN_LISTS, page_of, source

Feed = Callable[[bytes], object]

SETTINGS = (
    "DATABASE_URL", "PORT", "HOST", "SOURCES", "LOG_LEVEL", "DATA_DIR", "SOURCE__COINGECKO__BASE_URL",
    "SOURCE__COINGECKO__API_KEY", "SOURCE__COINGECKO__PAUSE", "SOURCE__COINPAPRIKA__INTERVAL",
    "SOURCE__CSV__PATHS", "SOURCE__CSV__COLUMNS", "SOURCE__CSV__TIMEZONE", "SOURCE__CSV__OBSERVED_AT",
)  # fmt: skip
DIALECTS: Sequence[Mapping[str, object]] = (
    {"delimiter": ","},
    {"delimiter": ";", "date_format": "%d.%m.%Y"},
    {"delimiter": "\t", "coin_id": "btc"},
    {"delimiter": ",", "timezone": "Europe/Berlin"},
    {"delimiter": ",", "encoding": "utf-16-le", "date_order": "dmy", "candle": "1d"},
    {"delimiter": "|", "encoding": "windows-1252", "line_end": "\r", "currency": "EUR", "rate": "1.08"},
    {"delimiter": ",", "layout": "coin_columns", "decimal": "comma", "spaces": True},
    {"delimiter": ",", "layout": "day_columns", "date_order": "mdy"},
    {"delimiter": ",", "headerless": ["coin_id", "price_usd", "-", "observed_at"], "encoding": "latin-1"},
)


class Case(Struct, frozen=True, kw_only=True):
    """A parser under fuzz: `feed` takes any bytes and raises nothing."""

    feed: Feed
    seeds: Sequence[bytes]


def _rest(name: str) -> Case:
    provider = source(name)
    return Case(feed=lambda data: provider.parse(page_of(data, source=name)), seeds=_lists(name))


def _lists(name: str) -> list[bytes]:
    """Lists in the provider's shape, each with a record that is damaged or odd."""
    market = ChaosMarket(name, random.Random(1), lambda: NOON)
    first = market.page(1)[:2]
    records = [*map(market.damaged, REJECTED), *map(market.odd, KEPT), market.odd_in_time_or_keys()]
    return [body_of([*first, each]) for each in records]


def _csv(data: bytes) -> None:
    """The first byte chooses a dialect, the first line is the header, the rest one chunk after the other."""
    header, _, rest = data[1:].partition(b"\n")
    dialect = DIALECTS[(data[0] if data else 0) % len(DIALECTS)]
    context = {"path": "a.csv", "header": header.decode("utf-8", "replace"), "first_line": 2, **dialect}
    how = msgspec.convert(context, Context).dialect
    while rest:
        chunk = take_chunk(rest, how, limits=Limits(records=3, size=4096), at_end=True)
        parse_rows(replace(page_of(rest[: chunk.size], source="csv"), context=context))
        rest = rest[chunk.size :] if chunk.size else b""


def _cursor(data: bytes) -> None:
    """As a token, and as what a token is made of, which no change of a token's letters would reach."""
    for token in (data.decode("latin-1"), base64.urlsafe_b64encode(data).rstrip(b"=").decode()):
        with suppress(BadRequest):
            quote = key_of(token, QuoteFilter(), QuoteKey)
            assert key_of(cursor_after(quote, QuoteFilter()), QuoteFilter(), QuoteKey) == quote
        with suppress(BadRequest):
            coin = key_of(token, CoinFilter(), CoinKey)
            assert key_of(cursor_after(coin, CoinFilter()), CoinFilter(), CoinKey) == coin


TOKENS = (
    cursor_after((NOON, "bitcoin", "coingecko"), QuoteFilter()).encode(),
    cursor_after((Decimal(2201000000000), "bitcoin", "coingecko"), CoinFilter()).encode(),
)


def _query(data: bytes) -> None:
    """As the query of every path that has parameters."""
    for parameters in ASKED:
        with suppress(BadRequest):
            query = parsed(data, known={each.name: each.most for each in parameters})
            for each in parameters:
                each.all_of(query)


ASKED = [each.parameters for each in v1_endpoints(Served().service) if each.parameters]


def _settings(data: bytes) -> None:
    name = SETTINGS[(data[0] if data else 0) % len(SETTINGS)]
    with suppress(BadSetting):
        load_settings(
            environment={f"CRYPTO_{name}": data[1:].decode("utf-8", "surrogateescape")}, directory=NOWHERE
        )


NOWHERE = Path(__file__).parent
"""A folder without a crypto.toml."""


def _retry_after(data: bytes) -> None:
    header = data.decode("latin-1")
    wait = retry_after(header, now=NOON)
    assert wait is None or wait > 0
    with suppress(ValueError):  # what no header can hold
        headers = {"retry-after": header, "location": header}
        response = httpx.Response(300 + len(data) % 300, headers=headers, request=REQUEST)
        judge(response, header, source="coingecko", now=NOON)


REQUEST = httpx.Request("GET", "http://127.0.0.1/list")


ECHOED = "canary"


ERRORS = [*ERROR_OBJECTS.values(), *RATE_LIMITS.values(), b"<html>", b"plain canary text"]


def _said(data: bytes) -> None:
    text = said(data, secret=ECHOED)
    assert ECHOED not in text
    tells_rate_limit(data, text)


CASES: Mapping[str, Callable[[], Case]] = {
    **{name: lambda name=name: _rest(name) for name in COIN_LISTS},  # type: ignore[misc]
    "csv": lambda: Case(
        feed=_csv, seeds=[bytes([each]) + HEADER + row() + row('"a,\nb"') for each in range(len(DIALECTS))]
    ),
    "cursor": lambda: Case(
        feed=_cursor, seeds=[*TOKENS, *(base64.urlsafe_b64decode(token + b"==") for token in TOKENS)]
    ),
    "query": lambda: Case(
        feed=_query,
        seeds=[
            b"page=1&page_size=2&source=coingecko&as_of=2026-01-01T00:00:00Z",
            b"symbol=btc%20&coin_id=%C3%A4",
            b"symbol=btc&source=coingecko&page=2",
        ],
    ),
    "settings": lambda: Case(
        feed=_settings,
        seeds=[
            bytes([each]) + text for each in range(len(SETTINGS)) for text in (b"8000", b"http://a/b", b"a=b,c")
        ],
    ),
    "retry_after": lambda: Case(
        feed=_retry_after, seeds=[b"2", b"-5", b"1.5", b"Mon, 02 Nov 2026 12:00:07 GMT", b"http://a:1/b?c"]
    ),
    "said": lambda: Case(
        feed=_said, seeds=[*ERROR_OBJECTS.values(), *RATE_LIMITS.values(), b"<html>", b"plain canary text"]
    ),
}
