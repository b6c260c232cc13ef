"""The shapes of what the API answers: the same words as the tables, amounts exact, times in UTC."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any, TypeAlias

from msgspec import Meta, Struct

from crypto.application.operate.list_sources import SourceListing

Moment: TypeAlias = Annotated[datetime, Meta(tz=True)]


class QuoteAnswer(Struct, frozen=True, kw_only=True):
    """A stored quote; amounts are US dollars. Past `stale_after` it is old, wherever a copy of it lies.

    `unseen_since` is set while its source gives the coin no longer: its price is of before. `below_since` is set
    while it is below the pages that are read of its source's list: it is asked for by id, as far as the budget
    allows, so that its price may be older than those of the list.
    """

    coin_id: str
    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None
    source: str
    observed_at: Moment
    ingested_at: Moment
    stale_after: Moment | None
    unseen_since: Moment | None
    below_since: Moment | None
    page_id: int
    position: int


class QuoteListAnswer(Struct, frozen=True, kw_only=True):
    """Part of a list of quotes; `page` is null after a cursor, `next_cursor` at the end."""

    data: tuple[QuoteAnswer, ...]
    total: int
    page: int | None
    page_size: int
    next_cursor: str | None
    request_id: str
    api_latency_ms: float


class NearCoinAnswer(Struct, frozen=True, kw_only=True):
    """A coin that may have been meant, and the source that calls it so."""

    coin_id: str
    source: str


class UnknownIdAnswer(Struct, frozen=True, kw_only=True):
    """An id that no source, or not the one asked for, knows; `nearest` are coins that may have been meant."""

    coin_id: str
    nearest: tuple[NearCoinAnswer, ...]


class DataAnswer(QuoteListAnswer, frozen=True, kw_only=True):
    """Part of a list of quotes, and which of the ids that were asked for nobody knows."""

    unknown_coin_ids: tuple[UnknownIdAnswer, ...]


class CoinAnswer(Struct, frozen=True, kw_only=True):
    """The newest quote that each source has under this id; two sources may mean two coins by it."""

    data: tuple[QuoteAnswer, ...]
    total: int
    request_id: str
    api_latency_ms: float


class SourceRunStats(Struct, frozen=True, kw_only=True):
    """How the last ingest of a source went. Durations are seconds."""

    source: str
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


class DriftAnswer(Struct, frozen=True, kw_only=True):
    """A field that is not as it is known to be, where it was first seen.

    `type` is what it holds: number, string, boolean, null, object or array, or nan (NaN or an infinity, which are
    no JSON); or it is missing, or repeated.
    """

    source: str
    path: str
    type: str
    first_seen_at: Moment
    page_id: int
    position: int
    example: str


class SourceListAnswer(Struct, frozen=True, kw_only=True):
    """What is known of each source, by name, and which fields of their records are not as they are known to be."""

    sources: tuple[SourceListing, ...]
    drift: tuple[DriftAnswer, ...]
    request_id: str
    api_latency_ms: float


class RunAnswer(Struct, frozen=True, kw_only=True):
    """One row of the run log: received = inserted + unchanged + restated + rejected + skipped.

    Skipped are records that claim to be no quote in US dollars, as an exchange's pairs in other currencies.

    The run that ends a sweep says how many coins it named, and how many it missed of those it should have.
    """

    run_id: int
    source: str
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
    request_id: str
    api_latency_ms: float


class LastRun(Struct, frozen=True, kw_only=True):
    """The ingest that ended last."""

    source: str
    status: str
    finished_at: Moment | None


class SourceHealth(Struct, frozen=True, kw_only=True):
    """Whether a source succeeds, and until when its data are fresh, by the source's own stamps.

    `freshness` is fresh, stale or frozen (it answers, and nothing in it moves), with the reason in words; a source
    that is no `live_feed`, such as a file, may be old and the service healthy.
    """

    source: str
    enabled: bool
    status: str
    live_feed: bool
    freshness: str | None
    freshness_reason: str | None
    fresh_until: Moment | None
    frozen_since: Moment | None
    newest_observed_at: Moment | None


class HealthAnswer(Struct, frozen=True, kw_only=True):
    """`status` is healthy, degraded (a source fails, is stale, frozen or never ran) or unhealthy (no database)."""

    status: str
    database_connected: bool
    etl_last_run: LastRun | None
    sources: tuple[SourceHealth, ...]
    timestamp: Moment
    request_id: str
    api_latency_ms: float


class ProbeAnswer(Struct, frozen=True, kw_only=True):
    """`live`: the process answers. `ready`: the database does too."""

    status: str
    request_id: str
    api_latency_ms: float


class OverviewAnswer(Struct, frozen=True, kw_only=True):
    """What there is: the path of each thing by its name."""

    service: str
    version: str
    links: dict[str, str]
    request_id: str
    api_latency_ms: float


class DocumentAnswer(Struct, frozen=True, kw_only=True):
    """This API as an OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    servers: tuple[dict[str, Any], ...]
    tags: tuple[dict[str, Any], ...]
    paths: dict[str, Any]
    components: dict[str, Any]
