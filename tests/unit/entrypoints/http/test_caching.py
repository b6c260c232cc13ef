"""Answers that are known again or kept: never older than promised, and each with its own request's id."""

import random
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import httpx
import pytest
from msgspec.structs import replace

from crypto.application.errors import StoreAway
from crypto.application.query.watch_data import BOUND
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from crypto.entrypoints.http.kit.answer_cache import ENTRY_BYTES, AnswerCache, KeptAnswer
from crypto.entrypoints.http.kit.cors import Cors
from crypto.entrypoints.http.kit.etag import etag_of, is_known
from tests.support.api import Served, calling, page, quote

DATA = "/api/v1/data"
TRACE = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    served = Served()
    await served.ingest(quote(), quote("ethereum"))
    async with calling(served) as client:
        client.served = served  # type: ignore[attr-defined]
        yield client


@asynccontextmanager
async def asked(served: Served, **options: object) -> AsyncIterator[httpx.AsyncClient]:
    """A client of another process before the same store."""
    transport = httpx.ASGITransport(app=served.worker(**options))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://api") as client:
        yield client


def served_by(client: httpx.AsyncClient) -> Served:
    served = client.served  # type: ignore[attr-defined]
    assert isinstance(served, Served)
    return served


@pytest.mark.parametrize("path", [DATA, "/api/v1/coins", f"{DATA}?source=coingecko&page_size=1"])
async def test_what_has_not_changed_is_not_sent_again(client: httpx.AsyncClient, path: str) -> None:
    first = await client.get(path)
    again = await client.get(path, headers={"if-none-match": first.headers["etag"]})
    other = await client.get(path, headers={"if-none-match": '"another", W/"one"'})
    either = await client.get(path, headers={"if-none-match": f'"another", {first.headers["etag"]}'})
    anything = await client.get(path, headers={"if-none-match": "*"})

    assert first.headers["etag"].startswith('W/"')
    assert [each.status_code for each in (again, other, either, anything)] == [304, 200, 304, 304]
    assert again.content == b""
    for name in ("etag", "cache-control", "vary"):
        assert again.headers[name] == first.headers[name], name


async def test_whether_it_changed_is_known_without_reading_it(client: httpx.AsyncClient) -> None:
    etag = (await client.get(DATA)).headers["etag"]
    reads = served_by(client).store.reads
    async with asked(served_by(client)) as fresh:
        answer = await fresh.get(DATA, headers={"if-none-match": etag})
    assert answer.status_code == 304
    assert served_by(client).store.reads == reads


async def test_what_was_ingested_is_another_answer(client: httpx.AsyncClient) -> None:
    served = served_by(client)
    before = await client.get(DATA)
    of_csv = await client.get(f"{DATA}?source=csv")
    await served.ingest(quote("monero"))
    served.clock.advance(BOUND.total_seconds())

    after = await client.get(DATA, headers={"if-none-match": before.headers["etag"]})
    still = await client.get(f"{DATA}?source=csv", headers={"if-none-match": of_csv.headers["etag"]})

    assert (after.status_code, after.json()["total"]) == (200, 3)
    assert after.headers["etag"] != before.headers["etag"]
    assert still.status_code == 304, "of a source that has not changed"


async def test_a_kept_answer_is_the_same_but_for_its_request(client: httpx.AsyncClient) -> None:
    served, path = served_by(client), f"{DATA}?source=coingecko&page_size=1"
    first = await client.get(path)
    reads = served.store.reads
    kept = await client.get(path, headers={"x-request-id": "mine"})

    one, two = first.json(), kept.json()
    assert served.store.reads == reads
    assert (two.pop("request_id"), kept.headers["x-request-id"]) == ("mine", "mine")
    assert one.pop("request_id") != "mine"
    assert isinstance(two.pop("api_latency_ms"), float)
    assert isinstance(one.pop("api_latency_ms"), float)
    assert one == two
    length, ids = "content-length", "x-request-id"
    assert {**first.headers, length: "", ids: ""} == {**kept.headers, length: "", ids: ""}
    line = served.lines[-1]
    assert (line.request_id, line.status, line.results) == ("mine", 200, 1)
    assert line.filters == {"source": "coingecko", "page_size": "1"}


async def test_a_kept_answer_is_for_head_gzip_traces_and_other_origins_too(client: httpx.AsyncClient) -> None:
    served = served_by(client)
    await served.ingest(*(quote(f"coin-{n}") for n in range(30)))
    async with asked(served, cors=Cors(origins=("https://a.example",))) as client_of_cors:
        for headers in (
            {"accept-encoding": "gzip"},
            {"traceparent": TRACE},
            {"origin": "https://a.example"},
            {"origin": "https://b.example"},
            {},
        ):
            asking = {"accept-encoding": "", "x-request-id": "mine", **headers}
            async with asked(served, cors=Cors(origins=("https://a.example",))) as fresh:
                unkept = await fresh.get(DATA, headers=asking)
            await client_of_cors.get(DATA)
            kept = await client_of_cors.get(DATA, headers=asking)
            head = await client_of_cors.head(DATA, headers=asking)
            own = ("content-length", "traceresponse")
            assert {n: v for n, v in kept.headers.items() if n not in own} == {
                n: v for n, v in unkept.headers.items() if n not in own
            }
            assert kept.json()["data"] == unkept.json()["data"]
            assert (head.status_code, head.content) == (200, b"")
            assert ("traceresponse" in kept.headers) is ("traceparent" in headers)


