"""kill -9 in the middle of sweeps, with real processes: nothing is lost, doubled or stuck."""

import asyncio
import os
import random
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator

import pytest

from crypto.adapters.postgres.database import Database, opened
from tests.support.provider import Provider, Request
from tests.support.provider_answers import Answer, json_answer
from tests.support.stores import InPostgres

KILLS = 20
PAGES = 80
COINS = PAGES * 250

ORACLE = """
    SELECT (SELECT count(*) FROM unified_crypto_data),
           (SELECT count(DISTINCT coin_id) FROM unified_crypto_data),
           (SELECT count(*) FROM latest_crypto_data),
           (SELECT count(*) FROM raw_pages),
           (SELECT count(DISTINCT page_seq) FROM raw_pages),
           (SELECT count(DISTINCT sweep_id) FROM raw_pages),
           (SELECT sum(received)::int FROM runs),
           (SELECT sum(inserted)::int FROM runs),
           (SELECT count(*) FROM runs WHERE status = 'running')
"""
NEXT_PAGE = "SELECT coalesce((SELECT (cursor->>'page')::int FROM checkpoints), 1)"


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        yield InPostgres(database)


async def start(database_url: str, provider: Provider, **settings: str) -> Process:
    """`crypto ingest coingecko` as a process of its own."""
    options = {
        "BASE_URL": provider.base_url("coingecko"),
        "PAGES": str(PAGES),
        "PAUSE": "0",
        "PER_MINUTE": "100000",
    }
    environment = {
        **os.environ,
        "CRYPTO_DATABASE_URL": database_url,
        **{f"CRYPTO_SOURCE__COINGECKO__{name}": value for name, value in {**options, **settings}.items()},
    }
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "crypto", "ingest", "coingecko"), env=environment, stdout=DEVNULL, stderr=PIPE
    )


async def kill_mid_sweep(process: Process, provider: Provider, chance: random.Random) -> int:
    """Kill it some requests into its run; the page that it asked for first."""
    before = len(provider.requests)
    while len(provider.requests) < before + chance.randint(1, 4):
        await asyncio.sleep(0.002)
        assert process.returncode is None, await _said(process)
    await asyncio.sleep(chance.uniform(0, 0.03))
    process.kill()
    await process.wait()
    return int(provider.requests[before].params["page"])


async def _said(process: Process) -> str:
    assert process.stderr is not None
    return (await process.stderr.read()).decode()


async def test_twenty_kills_lose_nothing_double_nothing_and_stick_nowhere(
    database_url: str, store: InPostgres
) -> None:
    chance = random.Random(20)
    async with Provider(coins=COINS, latency=0.01) as provider:
        for _ in range(KILLS):
            ((next_page,),) = await store.rows(NEXT_PAGE)
            first_asked = await kill_mid_sweep(await start(database_url, provider), provider, chance)
            assert first_asked == next_page
        last = await start(database_url, provider)
        said = await _said(last)
        assert await last.wait() == 0, said

    ((quotes, coins, latest, pages, seqs, sweeps, received, inserted, running),) = await store.rows(ORACLE)
    assert (quotes, coins, latest) == (COINS, COINS, COINS)
    assert (pages, seqs, sweeps) == (PAGES, PAGES, 1)
    assert (received, inserted, running) == (COINS, COINS, 0)
    assert len(provider.requests) <= PAGES + KILLS
    interrupted = await store.rows("SELECT count(*) FROM runs WHERE status = 'interrupted'")
    assert interrupted == [(KILLS,)]


async def test_kills_while_coins_are_asked_for_by_id_cost_a_page_at_most(
    database_url: str, store: InPostgres
) -> None:
    """Two pages of 250; then 200 coins of the second one are gone from the list: one request by id."""
    options = {"PAGES": "2", "INTERVAL": "86400"}
    async with Provider(coins=500, latency=0.02) as provider:
        assert await (await start(database_url, provider, **options)).wait() == 0
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
            process = await start(database_url, provider, **options)
            while len(provider.requests) < before + fetched + kills:
                await asyncio.sleep(0.002)
                assert process.returncode is None, await _said(process)
            process.kill()
            await process.wait()
            kills += 1
        last = await start(database_url, provider, **options)
        said = await _said(last)
        assert await last.wait() == 0, said

    assert len(provider.requests) - before <= 3 + kills
    figures = "SELECT coins_named, coins_missing FROM runs WHERE coins_named IS NOT NULL ORDER BY run_id"
    assert await store.rows(figures) == [(500, 0), (500, 0)]
    assert await store.rows("SELECT count(*) FROM latest_crypto_data WHERE unseen_since IS NOT NULL") == [(0,)]
    assert await store.rows("SELECT count(DISTINCT page_seq), count(*) FROM raw_pages WHERE sweep_id = 2") == [
        (3, 3)
    ]
