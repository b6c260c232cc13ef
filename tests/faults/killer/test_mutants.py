"""The harness proves itself: the service broken in every way is caught each time, and only then."""

import pytest

from tests.faults.killer.house import House
from tests.faults.parts import commits, kills, takeovers

pytestmark = pytest.mark.asyncio(loop_scope="module")


async def test_without_a_fence_a_paused_holder_is_caught_writing(home: House) -> None:
    result = await takeovers.play(home, 1, 1, mutant="no-fence")
    assert any("wrote" in each for each in result.failures)
    assert any("an old epoch wrote a page" in each for each in result.failures)


async def test_a_cursor_committed_apart_is_caught_storing_a_page_twice(home: House) -> None:
    tally = await kills.play(home, 1, 1, mutant="cursor-apart", deck=["after-commit"] * 2)
    assert any("of sweep" in each for each in tally.failures)


async def test_deleting_before_inserting_is_caught_losing_what_was_believed(home: House) -> None:
    tally = await kills.play(home, 1, 1, mutant="delete-then-insert", deck=[kills.TO_THE_END])
    assert any("version(s) served" in each for each in tally.failures)


async def test_a_status_used_as_the_lock_is_caught_stuck(home: House) -> None:
    tally = await kills.play(home, 1, 1, mutant="status-as-lock", deck=["after-fetch"])
    assert any("ended with 75" in each for each in tally.failures)


async def test_a_blind_retry_is_caught_storing_a_page_twice(home: House) -> None:
    result = await commits.play(home, 1, 3, mutant="blind-redo")
    assert any("stored more often than it was served" in each for each in result.failures)


@pytest.mark.long
async def test_the_service_itself_passes_what_catches_them(home: House) -> None:
    tally = await kills.play(home, 1, 1, deck=["after-commit", "after-fetch", kills.TO_THE_END])
    cut = await commits.play(home, 1, 3)
    paused = await takeovers.play(home, 1, 1)
    assert (*tally.failures, *cut.failures, *paused.failures) == ()
