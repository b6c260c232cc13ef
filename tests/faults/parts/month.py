"""A month of the default schedules: the real clients against a provider that enforces its plan's limits.

By hand: `python -m tests.faults.parts.month` (31 days of both, about 4 minutes), or `--days 3`. The exit code is 1
when a request met a 429, or more were sent than the plan has. In the full tier it is the part `month`.
"""

import argparse
import asyncio
import sys
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from msgspec import Struct

from crypto.adapters.fetch.client import PoliteClient
from crypto.adapters.memory import MemoryRequestBudget, MemoryStore
from crypto.adapters.registry import SOURCES
from crypto.application.errors import SourceUnavailable
from crypto.application.ingest.ingest_source import IngestSource
from crypto.application.ingest.plan_sweep import PlanSweep
from crypto.application.ingest.run_schedule import RunSchedule
from crypto.application.ports import Source
from crypto.domain.run import Run, RunStatus
from crypto.entrypoints.cli.kit.run_events import RunEventPublisher
from tests.faults.tiers.result import Part, PartResult
from tests.support.clock import NOON, ManualClock
from tests.support.provider import Provider
from tests.support.provider_plan import Plan, Window

SECOND, MINUTE, MONTH = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=31)

WINDOWS: Mapping[str, tuple[Window, ...]] = {
    "coinpaprika": (Window(calls=10, length=SECOND), Window(calls=20_000, length=MONTH)),
    "coingecko": (
        Window(calls=3, length=SECOND),
        Window(calls=25, length=MINUTE),
        Window(calls=10_000, length=MONTH),
    ),
}
"""The free plan of one, the demo plan of the other."""

OPTIONS: Mapping[str, Mapping[str, Any]] = {"coinpaprika": {}, "coingecko": {"api_key": "demo-key"}}
FAILING = 0.05
SPARE_A_SWEEP = 4


class MonthOver(Exception):
    """The time that is simulated has passed."""


class FiniteClock(ManualClock):
    """Ends the simulation at its time."""

    def __init__(self, lasts: timedelta) -> None:
        super().__init__()
        self._end = NOON + lasts

    async def sleep(self, seconds: float) -> None:
        await super().sleep(seconds)
        if self.moment >= self._end:
            raise MonthOver


class Figures(Struct, frozen=True, kw_only=True):
    """What the provider and we counted."""

    source: str
    days: float
    sweeps: int
    failures: int
    calls: int
    spared: int
    failed: int
    limited: int


async def simulate(name: str, *, lasts: timedelta = MONTH, with_discretionary: bool) -> Figures:
    """So long of the default schedule with random faults; with all that can be spared spent, too."""
    clock = FiniteClock(lasts)
    async with Provider(coins=4, now=clock.now) as provider:
        provider.served["coingecko"] = [provider.market.markets(page, 1) for page in (1, 2, 3, 4)]
        plan = Plan(provider, name, *WINDOWS[name], now=clock.now, failing=FAILING)
        runs = _Runs(name, provider, clock, discretionary=SPARE_A_SWEEP if with_discretionary else 0)
        await runs.keep_up()
    return Figures(
        source=name,
        days=lasts / timedelta(days=1),
        sweeps=len(runs.ended),
        failures=sum(run.status is not RunStatus.SUCCESS for run in runs.ended),
        calls=len(plan.calls),
        spared=runs.spared,
        failed=plan.failed,
        limited=plan.limited,
    )


def broken(figures: Figures) -> list[str]:
    """What does not hold."""
    most = WINDOWS[figures.source][-1].calls
    wrong = [f"{figures.limited} answers of 429"] if figures.limited else []
    wrong += [f"{figures.calls} calls, and the plan has {most}"] if figures.calls > most else []
    wrong += [f"{figures.failures} of {figures.sweeps} sweeps failed"] if figures.failures else []
    return [f"{figures.source}: {each}" for each in wrong]


class _Runs:
    """A source on its schedule, as `crypto up` keeps it, and what is spent beside."""

    def __init__(self, name: str, provider: Provider, clock: ManualClock, *, discretionary: int) -> None:
        self.ended: list[Run] = []
        self.spared = 0
        self._clock = clock
        self._discretionary = discretionary
        self._store = MemoryStore(clock)
        budget = MemoryRequestBudget(clock)
        kind = SOURCES[name]
        options: Any = kind.options(**{"base_url": provider.base_url(name), **OPTIONS[name]})
        self._source = kind.build(options, clock=clock, budget=budget)
        planner = PlanSweep(budget=budget)
        self._ingest = IngestSource(
            ledger=self._store, archive=self._store, events=RunEventPublisher(), clock=clock, plan_sweep=planner
        )
        sweep = self._source.requests_from({}) or 0
        self._client = PoliteClient(name, options, clock=clock, budget=budget, key_header={}, sweep_requests=sweep)
        self._path = {"coinpaprika": "/tickers", "coingecko": "/coins/markets"}[name]

    async def keep_up(self) -> None:
        schedule = RunSchedule(
            ingest_source=self._one, reader=self._store, clock=self._clock, events=RunEventPublisher()
        )
        try:
            await schedule([self._source])
        except* MonthOver:
            pass

    async def _one(self, source: Source) -> Run:
        run = await self._ingest(source)
        self.ended.append(run)
        await self._spend()
        return run

    async def _spend(self) -> None:
        """Ask more than the schedule needs, as a sweep does for coins it missed."""
        for _ in range(self._discretionary):
            if not await self._client.may_ask_more():
                return
            async with self._client.session() as session:
                try:
                    await session.get_list(self._path, {"ids": "a"}, discretionary=True)
                except SourceUnavailable:
                    return
            self.spared += 1


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier; its faults are the same in each."""
    seen = [asyncio.run(simulate(name, lasts=MONTH * scale, with_discretionary=True)) for name in WINDOWS]
    return PartResult(
        rounds=sum(each.sweeps for each in seen),
        checked=f"every request of {31 * scale:g} days on the default schedule against the plan's limits",
        figures={f"{each.source} {name}": getattr(each, name) for each in seen for name in ("calls", "limited")},
        failures=tuple(failure for each in seen for failure in broken(each)),
    )


GOAL = "31 days of both sources on their free plans, failures included: 0 answers of 429, 0 calls beyond the plan"
PARTS = (Part(name="month", rows="budget", goal=GOAL, run=run),)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the figures; 1 when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.parts.month", description=__doc__)
    parser.add_argument("--days", type=float, default=31)
    parser.add_argument("--source", choices=tuple(WINDOWS), action="append", help="just this one")
    given = parser.parse_args(arguments)
    wrong = []
    for name in given.source or WINDOWS:
        figures = asyncio.run(simulate(name, lasts=timedelta(days=given.days), with_discretionary=True))
        print(figures, flush=True)
        wrong += broken(figures)
    print(*wrong, sep="\n", file=sys.stderr)
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
