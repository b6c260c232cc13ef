"""How often a provider is asked."""

from datetime import timedelta
from typing import Any

import pytest

from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.fetch.pace import Pace
from crypto.application.errors import SourceRateLimited
from tests.support.clock import NOON, ManualClock


def paced(clock: ManualClock, **options: Any) -> Pace:
    return Pace("some", HttpOptions(base_url="https://host", interval=1, **options), clock=clock)


async def sent(pace: Pace, clock: ManualClock, requests: int) -> list[float]:
    """The seconds after the start at which each request goes out."""
    moments = []
    for _ in range(requests):
        await pace.turn()
        moments.append((clock.now() - NOON).total_seconds())
    return moments


async def test_requests_are_a_pause_apart() -> None:
    clock = ManualClock()
    assert await sent(paced(clock, pause=0.5), clock, 4) == [0, 0.5, 1, 1.5]


async def test_no_wait_when_the_pause_is_over() -> None:
    clock = ManualClock()
    pace = paced(clock, pause=2)
    await pace.turn()
    clock.advance(5)
    await pace.turn()
    assert clock.slept == []


async def test_never_more_than_so_many_a_minute() -> None:
    clock = ManualClock()
    moments = await sent(paced(clock, pause=1, per_minute=3), clock, 7)
    assert moments == [0, 1, 2, 60, 61, 62, 120]


async def test_a_month_that_is_used_up_ends_the_run() -> None:
    clock = ManualClock()
    pace = paced(clock, pause=0, per_month=2)
    await sent(pace, clock, 2)
    with pytest.raises(SourceRateLimited, match="PER_MONTH") as limit:
        await pace.turn()
    assert limit.value.until == NOON + timedelta(days=31)
    clock.advance(31 * 24 * 3600)
    await pace.turn()


async def test_a_clock_that_is_set_back_does_not_stop_the_source() -> None:
    clock = ManualClock()
    pace = paced(clock, pause=0.5)
    await pace.turn()
    clock.advance(-86400)
    await pace.turn()
    assert clock.slept == [60]
