"""What every store promises of the requests it counts: one budget, whoever asks."""

import asyncio
from datetime import timedelta
from itertools import pairwise
from typing import Any

import pytest

from crypto.domain.allowance import Allowance, usage
from tests.support.clock import ManualClock
from tests.support.stores import InMemory, InPostgres, Store

DAY = 24 * 3600.0
FEW_SECONDS = 30
"""A database's clock does not stand still while a test runs: what is expected comes so much earlier at most."""


def allowance(**given: Any) -> Allowance:
    return Allowance(**{"source": "coingecko", "account": "demo", "pause": timedelta(0), **given})


async def take(store: Store, wanted: Allowance, *, times: int = 1, discretionary: bool = False) -> list[float]:
    """The seconds each turn has to wait."""
    return [(await store.budget.take(wanted, discretionary=discretionary)).wait for _ in range(times)]


async def pass_time(store: Store, seconds: float) -> None:
    """So much later; in the database, whose clock is not ours, everything happened so much earlier."""
    if isinstance(store, InMemory):
        clock = store.memory.clock
        assert isinstance(clock, ManualClock)
        clock.advance(seconds)
        return
    assert isinstance(store, InPostgres)
    ago = timedelta(seconds=seconds)
    await store.rows("UPDATE rate_budgets SET next_at = next_at - %s, paused_until = paused_until - %s", ago, ago)
    await store.rows("UPDATE rate_budget_calls SET granted_at = granted_at - %s", ago)


def about(seconds: float) -> Any:
    """That much, or a little less; and a moment more, as windows have some slack."""
    return pytest.approx(seconds - FEW_SECONDS / 2, abs=FEW_SECONDS / 2 + 2)


async def test_turns_are_a_pause_apart_whoever_takes_them(store: Store) -> None:
    hour = allowance(pause=timedelta(hours=1))
    assert await take(store, hour) == [0]
    assert await take(store, hour) == [about(3600)]
    await pass_time(store, 7200)
    assert await take(store, hour) == [0]


async def test_a_turn_that_is_too_far_off_is_not_granted_and_not_counted(store: Store) -> None:
    hourly = allowance(pause=timedelta(hours=1))
    await take(store, hourly, times=2)
    third = await store.budget.take(hourly)
    assert (third.granted, third.bound, third.wait) == (False, "pause", about(7200))
    assert (await store.budget.standing(hourly)).used_in_month == 2


async def test_no_more_than_so_many_a_minute(store: Store) -> None:
    waits = await take(store, allowance(per_minute=3), times=7)
    assert waits == [0, 0, 0, about(61), about(61), about(61), about(122)]


async def test_a_month_is_used_up_until_its_first_request_is_31_days_old(store: Store) -> None:
    monthly = allowance(per_month=3)
    await take(store, monthly, times=2)
    await pass_time(store, 10 * DAY)
    await take(store, monthly)
    refused = await store.budget.take(monthly)
    assert (refused.granted, refused.bound, refused.wait) == (False, "per_month", about(21 * DAY))
    await pass_time(store, 21 * DAY + 5)
    assert await take(store, monthly, times=2) == [0, 0]
    assert not (await store.budget.take(monthly)).granted


async def test_what_is_spared_counts_twice_once_as_such_and_once_as_a_request(store: Store) -> None:
    wanted = allowance(per_month=10, discretionary_per_month=2)
    await take(store, wanted)
    await take(store, wanted, times=2, discretionary=True)
    await take(store, wanted)
    refused = await store.budget.take(wanted, discretionary=True)
    standing = await store.budget.standing(wanted)
    assert (refused.granted, refused.bound, refused.wait) == (False, "discretionary", about(31 * DAY))
    assert (standing.used_in_month, standing.discretionary_in_month) == (4, 2)


async def test_nothing_is_spared_where_the_schedule_leaves_nothing(store: Store) -> None:
    assert not (await store.budget.take(allowance(discretionary_per_month=0), discretionary=True)).granted
    assert (await store.budget.take(allowance(), discretionary=True)).granted


async def test_a_pause_holds_for_everyone_and_a_shorter_one_does_not_end_it(store: Store) -> None:
    await store.budget.pause(allowance(), seconds=500)
    await store.budget.pause(allowance(), seconds=5)
    granted = await store.budget.take(allowance())
    assert (granted.bound, granted.wait) == ("paused", about(500))
    await pass_time(store, 500)
    assert await take(store, allowance()) == [0]


