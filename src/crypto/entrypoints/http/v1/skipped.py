"""GET /skipped: the records of a page, or of a run's pages, that do not claim to be a quote in US dollars."""

from msgspec import Struct

from crypto.application.errors import UnknownRun
from crypto.application.operate.list_skipped import ListSkipped, SkippedFilter, SkippedList
from crypto.application.query.quote_page import DEFAULT_PAGE_SIZE
from crypto.domain.skip import SkipReason, StoredSkip
from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import REQUEST_ID
from crypto.entrypoints.http.kit.page_parameters import OWN_FILTERS, REFUSED_VALUE, cursor, page_size
from crypto.entrypoints.http.kit.parameters import number
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import SERVICE
from crypto.entrypoints.http.kit.verdict import database_away, judge

PATH = "/skipped"

PAGE_SIZE = page_size("records", default=DEFAULT_PAGE_SIZE)
PAGE_ID = number("page_id", "Of this page. Give this or `run_id`.", example=812)
RUN_ID = number("run_id", "Of the pages that this run brought. Give this or `page_id`.", example=41)
ONE_OF_TWO = "Give `page_id` or `run_id`, one of them, else `invalid_value`."
CURSOR = cursor(example="kwHECL_L1X4SH6YdzQMsEg")

NO_SUCH_RUN = judge(UnknownRun("there is no run 41; `crypto runs` or /runs lists them"))


class SkippedAnswer(Struct, frozen=True, kw_only=True):
    """A record that was passed over: `page_id` and `position` lead to its bytes, `excerpt` is how they begin.

    `reason` is other_currency, not_spot or no_amount; `detail` says it as a sentence.
    """

    page_id: int
    position: int
    source: str
    feed: str
    reason: str
    detail: str
    excerpt: str


class SkippedListAnswer(Struct, frozen=True, kw_only=True):
    """Part of the list, in order of arrival, as the present parser reads the stored bytes.

    A part may be short, or empty, before the end of the list: `next_cursor` is null, and `has_more` false, at the
    end only.
    """

    data: tuple[SkippedAnswer, ...]
    page_size: int
    next_cursor: str | None
    has_more: bool
    request_id: str
    api_latency_ms: float


EXAMPLE = SkippedListAnswer(
    data=(
        SkippedAnswer(
            page_id=812,
            position=17,
            source="bitstamp",
            feed="prices",
            reason=SkipReason.OTHER_CURRENCY.value,
            detail=SkipReason.OTHER_CURRENCY.meaning,
            excerpt='{"timestamp":"1762077662","last":"95012","pair":"BTC/EUR"}',
        ),
    ),
    page_size=1,
    next_cursor=str(CURSOR.example),
    has_more=True,
    request_id=REQUEST_ID,
    api_latency_ms=6.2,
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The list of records that were passed over."""
    list_skipped = service.use_case(ListSkipped)

    async def skipped(context: RequestContext) -> Answer:
        asked = context.query
        found = await list_skipped(
            SkippedFilter(page_id=PAGE_ID.of(asked), run_id=RUN_ID.of(asked)),
            page_size=PAGE_SIZE.of(asked) or DEFAULT_PAGE_SIZE,
            cursor=CURSOR.of(asked),
        )
        return Answer(body=_body(found, context), results=len(found.skipped))

    endpoint = Endpoint(
        path=PATH,
        name="Skipped",
        tag=SERVICE,
        summary="The records of a page or a run that do not claim to be a quote in US dollars, each with why.",
        parameters=(PAGE_ID, RUN_ID, PAGE_SIZE, CURSOR),
        rules=(ONE_OF_TWO, OWN_FILTERS),
        answer=skipped,
        example=EXAMPLE,
        problems=(NO_SUCH_RUN, REFUSED_VALUE, database_away()),
    )
    return (endpoint,)


def _body(found: SkippedList, context: RequestContext) -> SkippedListAnswer:
    return SkippedListAnswer(
        data=tuple(map(_skipped, found.skipped)),
        page_size=found.page_size,
        next_cursor=found.next_cursor,
        has_more=found.next_cursor is not None,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def _skipped(found: StoredSkip) -> SkippedAnswer:
    return SkippedAnswer(
        page_id=found.page_id,
        position=found.skip.position,
        source=found.source,
        feed=found.feed,
        reason=found.skip.reason.value,
        detail=found.skip.reason.meaning,
        excerpt=found.skip.excerpt,
    )
