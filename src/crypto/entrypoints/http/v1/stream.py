"""GET /stream: the feed of changes as server-sent events, resumed by Last-Event-ID."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from crypto.application.errors import TooManyStreams
from crypto.application.query.list_changes import NOW
from crypto.application.query.stream_changes import HEARTBEAT_SECONDS, StreamChanges, StreamEvent, StreamEventKind
from crypto.entrypoints.http.kit.answer import ENCODER, Answer
from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.change_answer import (
    COIN_IDS,
    IN_ORDER,
    OWN_FILTERS,
    PLACE,
    REFUSED_SINCE,
    SINCE,
    UPSERT,
    wanted,
)
from crypto.entrypoints.http.kit.endpoint import Endpoint, Service
from crypto.entrypoints.http.kit.event_stream import HEADERS, MEDIA, EventStream, event
from crypto.entrypoints.http.kit.filters import source_filter
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from crypto.entrypoints.http.kit.verdict import database_away, judge

PATH = "/stream"

RETRY = b"retry: 3000\n\n"
"""Milliseconds after which a browser that was cut off comes again."""

RESUMED = (
    "The header `Last-Event-ID`, which browsers send when they come again, counts before `since`: the stream goes"
    " on after the event with this id."
)
TOLD = (
    "Events: `changes` has `data`, as /changes has it, one or more; `position` says that nothing else has"
    f" changed, at the beginning and after {HEARTBEAT_SECONDS:.0f} seconds; `behind` is the last one, for a reader"
    " that took too long: come again with its id, nothing is lost. Each has an `id` to go on after."
)
EXAMPLE = (
    RETRY
    + event("position", id=PLACE, data=b"{}")
    + event("changes", id=PLACE, data=b'{"data":[%s]}' % ENCODER.encode(UPSERT))
)
TOO_MANY = judge(TooManyStreams("100 streams are open, and no more can be; try again in a while"))
BEHIND = b'{"detail":"you took too long to read; come again with the id of this event: nothing is lost"}'


def endpoints(service: Service) -> tuple[Endpoint, ...]:
    """The stream of changes."""
    stream_changes = service.use_case(StreamChanges)
    source = source_filter(service.sources)

    async def stream(context: RequestContext) -> Answer:
        which, since = wanted(context.query, source), _since(context)
        if context.method == "HEAD":
            return Answer(body=None, media=MEDIA, cache=NO_STORE, headers=HEADERS)
        events = _written(await stream_changes(which, since))
        return Answer(body=EventStream(events=events), media=MEDIA, cache=NO_STORE, headers=HEADERS)

    endpoint = Endpoint(
        path=PATH,
        name="Stream",
        link="stream",
        tag=MARKET_DATA,
        summary="What changes in the stored quotes, as server-sent events, as it does.",
        parameters=(SINCE, source, COIN_IDS),
        rules=(TOLD, RESUMED, OWN_FILTERS, IN_ORDER),
        answer=stream,
        example=EXAMPLE,
        stream=MEDIA,
        offers=(MEDIA,),
        problems=(REFUSED_SINCE, TOO_MANY, database_away()),
    )
    return (endpoint,)


def _since(context: RequestContext) -> str:
    """Where to go on.

    :raises BadRequest: for a word that is no place.
    """
    last = context.headers.last_event_id
    return SINCE.of({SINCE.name: (last,)} if last else context.query) or NOW


async def _written(events: AsyncGenerator[StreamEvent, None]) -> AsyncGenerator[bytes, None]:
    async with aclosing(events):
        yield RETRY
        async for each in events:
            yield event(each.kind, id=each.since, data=_data(each))


def _data(told: StreamEvent) -> bytes:
    if told.page:
        return b'{"data":%s}' % told.page.changes
    return BEHIND if told.kind is StreamEventKind.BEHIND else b"{}"
