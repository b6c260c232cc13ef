"""Eight processes keep one budget."""

import pytest

from tests.faults.parts.eight import OVERSHOOT, PER_MINUTE, PROCESSES, watch


@pytest.mark.parametrize("seconds", [7, pytest.param(12, marks=pytest.mark.long)])
async def test_eight_processes_together_ask_no_more_than_one_may(database_url: str, seconds: float) -> None:
    seen = await watch(database_url, seconds=seconds)
    assert seen.overshoot <= OVERSHOOT
    assert seen.requests > PER_MINUTE / 2
    assert seen.processes == PROCESSES
