"""SIGTERM to the API under load: not ready first, every question answered whole, and only then nobody there."""

import asyncio
import signal
import time
from collections.abc import Mapping
from pathlib import Path

import httpx
import psycopg
import pytest

from crypto.adapters.postgres.connection.url import conninfo
from tests.faults.parts import drains
from tests.faults.upstream.api_server import fill, serving, until_status

DATA, READY, LIVE = "/api/v1/data", "/api/v1/health/ready", "/api/v1/health/live"


@pytest.fixture
async def settings(database_url: str, tmp_path: Path) -> Mapping[str, str]:
    return await fill(tmp_path, database_url)


@pytest.mark.parametrize("rounds", [1, pytest.param(100, marks=pytest.mark.heavy)])
async def test_nothing_is_cut_and_readiness_says_first_that_it_goes(rounds: int) -> None:
    assert (await drains.play(rounds)).failures == ()


async def test_while_it_drains_it_answers_on_last_connections(settings: Mapping[str, str], tmp_path: Path) -> None:
    async with serving(tmp_path, {**settings, "DRAIN_SECONDS": "2"}) as (process, port):
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            before = await client.get(DATA)
            process.send_signal(signal.SIGTERM)
            await asyncio.sleep(0.5)  # until the signal has gone through two processes
            kept, other = await client.get(DATA), await client.get(f"{DATA}?page_size=3")
            ready, live = await client.get(READY), await client.get(LIVE)
        async with asyncio.timeout(10):
            code = await process.wait()

    assert "connection" not in before.headers
    assert [each.status_code for each in (before, kept, other, ready, live)] == [200, 200, 200, 503, 200]
    assert [each.headers["connection"] for each in (kept, other, ready, live)] == ["close"] * 4
    assert ready.json()["code"] == "shutting_down"
    assert ready.headers["retry-after"]
    assert code == 128 + signal.SIGTERM


async def test_a_question_under_way_is_answered_after_nobody_can_ask_any_more(
    settings: Mapping[str, str], database_url: str, tmp_path: Path
) -> None:
    async with (
        serving(tmp_path, settings) as (process, port),
        await psycopg.AsyncConnection.connect(conninfo(database_url)) as holder,
        httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False, timeout=20) as client,
    ):
        await holder.execute("LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE")
        asked = asyncio.create_task(client.get(f"{DATA}?page_size=7"))
        await asyncio.sleep(0.5)  # until it waits for the lock: nothing tells
        process.send_signal(signal.SIGTERM)
        async with asyncio.timeout(5):
            await until_status(port, LIVE, None)
        await holder.rollback()
        answer = await asked
        async with asyncio.timeout(10):
            code = await process.wait()

    assert (answer.status_code, len(answer.json()["data"])) == (200, 7)
    assert code == 128 + signal.SIGTERM


async def test_ctrl_c_and_a_second_signal_wait_for_no_drain(settings: Mapping[str, str], tmp_path: Path) -> None:
    for signals in ((signal.SIGINT,), (signal.SIGTERM, signal.SIGTERM)):
        async with serving(tmp_path, {**settings, "DRAIN_SECONDS": "60"}) as (process, _):
            for each in signals:
                process.send_signal(each)
                await asyncio.sleep(0.3)
            told = time.monotonic()
            async with asyncio.timeout(10):
                await process.wait()
            assert time.monotonic() - told < 5
