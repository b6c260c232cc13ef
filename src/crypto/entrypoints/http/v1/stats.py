"""GET /stats: how the last ingest of each source went."""

import msgspec
from msgspec import Struct

from crypto.application.operate.report_run_stats import ReportRunStats, RunStats
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import FINISHED, REQUEST_ID
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import SERVICE
from crypto.entrypoints.http.kit.verdict import database_away

PATH = "/stats"


class SourceRunStats(Struct, frozen=True, kw_only=True):
    """How the last ingest of a source went. Durations are seconds."""

    source: str
    feed: str
    status: str
    records_processed: int
    duration_seconds: float | None
    inserted: int
    unchanged: int
    restated: int
    rejected: int
    skipped: int
    last_success_timestamp: Moment | None
    last_failure_timestamp: Moment | None
    error_message: str | None


class StatsAnswer(Struct, frozen=True, kw_only=True):
    """All sources, by name; `total_records` counts the quotes believed now."""

    sources: tuple[SourceRunStats, ...]
    total_records: int
    request_id: str
    api_latency_ms: float


EXAMPLE = StatsAnswer(
    sources=(
        SourceRunStats(
            source="coinpaprika",
            feed="prices",
            status="success",
            records_processed=1897,
            duration_seconds=2.4,
            inserted=1200,
            unchanged=690,
            restated=0,
            rejected=7,
            skipped=0,
            last_success_timestamp=FINISHED,
            last_failure_timestamp=None,
            error_message=None,
        ),
    ),
    total_records=8211,
    request_id=REQUEST_ID,
    api_latency_ms=0.8,
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The statistics of all sources."""
    report_run_stats = service.use_case(ReportRunStats)

    async def stats(context: RequestContext) -> Answer:
        found = await report_run_stats()
        return Answer(body=_body(found, context), results=len(found.sources))

    endpoint = Endpoint(
        path=PATH,
        name="Stats",
        link="stats",
        tag=SERVICE,
        summary="How the last ingest of each source went.",
        answer=stats,
        example=EXAMPLE,
        problems=(database_away(),),
    )
    return (endpoint,)


def _body(found: RunStats, context: RequestContext) -> StatsAnswer:
    return StatsAnswer(
        sources=msgspec.convert(found.sources, tuple[SourceRunStats, ...], from_attributes=True),
        total_records=found.total_records,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )
