"""What every store promises of a stored page: it can be looked at, and its bytes are those that were received."""

from hashlib import sha256

import pytest
from msgspec.structs import replace

from crypto.adapters.postgres.operate.stored_pages import FACTS
from crypto.application.errors import StoreUnavailable, UnknownPage
from crypto.application.operate import read_page
from crypto.application.operate.read_page import ReadPage
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.api import page
from tests.support.clock import ManualClock
from tests.support.market import Market
from tests.support.runs import ingest
from tests.support.stores import InMemory, InPostgres, Store

BODIES = (
    b'[ {"id": "bitcoin",  "id": "again", "price": 1.10} ]\n',
    b"coin,price\r\nbitcoin,1\r\n",
    b"",
    b"[1, \x00 2]",
    b"[not json",
    b"\xff\xfe\x00 not text",
    '["\u00e9 \u20ac \U0001f600"]'.encode(),
)


async def keep(store: Store, body: bytes) -> int:
    """A page with this body; its id."""
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        received = replace(page("coingecko"), body=body)
        await claim.prepare(received.received_at, ())
        async with claim.page_transaction() as transaction:
            stored = await transaction.keep(received, coin_ids=["a", "b"], parser_version=7)
        await claim.finish(RunStatus.SUCCESS, error=None)
    return stored.page_id


async def whole(reading: ReadPage, page_id: int) -> bytes:
    """All parts of a page's bytes."""
    return b"".join([part async for part in await reading.body(await reading(page_id))])


@pytest.mark.parametrize("body", BODIES, ids=range(len(BODIES)))
async def test_the_bytes_are_those_that_were_received(
    store: Store, body: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_id = await keep(store, body)
    reading = ReadPage(reader=store.pages)

    found = await reading(page_id)
    assert (found.sha256, found.size_bytes) == (sha256(body).hexdigest(), len(body))
    assert await whole(reading, page_id) == body
    monkeypatch.setattr(read_page, "PART", 5)
    assert await whole(reading, page_id) == body


async def test_a_page_says_what_was_asked_and_which_run_brought_it(store: Store, clock: ManualClock) -> None:
    source = Market(clock, [[("btc", 0, "10"), ("bad", 0, "-1")], [("eth", 0, "1")]], name="coingecko")
    run = await ingest(store, source, clock)
    first, second = [each async for each in store.archive.stored_pages(Feed(source="coingecko"))]

    found = await ReadPage(reader=store.pages)(second.page_id)

    assert found.request == {"url": "market://1"}
    assert (found.source, found.feed, found.status, found.is_last) == ("coingecko", "prices", 200, True)
    assert (found.run_id, found.sweep_id, found.page_seq) == (run.run_id, run.sweep_id, 2)
    assert (found.coins, found.parser_version) == (1, 1)
    assert found.received_at == clock.now()
    assert (await ReadPage(reader=store.pages)(first.page_id)).coins == 2


async def test_an_id_that_no_page_has_is_refused(store: Store) -> None:
    for page_id in (1, 2**63 - 1):
        with pytest.raises(UnknownPage, match=f"no page {page_id} is stored"):
            await ReadPage(reader=store.pages)(page_id)


async def test_bytes_that_are_gone_meanwhile_are_told_and_not_cut_short(store: Store) -> None:
    page_id = await keep(store, b"[1, 2, 3]")
    reading = ReadPage(reader=store.pages)
    found = await reading(page_id)
    await forget(store, page_id)

    with pytest.raises(StoreUnavailable, match="no longer stored"):
        await reading.body(found)


async def forget(store: Store, page_id: int) -> None:
    """As if it had never been stored."""
    if isinstance(store, InMemory):
        store.memory.feeds[Feed(source="coingecko")].pages.pop(page_id)
    if isinstance(store, InPostgres):
        await store.rows("DELETE FROM raw_pages WHERE page_id = %s", page_id)


async def test_a_page_is_found_by_the_index_of_each_partition(store: Store) -> None:
    if not isinstance(store, InPostgres):
        return
    page_id = await keep(store, b"[]")
    plan = await store.rows("EXPLAIN " + FACTS, page_id)
    scans = [line for (line,) in plan if "Scan" in line]
    assert scans
    assert all("page_id" in line and "Index Scan" in line for line in scans), scans
