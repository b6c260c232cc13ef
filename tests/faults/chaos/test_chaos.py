"""Hundreds of answers of every kind: nothing unhandled, nothing lost, nothing twice, every end documented."""

import pytest

from tests.faults.chaos.chaos import play

SEED = 3


@pytest.mark.parametrize("answers", [100, pytest.param(300, marks=pytest.mark.long)])
async def test_hundreds_of_answers_of_every_kind(database_url: str, answers: int) -> None:
    result = await play(database_url, seed=SEED, answers=answers)
    assert result.failures == ()
    assert result.rounds >= answers
    assert result.figures["pages kept"]
