"""Questions to a streaming replica: version and rows are its own, how far it is behind is told and bounded."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from crypto.adapters.postgres.connection.database import READING, Database, opened
from crypto.adapters.postgres.operate.health import PostgresHealth
from crypto.adapters.postgres.schema.migrate import migrate
from crypto.application.errors import StoreUnavailable
from tests.faults.upstream.api_server import HEADER, ROW, fill, serving
from tests.support.commands import crypto
from tests.support.database import SOURCES
from tests.support.replica import Server, primary_and_replica, programs

pytestmark = pytest.mark.skipif(programs() is None, reason="needs the system's PostgreSQL, with pg_basebackup")

PAUSE, RESUME = "SELECT pg_wal_replay_pause()", "SELECT pg_wal_replay_resume()"


@pytest.fixture
def servers() -> Iterator[tuple[Server, Server]]:
    with primary_and_replica() as (primary, replica):
        migrate(primary.url, sources=SOURCES)
        yield primary, replica


@pytest.fixture
async def probe(servers: tuple[Server, Server]) -> AsyncIterator[PostgresHealth]:
    _, replica = servers
    made = Database(replica.url, pool_size=2, application_name="crypto-test", limits=READING)
    async with opened(made) as database:
        yield PostgresHealth(database)


async def test_a_replica_that_follows_is_not_behind_and_one_that_stands_still_is(
    servers: tuple[Server, Server], probe: PostgresHealth
) -> None:
    primary, replica = servers
    await _until_lag(probe, lambda lag: lag == timedelta())
    replica.execute(PAUSE)
    primary.execute("CREATE TABLE anything ()")
    await _until_lag(probe, lambda lag: timedelta() < lag < timedelta(seconds=60))
    replica.execute(RESUME)
    await _until_lag(probe, lambda lag: lag == timedelta())


async def test_a_replica_whose_primary_is_gone_is_behind_though_it_has_all_it_was_sent(
    servers: tuple[Server, Server], probe: PostgresHealth
) -> None:
    primary, _ = servers
    await _until_lag(probe, lambda lag: lag == timedelta())
    primary.stop()
    await _until_lag(probe, lambda lag: lag > timedelta())


async def test_the_api_tells_the_lag_ends_to_be_ready_and_answers_by_the_replica_alone(
    servers: tuple[Server, Server], tmp_path: Path
) -> None:
    primary, replica = servers
    settings = await fill(tmp_path, primary.url)
    by_replica = {**settings, "READ_DATABASE_URL": replica.url, "MAX_REPLICA_LAG": "1"}
    async with (
        serving(tmp_path, by_replica) as (_, port),
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}/api/v1", trust_env=False) as client,
    ):
        await _until_status(client, 200)
        before = await client.get("/data?page_size=1")
        replica.execute(PAUSE)
        (tmp_path / "prices.csv").write_text(HEADER + ROW.format(number=77))
        assert (await crypto("ingest", folder=tmp_path, settings=settings)).code == 0
        unready = await _until_status(client, 503)
        health = await client.get("/health")
        known = await client.get("/data?page_size=1", headers={"if-none-match": before.headers["etag"]})
        behind = await client.get("/data?page_size=1")
        replica.execute(RESUME)
        ready = await _until_status(client, 200)
        await asyncio.sleep(0.3)  # the version is known for so long
        after = await client.get("/data?page_size=1", headers={"if-none-match": before.headers["etag"]})

    assert unready.headers["retry-after"]
    assert (health.status_code, health.json()["replica_lag_seconds"] > 1) == (200, True)
    assert (known.status_code, behind.json()["total"]) == (304, before.json()["total"])
    assert ready.json()["replica_lag_seconds"] == 0
    assert (after.status_code, after.json()["total"]) == (200, before.json()["total"] + 1)


async def _until_lag(probe: PostgresHealth, holds: Callable[[timedelta], bool]) -> None:
    async with asyncio.timeout(20):
        while True:
            with suppress(StoreUnavailable):  # a busy machine may take longer than a ping waits
                lag = await probe.ping()
                assert lag is not None
                if holds(lag):
                    return
            await asyncio.sleep(0.05)  # another server: it can only be asked


async def _until_status(client: httpx.AsyncClient, wanted: int) -> httpx.Response:
    async with asyncio.timeout(20):
        while True:
            answer = await client.get("/health/ready")
            if answer.status_code == wanted:
                return answer
            await asyncio.sleep(0.05)  # as above
