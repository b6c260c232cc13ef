"""SIGTERM in the middle of an ingest: it ends within seconds, whatever it is waiting for, and says that it did."""

import asyncio
import os
import signal
from asyncio.subprocess import Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from crypto.adapters.postgres.connection.database import Database, opened
from tests.support.commands import Ended, ended, line_with, running
from tests.support.provider import Provider
from tests.support.provider_answers import status
from tests.support.proxy import Proxy, proxied
from tests.support.stores import InPostgres

RUNS = "SELECT status, error FROM runs ORDER BY run_id"
LIMIT = 10.0
"""Seconds in which a run that was told to stop must have ended."""
PASSWORD = "canary-p4ss"  # noqa: S105 - of no account


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        yield InPostgres(database)


@pytest.fixture
async def proxy(database_url: str) -> AsyncIterator[Proxy]:
    async with proxied(database_url) as between:
        yield between


def options(provider: Provider, url: str) -> dict[str, str]:
    return {
        "DATABASE_URL": url.replace("crypto@", f"crypto:{PASSWORD}@"),
        "SOURCES": "coingecko",
        "SOURCE__COINGECKO__BASE_URL": provider.base_url("coingecko"),
        "SOURCE__COINGECKO__PAGES": "50",
        "SOURCE__COINGECKO__PAUSE": "0",
        "SOURCE__COINGECKO__PER_MINUTE": "100000",
    }


@asynccontextmanager
async def in_the_middle(folder: Path, url: str) -> AsyncIterator[Process]:
    """An ingest of many pages, the first of which is in."""
    async with (
        Provider(coins=50 * 250, latency=0.2) as provider,
        running("ingest", folder=folder, settings=options(provider, url)) as process,
    ):
        await line_with(process, "Page is in")
        yield process


async def stopped(process: Process) -> Ended:
    os.kill(process.pid, signal.SIGTERM)
    async with asyncio.timeout(LIMIT):
        return await ended(process)


async def test_the_page_under_way_is_finished_or_rolled_back(
    database_url: str, store: InPostgres, tmp_path: Path
) -> None:
    async with in_the_middle(tmp_path, database_url) as process:
        done = await stopped(process)

    assert done.code == 143
    assert await store.rows(RUNS) == [("cancelled", "stopped by a signal")]
    ((pages, cursor, kept),) = await store.rows("""
        SELECT (SELECT pages FROM runs), (SELECT page_seq FROM checkpoints), (SELECT count(*) FROM raw_pages)
    """)
    assert pages == cursor == kept


async def test_a_database_that_swallows_everything_does_not_keep_it(
    store: InPostgres, proxy: Proxy, tmp_path: Path
) -> None:
    async with in_the_middle(tmp_path, proxy.url) as process:
        proxy.stalled = True
        await asyncio.sleep(1)  # until it waits for the server: nothing tells
        done = await stopped(process)

    assert done.code == 143
    assert await store.rows(RUNS) == [("running", None)]


async def test_a_database_that_is_away_does_not_keep_it_and_its_password_is_not_told(
    store: InPostgres, proxy: Proxy, tmp_path: Path
) -> None:
    async with in_the_middle(tmp_path, proxy.url) as process:
        proxy.refusing = True
        proxy.cut_clients()
        said = await line_with(process, "Waiting for the database")
        done = await stopped(process)

    assert done.code == 143
    assert PASSWORD not in said + done.everything
    assert await store.rows(RUNS) == [("running", None)]


async def test_a_provider_that_fails_does_not_keep_it(
    database_url: str, store: InPostgres, tmp_path: Path
) -> None:
    async with Provider(coins=10) as provider:
        provider.always(status(500, b"oh no"), source="coingecko")
        async with running("ingest", folder=tmp_path, settings=options(provider, database_url)) as process:
            while len(provider.requests) < 3:  # noqa: ASYNC110 - it retries, and waits longer each time
                await asyncio.sleep(0.02)
            done = await stopped(process)

    assert done.code == 143
    assert await store.rows(RUNS) == [("cancelled", "stopped by a signal")]


async def test_a_second_signal_ends_it_at_once(store: InPostgres, proxy: Proxy, tmp_path: Path) -> None:
    async with in_the_middle(tmp_path, proxy.url) as process:
        proxy.stalled = True
        await asyncio.sleep(1)  # as above
        os.kill(process.pid, signal.SIGTERM)
        await asyncio.sleep(0.5)
        assert process.returncode is None
        async with asyncio.timeout(2):
            done = await stopped(process)

    assert done.code == 143
