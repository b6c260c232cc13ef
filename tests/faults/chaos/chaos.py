"""Chaos: thousands of scripted answers of every kind, to the real sources, into a real PostgreSQL.

`python -m tests.faults.full --only chaos --seed N --scale 0.1` plays the same answers again.
"""

import asyncio
import re
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Any

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.application.ingest.ingest_source import IngestSource
from crypto.application.ingest.ingest_sources import IngestSources, SourceResult
from crypto.application.ports import Source
from crypto.domain.run import RunStatus
from tests.faults.chaos.chaos_oracle import Oracle
from tests.faults.chaos.chaos_provider import Script
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.clock import ManualClock
from tests.support.database import fresh_database, migrated_template, test_server
from tests.support.provider import Provider
from tests.support.provider_sources import COIN_LISTS, source_at
from tests.support.runs import Witness
from tests.support.stores import InPostgres

ANSWERS = 10_000
BETWEEN_CHECKS = 100
LONGEST_PAUSE = 15 * 60.0
"""Seconds; what a provider asks for beyond that is not kept."""
UNLIKELY: dict[str, Any] = {"retries": 2, "pause": 0.0, "per_minute": 10**6, "per_month": 10**6, "timeout": 0.6}
"""Options under which waits cost nothing, and an answer that drips is soon given up."""

PAGES: dict[str, dict[str, Any]] = {"coinpaprika": {}, "coingecko": {"pages": 4}}

REASONS = re.compile(
    r"""
      \w+:\ asked\ 127\.0\.0\.1\ for\ \S+\ (once|\d+\ times,\ .+\ in\ between);\ the\ last\ time:\ .+
    | \w+:\ rate_limited\ until\ .+
    | \w+\ answered\ \d{3}.*;\ .+
    | \w+:\ the\ answer\ (is|has)\ .+
    | \w+:\ the\ body\ is\ larger\ than\ \d+\ MiB.+
    | (format_changed|hole|suspicious_empty|shrunken_list|pagination_loop):\ .+
    """,
    re.VERBOSE | re.DOTALL,
)
"""What a failed run may say: each names what to do next, or what to look at."""


class Chaos:
    """Two sources against one provider, run after run, until so many answers were given."""

    def __init__(self, store: InPostgres, provider: Provider, *, seed: int) -> None:
        self.clocks = {name: ManualClock() for name in COIN_LISTS}
        self.scripts = {name: Script(name, seed=seed, now=_reading(self.clocks[name])) for name in COIN_LISTS}
        self.witness = Witness()
        self.ended: Counter[str] = Counter()
        self.failures: list[str] = []
        self.checks = 0
        self._oracle = Oracle(self.scripts)
        self._store = store
        self._sources: list[Source] = [
            source_at(provider, name, self.clocks[name], **{**UNLIKELY, **PAGES[name]}) for name in COIN_LISTS
        ]
        for name, script in self.scripts.items():
            provider.always(script, source=name)

    @property
    def answers(self) -> int:
        """How many were given."""
        return sum(len(script.names) for script in self.scripts.values())

    @property
    def pages(self) -> int:
        """How many were kept."""
        return self._oracle.pages

    async def play(self, answers: int) -> None:
        """Run until so many answers were given, with a check after every hundred; stop at a failure."""
        while self.answers < answers and not self.failures:
            target = min(answers, self.answers + BETWEEN_CHECKS)
            while self.answers < target:
                await self._round()
                self._let_time_pass()
            self.failures += await self._oracle.check(self._store)
            self.checks += 1

    async def _round(self) -> None:
        use_case = IngestSource(
            ledger=self._store.ledger, archive=self._store.archive, events=self.witness, clock=ManualClock()
        )
        for result in await IngestSources(ingest_source=use_case)(self._sources):
            self._judge(result)
        self.failures += [f"crashed: {error!r}" for error in self.witness.crashes]
        self.witness.crashes.clear()

    def _let_time_pass(self) -> None:
        """A pause that a provider asked for is kept by every later run: each round is a new quarter of an hour."""
        for clock in self.clocks.values():
            clock.advance(LONGEST_PAUSE)

    def _judge(self, result: SourceResult) -> None:
        run = result.run
        if run is None:
            self.failures.append(f"{result.source} had no run: {result.error!r}")
        elif run.status is RunStatus.SUCCESS and run.error is None:
            self.ended["success"] += 1
        elif run.status is RunStatus.FAILURE and REASONS.fullmatch(run.error or ""):
            self.ended["failure"] += 1
        else:
            self.failures.append(f"run {run.run_id} of {run.source} ended {run.status}, saying {run.error!r}")


def _reading(clock: ManualClock) -> Callable[[], datetime]:
    return lambda: clock.moment


async def play(database_url: str, *, seed: int, answers: int) -> PartResult:
    """So many answers into that database."""
    async with (
        opened(Database(database_url, pool_size=4, application_name="crypto-chaos")) as database,
        Provider(coins=0) as provider,
    ):
        chaos = Chaos(InPostgres(database), provider, seed=seed)
        await chaos.play(answers)
    played = [
        f"{name}: {len(script.names)} answers, last {script.names[-3:]}" for name, script in chaos.scripts.items()
    ]
    return PartResult(
        rounds=chaos.answers,
        checked="no unhandled error, a documented end of every run, every table against the script",
        figures={
            "pages kept": chaos.pages,
            "checks": chaos.checks,
            **{f"runs in {k}": v for k, v in chaos.ended.items()},
        },
        failures=tuple(f"seed {seed}, {'; '.join(played)}: {each}" for each in chaos.failures),
    )


def run(scale: float, seed: int) -> PartResult:
    """Play it on a server of its own."""
    with (
        test_server() as server,
        migrated_template(server) as template,
        fresh_database(server, template=template) as url,
    ):
        return asyncio.run(play(url, seed=seed, answers=scaled(ANSWERS, scale)))


PARTS = (
    Part(
        name="chaos",
        rows="10-28",
        goal="10,000 scripted answers: 0 unhandled errors, every table as the script says",
        run=run,
    ),
)
