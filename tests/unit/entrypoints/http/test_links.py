"""Every list says in its header Link where its other parts are (RFC 8288)."""

import re
from urllib.parse import parse_qsl, urlsplit

import msgspec
import pytest

from crypto.entrypoints.http.kit.links import LONGEST, page_links
from crypto.entrypoints.http.kit.request_context import Headers, RequestContext
from tests.support.api import Answer, Served, ask, quote

DATA, COINS, RUNS = "/api/v1/data", "/api/v1/coins", "/api/v1/runs"


def links(answer: Answer) -> dict[str, str]:
    """The targets by their relation."""
    found = re.findall(r'<([^>]*)>; rel="([a-z]+)"', answer.headers.get("link", ""))
    return {relation: target for target, relation in found}


async def follow(served: Served, target: str) -> Answer:
    path, _, query = target.partition("?")
    return await ask(served.app, path, query.encode())


@pytest.fixture
async def served() -> Served:
    served = Served()
    await served.ingest(*[quote(f"coin-{number}", position=number) for number in range(7)])
    for _ in range(4):
        await served.ingest()
    return served


def ids(answer: Answer) -> list[str]:
    return [str(each.get("coin_id", each.get("run_id"))) for each in msgspec.json.decode(answer.body)["data"]]


@pytest.mark.parametrize(("path", "total"), [(DATA, 7), (COINS, 7), (RUNS, 5)])
async def test_the_whole_list_is_read_by_following_next(served: Served, path: str, total: int) -> None:
    answer = await ask(served.app, path, b"page_size=2")
    seen = ids(answer)
    while "next" in links(answer):
        assert msgspec.json.decode(answer.body)["has_more"]
        answer = await follow(served, links(answer)["next"])
        seen += ids(answer)
    assert not msgspec.json.decode(answer.body)["has_more"]
    assert len(seen) == len(set(seen)) == total


@pytest.mark.parametrize("path", [DATA, COINS, RUNS])
async def test_the_last_part_has_no_next(served: Served, path: str) -> None:
    assert "next" not in links(await ask(served.app, path))
    assert "next" not in links(await ask(served.app, path, b"page=40&page_size=5"))


@pytest.mark.parametrize("path", [DATA, COINS, RUNS])
async def test_a_page_number_has_a_page_before_and_the_first(served: Served, path: str) -> None:
    second = await ask(served.app, path, b"page=2&page_size=2")
    first = await ask(served.app, path, b"page_size=2")
    assert "prev" not in links(first)
    assert ids(await follow(served, links(second)["prev"])) == ids(first)
    assert ids(await follow(served, links(second)["first"])) == ids(first)


async def test_the_last_part_is_told_where_it_is_known(served: Served) -> None:
    runs = links(await ask(served.app, RUNS, b"page_size=2"))
    assert ids(await follow(served, runs["last"])) == ["1"]


async def test_after_a_cursor_there_is_no_page_before(served: Served) -> None:
    first = await ask(served.app, DATA, b"page_size=2")
    after = await follow(served, links(first)["next"])
    assert links(after).keys() == {"first", "next"}


async def test_all_parameters_are_repeated_as_they_were_meant(served: Served) -> None:
    await served.ingest(*[quote("a b&c=é/%", symbol="x+y", position=number) for number in range(1)])
    sent = b"symbol=x%2By&coin_id=a+b%26c%3D%C3%A9/%25&coin_id=coin-1&source=coingecko&page_size=1"
    answer = await ask(served.app, DATA, sent)
    first = parse_qsl(urlsplit(links(answer)["first"]).query, strict_parsing=True)
    assert first == [
        *(("symbol", "x+y"), ("coin_id", "a b&c=é/%"), ("coin_id", "coin-1"), ("source", "coingecko")),
        *(("page_size", "1"), ("page", "1")),
    ]
    assert ids(await follow(served, links(answer)["first"])) == ids(answer) == ["a b&c=é/%"]


async def test_a_refusal_and_one_coin_have_no_links(served: Served) -> None:
    for target in (f"{DATA}?page=0", f"{COINS}/coin-1", "/api/v1/stats"):
        assert links(await follow(served, target)) == {}


def context(query: dict[str, tuple[str, ...]]) -> RequestContext:
    asked = RequestContext(method="GET", raw_path=b"/x", raw_query=b"", request_id="a", headers=Headers())
    asked.query = query
    return asked


@pytest.mark.parametrize(("characters", "told"), [(10, ["first", "prev", "next"]), (2000, ["next"]), (4096, [])])
def test_a_header_that_proxies_would_refuse_is_shortened(characters: int, told: list[str]) -> None:
    header = page_links(context({"coin_id": ("a" * characters,)}), page=2, has_more=True).get("Link", "")
    assert re.findall('rel="([a-z]+)"', header) == told
    assert len(header) <= LONGEST
