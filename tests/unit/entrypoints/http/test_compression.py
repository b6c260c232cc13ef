"""Large answers come smaller to who asks for that, and as they are to all others."""

import gzip
from typing import Any

import msgspec
import pytest

from crypto.entrypoints.http.kit.compression import is_compressible, wants_gzip
from crypto.entrypoints.http.kit.cors import OFF
from crypto.entrypoints.http.kit.request_context import Headers, RequestContext
from crypto.entrypoints.http.kit.stamp import stamped
from tests.support.api import Answer, Served, ask, quote

DATA = "/api/v1/data"


@pytest.fixture
async def served() -> Served:
    served = Served()
    await served.ingest(*[quote(f"coin-{number}", position=number) for number in range(50)])
    return served


async def packed(served: Served, path: str = DATA, *, asked: str = "gzip", method: str = "GET") -> Answer:
    return await ask(served.app, path, method=method, headers={"accept-encoding": asked})


async def test_a_large_answer_comes_packed_and_is_the_same(served: Served) -> None:
    plain, small = await ask(served.app, DATA), await packed(served)
    assert small.headers["content-encoding"] == "gzip"
    assert int(small.headers["content-length"]) == len(small.body) < len(plain.body) / 4
    data = [msgspec.json.decode(body)["data"] for body in (plain.body, gzip.decompress(small.body))]
    assert data[0] == data[1]


@pytest.mark.parametrize("path", ["/nothing", "/api/v1/health/live"])
async def test_a_small_answer_comes_as_it_is(served: Served, path: str) -> None:
    answer = await packed(served, path)
    assert "content-encoding" not in answer.headers
    assert msgspec.json.decode(answer.body)


async def test_who_does_not_ask_gets_it_as_it_is_and_caches_keep_them_apart(served: Served) -> None:
    plain = await ask(served.app, DATA)
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == (await packed(served)).headers["vary"] == "Accept-Encoding"


async def test_head_has_the_headers_of_the_packed_answer(served: Served) -> None:
    headed = await packed(served, method="HEAD")
    assert (headed.headers["content-encoding"], headed.body) == ("gzip", b"")
    assert int(headed.headers["content-length"]) > 0


@pytest.mark.parametrize("path", ["/docs", "/docs/swagger-ui-5.35.0/swagger-ui-bundle.js", "/api/v1/openapi.json"])
async def test_pages_and_scripts_come_packed_too(served: Served, path: str) -> None:
    plain, small = await ask(served.app, path), await packed(served, path)
    assert gzip.decompress(small.body) == plain.body
    assert len(small.body) < len(plain.body) * 0.6


@pytest.mark.parametrize(
    ("asked", "wants"),
    [
        *((None, False), ("", False), ("gzip", True), ("GZIP", True), ("gzip, deflate, br", True), ("*", True)),
        *(("br", False), ("identity", False), ("gzip;q=0", False), ("gzip;q=0.000, *", False), ("*;q=0", False)),
        *(("gzip;q=0.1, identity", True), ("x-gzip", True), (";;,,", False)),
    ],
)
def test_who_asks_for_gzip(asked: str | None, wants: bool) -> None:
    assert wants_gzip(asked) is wants


def test_what_is_packed_already_is_not_packed_again() -> None:
    assert is_compressible("application/json")
    assert is_compressible("text/csv; charset=utf-8")
    assert not is_compressible("application/vnd.apache.parquet")
    assert not is_compressible("text/event-stream; charset=utf-8")


async def test_a_stream_begins_at_once_and_goes_as_it_is() -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    for accepted, before_the_body in ((None, 1), ("gzip", 0)):
        sent.clear()
        headers = Headers(accept_encoding=accepted)
        context = RequestContext(method="GET", raw_path=b"/", raw_query=b"", request_id="a", headers=headers)
        out: Any = stamped(send, context, OFF)
        kind = [(b"content-type", b"application/x-ndjson")]
        await out({"type": "http.response.start", "status": 200, "headers": kind})
        assert len(sent) == before_the_body
        for more in (True, True, False):
            await out({"type": "http.response.body", "body": b"{}" * 1000, "more_body": more})
        assert [each.get("body") for each in sent[1:]] == [b"{}" * 1000] * 3
        assert b"content-encoding" not in dict(sent[0]["headers"])


async def test_the_same_answer_is_packed_to_the_same_bytes(served: Served) -> None:
    first, second = await packed(served, "/docs"), await packed(served, "/docs")
    assert first.body == second.body