async def test_refusals_and_failures_are_never_kept(client: httpx.AsyncClient) -> None:
    served = served_by(client)
    for path in (f"{DATA}?page=0", "/api/v1/coins/nosuch", f"{DATA}?source=nosuch"):
        answers = [await client.get(path), await client.get(path, headers={"if-none-match": "*"})]
        assert [each.status_code for each in answers] in ([400, 400], [404, 404])
        assert all("etag" not in each.headers for each in answers)
    kept = await client.get(DATA)
    served.store.failure = StoreAway("gone")
    while_known = await client.get(DATA)
    served.clock.advance(BOUND.total_seconds())
    gone = [await client.get(DATA), await client.get(DATA, headers={"if-none-match": kept.headers["etag"]})]
    served.store.failure = None
    back = await client.get(DATA)
    assert while_known.status_code == back.status_code == 200
    assert [each.status_code for each in gone] == [503, 503]


async def test_other_settings_are_other_answers(client: httpx.AsyncClient) -> None:
    etags = []
    for settings in ("1.0 30 min", "1.0 20 min", "1.0 30 min"):
        async with asked(served_by(client), settings=settings) as each:
            etags.append((await each.get(DATA)).headers["etag"])
    assert etags[0] == etags[2] != etags[1]


def kept_answer(size: int) -> KeptAnswer:
    return KeptAnswer(body=b"x" * size, etag="", source=None, version="", headers=(), query={}, results=None)


def test_what_is_kept_is_bounded_in_bytes_and_what_nobody_asks_for_goes_first() -> None:
    cache = AnswerCache(most_bytes=20 * (ENTRY_BYTES + 1000))
    keys = [(b"/data", b"page=%d" % n, None) for n in range(60)]
    for key in keys[:15]:
        cache.keep(key, kept_answer(500))
    for key in keys[15:]:
        cache.keep(key, kept_answer(500))
        assert cache.get(keys[0]), "asked for again and again"
        assert cache.bytes <= 20 * (ENTRY_BYTES + 1000)
    assert cache.get(keys[1]) is None
    assert cache.get(keys[-1])
    cache.keep((b"/data", b"", None), kept_answer(3 * ENTRY_BYTES))
    assert cache.get((b"/data", b"", None)) is None, "too large to be kept at the cost of all others"


def test_nothing_is_kept_where_that_is_switched_off() -> None:
    cache = AnswerCache(most_bytes=0)
    cache.keep((b"/data", b"", None), kept_answer(0))
    assert (cache.get((b"/data", b"", None)), cache.bytes) == (None, 0)


def test_parts_of_a_validator_are_told_apart() -> None:
    assert etag_of("a", "bc") != etag_of("ab", "c")
    assert is_known(etag_of("a"), f" {etag_of('a')} ,x")
    assert is_known('W/"a"', '"a"'), "the comparison is the weak one"
    assert not is_known(etag_of("a"), None)


@pytest.mark.parametrize("seed", range(4))
async def test_no_answer_is_older_than_the_bound_whatever_comes_between(seed: int) -> None:
    await interleave(seed, steps=250)


@pytest.mark.long
@pytest.mark.parametrize("seed", range(100, 110))
async def test_no_answer_of_ten_thousand_is_older_than_the_bound(seed: int) -> None:
    await interleave(seed, steps=1000)


async def interleave(seed: int, *, steps: int) -> None:
    """Reads by two workers and writes of two sources, at random moments; each answer was true a moment ago."""
    chance, served = random.Random(seed), Served()
    paths = [DATA, f"{DATA}?source=coingecko", f"{DATA}?source=csv", "/api/v1/coins", f"{DATA}?coin_id=c1"]
    truths: dict[str, list[tuple[datetime, list[object]]]] = {path: [] for path in paths}
    etags: dict[str, str] = {}
    seen: dict[str, list[object]] = {}
    async with asked(served, cache_bytes=0) as plain, asked(served) as one, asked(served) as two:
        for step in range(steps):
            if step == 0 or chance.random() < 0.2:
                await write(served, f"c{chance.randrange(4)}", source=chance.choice(["coingecko", "csv"]))
                for path in paths:
                    truths[path].append((served.clock.now(), (await plain.get(path)).json()["data"]))
            served.clock.advance(chance.choice([0, 0.01, 0.1, 0.2, 0.3]))
            path, worker = chance.choice(paths), chance.choice([one, two])
            known = {"if-none-match": etags[path]} if path in etags and chance.random() < 0.5 else {}
            answer = await worker.get(path, headers=known)
            if answer.status_code == 304:
                assert answer.headers["etag"] == etags[path]
                data = seen[path]
            else:
                etags[path], data = answer.headers["etag"], answer.json()["data"]
                seen[path] = data
            assert data in true_since(truths[path], served.clock.now() - BOUND), (seed, step, path)


def true_since(truths: list[tuple[datetime, list[object]]], moment: datetime) -> list[list[object]]:
    """What was true at a moment, or became true after it."""
    begun_before = [truth for began, truth in truths if began <= moment]
    return [*begun_before[-1:], *(truth for began, truth in truths if began > moment)]


async def write(served: Served, coin: str, *, source: str) -> None:
    """One quote more, in no time."""
    async with served.store.claim(Feed(source=source), kind=RunKind.INGEST) as claim:
        async with claim.page_transaction() as transaction:
            stored = await transaction.keep(page(source), coin_ids=[], parser_version=1)
            observed = served.clock.now() - timedelta(minutes=5)
            await transaction.write_quotes(stored, [replace(quote(coin, source=source), observed_at=observed)])
            await transaction.move_cursor({}, sweep_complete=True)
        await claim.finish(RunStatus.SUCCESS, error=None)
