"""Health: healthy, degraded, unhealthy, and why; which run ended last."""

import asyncio
from collections.abc import Mapping
from datetime import timedelta

import pytest
from msgspec.structs import replace

from crypto.adapters.memory import MemoryStore
from crypto.application.errors import ReplicaBehind, SourceUnavailable, StoreUnavailable, UnknownSource
from crypto.application.operate.check_health import CheckHealth, Health
from crypto.application.operate.report_run_stats import ReportRunStats, SourceStats
from crypto.domain.freshness import FreshnessPolicy
from tests.support.clock import ManualClock
from tests.support.market import Market, Record, minute
from tests.support.runs import ingest
from tests.support.stores import InMemory

FEED = FreshnessPolicy(
    interval=timedelta(minutes=20), max_age=timedelta(minutes=30), update_cycle=timedelta(minutes=10)
)
FILE = replace(FEED, update_cycle=None)


class Away:
    """A database that does not answer."""

    async def ping(self) -> None:
        raise StoreUnavailable("nobody there")


def health_of(
    memory: MemoryStore, clock: ManualClock, probe: object = None, *, policy: FreshnessPolicy = FEED
) -> CheckHealth:
    stats = ReportRunStats(reader=memory, policies={"market": policy}, clock=clock)
    return CheckHealth(probe=probe or memory, stats=stats, clock=clock)  # type: ignore[arg-type]


class Scene:
    """A market that is ingested at moments of its own, a minute after its quotes are of, and its health."""

    def __init__(self, policy: FreshnessPolicy = FEED) -> None:
        self.clock = ManualClock(minute(1))
        self.memory = MemoryStore(self.clock)
        self.source = Market(self.clock)
        self.source.update_cycle = policy.update_cycle
        self.policies = {self.source.profile.source: policy}
        self.check = health_of(self.memory, self.clock, policy=policy)

    async def refresh(self, *records: Record) -> None:
        self.source.sweep = [list(records)]
        await ingest(InMemory(self.memory), self.source, self.clock)

    async def stale_coins(self) -> Mapping[str, int]:
        return await ReportRunStats(reader=self.memory, policies=self.policies, clock=self.clock).stale_coins()

    async def health(self) -> tuple[Health, SourceStats]:
        found = await self.check()
        return found, found.sources[0]


async def test_a_source_that_never_ran_is_not_well_yet() -> None:
    clock = ManualClock()
    found = await health_of(MemoryStore(clock), clock)()
    assert (found.status, found.last_run) == ("degraded", None)
    assert [(each.source, each.status) for each in found.sources] == [("market", "never_run")]
    assert (found.sources[0].freshness, found.sources[0].fresh_until) == (None, None)


async def test_a_first_run_in_progress_is_well() -> None:
    scene = Scene()
    scene.source.sweep, scene.source.held_at = [[("btc", 0, "1")]], 0
    async with asyncio.TaskGroup() as group:
        group.create_task(ingest(InMemory(scene.memory), scene.source, scene.clock))
        await scene.source.waiting.wait()
        found, source = await scene.health()
        scene.source.go_on.set()
    assert (found.status, source.status, source.freshness) == ("healthy", "running", None)


async def test_a_source_is_healthy_until_its_newest_quote_is_too_old_however_late_that_came() -> None:
    scene = Scene()
    scene.clock.advance(9 * 60)
    await scene.refresh(("btc", 0, "1"))

    fresh, _ = await scene.health()
    scene.clock.advance(20 * 60)
    last_moment, _ = await scene.health()
    scene.clock.advance(1)
    stale, source = await scene.health()

    assert [each.status for each in (fresh, last_moment, stale)] == ["healthy", "healthy", "degraded"]
    assert fresh.last_run is not None
    assert fresh.last_run.source == "market"
    assert (source.freshness, source.fresh_until, source.frozen_since) == ("stale", minute(30), None)
    assert source.freshness_reason == ("no newer stamp since 2026-10-31 12:00:00Z, which is more than 30 min ago")


async def test_a_feed_that_answers_and_does_not_move_is_frozen_at_that_very_refresh() -> None:
    scene = Scene()
    await scene.refresh(("btc", 0, "1"))
    scene.clock.advance(20 * 60)
    await scene.refresh(("btc", 0, "1"))

    found, source = await scene.health()

    assert found.status == "degraded"
    assert (source.status, source.freshness, source.frozen_since) == ("success", "frozen", minute(0))
    assert source.freshness_reason == (
        "no newer stamp since 2026-10-31 12:00:00Z, although the source answers (last at 2026-10-31 12:21:00Z)"
    )


