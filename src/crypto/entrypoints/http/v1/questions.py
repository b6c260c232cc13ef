"""What a request asks, in the words of the use cases."""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import TypeAlias

from msgspec import Struct

from crypto.application.query.query_market_data import MOST_COINS
from crypto.application.query.quote_page import DEFAULT_PAGE_SIZE, MAX_OFFSET, MAX_PAGE_SIZE
from crypto.domain.market_data import CoinFilter, QuoteFilter
from crypto.domain.quote import MAX_ID_BYTES, MAX_NAME_CHARACTERS
from crypto.entrypoints.http.kit.parameters import Parameter, moment, one_of, text, token, whole
from crypto.entrypoints.http.kit.query_string import Query, decoded
from crypto.entrypoints.http.v1 import paths

AnyParameter: TypeAlias = Parameter[int] | Parameter[str] | Parameter[datetime]

RUNS_PAGE_SIZE = 20
MAX_CURSOR = 1024

PAGE = whole("page", "Which part of the list, from 1.", most=MAX_OFFSET + 1, default=1)
PAGE_SIZE = whole("page_size", "How many quotes.", most=MAX_PAGE_SIZE, default=DEFAULT_PAGE_SIZE)
COINS_SIZE = whole("page_size", "How many coins.", most=MAX_PAGE_SIZE, default=DEFAULT_PAGE_SIZE)
RUNS_SIZE = whole("page_size", "How many runs.", most=MAX_PAGE_SIZE, default=RUNS_PAGE_SIZE)
COIN_ID = text(
    "coin_id",
    "The id the source gives the coin, byte for byte.",
    most=MAX_ID_BYTES,
    example="bitcoin",
)
COIN_IDS = text(
    "coin_id",
    f"The id the source gives the coin, byte for byte. Given several times, up to {MOST_COINS}, it asks for any of"
    " these coins; ids that nobody knows are told in `unknown_coin_ids`.",
    most=MAX_ID_BYTES,
    example="bitcoin",
    times=MOST_COINS,
)
SYMBOL = text(
    "symbol",
    "The ticker, in any ASCII case. A label, never an identity: several coins share one.",
    most=MAX_NAME_CHARACTERS,
    example="btc",
)
OBSERVED_FROM = moment("observed_from", "Quotes of this moment or later, by the source's own time.")
OBSERVED_TO = moment("observed_to", "Quotes of before this moment, by the source's own time.")
INGESTED_FROM = moment("ingested_from", "Quotes that arrived here at this moment or later.")
INGESTED_TO = moment("ingested_to", "Quotes that arrived here before this moment.")
AS_OF = moment("as_of", "What was believed at this moment, at least 60 seconds ago.")
CURSOR = token(
    "cursor",
    "`next_cursor` of the part before, with the same filters; instead of `page`.",
    most=MAX_CURSOR,
    example="lQHECNrZ1CZbG8Hn1__WZwcL_6didGNvaW6pY29pbmdlY2tv",
)

COINS_CURSOR = token(
    "cursor",
    "`next_cursor` of the part before, with the same filters; instead of `page`. A coin whose market cap changes"
    " meanwhile may move past it.",
    most=MAX_CURSOR,
    example="lQHECEnMEJfcxLUXrTIyMDEwMDAwMDAwMDCnYml0Y29pbqljb2luZ2Vja28",
)


class DataQuestion(Struct, frozen=True, kw_only=True):
    """Which quotes, and which part of their list."""

    wanted: QuoteFilter
    page: int | None
    page_size: int
    cursor: str | None


class CoinsQuestion(Struct, frozen=True, kw_only=True):
    """Which coins, and which part of their list."""

    wanted: CoinFilter
    page: int | None
    page_size: int
    cursor: str | None


class RunsQuestion(Struct, frozen=True, kw_only=True):
    """Which runs, and which part of their list."""

    source: str | None
    page: int
    page_size: int


class Questions:
    """Understands requests; `sources` are the names `source` may have."""

    def __init__(self, sources: Collection[str]) -> None:
        self._source = one_of("source", "Of this source only.", sources)
        ranges = (OBSERVED_FROM, OBSERVED_TO, INGESTED_FROM, INGESTED_TO, AS_OF)
        which = (self._source, COIN_IDS, SYMBOL)
        of_data: tuple[AnyParameter, ...] = (PAGE, PAGE_SIZE, *which, *ranges, CURSOR)
        of_coins: tuple[AnyParameter, ...] = (PAGE, COINS_SIZE, self._source, SYMBOL, COINS_CURSOR)
        of_runs: tuple[AnyParameter, ...] = (PAGE, RUNS_SIZE, self._source)
        self.parameters: Mapping[str, tuple[AnyParameter, ...]] = {
            paths.DATA: of_data,
            paths.COINS: of_coins,
            paths.RUNS: of_runs,
        }
        self._names = {path: {each.name: each.most for each in asked} for path, asked in self.parameters.items()}

    def names(self, path: str) -> Mapping[str, int]:
        """The parameters a path takes, and how often each."""
        return self._names.get(path, {})

    def data(self, query: Query) -> DataQuestion:
        """What GET /data asks.

        :raises BadRequest: for a value out of bounds.
        """
        return DataQuestion(
            wanted=QuoteFilter(
                source=self._source.of(query),
                coin_ids=COIN_IDS.all_of(query),
                symbol=SYMBOL.of(query),
                observed_from=OBSERVED_FROM.of(query),
                observed_to=OBSERVED_TO.of(query),
                ingested_from=INGESTED_FROM.of(query),
                ingested_to=INGESTED_TO.of(query),
                as_of=AS_OF.of(query),
            ),
            page=PAGE.of(query),
            page_size=PAGE_SIZE.of(query) or DEFAULT_PAGE_SIZE,
            cursor=CURSOR.of(query),
        )

    def coins(self, query: Query) -> CoinsQuestion:
        """What GET /coins asks.

        :raises BadRequest: for a value out of bounds.
        """
        return CoinsQuestion(
            wanted=CoinFilter(source=self._source.of(query), symbol=SYMBOL.of(query)),
            page=PAGE.of(query),
            page_size=COINS_SIZE.of(query) or DEFAULT_PAGE_SIZE,
            cursor=COINS_CURSOR.of(query),
        )

    def coin_id(self, path: bytes) -> str:
        """Which coin GET /coins/{coin_id} asks for, by the path as sent: an id may hold a slash, as %2F.

        :raises BadRequest: for an id that no coin can have.
        """
        _, _, sent = path.partition(b"/coins/")
        asked = COIN_ID.of({COIN_ID.name: (decoded(sent.strip(b"/"), of=COIN_ID.name),)})
        return asked or ""

    def runs(self, query: Query) -> RunsQuestion:
        """What GET /runs asks.

        :raises BadRequest: for a value out of bounds.
        """
        return RunsQuestion(
            source=self._source.of(query),
            page=PAGE.of(query) or 1,
            page_size=RUNS_SIZE.of(query) or RUNS_PAGE_SIZE,
        )
