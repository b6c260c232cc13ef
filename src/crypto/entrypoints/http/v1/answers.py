"""Turn what the use cases found into answers: every digit of every amount, and nothing of our insides."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from importlib.metadata import version

import msgspec
from litestar import Response
from msgspec import Struct

from crypto.application.operate.check_health import UNHEALTHY, Health
from crypto.application.operate.list_sources import SourceListing
from crypto.application.operate.report_run_stats import RunList, RunStats, SourceStats
from crypto.application.query.list_coins import Coin
from crypto.application.query.quote_page import QuotePage
from crypto.domain.drift import SeenDrift
from crypto.domain.market_data import StoredQuote
from crypto.domain.run import Run
from crypto.entrypoints.http.kit.cache_policies import CACHE_5_SECONDS, NO_STORE
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.verdict import RETRY_AFTER
from crypto.entrypoints.http.v1.bodies import (
    CoinAnswer,
    DataAnswer,
    DriftAnswer,
    HealthAnswer,
    LastRun,
    OverviewAnswer,
    ProbeAnswer,
    QuoteAnswer,
    QuoteListAnswer,
    RunAnswer,
    RunListAnswer,
    SourceHealth,
    SourceListAnswer,
    SourceRunStats,
    StatsAnswer,
    UnknownIdAnswer,
)

SERVICE = "crypto"

JSON = "application/json"

ENCODER = msgspec.json.Encoder(decimal_format="number")
"""Decimals as JSON numbers, digit for digit; never by way of a float."""


def quote_list(found: QuotePage, context: RequestContext) -> QuoteListAnswer:
    """A page of quotes as answered."""
    context.results = len(found.quotes)
    return QuoteListAnswer(
        data=tuple(map(_quote, found.quotes, found.stale_after)),
        total=found.total,
        page=found.page,
        page_size=found.page_size,
        next_cursor=found.next_cursor,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def data(found: QuotePage, context: RequestContext) -> DataAnswer:
    """A page of quotes as answered, and the ids that nobody knows."""
    unknown = msgspec.convert(found.unknown_coin_ids, tuple[UnknownIdAnswer, ...], from_attributes=True)
    return DataAnswer(**msgspec.structs.asdict(quote_list(found, context)), unknown_coin_ids=unknown)


def coin(found: Coin, context: RequestContext) -> CoinAnswer:
    """A coin as answered."""
    context.results = len(found.quotes)
    return CoinAnswer(
        data=tuple(map(_quote, found.quotes, found.stale_after)),
        total=len(found.quotes),
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def _quote(quote: StoredQuote, stale_after: datetime | None) -> QuoteAnswer:
    return QuoteAnswer(
        coin_id=quote.coin_id,
        name=quote.name,
        symbol=quote.symbol,
        price_usd=_plain(quote.price_usd),
        market_cap=_plain(quote.market_cap),
        volume_24h=_plain(quote.volume_24h),
        source=quote.source,
        observed_at=quote.observed_at,
        ingested_at=quote.ingested_at,
        stale_after=stale_after,
        unseen_since=quote.unseen_since,
        below_since=quote.below_since,
        page_id=quote.page_id,
        position=quote.position,
    )


def _plain(amount: Decimal | None) -> Decimal | None:
    """The same number, a large one as 2201000000000 and not as 2.201E+12; small ones may keep their exponent."""
    return Decimal(f"{amount:f}") if amount is not None and "E+" in str(amount) else amount


def stats(found: RunStats, context: RequestContext) -> StatsAnswer:
    """How the last runs went."""
    context.results = len(found.sources)
    return StatsAnswer(
        sources=msgspec.convert(found.sources, tuple[SourceRunStats, ...], from_attributes=True),
        total_records=found.total_records,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def source_list(
    found: Sequence[SourceListing], drift: Sequence[SeenDrift], context: RequestContext
) -> SourceListAnswer:
    """All that is known of the sources."""
    context.results = len(found)
    return SourceListAnswer(
        sources=tuple(found),
        drift=msgspec.convert(drift, tuple[DriftAnswer, ...], from_attributes=True),
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def run_list(found: RunList, context: RequestContext, *, page: int, page_size: int) -> RunListAnswer:
    """A page of the run log as answered."""
    context.results = len(found.runs)
    return RunListAnswer(
        data=tuple(_run(run) for run in found.runs),
        total=found.total,
        page=page,
        page_size=page_size,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def _run(run: Run) -> RunAnswer:
    return RunAnswer(
        run_id=run.run_id,
        source=run.source,
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
        **msgspec.structs.asdict(run.counters),
    )


def health(found: Health, context: RequestContext) -> HealthAnswer:
    """The state of the service; why the database is away is for the log."""
    context.error = found.problem
    last = found.last_run
    return HealthAnswer(
        status=found.status,
        database_connected=found.database_connected,
        etl_last_run=_last_run(last) if last else None,
        sources=msgspec.convert(found.sources, tuple[SourceHealth, ...], from_attributes=True),
        timestamp=found.timestamp,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def _last_run(last: SourceStats) -> LastRun:
    return LastRun(source=last.source, status=last.status, finished_at=last.last_finished_at)


def probe(status: str, context: RequestContext) -> ProbeAnswer:
    """A process's word about itself."""
    return ProbeAnswer(status=status, request_id=context.request_id, api_latency_ms=context.latency_ms)


def overview(links: dict[str, str], context: RequestContext) -> OverviewAnswer:
    """The service's name and version, and where things are."""
    return OverviewAnswer(
        service=SERVICE,
        version=version(SERVICE),
        links=links,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )


def listed(body: Struct) -> Response[bytes]:
    """An answer of which a copy may be kept for a moment."""
    return _json(body, status=200, headers={"Cache-Control": CACHE_5_SECONDS})


def unkept(body: Struct) -> Response[bytes]:
    """An answer of which no copy may be kept."""
    return _json(body, status=200, headers={"Cache-Control": NO_STORE})


def judged(body: HealthAnswer) -> Response[bytes]:
    """Health: 200, or 503 when the service cannot do its work."""
    if body.status != UNHEALTHY:
        return unkept(body)
    return _json(body, status=503, headers={"Cache-Control": NO_STORE, "Retry-After": str(RETRY_AFTER)})


def _json(body: Struct, *, status: int, headers: dict[str, str]) -> Response[bytes]:
    return Response(ENCODER.encode(body), status_code=status, media_type=JSON, headers=headers)
