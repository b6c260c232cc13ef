"""The connections that are kept for questions: what becomes of them when their server, or the way to it, goes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack

import psycopg
import pytest

from crypto.adapters.postgres.connection.database import READING, Database, opened
from crypto.adapters.postgres.connection.url import conninfo
from crypto.application.errors import StoreAway, StoreLost
from tests.support.proxy import Proxy, proxied

SIZE = 3
OTHERS = """
    SELECT count(pg_terminate_backend(pid))
      FROM pg_stat_activity
     WHERE datname = current_database() AND application_name = 'crypto-test'
"""


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[Proxy]:
    async with proxied(database_url) as between:
        yield between


@pytest.fixture
async def database(proxy: Proxy) -> AsyncIterator[Database]:
    made = Database(proxy.url, pool_size=SIZE, application_name="crypto-test", limits=READING)
    async with opened(made) as database:
        yield database


async def backend(database: Database) -> int:
    """Ask something; the server process that answered."""
    async with database.reading() as connection:
        row = await (await connection.execute("SELECT pg_backend_pid()")).fetchone()
        assert row is not None
        return int(row[0])


async def all_kept(database: Database) -> set[int]:
    """Use as many connections as there may be, at once; the server's processes."""
    async with AsyncExitStack() as stack:
        used = [await stack.enter_async_context(database.reading()) for _ in range(SIZE)]
        return {each.info.backend_pid for each in used}


def terminate(database_url: str) -> None:
    with psycopg.connect(conninfo(database_url), autocommit=True) as other:
        other.execute(OTHERS)


async def test_a_connection_is_kept_for_the_next_question(database: Database) -> None:
    assert await backend(database) == await backend(database)


async def test_connections_that_the_server_closed_are_not_used_again(
    database: Database, database_url: str
) -> None:
    gone = await all_kept(database)
    terminate(database_url)
    await asyncio.sleep(0.2)  # until their ends have arrived
    assert await backend(database) not in gone


async def test_one_that_is_lost_between_the_look_and_the_question_says_that_it_may_be_asked_again(
    database: Database, database_url: str
) -> None:
    gone = await all_kept(database)
    with pytest.raises(StoreLost):
        async with database.reading() as connection:
            terminate(database_url)
            await connection.execute("SELECT 1")
    assert await all_kept(database) & gone == set()


async def test_one_that_is_lost_when_it_was_new_is_no_matter_of_having_been_kept(
    database: Database, database_url: str
) -> None:
    with pytest.raises(StoreAway) as caught:
        async with database.reading() as connection:
            terminate(database_url)
            await connection.execute("SELECT 1")
    assert not isinstance(caught.value, StoreLost)


async def test_of_connections_that_the_network_forgot_only_the_first_is_waited_for(
    database: Database, proxy: Proxy
) -> None:
    gone = await all_kept(database)
    proxy.forget()
    with pytest.raises(StoreAway, match="did not answer in time"):
        await backend(database)
    async with asyncio.timeout(1):
        assert await all_kept(database) & gone == set()


async def test_a_question_that_is_given_up_frees_its_place(database: Database) -> None:
    for _ in range(SIZE + 1):
        with pytest.raises(TimeoutError):
            async with asyncio.timeout(0.1), database.reading() as connection:
                await connection.execute("SELECT pg_sleep(3)")
    async with asyncio.timeout(1):
        await all_kept(database)


async def test_who_finds_all_busy_waits_two_seconds_and_no_longer(database: Database) -> None:
    async with AsyncExitStack() as stack:
        for _ in range(SIZE):
            await stack.enter_async_context(database.reading())
        began = asyncio.get_running_loop().time()
        asked = [backend(database) for _ in range(50)]
        found = await asyncio.gather(*asked, return_exceptions=True)
        took = asyncio.get_running_loop().time() - began
    assert {type(each) for each in found} == {StoreAway}
    assert took < 2.5
