"""What the API answers of a stored page, and how it hands out its bytes: as received, to be saved."""

import json
from base64 import b64encode
from collections.abc import Callable, Mapping
from decimal import Decimal
from hashlib import sha256
from typing import Any

import msgspec
import pytest
from msgspec import Raw
from msgspec.structs import replace

from crypto.adapters.registry import SOURCES
from crypto.application.operate import read_page
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.api import Answer, Served, ask, page

BODY = b'[{"id": "bitcoin",  "current_price": 110394.50}]\n'
SHA256 = sha256(BODY)
ETAG = f'"{SHA256.hexdigest()}"'


async def keep(served: Served, body: bytes = BODY, headers: Mapping[str, str] | None = None) -> int:
    """A page with this body and these headers; its id."""
    received = replace(
        page("coingecko"), body=body, headers=headers or {}, request={"url": "https://x", "page": "1"}
    )
    async with served.store.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        async with claim.page_transaction() as transaction:
            stored = await transaction.keep(received, coin_ids=["bitcoin"], parser_version=2)
        await claim.finish(RunStatus.SUCCESS, error=None)
    return stored.page_id


@pytest.fixture
async def served() -> Served:
    served = Served()
    await keep(served, headers={"Content-Type": "application/json; charset=utf-8", "Date": "today"})
    return served


async def body(served: Served, page_id: object = 1, **changed: Any) -> Answer:
    return await ask(served.app, f"/api/v1/pages/{page_id}/body", **changed)


async def test_a_page_says_what_was_asked_and_leads_to_its_bytes(served: Served) -> None:
    answer = await ask(served.app, "/api/v1/pages/1")
    found = msgspec.json.decode(answer.body)
    assert (found["source"], found["feed"], found["run_id"], found["coins"]) == ("coingecko", "prices", 1, 1)
    assert found["request"] == {"url": "https://x", "page": "1"}
    assert (found["sha256"], found["size_bytes"]) == (SHA256.hexdigest(), len(BODY))
    assert (await ask(served.app, found["body_url"])).body == BODY


async def test_the_bytes_come_as_received_and_as_a_file(served: Served) -> None:
    answer = await body(served)
    assert (answer.status, answer.body) == (200, BODY)
    told = {name: answer.headers[name] for name in (*ALWAYS, "content-type", "content-length")}
    assert told == {
        "content-type": "application/json; charset=utf-8",
        "content-length": str(len(BODY)),
        "content-disposition": 'attachment; filename="page-1"',
        "x-content-type-options": "nosniff",
        "etag": ETAG,
        "repr-digest": f"sha-256=:{b64encode(SHA256.digest()).decode()}:",
        "cache-control": "public, max-age=31536000, immutable",
    }


ALWAYS = ("content-disposition", "x-content-type-options", "etag", "repr-digest", "cache-control")


@pytest.mark.parametrize("sent", ["", "nonsense", "text/html\r\nX: y", "text/\u00e9"])
async def test_what_is_not_a_media_type_is_bytes(served: Served, sent: str) -> None:
    answer = await body(served, await keep(served, headers={"content-type": sent} if sent else None))
    assert answer.headers["content-type"] == "application/octet-stream"


