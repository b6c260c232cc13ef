"""What the API answers of the records that are not believed."""

import msgspec
import pytest

from crypto.domain.feed import Feed
from crypto.domain.rejection import Reason, Rejection
from crypto.domain.run import RunKind, RunStatus
from tests.support.api import Served, ask, page

PATH = "/api/v1/rejections"


def rejection(position: int, **changed: object) -> Rejection:
    values = {
        "reason": Reason.NEGATIVE,
        "detail": "price_usd is -1",
        "excerpt": "{}",
        "coin_id": f"coin-{position}",
    }
    return msgspec.convert({"position": position, **values, **changed}, Rejection)


async def reject(served: Served, *rejections: Rejection) -> None:
    async with served.store.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        async with claim.page_transaction() as transaction:
            stored = await transaction.keep(page("coingecko"), coin_ids=[], parser_version=1)
            await transaction.write_rejections(stored, rejections)
        await claim.finish(RunStatus.SUCCESS, error=None)


@pytest.fixture
async def served() -> Served:
    served = Served()
    await reject(served, rejection(0), rejection(1, field="market_cap"), rejection(2, reason=Reason.BAD_TIME))
    return served


async def positions(served: Served, query: bytes) -> list[int]:
    answer = await ask(served.app, PATH, query)
    assert answer.status == 200, answer.body
    return [each["position"] for each in msgspec.json.decode(answer.body)["data"]]


async def test_a_rejection_says_what_why_and_where_its_bytes_are(served: Served) -> None:
    body = msgspec.json.decode((await ask(served.app, PATH, b"reason=negative&page_size=1")).body)
    (found,) = body["data"]
    assert (found["page_id"], found["position"], found["field"], found["reason"]) == (
        1,
        1,
        "market_cap",
        "negative",
    )
    assert found["resolved_at"] is None
    assert (body["total"], body["page"], body["page_size"], body["has_more"]) == (2, 1, 1, True)


async def test_a_walk_by_cursor_sees_each_once(served: Served) -> None:
    seen, query = [], b"page_size=1"
    while query:
        answer = await ask(served.app, PATH, query)
        body = msgspec.json.decode(answer.body)
        assert ('rel="next"' in answer.headers["link"]) == body["has_more"]
        seen += [each["position"] for each in body["data"]]
        query = b"page_size=1&cursor=" + body["next_cursor"].encode() if body["next_cursor"] else b""
    assert seen == [2, 1, 0]


async def test_filters_narrow_the_list(served: Served) -> None:
    assert await positions(served, b"coin_id=coin-2") == [2]
    assert await positions(served, b"feed=catalogue") == []
    assert await positions(served, b"source=coinpaprika") == []
    assert await positions(served, b"resolved=true") == []
    assert await positions(served, b"resolved=false") == [2, 1, 0]


@pytest.mark.parametrize("query", [b"resolved=yes", b"reason=ugly", b"source=nosuch", b"cursor=abc", b"page=0"])
async def test_what_is_not_understood_is_refused_by_its_name(served: Served, query: bytes) -> None:
    answer = await ask(served.app, PATH, query)
    assert answer.status == 400
    assert msgspec.json.decode(answer.body)["parameter"] == query.partition(b"=")[0].decode()
