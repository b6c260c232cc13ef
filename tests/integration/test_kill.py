"""kill -9 while coins are asked for by id, with real processes. (At every other step: tests/faults.)"""

import asyncio
import os
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator

import pytest

from crypto.adapters.postgres.connection.database import Database, opened
from tests.support.provider import Provider, Request
from tests.support.provider_answers import Answer, json_answer
from tests.support.stores import InPostgres


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        yield InPostgres(database)


async def start(database_url: str, provider: Provider) -> Process:
    """`crypto ingest coingecko` as a process of its own."""
    options = {
        "BASE_URL": provider.base_url("coingecko"),
        "PAGES": "2",
        "INTERVAL": "86400",
        "PAUSE": "0",
        "PER_MINUTE": "100000",
    }
    environment = {
        **os.environ,
        "CRYPTO_DATABASE_URL": database_url,
        **{f"CRYPTO_SOURCE__COINGECKO__{name}": value for name, value in options.items()},
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "crypto", "ingest", "coingecko"), env=environment, stdout=DEVNULL, stderr=PIPE
    )


async def _said(process: Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode()


async def test_kills_while_coins_are_asked_for_by_id_cost_a_page_at_most(
    database_url: str, store: InPostgres
) -> None:
    """Two pages of 250; then 200 coins of the second one are gone from the list: one request by id."""
    async with Provider(coins=500, latency=0.02) as provider:
        assert await (await start(database_url, provider)).wait() == 0
        cut = provider.market.markets(2, 250)[:-1].split(b',{"id"')
        second_page = b',{"id"'.join(cut[:50]) + b"]"

        def shifted(request: Request) -> Answer:
            """A list whose second page is short; by id, every coin is known."""
            is_second = request.params["page"] == "2"
            return json_answer(second_page) if is_second else provider.usual(request)

        provider.always(shifted, source="coingecko")
        before = len(provider.requests)
        kills = 0
        for fetched in (1, 2, 3):
            process = await start(database_url, provider)
            while len(provider.requests) < before + fetched + kills:
                await asyncio.sleep(0.002)
                assert process.returncode is None, await _said(process)
            process.kill()
            await process.wait()
            kills += 1
        last = await start(database_url, provider)
        said = await _said(last)
        assert await last.wait() == 0, said

    assert len(provider.requests) - before <= 3 + kills
    figures = "SELECT coins_named, coins_missing FROM runs WHERE coins_named IS NOT NULL ORDER BY run_id"
    assert await store.rows(figures) == [(500, 0), (500, 0)]
    assert await store.rows("SELECT count(*) FROM latest_crypto_data WHERE unseen_since IS NOT NULL") == [(0,)]
    assert await store.rows("SELECT count(DISTINCT page_seq), count(*) FROM raw_pages WHERE sweep_id = 2") == [
        (3, 3)
    ]
