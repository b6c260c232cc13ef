"""GET /data: stored quotes, newest first; those believed now, or at a moment before."""

import msgspec
from msgspec import Struct

from crypto.application.query.query_market_data import QueryMarketData
from crypto.application.query.quote_page import DEFAULT_PAGE_SIZE, QuoteJsonPage
from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import REQUEST_ID
from crypto.entrypoints.http.kit.filters import source_filter
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
from crypto.entrypoints.http.kit.quote_answer import QUOTE, QuoteListBody, QuoteListPart, quote_links
from crypto.entrypoints.http.kit.quote_parameters import (
    RANGES,
    REFUSED_TIMES,
    SETTLED,
    quote_filter,
    quote_parameters,
)
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from crypto.entrypoints.http.kit.verdict import database_away

PATH = "/data"

PAGE_SIZE = page_size("quotes", default=DEFAULT_PAGE_SIZE)
CURSOR = cursor(example="lQHECNrZ1CZbG8Hn1__WZwcL_6didGNvaW6pY29pbmdlY2tv")


class NearCoinAnswer(Struct, frozen=True, kw_only=True):
    """A coin that may have been meant, and the source that calls it so."""

    coin_id: str
    source: str


class UnknownIdAnswer(Struct, frozen=True, kw_only=True):
    """An id that no source, or not the one asked for, knows; `nearest` are coins that may have been meant."""

    coin_id: str
    nearest: tuple[NearCoinAnswer, ...]


class DataAnswer(QuoteListPart, frozen=True, kw_only=True):
    """Part of a list of quotes, and which of the ids that were asked for nobody knows."""

    unknown_coin_ids: tuple[UnknownIdAnswer, ...]
    request_id: str
    api_latency_ms: float


class DataBody(QuoteListBody, frozen=True, kw_only=True):
    """A `DataAnswer` as it is sent."""

    unknown_coin_ids: tuple[UnknownIdAnswer, ...]
    request_id: str
    api_latency_ms: float


EXAMPLE = DataAnswer(
    data=(QUOTE,),
    total=5000,
    count="exact",
    page=1,
    page_size=1,
    next_cursor=str(CURSOR.example),
    has_more=True,
    request_id=REQUEST_ID,
    api_latency_ms=1.9,
    unknown_coin_ids=(
        UnknownIdAnswer(coin_id="btc", nearest=(NearCoinAnswer(coin_id="bitcoin", source="coingecko"),)),
    ),
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The list of quotes."""
    query_market_data = service.use_case(QueryMarketData)
    source = source_filter(service.sources)

    async def data(context: RequestContext) -> Answer:
        asked = context.query
        part = page_request(asked, size=PAGE_SIZE, cursor=CURSOR)
        found = await query_market_data.as_json(quote_filter(asked, source), part)
        body, links = _body(found, context), quote_links(found, context)
        return Answer(body=body, headers=links, results=found.shown, version=found.version)

    endpoint = Endpoint(
        path=PATH,
        name="Data",
        link="data",
        tag=MARKET_DATA,
        summary="Stored quotes, newest first; as_of gives what was believed then.",
        parameters=(PAGE, PAGE_SIZE, *quote_parameters(source), CURSOR, COUNT),
        rules=(PAGE_OR_CURSOR, OWN_FILTERS, RANGES, SETTLED),
        pages=True,
        data_of=source.of,
        answer=data,
        example=EXAMPLE,
        problems=(*REFUSED_PLACES, *REFUSED_TIMES, database_away()),
    )
    return (endpoint,)


def _body(found: QuoteJsonPage, context: RequestContext) -> DataBody:
    """Part of the list, and the ids that nobody knows."""
    unknown = msgspec.convert(found.unknown_coin_ids, tuple[UnknownIdAnswer, ...], from_attributes=True)
    return DataBody.of(
        found,
        unknown_coin_ids=unknown,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )
