"""GET /health, /health/live and /health/ready: for whoever watches the service."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

import msgspec
from msgspec import Struct

from crypto.application.operate.check_health import UNHEALTHY, CheckHealth, Health, is_notable
from crypto.application.operate.report_run_stats import SourceStats
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import FINISHED, FRESH_UNTIL, OBSERVED, REQUEST_ID
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import HEALTH
from crypto.entrypoints.http.kit.verdict import RETRY_AFTER, database_away, shutting_down

PATH = "/health"
LIVE_PATH = f"{PATH}/live"
READY_PATH = f"{PATH}/ready"


class LastRun(Struct, frozen=True, kw_only=True):
    """The ingest that ended last."""

    source: str
    status: str
    finished_at: Moment | None


class SourceHealth(Struct, frozen=True, kw_only=True):
    """Whether a source succeeds, and until when its data are fresh, by the source's own stamps.

    `freshness` is fresh, stale or frozen (it answers, and nothing in it moves), with the reason in words; a source
    that is not a `live_feed`, such as a file, may be old and the service healthy.
    """

    source: str
    feed: str
    enabled: bool
    status: str
    live_feed: bool
    freshness: str | None
    freshness_reason: str | None
    fresh_until: Moment | None
    frozen_since: Moment | None
    newest_observed_at: Moment | None


class HealthAnswer(Struct, frozen=True, kw_only=True):
    """`status` is healthy, degraded (a source fails, is stale, frozen or never ran, or the replica that is read is
    more than 30 seconds behind) or unhealthy (no database).

    `replica_lag_seconds` is how far the replica is behind at most; null where none is read.
    """

    status: str
    database_connected: bool
    replica_lag_seconds: float | None
    etl_last_run: LastRun | None
    sources: tuple[SourceHealth, ...]
    timestamp: Moment
    request_id: str
    api_latency_ms: float


class LiveAnswer(Struct, frozen=True, kw_only=True):
    """`live`: the process answers."""

    status: str
    request_id: str
    api_latency_ms: float


class ReadyAnswer(Struct, frozen=True, kw_only=True):
    """`ready`: the database answers too, and the process was not told to end.

    `replica_lag_seconds` is how far the replica that is read is behind at most, null where none is read; `warning`
    says when that is more than 30 seconds.
    """

    status: str
    replica_lag_seconds: float | None
    warning: str | None
    request_id: str
    api_latency_ms: float


FAR_BEHIND = "the replica that is read is far behind its primary: answers are as old"

SUMMARY = "Healthy, degraded (a source fails, is stale, frozen or never ran) or unhealthy (no database)."

EXAMPLE = HealthAnswer(
    status="healthy",
    database_connected=True,
    replica_lag_seconds=None,
    etl_last_run=LastRun(source="csv", status="success", finished_at=FINISHED),
    sources=(
        SourceHealth(
            source="coingecko",
            feed="prices",
            enabled=True,
            status="success",
            live_feed=True,
            freshness="fresh",
            freshness_reason=None,
            fresh_until=FRESH_UNTIL,
            frozen_since=None,
            newest_observed_at=OBSERVED,
        ),
    ),
    timestamp=datetime(2025, 11, 2, 10, 5, tzinfo=UTC),
    request_id=REQUEST_ID,
    api_latency_ms=0.9,
)
UNHEALTHY_EXAMPLE = HealthAnswer(
    status="unhealthy",
    database_connected=False,
    replica_lag_seconds=None,
    etl_last_run=None,
    sources=(),
    timestamp=datetime(2025, 11, 2, 10, 5, tzinfo=UTC),
    request_id=REQUEST_ID,
    api_latency_ms=0.9,
)
LIVE_EXAMPLE = LiveAnswer(status="live", request_id=REQUEST_ID, api_latency_ms=0.1)
READY_EXAMPLE = ReadyAnswer(
    status="ready", replica_lag_seconds=None, warning=None, request_id=REQUEST_ID, api_latency_ms=0.3
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The state of the service, and the two probes of an orchestrator."""
    check_health = service.use_case(CheckHealth)

    async def health(context: RequestContext) -> Answer:
        found = await check_health()
        return _answer(found, _body(found, context))

    async def live(context: RequestContext) -> Answer:
        body = LiveAnswer(status="live", request_id=context.request_id, api_latency_ms=context.latency_ms)
        return Answer(body=body, cache=NO_STORE)

    async def ready(context: RequestContext) -> Answer:
        service.drain.check()
        return _ready(await check_health.ready(), context)

    return (
        Endpoint(
            path=PATH,
            name="Health",
            link="health",
            tag=HEALTH,
            summary=SUMMARY,
            answer=health,
            example=EXAMPLE,
            unhealthy=UNHEALTHY_EXAMPLE,
        ),
        Endpoint(
            path=LIVE_PATH,
            name="Live",
            link="live",
            tag=HEALTH,
            summary="The process answers.",
            answer=live,
            example=LIVE_EXAMPLE,
        ),
        Endpoint(
            path=READY_PATH,
            name="Ready",
            link="ready",
            tag=HEALTH,
            summary="Requests can be answered, and this process is not about to end.",
            answer=ready,
            example=READY_EXAMPLE,
            problems=(database_away(), shutting_down()),
        ),
    )


def _answer(found: Health, body: HealthAnswer) -> Answer:
    """200, or 503 when the service cannot do its work; why the database is away is for the log."""
    if found.status != UNHEALTHY:
        return Answer(body=body, cache=NO_STORE, error=found.problem)
    return Answer(
        body=body,
        status=HTTPStatus.SERVICE_UNAVAILABLE,
        cache=NO_STORE,
        headers={"Retry-After": str(RETRY_AFTER)},
        error=found.problem,
    )


def _body(found: Health, context: RequestContext) -> HealthAnswer:
    last = found.last_run
    return HealthAnswer(
        status=found.status,
        database_connected=found.database_connected,
        replica_lag_seconds=_seconds(found.lag),
        etl_last_run=_last_run(last) if last else None,
        sources=msgspec.convert(found.sources, tuple[SourceHealth, ...], from_attributes=True),
        timestamp=found.timestamp,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def _last_run(last: SourceStats) -> LastRun:
    return LastRun(source=last.source, status=last.status, finished_at=last.last_finished_at)


def _ready(lag: timedelta | None, context: RequestContext) -> Answer:
    body = ReadyAnswer(
        status="ready",
        replica_lag_seconds=_seconds(lag),
        warning=FAR_BEHIND if is_notable(lag) else None,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )
    return Answer(body=body, cache=NO_STORE)


def _seconds(lag: timedelta | None) -> float | None:
    return None if lag is None else round(lag.total_seconds(), 3)
