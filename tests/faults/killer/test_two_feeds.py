"""Two feeds of one source side by side, as real processes: one budget, and neither refuses the other."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator

import pytest

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.domain.feed import Feed
from tests.support.provider import Provider
from tests.support.second_feed import CATALOGUE
from tests.support.stores import InPostgres

PRICES = Feed(source="coingecko")
PAGES = 4
BUSY, FAILED = 75, 1


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        yield InPostgres(database)


async def start(database_url: str, provider: Provider, *feeds: Feed, **options: str) -> Process:
    said = {"BASE_URL": provider.base_url("coingecko"), "PAGES": str(PAGES), "PAUSE": "0", "PER_MINUTE": "100000"}
    environment = {
        **os.environ,
        "CRYPTO_DATABASE_URL": database_url,
        **{f"CRYPTO_SOURCE__COINGECKO__{name}": value for name, value in {**said, **options}.items()},
    }
    command = (sys.executable, "-m", "tests.support.second_feed", "ingest", *map(str, feeds))
    return await asyncio.create_subprocess_exec(*command, env=environment, stdout=DEVNULL, stderr=PIPE)


async def outcomes(store: InPostgres) -> dict[Feed, list[str]]:
    """How the runs of each ended, the last one first."""
    runs, _ = await store.run_log.runs(source="coingecko", limit=1000, offset=0)
    return {feed: [run.status.value for run in runs if run.of == feed] for feed in (PRICES, CATALOGUE)}


async def test_one_command_ingests_both_and_their_names_ingest_one_each(
    database_url: str, store: InPostgres
) -> None:
    async with Provider(coins=PAGES * 250) as provider:
        assert await (await start(database_url, provider, PRICES, CATALOGUE)).wait() == 0
        assert await (await start(database_url, provider, CATALOGUE)).wait() == 0
        assert len(provider.requests) == 3 * PAGES
    assert await outcomes(store) == {PRICES: ["success"], CATALOGUE: ["success"] * 2}
    ((calls,),) = await store.rows("SELECT sum(calls)::int FROM rate_budget_calls")
    assert calls == 3 * PAGES


async def test_neither_refuses_the_other_and_each_refuses_itself(database_url: str, store: InPostgres) -> None:
    async with Provider(coins=PAGES * 250, latency=1.5) as provider:
        both = [await start(database_url, provider, feed) for feed in (PRICES, CATALOGUE)]
        while await outcomes(store) != {PRICES: ["running"], CATALOGUE: ["running"]}:  # noqa: ASYNC110 - of others
            await asyncio.sleep(0.05)
        again = [await start(database_url, provider, feed) for feed in (PRICES, CATALOGUE)]
        refused = [await each.wait() for each in again]
        assert (refused, [await each.wait() for each in both]) == ([BUSY] * 2, [0, 0])


async def test_they_share_what_their_account_may_ask(database_url: str, store: InPostgres) -> None:
    async with Provider(coins=PAGES * 250) as provider:
        both = [await start(database_url, provider, feed, PER_MONTH="5") for feed in (PRICES, CATALOGUE)]
        codes = [await each.wait() for each in both]
        assert len(provider.requests) == 5
    assert FAILED in codes
    ((calls,),) = await store.rows("SELECT sum(calls)::int FROM rate_budget_calls")
    assert calls == 5


async def test_a_kill_of_one_costs_it_a_page_at_most_and_the_other_nothing(
    database_url: str, store: InPostgres
) -> None:
    moments = random.Random(9)
    async with Provider(coins=PAGES * 250, latency=0.05) as provider:
        for _ in range(8):
            doomed = await start(database_url, provider, CATALOGUE)
            spared = await start(database_url, provider, PRICES)
            await asyncio.sleep(moments.uniform(0.3, 1.5))
            if doomed.returncode is None:
                doomed.kill()
            await doomed.wait()
            assert await spared.wait() == 0
        assert await (await start(database_url, provider, CATALOGUE)).wait() == 0
    ended = await outcomes(store)
    assert ended[PRICES] == ["success"] * 8
    assert ended[CATALOGUE][0] == "success"
    assert set(ended[CATALOGUE]) <= {"success", "interrupted"}
    twice = await store.rows("SELECT feed FROM raw_pages GROUP BY feed, sweep_id, page_seq HAVING count(*) > 1")
    assert twice == []
    sweeps = await store.rows("SELECT feed, count(*) FROM raw_pages GROUP BY feed, sweep_id HAVING count(*) <> 4")
    assert sweeps == []