async def test_one_newer_quote_ends_the_freeze() -> None:
    scene = Scene()
    await scene.refresh(("btc", 0, "1"), ("eth", 0, "1"))
    scene.clock.advance(20 * 60)
    await scene.refresh(("btc", 0, "1"), ("eth", 0, "1"))
    scene.clock.advance(20 * 60)
    await scene.refresh(("btc", 0, "1"), ("eth", 40, "1"))

    found, source = await scene.health()

    assert (found.status, source.freshness, source.frozen_since) == ("healthy", "fresh", None)
    assert (source.freshness_reason, source.fresh_until) == (None, minute(70))
    assert source.coins == 2
    assert await scene.stale_coins() == {"market": 1}


async def test_a_files_age_is_said_and_degrades_nothing() -> None:
    scene = Scene(FILE)
    await scene.refresh(("btc", 0, "1"))
    scene.clock.advance(timedelta(days=365).total_seconds())
    await scene.refresh(("btc", 0, "1"))

    found, source = await scene.health()

    assert (found.status, source.freshness, source.frozen_since) == ("healthy", "stale", None)
    assert source.live_feed is False
    assert await scene.stale_coins() == {"market": 1}


async def test_a_source_that_is_off_is_not_judged() -> None:
    scene = Scene()
    await scene.refresh(("btc", 0, "1"))
    found = await ReportRunStats(reader=scene.memory, policies={}, clock=scene.clock)()
    (source,) = found.sources
    assert (source.enabled, source.freshness, source.fresh_until) == (False, None, None)


@pytest.mark.parametrize("policy", [FEED, FILE])
async def test_a_failing_source_degrades_though_its_quotes_are_fresh(policy: FreshnessPolicy) -> None:
    scene = Scene(policy)
    await scene.refresh(("btc", 0, "1"))
    scene.source.sweep = [SourceUnavailable("down")]
    await ingest(InMemory(scene.memory), scene.source, scene.clock)
    found, source = await scene.health()
    assert (found.status, source.freshness) == ("degraded", "fresh")


async def test_no_database_is_unhealthy_and_said_why() -> None:
    clock = ManualClock()
    found = await health_of(MemoryStore(clock), clock, Away())()
    assert (found.status, found.database_connected, found.problem) == ("unhealthy", False, "nobody there")


async def test_runs_of_an_unknown_source_are_refused() -> None:
    clock = ManualClock()
    stats = ReportRunStats(reader=MemoryStore(clock), policies={"market": FEED}, clock=clock)
    assert (await stats.runs(source="market")).total == 0
    with pytest.raises(UnknownSource, match="nosuch"):
        await stats.runs(source="nosuch")


async def test_no_quote_is_counted_to_say_how_the_service_is(monkeypatch: pytest.MonkeyPatch) -> None:
    scene = Scene()
    await scene.refresh(("btc", 0, "1"))

    async def counted(store: MemoryStore) -> int:
        raise AssertionError("every quote was counted")

    monkeypatch.setattr(MemoryStore, "total_records", counted)
    found, _ = await scene.health()
    assert found.status == "healthy"


class Replica:
    """A database that is so far behind."""

    def __init__(self, lag: timedelta | None) -> None:
        self._lag = lag

    async def ping(self) -> timedelta | None:
        return self._lag


@pytest.mark.parametrize(
    ("behind", "degraded", "ready"),
    [
        (None, False, True),
        (0, False, True),
        (30, False, True),
        (31, True, True),
        (300, True, True),
        (301, True, False),
    ],
)
async def test_a_replica_that_is_far_behind_is_told_and_at_last_not_ready(
    behind: int | None, degraded: bool, ready: bool
) -> None:
    scene = Scene()
    await scene.refresh(("btc", 0, "1"))
    lag = None if behind is None else timedelta(seconds=behind)
    check = health_of(scene.memory, scene.clock, Replica(lag))
    found = await check()
    assert (found.lag, found.status) == (lag, "degraded" if degraded else "healthy")
    if ready:
        assert await check.ready() == lag
    else:
        with pytest.raises(ReplicaBehind, match=r"301 s behind, it may be 300 s \(CRYPTO_MAX_REPLICA_LAG\)"):
            await check.ready()
