"""The API over a real socket, served by granian in a process of its own."""

import asyncio
import re
import socket
import time
from collections.abc import Iterator

import httpx
import pytest

from tests.support.http_server import free_port, start, stop

PATHS = (
    *("/", "/api/v1", "/api/v1/data", "/api/v1/coins", "/api/v1/coins/coin-007", "/api/v1/sources"),
    *(
        "/api/v1/stats",
        "/api/v1/runs",
        "/api/v1/health",
        "/api/v1/health/live",
        "/api/v1/health/ready",
        "/api/v1/openapi.json",
    ),
)


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    process = start(port)
    yield port
    stop(process)


@pytest.fixture
def client(port: int) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=10) as client:
        yield client


def exchanged(port: int, request: bytes) -> bytes:
    """What the server sends back to these very bytes, up to the end of the connection."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request)
        received = bytearray()
        while chunk := connection.recv(65536):
            received += chunk
    return bytes(received)


def get(port: int, target: bytes) -> bytes:
    return exchanged(port, b"GET " + target + b" HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n")


@pytest.mark.parametrize("path", PATHS)
def test_every_path_answers_get_and_head(client: httpx.Client, path: str) -> None:
    got, headed = client.get(path), client.head(path)
    assert (got.status_code, headed.status_code) == (200, 200)
    assert headed.content == b""
    assert got.headers["x-content-type-options"] == "nosniff"
    assert got.headers.keys() == headed.headers.keys()
    if "request_id" in got.json():
        assert got.json()["request_id"] == got.headers["x-request-id"]


def test_the_whole_list_is_read_by_cursor(client: httpx.Client) -> None:
    seen: list[str] = []
    params: dict[str, str] = {"page_size": "100"}
    while True:
        body = client.get("/api/v1/data", params=params).json()
        seen += [each["coin_id"] for each in body["data"]]
        if body["next_cursor"] is None:
            break
        params["cursor"] = body["next_cursor"]
    assert seen == sorted(seen, reverse=True)
    assert len(set(seen)) == len(seen) == body["total"] == 250


def test_a_source_that_is_off_may_be_asked_for_wherever_the_document_names_it(client: httpx.Client) -> None:
    for path, operation in client.get("/api/v1/openapi.json").json()["paths"].items():
        read = operation.get("get", {"parameters": ()})
        endless = path.endswith("/stream")
        for parameter in () if endless else read["parameters"]:
            for source in parameter["schema"].get("enum", []) if parameter["name"] == "source" else []:
                assert client.get(path, params={"source": source}).status_code == 200, (path, source)


async def test_requests_at_once_are_not_mixed_up(port: int) -> None:
    async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as client:
        wanted = {f"request-{number}": f"coin-{number:03}" for number in range(60)}
        asked = [
            client.get("/api/v1/data", params={"coin_id": coin}, headers={"x-request-id": name})
            for name, coin in wanted.items()
        ]
        answers = await asyncio.gather(*asked)
    for (name, coin), answer in zip(wanted.items(), answers, strict=True):
        assert answer.headers["x-request-id"] == answer.json()["request_id"] == name
        assert [each["coin_id"] for each in answer.json()["data"]] == [coin]


@pytest.mark.parametrize(
    ("target", "status"),
    [
        (b"/api/v1/data?coin_id=%00", 400),
        (b"/api/v1/data?coin_id=%FF%FE", 400),
        (b"/api/v1/data?coin_id=\xc3\xa9", 200),
        (b"/api/v1/data?symbol=BTC%0A", 400),
        (b"/api/v1/data?page=100000000000000000000000", 400),
        (b"/api/v1/data?page=-1", 400),
        (b"/api/v1/data?page=1&page=2", 400),
        (b"/api/v1/data?limit=1", 400),
        (b"/api/v1/data?", 200),
        (b"/api/v1/data?observed_from=2026-11-02T10:00:00+00:00", 200),
        (b"/api/v1/data?coin_id=" + b"a" * 8192, 414),
        (b"/api/v1/data?coin_id=" + b"a" * 60000, 414),
        (b"/api/v1/data%00", 404),
        (b"/api/v1/data%0a", 404),
        (b"/api/v1/data%FF", 404),
        (b"/api/v1/coins/coin-007", 200),
        (b"/api/v1/coins/coin-007/", 200),
        (b"/api/v1/coins/coin%2D007", 200),
        (b"/api/v1/coins/coin%2F007", 404),
        (b"/api/v1/coins/%FF", 400),
        (b"/api/v1/coins/%00", 400),
        (b"/api/v1/coins/\xc3\xa9", 404),
        (b"/api/v1/coins?cursor=abc", 400),
        (b"/%2e%2e/%2e%2e/etc/passwd", 404),
        (b"/../../etc/passwd", 404),
    ],
)
def test_exact_bytes_get_a_clear_answer(port: int, target: bytes, status: int) -> None:
    answer = get(port, target)
    head, _, body = answer.partition(b"\r\n\r\n")
    assert re.match(rb"HTTP/1\.1 (\d{3})", head), answer[:200]
    assert head.split(b" ")[1] == str(status).encode()
    kind = b"application/json" if status == 200 else b"application/problem+json"
    assert b"content-type: " + kind in head.lower()
    assert b"x-request-id: " in head.lower()
    assert body


@pytest.mark.parametrize("target", [b"/?" + b"a" * 70_000, b"/?" + b"a" * 500_000, b"/?coin_id=\xff"])
def test_what_the_server_itself_cannot_read_is_refused_too(port: int, target: bytes) -> None:
    assert re.match(rb"HTTP/1\.[01] 4\d\d", get(port, target))


def test_a_request_that_is_not_http_is_refused(port: int) -> None:
    assert exchanged(port, b"\x00\x01\x02 nonsense\r\n\r\n")[:12] in {b"HTTP/1.1 400", b""}


def test_a_body_on_get_is_ignored(client: httpx.Client) -> None:
    last = {"Connection": "close"}  # the server may answer and hang up before it read all of the body
    assert client.request("GET", "/api/v1/data", content=b"[" * 65_536, headers=last).status_code == 200
    assert client.get("/api/v1/data").status_code == 200


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_a_large_body_that_nobody_reads_is_413_and_the_next_request_is_answered(port: int, method: str) -> None:
    head = (
        f"{method} /api/v1/data HTTP/1.1\r\nHost: localhost\r\nContent-Length: 65537\r\nConnection: close\r\n\r\n"
    )
    answer = exchanged(port, head.encode())
    assert answer.split(b" ")[1] == b"413"
    assert b"content-type: application/problem+json" in answer.lower()
    assert get(port, b"/api/v1/data?page_size=1").split(b" ")[1] == b"200"


def test_a_large_answer_comes_packed(client: httpx.Client) -> None:
    packed = client.get("/api/v1/data", headers={"accept-encoding": "gzip"})
    plain = client.get("/api/v1/data", headers={"accept-encoding": "identity"})
    assert (packed.headers["content-encoding"], "content-encoding" in plain.headers) == ("gzip", False)
    assert int(packed.headers["content-length"]) < int(plain.headers["content-length"]) / 4
    assert packed.json()["data"] == plain.json()["data"]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE"])
def test_other_methods_are_405(client: httpx.Client, method: str) -> None:
    response = client.request(method, "/api/v1/data", json={"a": 1})
    assert (response.status_code, response.headers["allow"]) == (405, "GET, HEAD, OPTIONS")
    assert response.headers["content-type"] == "application/problem+json"


def test_a_slow_client_holds_up_nobody(port: int, client: httpx.Client) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=10) as slow:
        slow.sendall(b"GET /api/v1/data HTTP/1.1\r\nHost: loc")
        started = time.monotonic()
        assert client.get("/api/v1/data").status_code == 200
        assert time.monotonic() - started < 2


def test_sigterm_ends_the_server_cleanly() -> None:
    port = free_port()
    process = start(port)
    assert stop(process) == 0
    with pytest.raises(httpx.ConnectError):
        httpx.get(f"http://127.0.0.1:{port}/", timeout=2)
