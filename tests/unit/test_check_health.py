"""Health: healthy, degraded, unhealthy, and which run ended last."""

from datetime import timedelta

import pytest

from crypto.adapters.memory import MemoryStore
from crypto.application.check_health import CheckHealth
from crypto.application.errors import SourceUnavailable, StoreUnavailable, UnknownSource
from crypto.application.report_run_stats import ReportRunStats
from tests.support.clock import ManualClock
from tests.support.market import Market
from tests.support.runs import ingest
from tests.support.stores import InMemory

TWENTY_MINUTES = {"market": timedelta(minutes=20)}


class Away:
    """A database that does not answer."""

    async def ping(self) -> None:
        raise StoreUnavailable("nobody there")


def health_of(memory: MemoryStore, clock: ManualClock, probe: object = None) -> CheckHealth:
    stats = ReportRunStats(reader=memory, intervals=TWENTY_MINUTES)
    return CheckHealth(probe=probe or memory, stats=stats, clock=clock)  # type: ignore[arg-type]


async def test_a_source_that_never_ran_is_not_well_yet() -> None:
    clock = ManualClock()
    found = await health_of(MemoryStore(clock), clock)()
    assert (found.status, found.last_run) == ("degraded", None)
    assert [(each.source, each.status) for each in found.sources] == [("market", "never_run")]


async def test_a_fresh_success_is_healthy_until_it_is_stale() -> None:
    clock = ManualClock()
    memory = MemoryStore(clock)
    await ingest(InMemory(memory), Market(clock, [[("btc", 0, "1")]]), clock)
    check = health_of(memory, clock)

    fresh = await check()
    clock.advance(22 * 60)
    last_moment = await check()
    clock.advance(1)
    stale = await check()

    assert [each.status for each in (fresh, last_moment, stale)] == ["healthy", "healthy", "degraded"]
    assert fresh.last_run is not None
    assert fresh.last_run.source == "market"


async def test_a_failing_source_degrades() -> None:
    clock = ManualClock()
    memory = MemoryStore(clock)
    await ingest(InMemory(memory), Market(clock, [SourceUnavailable("down")]), clock)
    assert (await health_of(memory, clock)()).status == "degraded"


async def test_no_database_is_unhealthy_and_said_why() -> None:
    clock = ManualClock()
    found = await health_of(MemoryStore(clock), clock, Away())()
    assert (found.status, found.database_connected, found.problem) == ("unhealthy", False, "nobody there")


async def test_runs_of_an_unknown_source_are_refused() -> None:
    stats = ReportRunStats(reader=MemoryStore(ManualClock()), intervals=TWENTY_MINUTES)
    assert (await stats.runs(source="market")).total == 0
    with pytest.raises(UnknownSource, match="nosuch"):
        await stats.runs(source="nosuch")
