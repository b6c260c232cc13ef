"""Eight processes keep one budget."""

from tests.faults.eight import OVERSHOOT, PER_MINUTE, PROCESSES, watch


async def test_eight_processes_together_ask_no_more_than_one_may(database_url: str) -> None:
    seen = await watch(database_url, seconds=12)
    assert seen.overshoot <= OVERSHOOT
    assert seen.requests > PER_MINUTE / 2
    assert seen.processes == PROCESSES
