"""The API while its database restarts or stalls: 200, 304 or 503 with Retry-After, and soon 200 again."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from itertools import cycle
from pathlib import Path

import httpx
import pytest

from tests.support.commands import crypto, free_port, line_with, running
from tests.support.own_server import OwnServer, own_server
from tests.support.proxy import proxied

PRICES = (
    "coin_id,name,symbol,price_usd,market_cap,volume_24h,last_updated\nbtc,Bitcoin,BTC,1,,,2026-01-02T03:04:05Z\n"
)
LONGEST_ANSWER = 15.0
"""Seconds in which every question is answered, whatever the network swallows."""

BACK_SECONDS = 5.0
"""How soon after its database is back the API answers 200 again."""


class Trickle:
    """Asks again and again, several at once, one of them for what it has not; remembers what came back."""

    def __init__(self, port: str) -> None:
        self._url = f"http://127.0.0.1:{port}/api/v1/data"
        self.answers: list[httpx.Response] = []
        self._asks_anew = False
        self._sizes = cycle(range(1, 1000))

    async def flow(self) -> None:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as client:
            while True:
                asked = [client.get(self._url, headers=self._having()) for _ in range(2)]
                asked += [client.get(f"{self._url}?page_size={next(self._sizes)}") for _ in range(2)]
                self.answers += await asyncio.gather(*asked)
                await asyncio.sleep(0.02)

    def _having(self) -> dict[str, str]:
        """Every other time: the validator of the newest answer."""
        self._asks_anew = not self._asks_anew
        etag = next(
            (
                each.headers["etag"]
                for each in reversed(self.answers)
                if "?" not in str(each.url) and "etag" in each.headers
            ),
            None,
        )
        return {} if self._asks_anew or etag is None else {"If-None-Match": etag}

    async def until(self, code: int) -> None:
        """Wait for a new answer of this status."""
        seen = len(self.answers)
        while not any(each.status_code == code for each in self.answers[seen:]):  # noqa: ASYNC110 - a list tells nobody
            await asyncio.sleep(0.01)


@asynccontextmanager
async def trickling(port: str) -> AsyncIterator[Trickle]:
    trickle = Trickle(port)
    flowing = asyncio.create_task(trickle.flow())
    yield trickle
    flowing.cancel()
    with suppress(asyncio.CancelledError):
        await flowing


def assert_only_right_answers(answers: list[httpx.Response]) -> None:
    assert {each.status_code for each in answers} == {200, 304, 503}
    for each in answers:
        if each.status_code == 304:
            assert each.headers["etag"] == each.request.headers["if-none-match"]
        elif each.status_code == 200:
            assert [quote["coin_id"] for quote in each.json()["data"]] == ["btc"]
        else:
            assert int(each.headers["retry-after"]) > 0
            assert each.headers["content-type"] == "application/problem+json"
            assert each.json()["status"] == 503


async def test_restarts_are_seen_as_503_and_over_soon(tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    port = str(free_port())
    with own_server() as server:
        settings = {"DATABASE_URL": server.url, "PORT": port, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}
        assert (await crypto("ingest", folder=tmp_path, settings=settings)).code == 0
        async with running("serve", folder=tmp_path, settings=settings) as process, asyncio.timeout(120):
            await line_with(process, "Serving")
            await _until_up(port)
            async with trickling(port) as trickle:
                for go_away in (server.stop, server.crash):
                    await _restart(server, go_away, trickle)
    assert_only_right_answers(trickle.answers)


async def _restart(server: OwnServer, go_away: Callable[[], None], trickle: Trickle) -> None:
    await trickle.until(200)
    await asyncio.to_thread(go_away)
    await trickle.until(503)
    await asyncio.to_thread(server.start)
    async with asyncio.timeout(BACK_SECONDS):
        await trickle.until(200)


async def _until_up(port: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx.TransportError):
                await client.get(f"http://127.0.0.1:{port}/api/v1/health/live")
                return
            await asyncio.sleep(0.05)  # another process: it can only be asked


@pytest.mark.parametrize("times", [1, pytest.param(3, marks=pytest.mark.long)])
async def test_a_stalled_database_is_503_and_leaves_connections_for_later(
    database_url: str, tmp_path: Path, times: int
) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    port = str(free_port())
    async with proxied(database_url) as proxy:
        settings = {"DATABASE_URL": proxy.url, "PORT": port, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}
        assert (await crypto("ingest", folder=tmp_path, settings=settings)).code == 0
        async with running("serve", folder=tmp_path, settings=settings) as process, asyncio.timeout(120):
            await line_with(process, "Serving")
            await _until_up(port)
            async with trickling(port) as trickle:
                await trickle.until(200)
                proxy.stalled = True
                for _ in range(times):
                    await trickle.until(503)
                assert await _seconds_to_live(port) < 1
                proxy.stalled = False
                await trickle.until(200)
    assert_only_right_answers(trickle.answers)
    assert max(each.elapsed.total_seconds() for each in trickle.answers) < LONGEST_ANSWER


async def _seconds_to_live(port: str) -> float:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{port}/api/v1/health/live")
    assert answer.status_code == 200
    return answer.elapsed.total_seconds()
