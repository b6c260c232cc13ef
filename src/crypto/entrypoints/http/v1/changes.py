"""GET /changes: what changed in the stored quotes since a place; a copy that applies it equals the table."""

from datetime import UTC, datetime

from msgspec import Raw, Struct

from crypto.application.query.list_changes import BEGINNING, DEFAULT_LIMIT, MOST_CHANGES, ListChanges
from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.change_answer import (
    COIN_IDS,
    IN_ORDER,
    OWN_FILTERS,
    PLACE,
    REFUSED_SINCE,
    SINCE,
    UPSERT,
    ChangeAnswer,
    wanted,
)
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.example_values import INGESTED, REQUEST_ID
from crypto.entrypoints.http.kit.filters import source_filter
from crypto.entrypoints.http.kit.parameters import whole
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from crypto.entrypoints.http.kit.verdict import database_away

PATH = "/changes"

LIMIT = whole("limit", "How many changes at most.", most=MOST_CHANGES, default=DEFAULT_LIMIT)


class ChangesAnswer(Struct, frozen=True, kw_only=True):
    """Some changes, in order. Ask again with `next_since`: at once where it `has_more`, else in a while.

    There always is a `next_since`. No change is lost, however late its transaction commits. A quote that changed
    several times may be told once, as it is now; one that did not change may be told again.
    """

    data: tuple[ChangeAnswer, ...]
    next_since: str
    has_more: bool
    request_id: str
    api_latency_ms: float


class ChangesBody(Struct, frozen=True, kw_only=True):
    """A `ChangesAnswer` as it is sent: `data` is JSON that the store has written."""

    data: Raw
    next_since: str
    has_more: bool
    request_id: str
    api_latency_ms: float


WITHDRAW = ChangeAnswer(
    change="withdraw",
    source="coingecko",
    coin_id="bitcoin",
    observed_at=datetime(2025, 11, 2, 9, 40, tzinfo=UTC),
    recorded_at=INGESTED,
    quote=None,
)
EXAMPLE = ChangesAnswer(
    data=(UPSERT, WITHDRAW), next_since=PLACE, has_more=False, request_id=REQUEST_ID, api_latency_ms=1.4
)


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The feed of changes."""
    list_changes = service.use_case(ListChanges)
    source = source_filter(service.sources)

    async def changes(context: RequestContext) -> Answer:
        asked = context.query
        limit = LIMIT.of(asked) or DEFAULT_LIMIT
        found = await list_changes(wanted(asked, source), SINCE.of(asked) or BEGINNING, limit=limit)
        body = ChangesBody(
            data=Raw(found.changes),
            next_since=found.next_since,
            has_more=found.has_more,
            request_id=context.request_id,
            api_latency_ms=context.latency_ms,
        )
        return Answer(body=body, cache=NO_STORE, results=found.shown)

    endpoint = Endpoint(
        path=PATH,
        name="Changes",
        link="changes",
        tag=MARKET_DATA,
        summary="What changed in the stored quotes since a place, to keep a copy of them.",
        parameters=(SINCE, LIMIT, source, COIN_IDS),
        rules=(OWN_FILTERS, IN_ORDER),
        answer=changes,
        example=EXAMPLE,
        problems=(REFUSED_SINCE, database_away()),
    )
    return (endpoint,)
