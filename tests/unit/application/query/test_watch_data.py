"""Many ask at once which version the data are of: the database is asked once, also when it does not answer."""

import asyncio

import pytest

from crypto.application.errors import StoreAway
from crypto.application.query.watch_data import WatchData
from crypto.domain.market_data import DataVersion

MANY = 50


class SlowReader:
    """Answers when `answered` is set, with how often it was asked; or fails with `failure`."""

    def __init__(self) -> None:
        self.asked = 0
        self.was_asked = asyncio.Event()
        self.answered = asyncio.Event()
        self.failure: Exception | None = None

    async def data_version(self) -> DataVersion:
        self.asked += 1
        said = self.asked
        self.was_asked.set()
        await self.answered.wait()
        if self.failure:
            raise self.failure
        return DataVersion.composed({"csv": str(said)})


class Seconds:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def reader() -> SlowReader:
    return SlowReader()


@pytest.fixture
def seconds() -> Seconds:
    return Seconds()


async def test_a_database_that_does_not_answer_keeps_all_waiting_only_once(
    reader: SlowReader, seconds: Seconds
) -> None:
    watch = WatchData(reader=reader, elapsed=seconds)
    waiting = [asyncio.create_task(watch()) for _ in range(MANY)]
    await asyncio.sleep(0)
    reader.failure = StoreAway("it did not answer in time")
    reader.answered.set()
    found = await asyncio.gather(*waiting, return_exceptions=True)
    assert {type(each) for each in found} == {StoreAway}
    assert reader.asked == 1


async def test_who_comes_late_to_a_slow_question_gets_an_answer_that_is_recent_for_it(
    reader: SlowReader, seconds: Seconds
) -> None:
    watch = WatchData(reader=reader, elapsed=seconds)
    first = asyncio.create_task(watch())
    await reader.was_asked.wait()
    seconds.now += 3
    late = [asyncio.create_task(watch()) for _ in range(MANY)]
    await asyncio.sleep(0)
    reader.answered.set()
    await first
    assert set(map(str, await asyncio.gather(*late))) == {str(DataVersion.composed({"csv": "2"}))}
    assert reader.asked == 2


async def test_who_goes_away_takes_the_answer_from_nobody(reader: SlowReader, seconds: Seconds) -> None:
    watch = WatchData(reader=reader, elapsed=seconds)
    first, second = [asyncio.create_task(watch()) for _ in range(2)]
    await asyncio.sleep(0)
    first.cancel()
    await asyncio.sleep(0)
    reader.answered.set()
    assert await second == DataVersion.composed({"csv": "1"})
    assert reader.asked == 1
