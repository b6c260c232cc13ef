"""Ingest each source again and again, each at its own interval, until told to stop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable
from datetime import datetime, timedelta
from typing import Protocol

from crypto.application.errors import CryptoError
from crypto.application.ingest.ingest_sources import SourceResult
from crypto.application.ports import Clock, RunReader, Source
from crypto.domain.run import Run, RunStatus

NOTHING = timedelta()
RETRY = timedelta(seconds=15)
"""When a source is held by someone else, or the database is away, it is looked at again after this."""

LOOK_AT_CLOCK = timedelta(minutes=1)
"""A wait is taken in pieces no longer than this: a machine that slept, or whose clock was set, is noticed."""

ENDED_BY_ITSELF = (RunStatus.SUCCESS, RunStatus.FAILURE)
"""A run that ended in another way was stopped in the middle: it goes on at once."""


class ScheduleEvents(Protocol):
    """Is called with what a schedule does between runs."""

    def waiting(self, source: str, *, until: datetime, failed: bool) -> None:
        """A source is ingested again then: its last run succeeded, or `failed`."""
        ...

    def refused(self, result: SourceResult) -> None:
        """A source could not be ingested, or was taken away in the middle; `result` says why."""
        ...


class RunSchedule:
    """Keeps sources fresh: each is ingested when it is due, and one never delays another.

    A source is due one interval after its last success began or its last failure ended, whoever ran it: a
    restart does not ask a provider again at once. Only a failure from before the start is not waited for:
    what it failed of, such as a network that was away, is likely why it was started again. A clock that is set
    back makes no wait longer than an interval, one that is set forward ends it early.
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
        starting = True
        while True:
            try:
                last_run = await self._last_run(source)
                if last_run and (last_run.status is RunStatus.SUCCESS or not starting):
                    await self._wait_after(last_run, source)
                starting = False
                await self._follow_interval(source)
            except CryptoError as error:
                self._events.refused(SourceResult(source=str(source.profile.feed), error=error))
                await self._clock.sleep(RETRY.total_seconds())

    async def _follow_interval(self, source: Source) -> None:
        """After the first, waits are reckoned by our own clock: the database's may differ."""
        while True:
            began = self._clock.now()
            run = await self._ingest_source(source)
            failed = run.status is not RunStatus.SUCCESS
            from_then = self._clock.now() if failed else began
            await self._wait_until(from_then + source.profile.interval, source, failed=failed)

    async def _last_run(self, source: Source) -> Run | None:
        record = (await self._reader.source_records()).get(str(source.profile.feed))
        return record.last_run if record else None

    async def _wait_after(self, last_run: Run, source: Source) -> None:
        due = due_at(last_run, source.profile.interval)
        if due:
            await self._wait_until(due, source, failed=last_run.status is not RunStatus.SUCCESS)

    async def _wait_until(self, due: datetime, source: Source, *, failed: bool) -> None:
        now = self._clock.now()
        left = min(due - now, source.profile.interval)
        if left > NOTHING:
            self._events.waiting(str(source.profile.feed), until=now + left, failed=failed)
        while left > NOTHING:
            piece = min(left, LOOK_AT_CLOCK)
            await self._clock.sleep(piece.total_seconds())
            left = min(left - piece, due - self._clock.now())


def due_at(last_run: Run, interval: timedelta) -> datetime | None:
    """When a source is due after this run; None: now."""
    if last_run.status not in ENDED_BY_ITSELF or last_run.finished_at is None:
        return None
    return (last_run.started_at if last_run.status is RunStatus.SUCCESS else last_run.finished_at) + interval
