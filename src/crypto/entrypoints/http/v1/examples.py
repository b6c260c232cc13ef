"""An example of every answer, as the OpenAPI document shows it; made up, and never to be taken for real."""

from datetime import UTC, datetime
from decimal import Decimal

from crypto.application.operate.list_sources import SourceListing
from crypto.entrypoints.http.kit.problems import Problem
from crypto.entrypoints.http.kit.verdict import Verdict
from crypto.entrypoints.http.v1.answers import SERVICE
from crypto.entrypoints.http.v1.bodies import (
    CoinAnswer,
    DataAnswer,
    DocumentAnswer,
    DriftAnswer,
    HealthAnswer,
    LastRun,
    NearCoinAnswer,
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
from crypto.entrypoints.http.v1.paths import DATA, LINKS
from crypto.entrypoints.http.v1.questions import COINS_CURSOR, CURSOR

REQUEST_ID = "0f5c2d9a7b1e4c3f8a6d5e4b3c2a1f00"
STARTED = datetime(2025, 11, 2, 10, 1, 0, 512000, tzinfo=UTC)
FINISHED = datetime(2025, 11, 2, 10, 1, 4, 20000, tzinfo=UTC)
OBSERVED = datetime(2025, 11, 2, 10, 0, 31, 123000, tzinfo=UTC)
INGESTED = datetime(2025, 11, 2, 10, 1, 2, 4000, tzinfo=UTC)
FRESH_UNTIL = datetime(2025, 11, 2, 10, 30, 31, 123000, tzinfo=UTC)
FROZEN = datetime(2025, 11, 2, 9, 44, 2, tzinfo=UTC)
FROZEN_REASON = (
    "no newer stamp since 2025-11-02 09:44:02Z, although the source answers (last at 2025-11-02 10:01:04Z)"
)

QUOTE = QuoteAnswer(
    coin_id="bitcoin",
    name="Bitcoin",
    symbol="btc",
    price_usd=Decimal("110394.5"),
    market_cap=Decimal(2201000000000),
    volume_24h=Decimal(51000000000),
    source="coingecko",
    observed_at=OBSERVED,
    ingested_at=INGESTED,
    stale_after=FRESH_UNTIL,
    unseen_since=None,
    below_since=None,
    page_id=812,
    position=0,
)

QUOTES = DataAnswer(
    data=(QUOTE,),
    total=5000,
    page=1,
    page_size=1,
    next_cursor=str(CURSOR.example),
    request_id=REQUEST_ID,
    api_latency_ms=1.9,
    unknown_coin_ids=(
        UnknownIdAnswer(coin_id="btc", nearest=(NearCoinAnswer(coin_id="bitcoin", source="coingecko"),)),
    ),
)

COINS = QuoteListAnswer(
    data=(QUOTE,),
    total=2890,
    page=1,
    page_size=1,
    next_cursor=str(COINS_CURSOR.example),
    request_id=REQUEST_ID,
    api_latency_ms=1.7,
)

COIN = CoinAnswer(data=(QUOTE,), total=1, request_id=REQUEST_ID, api_latency_ms=0.8)

STATS = StatsAnswer(
    sources=(
        SourceRunStats(
            source="coinpaprika",
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

SOURCES = SourceListAnswer(
    sources=(
        SourceListing(
            source="coinpaprika",
            enabled=True,
            interval_seconds=300,
            max_age_seconds=1200,
            live_feed=True,
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
            fresh_until=datetime(2025, 11, 2, 10, 4, 2, tzinfo=UTC),
            freshness="frozen",
            freshness_reason=FROZEN_REASON,
            frozen_since=FROZEN,
            coins=1890,
            stale_coins=2,
            unseen_coins=3,
            below_coins=0,
            open_rejections=7,
            newest_observed_at=FROZEN,
            last_finished_at=FINISHED,
            requests_used=8928,
            requests_left=11072,
            requests_reset_at=datetime(2025, 11, 2, 10, 6, tzinfo=UTC),
            requests_used_in_minute=1,
            requests_left_in_minute=None,
            requests_paused_until=None,
        ),
    ),
    drift=(
        DriftAnswer(
            source="coinpaprika",
            path="quotes.USD.price_btc",
            type="number",
            first_seen_at=INGESTED,
            page_id=812,
            position=0,
            example="1.0000231",
        ),
    ),
    request_id=REQUEST_ID,
    api_latency_ms=1.1,
)

RUNS = RunListAnswer(
    data=(
        RunAnswer(
            run_id=41,
            source="coingecko",
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
    request_id=REQUEST_ID,
    api_latency_ms=0.7,
)

HEALTH = HealthAnswer(
    status="healthy",
    database_connected=True,
    etl_last_run=LastRun(source="csv", status="success", finished_at=FINISHED),
    sources=(
        SourceHealth(
            source="coingecko",
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

UNHEALTHY = HealthAnswer(
    status="unhealthy",
    database_connected=False,
    etl_last_run=None,
    sources=(),
    timestamp=datetime(2025, 11, 2, 10, 5, tzinfo=UTC),
    request_id=REQUEST_ID,
    api_latency_ms=0.9,
)

LIVE = ProbeAnswer(status="live", request_id=REQUEST_ID, api_latency_ms=0.1)

READY = ProbeAnswer(status="ready", request_id=REQUEST_ID, api_latency_ms=0.3)

OVERVIEW = OverviewAnswer(service=SERVICE, version="0.1.0", links=LINKS, request_id=REQUEST_ID, api_latency_ms=0.1)


DOCUMENT = DocumentAnswer(
    openapi="3.1.0",
    info={"title": SERVICE, "version": "0.1.0"},
    servers=({"url": "/"},),
    tags=({"name": "Market data"},),
    paths={},
    components={},
)


def problem_of(verdict: Verdict, *, path: str = DATA) -> Problem:
    """What a verdict looks like."""
    return Problem(
        title=verdict.status.phrase,
        status=verdict.status,
        detail=verdict.detail,
        instance=path,
        request_id=REQUEST_ID,
        **({"parameter": verdict.parameter} if verdict.parameter else {}),
    )
