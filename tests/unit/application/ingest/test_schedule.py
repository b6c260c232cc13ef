"""Each source is ingested when it is due, at its own interval, and none delays another."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

import pytest

from crypto.application.errors import CryptoError, SourceBusy, StoreUnavailable
from crypto.application.ingest.ingest_sources import SourceResult
from crypto.application.ingest.run_schedule import LOOK_AT_CLOCK, RETRY, RunSchedule
from crypto.application.ports import Source, SourceRecord
from crypto.domain.feed import Feed, FeedProfile
from crypto.domain.run import Counters, Run, RunKind, RunStatus
from tests.support.clock import NOON, ManualClock

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


class NamedSource:
    """As much of a source as a schedule looks at."""

    def __init__(self, name: str, interval: timedelta) -> None:
        feed = Feed(source=name)
        self.profile = FeedProfile(feed=feed, interval=interval, max_age=interval, parser_version=1)


class Records:
    """A run log that remembers one run a source, and may be away."""

    def __init__(self, *runs: Run) -> None:
        self._runs = {run.source: run for run in runs}
        self.away = 0

    async def source_records(self) -> Mapping[str, SourceRecord]:
        if self.away:
            self.away -= 1
            raise StoreUnavailable("the database is away")
        return {name: record_of(run) for name, run in self._runs.items()}

    async def runs(self, *, source: str | None, limit: int, offset: int) -> tuple[Sequence[Run], int]:
        return list(self._runs.values()), len(self._runs)

    async def stale_coins(self, oldest: Mapping[str, datetime]) -> Mapping[str, int]:
        return {}

    async def total_records(self) -> int:
        return 0


class WaitingClock(ManualClock):
    """A clock whose sleepers wake in the order of their times, as real ones do."""

    def __init__(self) -> None:
        super().__init__()
        self._sleepers: list[tuple[datetime, asyncio.Event]] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        woken = asyncio.Event()
        self._sleepers.append((self.moment + timedelta(seconds=seconds), woken))
        await woken.wait()

    def set(self, moment: timedelta) -> None:
        """Set it to so long after noon; who sleeps sleeps on for as long as meant."""
        jump = NOON + moment - self.moment
        self._sleepers = [(until + jump, woken) for until, woken in self._sleepers]
        self.moment += jump

    async def pass_time(self, time: timedelta) -> None:
        end = self.moment + time
        await settle()
        while self._sleepers and min(self._sleepers, key=lambda each: each[0])[0] <= end:
            next_one = min(self._sleepers, key=lambda each: each[0])
            self._sleepers.remove(next_one)
            self.moment = max(self.moment, next_one[0])
            next_one[1].set()
            await settle()
        self.moment = end


async def settle() -> None:
    """Let every task run until it waits."""
    for _ in range(20):
        await asyncio.sleep(0)


class Desk:
    """Stands in for IngestSource: remembers when each source was ingested, and ends runs as told."""

    def __init__(self, clock: ManualClock) -> None:
        self._clock = clock
        self.ingested: list[tuple[str, timedelta]] = []
        self.outcomes: dict[str, list[RunStatus | CryptoError]] = {}
        self.hanging: set[str] = set()
        self.cancelled: list[str] = []
        self.takes = timedelta()

    async def __call__(self, source: Source) -> Run:
        self.ingested.append((source.profile.source, self._clock.now() - NOON))
        outcome = (self.outcomes.get(source.profile.source) or [RunStatus.SUCCESS]).pop(0)
        if isinstance(outcome, CryptoError):
            raise outcome
        try:
            await (asyncio.Event().wait() if source.profile.source in self.hanging else self._work())
        except asyncio.CancelledError:
            self.cancelled.append(source.profile.source)
            raise
        return ended(source.profile.source, self._clock.now(), outcome)

    async def _work(self) -> None:
        if self.takes:
            await self._clock.sleep(self.takes.total_seconds())

    def times(self, source: str) -> list[timedelta]:
        return [time for name, time in self.ingested if name == source]


def ended(source: str, at: datetime, status: RunStatus = RunStatus.SUCCESS) -> Run:
    return Run(
        run_id=1, source=source, kind=RunKind.INGEST, epoch=1, status=status, started_at=at, finished_at=at,
        counters=Counters(), error=None, sweep_id=None,
    )  # fmt: skip


def record_of(run: Run) -> SourceRecord:
    return SourceRecord(
        source=run.source, last_run=run, last_success_at=None, last_failure_at=None, coins=0, unseen_coins=0,
        below_coins=0, open_rejections=0, newest_observed_at=None,
    )  # fmt: skip


class Told:
    """Remembers what it was told."""

    def __init__(self) -> None:
        self.refusals: list[SourceResult] = []
        self.waits: list[tuple[str, timedelta]] = []
        self.waits_after_failure: list[timedelta] = []

    def refused(self, result: SourceResult) -> None:
        self.refusals.append(result)

    def waiting(self, source: str, *, until: datetime, failed: bool) -> None:
        self.waits.append((source, until - NOON))
        if failed:
            self.waits_after_failure.append(until - NOON)


class Scene:
    """A schedule with everything around it, running."""

    def __init__(self, *runs: Run) -> None:
        self.clock = WaitingClock()
        self.desk = Desk(self.clock)
        self.records = Records(*runs)
        self.told = Told()
        self.task: asyncio.Task[None] | None = None

    def start(self, **intervals: timedelta) -> None:
        schedule = RunSchedule(ingest_source=self.desk, reader=self.records, clock=self.clock, events=self.told)
        sources = [NamedSource(name, interval) for name, interval in intervals.items()]
        self.task = asyncio.create_task(schedule(sources))  # type: ignore[arg-type]  # as much as it looks at

    async def stop(self) -> None:
        assert self.task
        self.task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await self.task


async def test_a_source_that_never_ran_is_ingested_at_once_and_then_every_interval() -> None:
    scene = Scene()
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(11 * MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE, 5 * MINUTE, 10 * MINUTE]
    await scene.stop()


async def test_a_restart_does_not_ask_a_provider_again_before_it_is_due() -> None:
    scene = Scene(ended("csv", NOON - 2 * MINUTE))
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(9 * MINUTE)
    assert scene.desk.times("csv") == [3 * MINUTE, 8 * MINUTE]
    assert scene.told.waits == [("csv", 3 * MINUTE), ("csv", 8 * MINUTE), ("csv", 13 * MINUTE)]
    await scene.stop()


@pytest.mark.parametrize("status", [RunStatus.INTERRUPTED, RunStatus.CANCELLED, RunStatus.RUNNING])
async def test_a_run_that_was_stopped_in_the_middle_goes_on_at_once(status: RunStatus) -> None:
    scene = Scene(ended("csv", NOON - MINUTE, status))
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE]
    await scene.stop()


async def test_the_interval_is_kept_from_start_to_start_but_a_failure_is_given_a_whole_interval() -> None:
    scene = Scene()
    scene.desk.takes = 2 * MINUTE
    scene.desk.outcomes["csv"] = [RunStatus.SUCCESS, RunStatus.FAILURE, RunStatus.SUCCESS]
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(13 * MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE, 5 * MINUTE, 12 * MINUTE]
    assert scene.told.waits_after_failure == [12 * MINUTE]
    await scene.stop()


async def test_a_failure_from_before_the_start_is_not_waited_for() -> None:
    scene = Scene(ended("csv", NOON - MINUTE, RunStatus.FAILURE))
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE]
    assert scene.told.waits == [("csv", 5 * MINUTE)]
    await scene.stop()


async def test_a_failure_of_someone_else_meanwhile_is_waited_for_and_called_one() -> None:
    scene = Scene(ended("csv", NOON + RETRY - MINUTE, RunStatus.FAILURE))
    scene.desk.outcomes["csv"] = [SourceBusy("csv", holder="another process", since=None), RunStatus.SUCCESS]
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(5 * MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE, 4 * MINUTE + RETRY]
    assert scene.told.waits_after_failure == [4 * MINUTE + RETRY]
    await scene.stop()


async def test_a_clock_that_is_set_back_while_it_waits_makes_no_wait_longer() -> None:
    scene = Scene()
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(2 * MINUTE)
    scene.clock.set(-DAY)
    await scene.clock.pass_time(3 * MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE, 3 * MINUTE - DAY]
    await scene.stop()


async def test_a_clock_that_is_set_back_during_a_run_makes_no_wait_longer_than_an_interval() -> None:
    scene = Scene()
    scene.desk.takes = 2 * MINUTE
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(MINUTE)
    scene.clock.set(-DAY)
    await scene.clock.pass_time(6 * MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE, 6 * MINUTE - DAY]
    await scene.stop()


async def test_a_last_run_of_tomorrow_is_waited_for_no_longer_than_an_interval() -> None:
    scene = Scene(ended("csv", NOON + DAY))
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(5 * MINUTE)
    assert scene.desk.times("csv") == [5 * MINUTE]
    assert scene.told.waits == [("csv", 5 * MINUTE), ("csv", 10 * MINUTE)]
    await scene.stop()


async def test_a_machine_that_slept_asks_within_a_minute_of_waking_and_once() -> None:
    scene = Scene()
    scene.start(csv=60 * MINUTE)
    await scene.clock.pass_time(10 * MINUTE)
    scene.clock.set(8 * 60 * MINUTE)
    await scene.clock.pass_time(3 * MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE, 8 * 60 * MINUTE + LOOK_AT_CLOCK]
    await scene.stop()


async def test_a_source_held_by_someone_else_is_waited_for_and_told_of() -> None:
    scene = Scene()
    busy = SourceBusy("csv", holder="another process", since=None)
    scene.desk.outcomes["csv"] = [busy, RunStatus.SUCCESS]
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(RETRY + MINUTE)
    assert scene.desk.times("csv") == [0 * MINUTE, RETRY]
    assert [each.error for each in scene.told.refusals] == [busy]
    await scene.stop()


async def test_a_database_that_is_away_is_asked_again_until_it_is_back() -> None:
    scene = Scene()
    scene.records.away = 3
    scene.start(csv=5 * MINUTE)
    await scene.clock.pass_time(3 * RETRY)
    assert scene.desk.times("csv") == [3 * RETRY]
    assert len(scene.told.refusals) == 3
    await scene.stop()


async def test_a_source_that_hangs_delays_no_other_and_is_cancelled_at_the_end() -> None:
    scene = Scene()
    scene.desk.hanging.add("slow")
    scene.start(slow=MINUTE, quick=MINUTE)
    await scene.clock.pass_time(2 * MINUTE)
    assert scene.desk.times("quick") == [0 * MINUTE, MINUTE, 2 * MINUTE]
    assert scene.desk.times("slow") == [0 * MINUTE]
    await scene.stop()
    assert scene.desk.cancelled == ["slow"]
