"""GET /runs: the run log, newest first."""

from msgspec import Struct
from msgspec.structs import asdict

from crypto.application.operate.report_run_stats import ReportRunStats
from crypto.domain.run import Run
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import FINISHED, REQUEST_ID, STARTED
from crypto.entrypoints.http.kit.filters import source_filter
from crypto.entrypoints.http.kit.links import page_links
from crypto.entrypoints.http.kit.page_parameters import PAGE, REFUSED_VALUE, page_size
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import SERVICE
from crypto.entrypoints.http.kit.verdict import database_away

PATH = "/runs"

DEFAULT_PAGE_SIZE = 20
PAGE_SIZE = page_size("runs", default=DEFAULT_PAGE_SIZE)


class RunAnswer(Struct, frozen=True, kw_only=True):
    """One row of the run log: received = inserted + unchanged + restated + rejected + skipped.

    Skipped are records that do not claim to be a quote in US dollars, as an exchange's pairs in other currencies.

    The run that ends a sweep says how many coins it named, and how many it missed of those it should have.
    """

    run_id: int
    source: str
    feed: str
    kind: str
    epoch: int
    status: str
    started_at: Moment
    finished_at: Moment | None
    duration_seconds: float | None
    sweep_id: int | None
    pages: int
    received: int
    inserted: int
    unchanged: int
    restated: int
    rejected: int
    skipped: int
    withdrawn: int
    holes: int
    coins_named: int | None
    coins_missing: int | None
    error: str | None


class RunListAnswer(Struct, frozen=True, kw_only=True):
    """Part of the run log, newest first."""

    data: tuple[RunAnswer, ...]
    total: int
    page: int
    page_size: int
    has_more: bool
    request_id: str
    api_latency_ms: float


EXAMPLE = RunListAnswer(
    data=(
        RunAnswer(
            run_id=41,
            source="coingecko",
            feed="prices",
            kind="ingest",
            epoch=12,
            status="success",
            started_at=STARTED,
            finished_at=FINISHED,
            duration_seconds=3.508,
            sweep_id=9,
            pages=4,
            received=1000,
            inserted=998,
            unchanged=2,
            restated=0,
            rejected=0,
            skipped=0,
            withdrawn=0,
            holes=0,
            coins_named=1000,
            coins_missing=0,
            error=None,
        ),
    ),
    total=41,
    page=1,
    page_size=1,
    has_more=True,
    request_id=REQUEST_ID,
    api_latency_ms=0.7,
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The run log."""
    report_run_stats = service.use_case(ReportRunStats)
    source = source_filter(service.sources)

    async def runs(context: RequestContext) -> Answer:
        asked = context.query
        which = source.of(asked)
        page, size = PAGE.of(asked) or 1, PAGE_SIZE.of(asked) or DEFAULT_PAGE_SIZE
        found = await report_run_stats.runs(source=which, page=page, page_size=size)
        body = RunListAnswer(
            data=tuple(_run(each) for each in found.runs),
            total=found.total,
            page=page,
            page_size=size,
            has_more=page * size < found.total,
            request_id=context.request_id,
            api_latency_ms=context.latency_ms,
        )
        last = max(1, -(-found.total // size))
        links = page_links(context, page=page, has_more=body.has_more, last=last)
        return Answer(body=body, headers=links, results=len(found.runs))

    endpoint = Endpoint(
        path=PATH,
        name="Runs",
        link="runs",
        tag=SERVICE,
        summary="The run log, newest first.",
        parameters=(PAGE, PAGE_SIZE, source),
        pages=True,
        answer=runs,
        example=EXAMPLE,
        problems=(REFUSED_VALUE, database_away()),
    )
    return (endpoint,)


def _run(run: Run) -> RunAnswer:
    return RunAnswer(
        run_id=run.run_id,
        source=run.source,
        feed=run.feed,
        kind=run.kind,
        epoch=run.epoch,
        status=run.status,
        started_at=run.started_at,
        finished_at=run.finished_at,
        duration_seconds=run.duration_seconds,
        sweep_id=run.sweep_id,
        error=run.error,
        coins_named=run.coins_named,
        coins_missing=run.coins_missing,
        skipped=run.counters.skipped,
        **asdict(run.counters),
    )
