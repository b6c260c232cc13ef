"""What a sweep will cost, when it will end, and whether a schedule fits its month."""

import random
from collections import deque
from datetime import datetime, timedelta
from typing import Any

import pytest
from loguru import logger

from crypto.adapters.fetch.rate_limiter import RateLimiter, allowance_of
from crypto.adapters.memory import MemoryRequestBudget, MemoryStore
from crypto.adapters.registry import SOURCES
from crypto.adapters.sources import coinpaprika
from crypto.application.ingest.plan_sweep import PlanSweep, overbooked
from crypto.application.ports import Source
from crypto.domain.page import Cursor
from crypto.domain.run import Counters, Run, RunKind, RunStatus
from crypto.domain.sweep_plan import SweepPlan
from crypto.entrypoints.cli.kit.run_events import RunEvent, RunEventPublisher, log_event
from tests.support.clock import NOON, ManualClock
from tests.support.market import Market
from tests.support.runs import Witness, ingest
from tests.support.stores import InMemory

DAY = 24 * 3600


class Scene:
    """A source and the budget it asks from."""

    def __init__(self, name: str, **options: Any) -> None:
        self.clock = ManualClock()
        self.budget = MemoryRequestBudget(self.clock)
        self.source: Source = SOURCES[name].build(
            SOURCES[name].options(**options), clock=self.clock, budget=self.budget
        )

    async def used(self, requests: int) -> "Scene":
        assert self.source.profile.allowance
        for _ in range(requests):
            self.clock.advance((await self.budget.take(self.source.profile.allowance)).wait)
        return self

    async def plan(self, cursor: Cursor | None = None) -> SweepPlan | None:
        return await PlanSweep(budget=self.budget)(self.source, cursor or {})

    async def planned(self, cursor: Cursor | None = None) -> SweepPlan:
        plan = await self.plan(cursor)
        assert plan
        return plan


@pytest.mark.parametrize(
    ("name", "cursor", "requests"),
    [
        ("coinpaprika", {}, 1),
        ("coingecko", {}, 4),
        ("coingecko", {"page": 3}, 2),
        ("coingecko", {"page": 9}, 1),
    ],
)
async def test_a_sweep_costs_the_pages_left_from_its_cursor(name: str, cursor: Cursor, requests: int) -> None:
    assert (await Scene(name).planned(cursor)).requests == requests


async def test_files_cost_nothing_and_have_no_plan() -> None:
    assert await Scene("csv", paths=("a.csv",)).plan() is None


async def test_a_plan_says_what_is_left_before_and_after() -> None:
    plan = await (await Scene("coingecko", api_key="k").used(30)).planned()
    assert (plan.left, plan.left_after, plan.falls_short) == (9970, 9966, False)
    assert plan.reset_at == NOON + timedelta(days=31, seconds=1)


async def test_without_a_monthly_limit_nothing_is_said_of_it() -> None:
    plan = await Scene("coingecko").planned()
    assert (plan.left, plan.left_after, plan.falls_short) == (None, None, False)


async def test_a_month_with_fewer_left_than_it_takes_falls_short() -> None:
    plan = await (await Scene("coingecko", api_key="k", per_month=6).used(4)).planned()
    assert (plan.left, plan.left_after, plan.falls_short) == (2, 0, True)


@pytest.mark.parametrize(
    ("options", "used"),
    [
        ({"pages": 4}, 0),
        ({"pages": 4}, 8),
        ({"pages": 40}, 0),
        ({"pages": 25, "pause": 10.0}, 0),
        ({"pages": 25, "per_minute": 5}, 5),
        ({"pages": 7, "per_minute": 5}, 3),
    ],
)
async def test_a_sweep_in_which_nothing_fails_ends_about_when_it_was_planned(
    options: dict[str, Any], used: int
) -> None:
    scene = await Scene("coingecko", **options).used(used)
    plan = await scene.planned()
    began = scene.clock.now()
    await scene.used(plan.requests)
    took, planned = scene.clock.now() - began, plan.ends_at - began
    assert abs(took - planned) <= max(timedelta(seconds=6), planned * 0.2)


async def test_a_pause_in_force_is_part_of_the_plan() -> None:
    scene = Scene("coinpaprika")
    assert scene.source.profile.allowance
    await scene.budget.pause(scene.source.profile.allowance, seconds=300)
    assert (await scene.planned()).ends_at == NOON + timedelta(seconds=300)


async def test_an_ingest_tells_its_plan_before_it_begins_and_goes_as_far_as_that_reaches() -> None:
    scene = Scene("coinpaprika")
    store, witness = InMemory(MemoryStore(scene.clock)), Witness()
    market = Market(scene.clock, [[("btc", 0, "1")], [("eth", 0, "1")]])
    market.allowance = scene.source.profile.allowance
    planner = PlanSweep(budget=scene.budget)
    run = await ingest(store, market, scene.clock, witness, planner)
    assert [plan.requests for plan in witness.plans] == [2]
    assert run.status is RunStatus.SUCCESS


def test_the_default_schedules_fit_their_months() -> None:
    defaults = [Scene(name).source for name in ("coinpaprika", "coingecko")]
    assert overbooked([*defaults, Scene("coingecko", api_key="k").source]) == []


