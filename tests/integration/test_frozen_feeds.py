"""The real sources over a provider that moves for an hour and then answers the same for ever."""

from datetime import datetime, timedelta

import pytest

from crypto.adapters.memory import MemoryStore
from crypto.application.ports import Source
from tests.support.clock import ManualClock
from tests.support.provider import Provider
from tests.support.provider_sources import ONE_PAGE, REST, source_at
from tests.support.runs import ingest
from tests.support.stores import InMemory

HOUR = timedelta(hours=1)


@pytest.mark.parametrize("name", REST)
async def test_a_feed_that_freezes_is_flagged_within_one_interval_of_when_it_should_have_moved(name: str) -> None:
    clock = ManualClock()
    start = clock.now()
    memory = MemoryStore(clock)
    async with Provider(coins=20, now=clock.now) as provider:
        source = source_at(provider, name, clock, **ONE_PAGE[name])
        while clock.now() < start + HOUR:
            provider.market.move(0.1)
            newest = clock.now().replace(microsecond=0)
            assert await frozen_after_refresh(memory, source, clock) is None
        flagged = None
        while flagged is None:
            asked_at = clock.now()
            flagged = await frozen_after_refresh(memory, source, clock)

    assert source.profile.update_cycle is not None
    assert flagged == newest
    assert asked_at - newest <= source.profile.update_cycle + source.profile.interval
    assert asked_at - newest <= source.profile.max_age


async def frozen_after_refresh(memory: MemoryStore, source: Source, clock: ManualClock) -> datetime | None:
    """Ingest it, and let an interval pass."""
    began = clock.now()
    await ingest(InMemory(memory), source, clock)
    clock.moment = began + source.profile.interval
    return (await memory.source_records())[source.profile.source].frozen_since
