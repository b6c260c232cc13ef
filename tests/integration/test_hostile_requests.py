"""Requests that nobody means well with, byte by byte to the real service: refused in words, and cheaply."""

import asyncio
import base64
import json
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from pathlib import Path

import httpx
import psycopg
import pytest

from crypto.adapters.postgres.connection.url import conninfo
from tests.faults.upstream.api_server import fill, serving
from tests.support.http_load import HOST, parsed

DATA, COINS, LOOKUP = b"/api/v1/data", b"/api/v1/coins", b"/api/v1/prices/lookup"
SLOWEST = 2.0
"""Seconds for a refusal; the database would have ended what takes it more than four."""

PROBLEM = "application/problem+json"


def forged(**changed: object) -> bytes:
    return base64.urlsafe_b64encode(json.dumps({"v": 1, "after": ["x"], **changed}).encode()).rstrip(b"=")


def get(target: bytes, *headers: bytes) -> bytes:
    return b"\r\n".join(
        [b"GET " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close", *headers, b"", b""]
    )


def post(body: bytes, *headers: bytes, target: bytes = LOOKUP, media: bytes = b"application/json") -> bytes:
    length = b"Content-Length: %d" % len(body)
    lines = [b"POST " + target + b" HTTP/1.1", b"Host: localhost", b"Connection: close", b"Content-Type: " + media]
    return b"\r\n".join([*lines, length, *headers, b"", body])


HOSTILE = {
    "NUL in a value": (get(DATA + b"?coin_id=%00"), 400),
    "NUL in a path": (get(b"/api/v1/coins/%00"), 400),
    "NUL as it is": (get(DATA + b"?coin_id=a\x00b"), 400),
    "a negative size": (get(DATA + b"?page_size=-1"), 400),
    "limit=-1, which is unknown": (get(DATA + b"?limit=-1"), 400),
    "10^23": (get(DATA + b"?page=100000000000000000000000"), 400),
    "offset=10^9, which is unknown": (get(DATA + b"?offset=1000000000"), 400),
    "a page 10^9 deep": (get(DATA + b"?page=1000000000&page_size=1000"), 400),
    "a repeated parameter": (get(DATA + b"?page=1&page=2"), 400),
    "an unknown parameter": (get(DATA + b"?drop=table"), 400),
    "a forged cursor": (get(DATA + b"?cursor=" + forged()), 400),
    "a cursor of nothing": (get(DATA + b"?cursor=" + b"A" * 200), 400),
    "a statement for a value": (get(DATA + b"?coin_id=';DROP%20TABLE%20runs;--&page_size=0"), 400),
    "8 KB of URL": (get(DATA + b"?coin_id=" + b"a" * 8192), 414),
    "a header of 1 MB": (get(DATA, b"X-Large: " + b"a" * 1_000_000), 431),
    "another method": (get(DATA).replace(b"GET", b"DELETE", 1), 405),
    "a path outside": (get(b"/../../etc/passwd"), 404),
    "an Accept of nothing here": (get(DATA, b"Accept: image/png"), 406),
    "60,000 brackets": (post(b"[" * 60_000), 400),
    "100,000 brackets": (post(b'{"pairs":' + b"[" * 100_000), 400),
    "a body that is not UTF-8": (post(b'{"pairs": [{"source": "\xff\xfe"}]}'), 400),
    "a body of another kind": (post(b"a=1", media=b"application/x-www-form-urlencoded"), 415),
    "a packed body": (post(b"{}", b"Content-Encoding: gzip"), 415),
    "a body of 20 MB": (post(b'{"pairs":"' + b"a" * 20_000_000 + b'"}'), 413),
}
UNREADABLE = ("NUL as it is", "a header of 1 MB")
"""What the server itself cannot read as HTTP: it has no words for it."""


@pytest.fixture
async def port(database_url: str, tmp_path: Path) -> AsyncIterator[int]:
    async with serving(tmp_path, await fill(tmp_path, database_url)) as (_, port):
        yield port


async def answered(port: int, request: bytes) -> tuple[int, dict[str, str]]:
    """The status and headers of what comes back; 0 where the connection is shut without a word."""
    reader, writer = await asyncio.open_connection(HOST, port)
    received = b""
    with suppress(OSError):
        writer.write(request)
        while chunk := await reader.read(65536):
            received += chunk
    writer.close()
    return parsed(received.partition(b"\r\n\r\n")[0]) if received else (0, {})


async def test_each_is_refused_for_what_it_is_quickly(port: int, database_url: str) -> None:
    wrong = {}
    for name, (request, status) in HOSTILE.items():
        began = time.monotonic()
        got, headers = await answered(port, request)
        took = time.monotonic() - began
        said = headers.get("content-type") == PROBLEM or name in UNREADABLE
        if got != status or took > SLOWEST or not said:
            wrong[name] = (got, status, round(took, 2), headers.get("content-type"))
    assert wrong == {}
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
        foreign = (await client.get("/api/v1/coins?page_size=1")).json()["next_cursor"]
        assert (await client.get(f"/api/v1/data?cursor={foreign}")).status_code == 400
        assert (await client.get("/api/v1/data")).json()["total"] == 50


async def test_who_sends_byte_by_byte_holds_up_nobody(port: int) -> None:
    """A head that never ends is shut after 30 s, by the server; a body after 10 s, with a word."""
    head, body = get(DATA)[:-4], post(b'{"pairs": []}')[:-8]
    async with AsyncExitStack() as stack:
        for slow in (head, body) * 50:
            _, writer = await asyncio.open_connection(HOST, port)
            stack.callback(writer.close)
            writer.write(slow)
        began = time.monotonic()
        assert (await answered(port, get(DATA)))[0] == 200
        assert time.monotonic() - began < SLOWEST
        reader, writer = await asyncio.open_connection(HOST, port)
        stack.callback(writer.close)
        writer.write(post(b'{"pairs": []}')[:-8])
        async with asyncio.timeout(15):
            status, _ = parsed((await reader.readuntil(b"\r\n\r\n")).strip())
    assert status == 408


@pytest.mark.long
async def test_a_head_that_never_ends_is_shut(port: int) -> None:
    reader, writer = await asyncio.open_connection(HOST, port)
    began = time.monotonic()
    with suppress(OSError):
        async with asyncio.timeout(60):
            for each in get(DATA)[:40]:
                writer.write(bytes([each]))
                await asyncio.sleep(0.1)
            received = await reader.read()
            assert received[:12] in {b"", b"HTTP/1.1 408", b"HTTP/1.1 400"}
    assert time.monotonic() - began < 40


async def test_two_hundred_at_once_are_answered_or_sent_away_within_seconds(port: int, database_url: str) -> None:
    """A lock keeps all questions in the database: eight wait there, the others are sent away after two seconds."""
    url = f"http://127.0.0.1:{port}/api/v1"
    limits = httpx.Limits(max_connections=None)
    async with (
        await psycopg.AsyncConnection.connect(conninfo(database_url)) as holder,
        httpx.AsyncClient(trust_env=False, timeout=20, limits=limits) as client,
    ):
        kept = await client.get(f"{url}/data")
        await holder.execute("LOCK TABLE unified_crypto_data IN ACCESS EXCLUSIVE MODE")
        asked = [asyncio.create_task(client.get(f"{url}/data?page_size={each + 1}")) for each in range(200)]
        await asyncio.sleep(0.5)
        meanwhile = [await client.get(f"{url}/health/live"), await client.get(f"{url}/data")]
        found = await asyncio.gather(*asked)
        await holder.rollback()
        after = await client.get(f"{url}/data?page_size=7")

    assert [each.status_code for each in (kept, *meanwhile, after)] == [200] * 4
    assert max(each.elapsed.total_seconds() for each in meanwhile) < SLOWEST
    assert {each.status_code for each in found} == {503}
    assert all(int(each.headers["retry-after"]) > 0 for each in found)
    waited = sorted(each.elapsed.total_seconds() for each in found)
    assert waited[190] < 4
    assert waited[-1] < 8, "two seconds, and for the eight in the database the time it allows a question"
