"""GET /coins and /coins/{coin_id}: the newest quote of each coin of each source, and of one coin."""

from msgspec import Struct

from crypto.application.errors import UnknownCoin
from crypto.application.query.list_coins import Coin, ListCoins
from crypto.application.query.quote_page import DEFAULT_PAGE_SIZE
from crypto.domain.market_data import CoinFilter
from crypto.domain.quote import MAX_ID_BYTES
from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import REQUEST_ID
from crypto.entrypoints.http.kit.filters import SYMBOL, source_filter
from crypto.entrypoints.http.kit.page_parameters import (
    COUNT,
    OWN_FILTERS,
    PAGE,
    PAGE_OR_CURSOR,
    REFUSED_PLACES,
    cursor,
    page_request,
    page_size,
)
from crypto.entrypoints.http.kit.parameters import text
from crypto.entrypoints.http.kit.query_string import decoded
from crypto.entrypoints.http.kit.quote_answer import (
    QUOTE,
    CoinListBody,
    QuoteAnswer,
    QuoteListAnswer,
    quote_answer,
    quote_links,
)
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from crypto.entrypoints.http.kit.verdict import database_away, judge

PATH = "/coins"

PAGE_SIZE = page_size("coins", default=DEFAULT_PAGE_SIZE)
CURSOR = cursor(
    " A coin whose market cap changes meanwhile may move past it.",
    example="lQHECEnMEJfcxLUXrTIyMDEwMDAwMDAwMDCnYml0Y29pbqljb2luZ2Vja28",
)
COIN_ID = text("coin_id", "The id the source gives the coin, byte for byte.", most=MAX_ID_BYTES, example="bitcoin")


class CoinAnswer(Struct, frozen=True, kw_only=True):
    """The newest quote that each source has under this id; two sources may mean two coins by it."""

    data: tuple[QuoteAnswer, ...]
    total: int
    request_id: str
    api_latency_ms: float


COINS_EXAMPLE = QuoteListAnswer(
    data=(QUOTE,),
    total=2890,
    count="exact",
    page=1,
    page_size=1,
    next_cursor=str(CURSOR.example),
    has_more=True,
    request_id=REQUEST_ID,
    api_latency_ms=1.7,
)
COIN_EXAMPLE = CoinAnswer(data=(QUOTE,), total=1, request_id=REQUEST_ID, api_latency_ms=0.8)

NO_SUCH_COIN = judge(UnknownCoin("no source knows a coin 'btc'; did you mean 'bitcoin' (coingecko)?"))


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The list of coins, and each of them."""
    return (_list(service), _one(service))


def _list(service: Service) -> Endpoint:
    list_coins = service.use_case(ListCoins)
    source = source_filter(service.sources)

    async def coins(context: RequestContext) -> Answer:
        asked = context.query
        part = page_request(asked, size=PAGE_SIZE, cursor=CURSOR)
        found = await list_coins.as_json(CoinFilter(source=source.of(asked), symbol=SYMBOL.of(asked)), part)
        body = CoinListBody.of(found, request_id=context.request_id, api_latency_ms=context.latency_ms)
        links = quote_links(found, context)
        return Answer(body=body, headers=links, results=found.shown, version=found.version)

    return Endpoint(
        path=PATH,
        name="Coins",
        link="coins",
        tag=MARKET_DATA,
        summary="The newest quote of each coin of each source, by market cap, those without one last.",
        parameters=(PAGE, PAGE_SIZE, source, SYMBOL, CURSOR, COUNT),
        rules=(PAGE_OR_CURSOR, OWN_FILTERS),
        pages=True,
        data_of=source.of,
        answer=coins,
        example=COINS_EXAMPLE,
        problems=(*REFUSED_PLACES, database_away()),
    )


def _one(service: Service) -> Endpoint:
    list_coins = service.use_case(ListCoins)

    async def coin(context: RequestContext) -> Answer:
        found = await list_coins.of_id(_coin_id(context.raw_path))
        return Answer(body=_body(found, context), results=len(found.quotes))

    return Endpoint(
        path=f"{PATH}/{{coin_id}}",
        name="Coin",
        tag=MARKET_DATA,
        summary="The newest quote of one coin, one of each source that gives it this id.",
        in_path=(COIN_ID,),
        answer=coin,
        example=COIN_EXAMPLE,
        problems=(NO_SUCH_COIN, database_away()),
    )


def _coin_id(path: bytes) -> str:
    """The id in a path as sent, where it may hold a slash, as %2F.

    :raises BadRequest: for an id that no coin can have.
    """
    _, _, sent = path.partition(f"{PATH}/".encode())
    asked = COIN_ID.of({COIN_ID.name: (decoded(sent.strip(b"/"), of=COIN_ID.name),)})
    return asked or ""


def _body(found: Coin, context: RequestContext) -> CoinAnswer:
    return CoinAnswer(
        data=tuple(map(quote_answer, found.quotes, found.stale_after)),
        total=len(found.quotes),
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )
