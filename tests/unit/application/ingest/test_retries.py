"""How long what the database did not take is tried again."""

import pytest

from crypto.application.errors import StoreAway, StoreContended, StoreOpening, StoreUnavailable
from crypto.application.retries import (
    ATTEMPTS,
    LONGEST_PAUSE,
    OPENING_SECONDS,
    OUTAGE_SECONDS,
    pause_before,
    retried,
)
from tests.support.clock import ManualClock


class Database:
    """Fails with each of these errors in turn, then answers."""

    def __init__(self, *errors: Exception, for_ever: Exception | None = None) -> None:
        self._errors = list(errors)
        self._for_ever = for_ever
        self.asked = 0

    async def __call__(self) -> str:
        self.asked += 1
        if self._errors:
            raise self._errors.pop(0)
        if self._for_ever:
            raise self._for_ever
        return "answer"


async def test_what_met_another_transaction_is_tried_five_times() -> None:
    patient, clock = Database(*[StoreContended("deadlock")] * (ATTEMPTS - 1)), ManualClock()
    hopeless = Database(for_ever=StoreContended("deadlock"))

    assert await retried(clock, patient) == "answer"
    with pytest.raises(StoreContended):
        await retried(clock, hopeless)

    assert (patient.asked, hopeless.asked) == (5, 5)


async def test_a_database_that_is_away_is_waited_for_a_minute_in_all() -> None:
    clock, heard = ManualClock(), list[StoreUnavailable]()

    with pytest.raises(StoreUnavailable, match="it was waited for 60 s") as given_up:
        await retried(clock, Database(for_ever=StoreAway("restarting")), hear=heard.append)

    assert not isinstance(given_up.value, StoreAway)  # who waits, too, must not wait once more
    assert OUTAGE_SECONDS - LONGEST_PAUSE <= sum(clock.slept) <= OUTAGE_SECONDS
    assert len(heard) == 1


async def test_one_that_comes_back_is_asked_again() -> None:
    clock = ManualClock()
    database = Database(StoreAway("cut off"), StoreContended("deadlock"), StoreOpening("starting up"))

    assert await retried(clock, database) == "answer"
    assert database.asked == 4


async def test_what_must_be_mended_first_is_told_at_once() -> None:
    clock = ManualClock()
    for error in (StoreUnavailable("disk full"), StoreAway("refused")):
        with pytest.raises(StoreUnavailable):
            await retried(clock, Database(error), waits_for=StoreOpening, seconds=OPENING_SECONDS)
    assert clock.slept == []


def test_pauses_grow_to_a_bound_and_differ() -> None:
    pauses = [pause_before(number) for number in range(1, 30)]
    assert pauses[0] <= 0.1
    assert all(LONGEST_PAUSE / 2 <= each <= LONGEST_PAUSE for each in pauses[7:])
    assert len(set(pauses)) == len(pauses)
