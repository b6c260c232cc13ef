"""GET /rejections: the records that are not believed, each with the reason why and where its bytes are."""

from msgspec import Struct

from crypto.application.operate.list_rejections import ListRejections, RejectionList
from crypto.domain.quote import MAX_ID_BYTES
from crypto.domain.rejection import Reason, RejectionFilter, StoredRejection
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import INGESTED, REQUEST_ID
from crypto.entrypoints.http.kit.filters import source_filter
from crypto.entrypoints.http.kit.links import page_links
from crypto.entrypoints.http.kit.page_parameters import (
    OWN_FILTERS,
    PAGE,
    PAGE_OR_CURSOR,
    REFUSED_PLACES,
    cursor,
    page_size,
)
from crypto.entrypoints.http.kit.parameters import Parameter, one_of, text
from crypto.entrypoints.http.kit.query_string import Query
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import SERVICE
from crypto.entrypoints.http.kit.verdict import database_away

PATH = "/rejections"

DEFAULT_PAGE_SIZE = 20
MAX_FEED_BYTES = 64

PAGE_SIZE = page_size("rejections", default=DEFAULT_PAGE_SIZE)
FEED = text("feed", "Of this feed of its source only.", most=MAX_FEED_BYTES, example="prices")
REASON = one_of("reason", "Rejected for this reason only.", [each.value for each in Reason])
COIN_ID = text(
    "coin_id",
    "Records that name this coin, byte for byte, as far as that could be made out.",
    most=MAX_ID_BYTES,
    example="bitcoin",
)
RESOLVED = one_of(
    "resolved",
    "`false`, the default: those that are open. `true`: those that reading their pages again healed.",
    ("false", "true"),
)
CURSOR = cursor(example="lQHECOnpcl3EFVCAx_9pByobAD0JAM0DLACg")


class RejectionAnswer(Struct, frozen=True, kw_only=True):
    """A record that is not believed, or with a `field` only that field of a record that is a quote without it.

    `page_id` and `position` lead to its bytes, `excerpt` is how they begin. `resolved_at` is set once reading the
    page again healed it.
    """

    source: str
    feed: str
    page_id: int
    position: int
    field: str | None
    coin_id: str | None
    reason: str
    detail: str
    excerpt: str
    received_at: Moment
    rejected_at: Moment
    resolved_at: Moment | None


class RejectionListAnswer(Struct, frozen=True, kw_only=True):
    """Part of the list, those that arrived last first; `page` is null after a cursor, `next_cursor` at the end.

    `total` is null where there are more than are counted for an answer, 10,000.
    """

    data: tuple[RejectionAnswer, ...]
    total: int | None
    page: int | None
    page_size: int
    next_cursor: str | None
    has_more: bool
    request_id: str
    api_latency_ms: float


EXAMPLE = RejectionListAnswer(
    data=(
        RejectionAnswer(
            source="coingecko",
            feed="prices",
            page_id=812,
            position=17,
            field="market_cap",
            coin_id="wrapped-btc",
            reason=Reason.NEGATIVE.value,
            detail="market_cap is -1",
            excerpt='{"id":"wrapped-btc","symbol":"wbtc","current_price":110271,"market_cap":-1}',
            received_at=INGESTED,
            rejected_at=INGESTED,
            resolved_at=None,
        ),
    ),
    total=7,
    page=1,
    page_size=1,
    next_cursor=str(CURSOR.example),
    has_more=True,
    request_id=REQUEST_ID,
    api_latency_ms=0.9,
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The list of rejections."""
    list_rejections = service.use_case(ListRejections)
    source = source_filter(service.sources)

    async def rejections(context: RequestContext) -> Answer:
        asked = context.query
        found = await list_rejections(
            _filter(asked, source),
            page=PAGE.of(asked),
            page_size=PAGE_SIZE.of(asked) or DEFAULT_PAGE_SIZE,
            cursor=CURSOR.of(asked),
        )
        body = _body(found, context)
        links = page_links(context, page=found.page, next_cursor=found.next_cursor, has_more=body.has_more)
        return Answer(body=body, headers=links, results=len(found.rejections))

    endpoint = Endpoint(
        path=PATH,
        name="Rejections",
        link="rejections",
        tag=SERVICE,
        summary="The records that are not believed, those that arrived last first, each with the reason why.",
        parameters=(PAGE, PAGE_SIZE, source, FEED, REASON, COIN_ID, RESOLVED, CURSOR),
        rules=(PAGE_OR_CURSOR, OWN_FILTERS),
        pages=True,
        answer=rejections,
        example=EXAMPLE,
        problems=(*REFUSED_PLACES, database_away()),
    )
    return (endpoint,)


def _filter(asked: Query, source: Parameter[str]) -> RejectionFilter:
    """Which rejections are asked for.

    :raises BadRequest: for a value out of bounds.
    """
    reason = REASON.of(asked)
    return RejectionFilter(
        source=source.of(asked),
        feed=FEED.of(asked),
        reason=None if reason is None else Reason(reason),
        coin_id=COIN_ID.of(asked),
        is_resolved=RESOLVED.of(asked) == "true",
    )


def _body(found: RejectionList, context: RequestContext) -> RejectionListAnswer:
    return RejectionListAnswer(
        data=tuple(map(_rejection, found.rejections)),
        total=found.total if found.is_counted else None,
        page=found.page,
        page_size=found.page_size,
        next_cursor=found.next_cursor,
        has_more=found.next_cursor is not None,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def _rejection(found: StoredRejection) -> RejectionAnswer:
    return RejectionAnswer(
        source=found.source,
        feed=found.feed,
        page_id=found.page_id,
        position=found.position,
        field=found.field,
        coin_id=found.coin_id,
        reason=found.reason.value,
        detail=found.detail,
        excerpt=found.excerpt,
        received_at=found.received_at,
        rejected_at=found.rejected_at,
        resolved_at=found.resolved_at,
    )
