"""GET /sources: what is known of each source, and which fields of their records changed."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated

import msgspec
from msgspec import Struct

from crypto.application.operate.list_sources import ListSources, SourceListing
from crypto.domain.schema_drift import NotedDrift
from crypto.entrypoints.http.kit.answer import Answer, Moment
from crypto.entrypoints.http.kit.deprecation import DEPRECATED_FIELD
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import FINISHED, INGESTED, REQUEST_ID
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import SERVICE
from crypto.entrypoints.http.kit.verdict import database_away

PATH = "/sources"


class SchemaDriftAnswer(Struct, frozen=True, kw_only=True):
    """A field that is not as it is known to be, where it was first seen.

    `type` is what it holds: number, string, boolean, null, object or array, or nan (NaN or an infinity, which are
    not JSON); or it is missing, or repeated.
    """

    source: str
    feed: str
    path: str
    type: str
    first_seen_at: Moment
    page_id: int
    position: int
    example: str


class SourceListAnswer(Struct, frozen=True, kw_only=True):
    """What is known of each source, by name, and which fields of their records are not as they are known to be.

    `drift` is what `schema_drift` was called before: deprecated, and gone with the next version.
    """

    sources: tuple[SourceListing, ...]
    schema_drift: tuple[SchemaDriftAnswer, ...]
    drift: Annotated[tuple[SchemaDriftAnswer, ...], DEPRECATED_FIELD]
    request_id: str
    api_latency_ms: float


DRIFT = SchemaDriftAnswer(
    source="coinpaprika",
    feed="prices",
    path="quotes.USD.price_btc",
    type="number",
    first_seen_at=INGESTED,
    page_id=812,
    position=0,
    example="1.0000231",
)
FROZEN = datetime(2025, 11, 2, 9, 44, 2, tzinfo=UTC)

EXAMPLE = SourceListAnswer(
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
            freshness_reason="no newer stamp since 2025-11-02 09:44:02Z, although the source answers"
            " (last at 2025-11-02 10:01:04Z)",
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
    schema_drift=(DRIFT,),
    drift=(DRIFT,),
    request_id=REQUEST_ID,
    api_latency_ms=1.1,
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The list of sources."""
    list_sources = service.use_case(ListSources)

    async def sources(context: RequestContext) -> Answer:
        found, drift = await list_sources(), await list_sources.schema_drift()
        return Answer(body=_body(found, drift, context), results=len(found))

    endpoint = Endpoint(
        path=PATH,
        name="Sources",
        link="sources",
        tag=SERVICE,
        summary="What is known of each source.",
        answer=sources,
        example=EXAMPLE,
        problems=(database_away(),),
    )
    return (endpoint,)


def _body(
    found: tuple[SourceListing, ...], drift: Sequence[NotedDrift], context: RequestContext
) -> SourceListAnswer:
    told = msgspec.convert(drift, tuple[SchemaDriftAnswer, ...], from_attributes=True)
    return SourceListAnswer(
        sources=found,
        schema_drift=told,
        drift=told,
        request_id=context.request_id,
        api_latency_ms=context.latency_ms,
    )
