"""Ingest each source again and again, each at its own pace, until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from crypto.application.errors import CryptoError
from crypto.application.ingest_sources import SourceResult
from crypto.application.ports import Clock, RunReader, Source
from crypto.domain.run import Run, RunStatus

RETRY = timedelta(seconds=15)
"""When a source is held by someone else, or the database is away, it is looked at again after this."""

ENDED_BY_ITSELF = (RunStatus.SUCCESS, RunStatus.FAILURE)
"""A run that ended in another way was stopped in the middle: it goes on at once."""


class ScheduleEvents(Protocol):
    """Told of what a schedule does between runs."""

    def waiting(self, source: str, *, until: datetime) -> None:
        """A source is fresh; it is ingested again then."""
        ...

    def refused(self, result: SourceResult) -> None:
        """A run could not be had, or was taken away."""
        ...


class RunSchedule:
    """Keeps sources fresh: each is ingested when it is due, and one never delays another.

    A source is due one interval after its last success began or its last failure ended, whoever ran it: a
    restart does not ask a provider again at once.
    """

    def __init__(
        self,
        *,
        ingest_source: Callable[[Source], Awaitable[Run]],
        reader: RunReader,
        clock: Clock,
        events: ScheduleEvents,
    ) -> None:
        self._ingest_source = ingest_source
        self._reader = reader
        self._clock = clock
        self._events = events

    async def __call__(self, sources: Iterable[Source]) -> None:
        """Goes on until it is cancelled; then every run ends cleanly."""
        async with asyncio.TaskGroup() as group:
            for source in sources:
                group.create_task(self._keep_fresh(source))

    async def _keep_fresh(self, source: Source) -> None:
        while True:
            try:
                await self._follow_interval(source)
            except CryptoError as error:
                self._events.refused(SourceResult(source=source.name, error=error))
                await self._clock.sleep(RETRY.total_seconds())

    async def _follow_interval(self, source: Source) -> None:
        """After the first, waits are reckoned by our own clock: the database's may differ."""
        await self._wait_until(source, await self._first_due(source))
        while True:
            began = self._clock.now()
            run = await self._ingest_source(source)
            from_then = began if run.status is RunStatus.SUCCESS else self._clock.now()
            await self._wait_until(source, from_then + source.interval)

    async def _first_due(self, source: Source) -> datetime:
        record = (await self._reader.source_records()).get(source.name)
        due = due_at(record.last_run, source.interval) if record and record.last_run else None
        return due or self._clock.now()

    async def _wait_until(self, source: Source, due: datetime) -> None:
        seconds = (due - self._clock.now()).total_seconds()
        if seconds > 0:
            self._events.waiting(source.name, until=due)
            await self._clock.sleep(seconds)


def due_at(last_run: Run, interval: timedelta) -> datetime | None:
    """When a source is due after this run; None: now."""
    if last_run.status not in ENDED_BY_ITSELF or last_run.finished_at is None:
        return None
    return (last_run.started_at if last_run.status is RunStatus.SUCCESS else last_run.finished_at) + interval
