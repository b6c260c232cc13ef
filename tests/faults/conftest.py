"""The house in which the commit tier's games are played, on the tests' own server."""

from collections.abc import AsyncIterator

import pytest

from tests.faults.killer.house import House, house


@pytest.fixture
async def home(database_server: str, migrated: str) -> AsyncIterator[House]:
    """A house with a zygote of its own."""
    async with house(database_server, migrated) as ours:
        yield ours
