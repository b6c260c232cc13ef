"""The house in which the commit tier's games are played, on the tests' own server."""

from collections.abc import AsyncIterator

import pytest_asyncio

from tests.faults.killer.house import House, house


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def home(database_server: str, migrated: str) -> AsyncIterator[House]:
    """A house with a zygote; each game in it has a database and an upstream of its own."""
    async with house(database_server, migrated) as ours:
        yield ours
