"""How often a provider is asked."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.fetch.rate_limiter import RateLimiter, allowance_of
from crypto.adapters.memory import MemoryRequestBudget
from crypto.application.errors import SourceRateLimited, StoreAway, StoreContended, StoreUnavailable
from crypto.application.ingest.retrying_budget import RetryingBudget
from crypto.application.ports import RequestBudget
from crypto.domain.allowance import Allowance, Grant, counted_at
from tests.support.clock import NOON, ManualClock


class Away(MemoryRequestBudget):
    """A budget whose database gives no turn for a while."""

    def __init__(self, clock: ManualClock, *failures: StoreUnavailable) -> None:
        super().__init__(clock)
        self.failures = list(failures)

    async def take(self, allowance: Allowance, *, discretionary: bool = False) -> Grant:
        if self.failures:
            raise self.failures.pop(0)
        return await super().take(allowance, discretionary=discretionary)


class Asleep(ManualClock):
    """Time that does not pass: who sleeps does not wake."""

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        await asyncio.Event().wait()


def limited(clock: ManualClock, budget: RequestBudget | None = None, **options: Any) -> RateLimiter:
    made = HttpOptions(base_url="https://host", **{"interval": 1, **options})
    allowance = allowance_of("some", made, sweep_requests=1)
    return RateLimiter(allowance, budget=budget or MemoryRequestBudget(clock), clock=clock)


async def sent(limiter: RateLimiter, clock: ManualClock, requests: int) -> list[float]:
    """The seconds after the start at which each request goes out."""
    moments = []
    for _ in range(requests):
        await limiter.turn()
        moments.append((clock.now() - NOON).total_seconds())
    return moments


async def test_requests_are_a_pause_apart() -> None:
    clock = ManualClock()
    assert await sent(limited(clock, pause=0.5), clock, 4) == [0, 0.5, 1, 1.5]


async def test_no_wait_when_the_pause_is_over() -> None:
    clock = ManualClock()
    limiter = limited(clock, pause=2)
    await limiter.turn()
    clock.advance(5)
    await limiter.turn()
    assert clock.slept == []


async def test_never_more_than_so_many_a_minute_and_a_second_more_for_those_that_travel_slowly() -> None:
    clock = ManualClock()
    moments = await sent(limited(clock, pause=1, per_minute=3), clock, 7)
    assert moments == [0, 1, 2, 61, 62, 63, 122]


async def test_a_month_that_is_used_up_ends_the_run() -> None:
    clock = ManualClock()
    limiter = limited(clock, pause=0, per_month=2)
    await sent(limiter, clock, 2)
    with pytest.raises(SourceRateLimited, match="the 2 requests a month of its setting PER_MONTH") as limit:
        await limiter.turn()
    assert limit.value.until == NOON + timedelta(days=31, seconds=1)
    clock.advance(31 * 24 * 3600)
    await limiter.turn()
    assert clock.slept == [1]


async def test_a_longer_pause_than_ten_minutes_is_waited_when_it_is_the_one_that_is_set() -> None:
    clock = ManualClock()
    assert await sent(limited(clock, pause=3600), clock, 2) == [0, 3600]


async def test_a_clock_that_is_set_back_does_not_stop_the_source() -> None:
    clock = ManualClock()
    limiter = limited(clock, pause=0.5, per_minute=2)
    await sent(limiter, clock, 2)
    await limiter.pause(60)
    clock.advance(-86400)
    assert await sent(limiter, clock, 3) == [-86399.5, -86399, -86338.5]


async def test_what_the_provider_asks_of_one_process_all_of_them_wait() -> None:
    clock = ManualClock()
    budget = MemoryRequestBudget(clock)
    await limited(clock, budget, pause=0).pause(30)
    assert await sent(limited(clock, budget, pause=0), clock, 2) == [30, 30]


async def test_a_pause_beyond_the_longest_wait_of_a_run_ends_it_and_is_fifteen_minutes_at_most() -> None:
    clock = ManualClock()
    limiter = limited(clock)
    await limiter.pause(31 * 24 * 3600)
    with pytest.raises(SourceRateLimited, match=r"until 2026-11-02T12:15:00.*the provider asked for a pause"):
        await limiter.turn()
    clock.advance(900)
    assert await sent(limiter, clock, 1) == [900]


async def test_too_many_processes_before_this_one_end_its_run() -> None:
    clock = Asleep()
    limiter = limited(clock, pause=0, per_minute=1)
    turns = [asyncio.create_task(limiter.turn()) for _ in range(12)]
    done, waiting = await asyncio.wait(turns, timeout=0.1)
    for each in waiting:
        each.cancel()
    errors = [each.exception() for each in done]
    assert clock.slept == [61 * turn for turn in range(1, 10)]  # what fits into ten minutes
    assert [type(error) for error in errors if error] == [SourceRateLimited] * 2
    assert "requests of other processes come first" in str(errors)


async def test_half_of_what_the_schedule_leaves_may_be_spared() -> None:
    clock = ManualClock()
    day = 24 * 3600
    limiter = limited(clock, pause=0, interval=day, per_month=41)  # a schedule of 31
    for _ in range(5):
        assert await limiter.may_ask_more()
        await limiter.turn(discretionary=True)
    assert not await limiter.may_ask_more()
    with pytest.raises(SourceRateLimited, match="the 5 requests a month that its schedule can spare"):
        await limiter.turn(discretionary=True)
    await sent(limiter, clock, 36)
    clock.advance(31 * day + 1)
    assert await limiter.may_ask_more()


async def test_a_schedule_that_leaves_nothing_spares_nothing() -> None:
    assert not await limited(ManualClock(), interval=1, per_month=10).may_ask_more()


async def test_without_a_monthly_limit_as_much_as_you_like_may_be_spared() -> None:
    assert await limited(ManualClock()).may_ask_more()


async def test_a_turn_that_meets_another_transaction_is_asked_for_again() -> None:
    clock, heard = ManualClock(), list[tuple[object, ...]]()
    away = Away(clock, StoreContended("a deadlock"), StoreAway("cut off"), StoreAway("cut off"))
    budget = RetryingBudget(away, clock=clock, hear=lambda *told: heard.append(told))
    await limited(clock, budget).turn()
    assert len(clock.slept) == 3
    assert [(source, str(error)) for source, error in heard] == [("some", "cut off")]


async def test_without_the_database_that_counts_nothing_is_sent() -> None:
    clock = ManualClock()
    with pytest.raises(StoreUnavailable):
        await limited(clock, Away(clock, *[StoreUnavailable("away")] * 100)).turn()


def test_a_request_is_never_counted_before_it_is_sent() -> None:
    assert counted_at(NOON + timedelta(milliseconds=1)) == NOON + timedelta(milliseconds=250)
    assert counted_at(NOON) == NOON


def test_another_key_or_host_has_a_budget_of_its_own_and_no_account_gives_its_key_away() -> None:
    def account(**given: Any) -> str:
        options = HttpOptions(interval=1, **{"base_url": "https://host/v1", **given})
        return allowance_of("some", options, sweep_requests=1).account

    accounts = [account(), account(api_key="k-1"), account(api_key="k-2"), account(base_url="https://other/v1")]
    assert len(set(accounts)) == 4
    assert account(base_url="https://HOST/v2") == account()
    assert not any("k-1" in each for each in accounts)
