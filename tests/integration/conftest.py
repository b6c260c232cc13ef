"""The stores that must behave alike, one after the other."""

from collections.abc import AsyncIterator

import pytest

from crypto.adapters.memory import MemoryStore
from crypto.adapters.postgres.database import Database, opened
from tests.support.clock import ManualClock
from tests.support.stores import InMemory, InPostgres, Store


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield InMemory(MemoryStore(clock))
        return
    url = request.getfixturevalue("database_url")
    async with opened(Database(url, pool_size=4, application_name="crypto-test")) as database:
        yield InPostgres(database)
