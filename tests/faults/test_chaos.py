"""Three hundred answers of every kind: nothing unhandled, nothing lost, nothing twice, every end documented."""

from tests.faults.chaos import play

ANSWERS = 300
SEED = 3


async def test_three_hundred_answers_of_every_kind(database_url: str) -> None:
    result = await play(database_url, seed=SEED, answers=ANSWERS)
    assert result.failures == ()
    assert result.rounds >= ANSWERS
    assert result.figures["pages kept"]
