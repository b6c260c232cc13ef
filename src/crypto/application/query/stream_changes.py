"""Tell who listens what changes in the stored quotes, as it does; who is cut off goes on where it was."""

from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import replace

from crypto.application.errors import StoreUnavailable, TooManyStreams
from crypto.application.query.list_changes import NOW, ChangesPage, ListChanges
from crypto.application.query.watch_data import BOUND, WatchData
from crypto.domain.changes import ChangeFilter

MOST_STREAMS = 100
"""Open at once in one process."""

AT_ONCE = 500
"""Changes in one event: no more of them are held for a listener."""

HEARTBEAT_SECONDS = 15.0
PATIENCE_SECONDS = 30.0
"""Who takes longer for one event is told that it is behind, and to come again."""


class StreamEventKind(StrEnum):
    """What a listener is told."""

    POSITION = "position"
    CHANGES = "changes"
    BEHIND = "behind"


class StreamEvent(Struct, frozen=True, kw_only=True):
    """What happened: the place to go on at after it, and the changes, if it is of any."""

    kind: StreamEventKind
    since: str
    page: ChangesPage | None = None


class StreamChanges:
    """Streams of changes, `most` at once; nothing is held for one that waits but its place.

    `elapsed` gives seconds by a clock that never goes back, `wait` lets so many of them pass.
    """

    def __init__(
        self,
        *,
        list_changes: ListChanges,
        watch: WatchData,
        elapsed: Callable[[], float],
        wait: Callable[[float], Awaitable[None]],
        most: int = MOST_STREAMS,
        heartbeat: float = HEARTBEAT_SECONDS,
        patience: float = PATIENCE_SECONDS,
    ) -> None:
        self._list_changes = list_changes
        self._watch = watch
        self._elapsed = elapsed
        self._wait = wait
        self._most = most
        self._heartbeat = heartbeat
        self._patience = patience
        self._stopped = False
        self.open = 0

    def stop(self) -> None:
        """End every stream soon, and open no other: the process ends."""
        self._stopped = True

    async def __call__(self, wanted: ChangeFilter, since: str = NOW) -> AsyncGenerator[StreamEvent, None]:
        """Where the stream begins, then changes as they come, and from time to time where it stands.

        :raises BadRequest: for a foreign place, or one that the data are not at any more.
        :raises StoreUnavailable: when the database cannot be used now; later on it is waited for.
        :raises TooManyStreams: when so many are open.
        """
        events = self._events(wanted, since)
        return _with_first(await anext(events), events)

    async def _events(self, wanted: ChangeFilter, since: str) -> AsyncGenerator[StreamEvent, None]:
        if self._stopped or self.open >= self._most:
            raise TooManyStreams(f"{self.open} streams are open, and no more can be; try again in a while")
        self.open += 1
        try:
            async for event in self._following(wanted, since):
                asked_at = self._elapsed()
                yield event
                if self._elapsed() - asked_at > self._patience:
                    yield StreamEvent(kind=StreamEventKind.BEHIND, since=event.since)
                    return
        finally:
            self.open -= 1

    async def _following(self, wanted: ChangeFilter, since: str) -> AsyncGenerator[StreamEvent, None]:
        """What there is, then what comes; while the database is away, and from time to time, where we stand."""
        page = await self._list_changes(wanted, since, limit=AT_ONCE)
        yield _event(page)
        told_at, version, page = self._elapsed(), "", _told(page)
        while not self._stopped:
            is_due = self._elapsed() - told_at >= self._heartbeat
            try:
                now = (await self._watch()).of(wanted.source)
                if page.has_more or is_due or now != version:
                    page, version = await self._list_changes(wanted, page.next_since, limit=AT_ONCE), now
            except StoreUnavailable:
                page, version = replace(page, has_more=False), ""
            if page.shown or is_due:
                yield _event(page)
                told_at, page = self._elapsed(), _told(page)
            if not page.has_more:
                await self._wait(BOUND.total_seconds())


def _event(page: ChangesPage) -> StreamEvent:
    kind = StreamEventKind.CHANGES if page.shown else StreamEventKind.POSITION
    return StreamEvent(kind=kind, since=page.next_since, page=page if page.shown else None)


def _told(page: ChangesPage) -> ChangesPage:
    """Only the place is kept of what a listener was given."""
    return replace(page, changes=b"", shown=0)


async def _with_first(
    first: StreamEvent, events: AsyncGenerator[StreamEvent, None]
) -> AsyncGenerator[StreamEvent, None]:
    async with aclosing(events):
        yield first
        async for event in events:
            yield event