async def test_a_pause_is_fifteen_minutes_at_most(store: Store) -> None:
    await store.budget.pause(allowance(), seconds=31 * DAY)
    refused = await store.budget.take(allowance())
    assert (refused.granted, refused.bound, refused.wait) == (False, "paused", about(900))


async def test_another_account_and_another_source_have_budgets_of_their_own(store: Store) -> None:
    await take(store, allowance(per_month=1))
    await store.budget.pause(allowance(), seconds=100)
    assert await take(store, allowance(account="pro", per_month=1)) == [0]
    assert await take(store, allowance(source="coinpaprika", per_month=1)) == [0]


async def test_a_clock_that_was_set_back_does_not_stop_the_source(store: Store) -> None:
    wanted = allowance(pause=timedelta(seconds=100), per_minute=2)
    await take(store, wanted)
    await store.budget.pause(wanted, seconds=800)
    await pass_time(store, -DAY)
    assert await take(store, wanted) == [0]
    await store.budget.pause(wanted, seconds=200)
    assert await take(store, wanted) == [about(200)]
    assert (await store.budget.standing(wanted)).used_in_month == 3


async def test_what_lies_ahead_of_a_clock_that_was_set_back_does_not_count_in_its_minute(store: Store) -> None:
    wanted = allowance(per_minute=2)
    await take(store, wanted, times=2)
    await pass_time(store, -DAY)
    assert await take(store, wanted, times=3) == [0, 0, about(61)]


async def test_turns_taken_at_the_same_moment_are_all_counted_and_none_is_given_twice(store: Store) -> None:
    wanted = allowance(pause=timedelta(seconds=10), per_month=20)
    grants = await asyncio.gather(*(store.budget.take(wanted) for _ in range(25)))
    moments = sorted(each.at for each in grants if each.granted)
    assert len(moments) == 20
    assert {later - earlier for earlier, later in pairwise(moments)} == {wanted.pause}


async def test_usage_says_what_is_used_and_left_and_when_there_will_be_more(store: Store) -> None:
    wanted = allowance(per_minute=3, per_month=5)
    before = usage(wanted, await store.budget.standing(wanted))
    await take(store, wanted)
    await pass_time(store, DAY)
    await take(store, wanted, times=2)
    standing = await store.budget.standing(wanted)
    after = usage(wanted, standing)
    assert (before.used_in_month, before.left_in_month, before.reset_at) == (0, 5, None)
    assert (after.used_in_month, after.left_in_month) == (3, 2)
    assert (after.used_in_minute, after.left_in_minute) == (2, 1)
    assert after.reset_at
    assert (after.reset_at - standing.now).total_seconds() == about(30 * DAY)


async def test_when_a_lower_limit_was_set_more_is_left_once_enough_is_old_enough(store: Store) -> None:
    for _ in range(5):
        await take(store, allowance(per_month=5))
        await pass_time(store, DAY)
    lowered = allowance(per_month=2)
    standing = await store.budget.standing(lowered)
    told = usage(lowered, standing)
    assert told.left_in_month == 0
    assert told.reset_at
    assert (told.reset_at - standing.now).total_seconds() == about(29 * DAY)


async def test_without_limits_nothing_is_left_to_say(store: Store) -> None:
    await take(store, allowance())
    told = usage(allowance(), await store.budget.standing(allowance()))
    assert (told.used_in_month, told.left_in_month, told.left_in_minute) == (1, None, None)
    assert told.paused_until is None


async def test_a_busy_month_takes_few_rows_and_forgets_none_of_its_requests(store: Store) -> None:
    if not isinstance(store, InPostgres):
        pytest.skip("memory keeps no rows")
    wanted = allowance(per_month=20_000)
    every_five_minutes_for_32_days = """
        INSERT INTO rate_budget_calls (source, account, granted_at, calls, spare)
        SELECT 'coingecko', 'demo', date_trunc('hour', clock_timestamp()) - each * interval '5 min', 1, each % 2
          FROM generate_series(1, 32 * 24 * 12) AS each
    """
    await store.rows(every_five_minutes_for_32_days)
    await take(store, wanted)
    standing = await store.budget.standing(wanted)
    ((rows,),) = await store.rows("SELECT count(*) FROM rate_budget_calls")
    assert rows <= 31 * 24 + 2
    hour = 12
    assert 31 * 24 * 12 - hour <= standing.used_in_month <= 31 * 24 * 12 + hour
    assert (
        standing.used_in_month // 2 - hour <= standing.discretionary_in_month <= standing.used_in_month // 2 + hour
    )
