"""A transaction that commits late, after one that began later: who follows the changes sees both (PostgreSQL)."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from crypto.adapters.postgres.connection.database import Database, opened
from tests.support.clock import ManualClock
from tests.support.copies import Follower, table
from tests.support.market import Market
from tests.support.runs import ingest
from tests.support.stores import InPostgres

HELD = """
    CREATE FUNCTION hold_commit() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN PERFORM pg_advisory_xact_lock(77); RETURN NULL; END $$;
    CREATE CONSTRAINT TRIGGER held AFTER INSERT ON quote_changes DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (NEW.page_id = 3) EXECUTE FUNCTION hold_commit()
"""
WAITING = "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=6, application_name="crypto-test")) as database:
        yield InPostgres(database)


@asynccontextmanager
async def late_commit(store: InPostgres, late: Market, clock: ManualClock) -> AsyncIterator[None]:
    """The third page that is ever written waits in its COMMIT to the end of the block."""
    for statement in HELD.split(";\n    CREATE CON"):
        await store.rows(statement if "FUNCTION hold_commit() RET" in statement else f"CREATE CON{statement}")
    async with store.database.driver_connection(30) as holder, asyncio.TaskGroup() as tasks:
        await holder.execute("SELECT pg_advisory_lock(77)")
        tasks.create_task(ingest(store, late, clock))
        await until(store, WAITING, 1)
        yield
        await holder.execute("SELECT pg_advisory_unlock(77)")


async def until(store: InPostgres, query: str, number: int) -> None:
    async with asyncio.timeout(10):
        while (await store.rows(query))[0][0] < number:  # noqa: ASYNC110 - another session does it
            await asyncio.sleep(0.01)


async def test_a_late_commit_of_another_feed_of_the_same_source_is_not_lost(
    store: InPostgres, clock: ManualClock
) -> None:
    late = Market(clock, [[("btc", 0, "1")]], name="coingecko", feed="catalogue")
    punctual = Market(clock, [[("doge", 0, "3")]], name="coingecko")
    await ingest(store, late, clock)
    await ingest(store, punctual, clock)
    follower = Follower(store)
    await follower.catch_up()
    late.sweep, punctual.sweep = [[("btc", 0, "2")]], [[("doge", 0, "4")]]  # restated: no counter is in the way

    async with asyncio.TaskGroup() as tasks, late_commit(store, late, clock):
        tasks.create_task(ingest(store, punctual, clock))
        for _ in range(50):  # whatever is committed meanwhile is read
            await follower.catch_up()
            await asyncio.sleep(0.01)

    assert await follower.catch_up() == await table(store)


async def test_other_sources_do_not_wait_for_it_and_it_is_told_after_them(
    store: InPostgres, clock: ManualClock
) -> None:
    late = Market(clock, [[("btc", 0, "1")], [("btc", 1, "1")], [("btc", 2, "1")]], name="coingecko")
    follower = Follower(store)

    async with late_commit(store, late, clock):
        await ingest(store, Market(clock, [[("eth", 0, "2")]], name="coinpaprika"), clock)
        sources = {key[0] for key in await follower.catch_up()}
        assert (sources, len(follower.copy)) == ({"coingecko", "coinpaprika"}, 3)

    assert await follower.catch_up() == await table(store)
    assert len(follower.copy) == 4