async def test_coins_to_follow_cost_what_asking_for_them_takes() -> None:
    few, many = (("bitcoin", "pepe"), tuple(f"a-coin-of-that-number-{number}" for number in range(300)))
    assert (await Scene("coingecko", coins=few).planned()).requests == 5
    assert (await Scene("coingecko", coins=many).planned({"page": 3})).requests == 5
    (told,) = overbooked([Scene("coingecko", api_key="k", coins=few).source])
    assert "takes up to 11160 requests in 31 days (5 every 1200 s)" in told
    assert "CRYPTO_SOURCE__COINGECKO__INTERVAL to 1340 or more" in told


async def test_coins_that_are_unknown_are_told_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    clock = ManualClock()
    market = Market(clock, [[("a", 0, "1")]], name="coingecko")
    market.by_id, market.followed = {}, ("nosuch",)
    told: list[str] = []
    handler = logger.add(told.append, level="WARNING", format="{message}")
    await ingest(InMemory(MemoryStore(clock)), market, clock, RunEventPublisher())  # type: ignore[arg-type]
    logger.remove(handler)
    assert told == [
        "coingecko gives no coin of these ids: 'nosuch'; check the setting CRYPTO_SOURCE__COINGECKO__COINS\n"
    ]


def test_a_schedule_that_cannot_fit_says_by_how_much_and_what_to_set() -> None:
    (told,) = overbooked([Scene("coingecko", api_key="k", interval=600).source])
    assert told.startswith(
        "coingecko: its schedule takes 17856 requests in 31 days (4 every 600 s), its account has 10000"
    )
    assert "CRYPTO_SOURCE__COINGECKO__INTERVAL to 1072 or more" in told
    assert "CRYPTO_SOURCE__COINGECKO__PER_MONTH" in told
    assert overbooked([Scene("coingecko", api_key="k", interval=1072).source]) == []


def planned(**given: Any) -> RunEvent:
    heard: list[RunEvent] = []
    run = Run(
        run_id=7, source="coingecko", kind=RunKind.INGEST, epoch=1, status=RunStatus.RUNNING, started_at=NOON,
        finished_at=None, counters=Counters(), error=None, sweep_id=None,
    )  # fmt: skip
    made = {"requests": 4, "ends_at": NOON, "left": 10, "reset_at": NOON + timedelta(days=3), **given}
    RunEventPublisher(heard.append).planned(run, SweepPlan(**made))
    return heard[0]


def test_a_plan_is_news_and_a_warning_when_it_falls_short() -> None:
    lines: list[str] = []
    sink = logger.add(lines.append, format="{level} {message}", level="DEBUG")
    try:
        log_event(planned())
        log_event(planned(left=2))
    finally:
        logger.remove(sink)
    assert (planned().left, planned(left=2).left) == (6, 2)
    assert lines == [
        "INFO Planned ETL run: to end about 2026-11-02 12:00:00Z\n",
        "WARNING Only 2 of the 4 requests are left until 2026-11-05 12:00:00Z\n",
    ]


class Windows:
    """A provider that counts: the most requests it saw in any minute and any month."""

    def __init__(self) -> None:
        self._sent: dict[timedelta, deque[datetime]] = {timedelta(minutes=1): deque(), timedelta(days=31): deque()}
        self.most = dict.fromkeys(self._sent, 0)

    def asked(self, at: datetime) -> None:
        for length, sent in self._sent.items():
            sent.append(at)
            while sent[0] <= at - length:
                sent.popleft()
            self.most[length] = max(self.most[length], len(sent))


@pytest.mark.parametrize(("name", "options"), [("coinpaprika", {}), ("coingecko", {"api_key": "k"})])
async def test_two_months_of_a_default_schedule_with_faults_and_spare_requests_stay_within_the_plan(
    name: str, options: dict[str, Any]
) -> None:
    scene, seen, chance = Scene(name, **options), Windows(), random.Random(5)
    allowance = scene.source.profile.allowance
    assert allowance
    assert allowance.per_month
    limiter = RateLimiter(allowance, budget=scene.budget, clock=scene.clock)
    sweep = scene.source.requests_from({}) or 0

    async def request(*, discretionary: bool) -> None:
        await limiter.turn(discretionary=discretionary)
        seen.asked(scene.clock.now())
        while chance.random() < 0.05 and (not discretionary or await limiter.may_ask_more()):
            scene.clock.advance(1)
            await limiter.turn(discretionary=discretionary)
            seen.asked(scene.clock.now())

    due = NOON
    while due < NOON + timedelta(days=62):
        scene.clock.moment = max(due, scene.clock.moment)
        due = scene.clock.now() + scene.source.profile.interval
        for _ in range(sweep):
            await request(discretionary=False)
        if await limiter.may_ask_more():
            await request(discretionary=True)
    assert seen.most[timedelta(days=31)] <= allowance.per_month
    assert seen.most[timedelta(minutes=1)] <= (allowance.per_minute or 60)
    assert (await scene.budget.standing(allowance)).discretionary_in_month == allowance.discretionary_per_month


def test_what_may_be_spared_is_half_of_what_the_schedule_leaves() -> None:
    made = coinpaprika.Options()
    assert allowance_of("coinpaprika", made, sweep_requests=1).discretionary_per_month == (20_000 - 8928) // 2
