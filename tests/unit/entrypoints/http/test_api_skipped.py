"""What the API answers of the records that were passed over."""

import msgspec
import pytest
from msgspec.structs import replace

from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.api import Served, ask, page

PATH = "/api/v1/skipped"
TICKERS = [
    {"pair": "BTC/USD", "last": "10", "timestamp": "1793620770"},
    {"pair": "BTC/EUR", "last": "9", "timestamp": "1793620770"},
    {"pair": "BTC/USD", "last": "9", "timestamp": "1793620770", "market_type": "PERPETUAL"},
]


@pytest.fixture
async def served() -> Served:
    served = Served()
    received = replace(page("bitstamp"), body=msgspec.json.encode(TICKERS))
    async with served.store.claim(Feed(source="bitstamp"), kind=RunKind.INGEST) as claim:
        async with claim.page_transaction() as transaction:
            await transaction.keep(received, coin_ids=["BTC"], parser_version=1)
        await claim.finish(RunStatus.SUCCESS, error=None)
    return served


@pytest.mark.parametrize("whose", [b"page_id=1", b"run_id=1"])
async def test_each_says_where_it_is_and_why(served: Served, whose: bytes) -> None:
    first = msgspec.json.decode((await ask(served.app, PATH, whose + b"&page_size=1")).body)
    (euros,) = first["data"]
    assert (euros["page_id"], euros["position"], euros["reason"]) == (1, 1, "other_currency")
    assert (euros["source"], euros["excerpt"]) == ("bitstamp", msgspec.json.encode(TICKERS[1]).decode())

    cursor = f"&page_size=1&cursor={first['next_cursor']}".encode()
    second = msgspec.json.decode((await ask(served.app, PATH, whose + cursor)).body)
    (future,) = second["data"]
    assert (future["position"], future["reason"], second["next_cursor"]) == (2, "not_spot", None)


@pytest.mark.parametrize(
    ("query", "status", "parameter"),
    [
        (b"", 400, "page_id"),
        (b"page_id=1&run_id=1", 400, "page_id"),
        (b"page_id=2", 404, "page_id"),
        (b"run_id=2", 404, "run_id"),
        (b"run_id=x", 400, "run_id"),
        (b"page_id=1&cursor=abc", 400, "cursor"),
    ],
)
async def test_what_cannot_be_listed_is_told(served: Served, query: bytes, status: int, parameter: str) -> None:
    answer = await ask(served.app, PATH, query)
    assert (answer.status, msgspec.json.decode(answer.body)["parameter"]) == (status, parameter)
