"""One row of each family of the fault matrix, with real processes, small enough for every commit."""

import pytest

from tests.faults.killer.house import House
from tests.faults.killer.points import POINTS
from tests.faults.parts import commits, isolation, kills, signals, starts, takeovers

pytestmark = pytest.mark.asyncio(loop_scope="module")

SEED = 2026
DECK = (*POINTS, *(kills.ANY_TIME,) * 2, kills.TO_THE_END)
"""Fewer cards than the full tier's; a game of it kills at least 10 times inside a run."""


@pytest.mark.parametrize("games", [1, pytest.param(3, marks=pytest.mark.long)])
async def test_ten_kills_a_game_inside_runs_lose_nothing_double_nothing_and_stick_nowhere(
    home: House, games: int
) -> None:
    tally = await kills.play(home, SEED, games, deck=DECK)
    assert tally.failures == []
    assert tally.inside >= 10 * games
    assert set(tally.at) == {*POINTS, kills.ANY_TIME}


async def test_a_paused_holder_writes_nothing_after_a_takeover(home: House) -> None:
    assert (await takeovers.play(home, SEED, 2)).failures == ()


async def test_of_ten_simultaneous_starts_one_works(home: House) -> None:
    assert (await starts.play(home, SEED, 1)).failures == ()


async def test_unknown_commits_are_looked_up(home: House) -> None:
    assert (await commits.play(home, SEED, 3)).failures == ()


async def test_a_sigterm_ends_a_run_as_cancelled(home: House) -> None:
    assert (await signals.play(home, SEED, 2, what="sigterms")).failures == ()


async def test_a_terminated_session_loses_nothing(home: House) -> None:
    assert (await signals.play(home, SEED, 3, what="terminations")).failures == ()


async def test_one_source_that_fails_stops_no_other(home: House) -> None:
    assert (await isolation.play(home, SEED, 2)).failures == ()