async def test_a_large_body_is_read_part_by_part(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(read_page, "PART", 7)
    answer = await body(served)
    assert (answer.body, answer.headers["content-length"]) == (BODY, str(len(BODY)))


@pytest.mark.parametrize("tags", [ETAG, f"W/{ETAG}", f'"other", {ETAG}', "*"])
async def test_a_copy_that_is_good_is_not_sent_again(served: Served, tags: str) -> None:
    served.store.body_part = None  # type: ignore[method-assign,assignment] # no byte is read
    answer = await body(served, headers={"If-None-Match": tags})
    assert (answer.status, answer.body, answer.headers["etag"]) == (304, b"", ETAG)
    assert "content-length" not in answer.headers


async def test_a_copy_of_something_else_is_replaced(served: Served) -> None:
    assert (await body(served, headers={"If-None-Match": '"other"'})).status == 200


async def test_head_says_how_long_it_is_and_reads_no_byte(served: Served) -> None:
    served.store.body_part = None  # type: ignore[method-assign,assignment]
    answer = await body(served, method="HEAD")
    assert (answer.status, answer.body, answer.headers["content-length"]) == (200, b"", str(len(BODY)))
    assert answer.headers["etag"] == ETAG


async def test_any_media_type_may_be_asked_for(served: Served) -> None:
    assert (await body(served, accept="text/csv")).status == 200
    assert (await ask(served.app, "/api/v1/pages/1", accept="text/csv")).status == 406


@pytest.mark.parametrize("path", ["/api/v1/pages/{}", "/api/v1/pages/{}/body"])
async def test_a_page_that_there_is_not_is_told_so(served: Served, path: str) -> None:
    unknown = await ask(served.app, path.format(2))
    assert unknown.status == 404
    assert "no page 2 is stored" in msgspec.json.decode(unknown.body)["detail"]
    for nonsense in ("abc", "0", "-1", "1.5", str(2**63), "9" * 5000, "%31%zz"):
        assert (await ask(served.app, path.format(nonsense))).status == 400
    assert (await ask(served.app, path.format(1), b"page=1")).status == 400


async def test_an_outage_is_told(served: Served) -> None:
    served.lose_the_database()
    for path in ("/api/v1/pages/1", "/api/v1/pages/1/body"):
        assert (await ask(served.app, path)).status == 503


NUMBERS = ("0.000000012345678901234567", "110394.50", "7")
STAMP = "2026-11-02T11:59:30Z"
SENT: dict[str, tuple[Callable[[str, str], dict[str, Any]], Callable[[dict[str, Any]], Any]]] = {
    "coinpaprika": (
        lambda coin, price: {"id": coin, "last_updated": STAMP, "quotes": {"USD": {"price": Raw(price.encode())}}},
        lambda record: record["quotes"]["USD"]["price"],
    ),
    "coingecko": (
        lambda coin, price: {"id": coin, "last_updated": STAMP, "current_price": Raw(price.encode())},
        lambda record: record["current_price"],
    ),
    "bitstamp": (
        lambda coin, price: {"pair": f"{coin}/USD", "last": price, "timestamp": "1793620770"},
        lambda record: Decimal(record["last"]),
    ),
}


@pytest.mark.parametrize("source", SENT)
async def test_a_number_is_recomputed_with_two_requests(source: str) -> None:
    sent, price_of = SENT[source]
    served = Served()
    body = msgspec.json.encode([sent(f"coin-{place}", price) for place, price in enumerate(NUMBERS)])
    received = replace(page(source), body=body)
    async with served.store.claim(Feed(source=source), kind=RunKind.INGEST) as claim:
        async with claim.page_transaction() as transaction:
            parsed = SOURCES[source].parse(received)
            stored = await transaction.keep(received, coin_ids=parsed.coin_ids, parser_version=1)
            await transaction.write_quotes(stored, parsed.quotes)
        await claim.finish(RunStatus.SUCCESS, error=None)

    for place, price in enumerate(NUMBERS):
        answer = await ask(served.app, "/api/v1/data", f"coin_id=coin-{place}".encode())
        (told,) = json.loads(answer.body, parse_float=Decimal)["data"]
        raw = await ask(served.app, f"/api/v1/pages/{told['page_id']}/body")
        record = json.loads(raw.body, parse_float=Decimal)[told["position"]]
        assert price_of(record) == told["price_usd"] == Decimal(price)


async def test_the_document_tells_how_bytes_come(served: Served) -> None:
    document = msgspec.json.decode((await ask(served.app, "/api/v1/openapi.json")).body)
    responses = document["paths"]["/api/v1/pages/{page_id}/body"]["get"]["responses"]
    assert {"200", "304", "400", "404", "503"} <= responses.keys()
    assert {"ETag", "Repr-Digest"} <= responses["200"]["headers"].keys()
