"""What every store promises of pages, asked of memory and of PostgreSQL alike."""

from decimal import Decimal

import pytest

from crypto.application.errors import SourceUnavailable
from crypto.domain.feed import Feed
from crypto.domain.page import RawPage
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import market, prices
from tests.support.runs import ingest
from tests.support.stores import Store


async def test_a_page_is_in_unified_and_latest(store: Store, clock: ManualClock) -> None:
    run = await ingest(store, market(clock, [("btc", 0, "10"), ("eth", 1, "3.84e-18")]), clock)

    assert run.status is RunStatus.SUCCESS
    assert (run.counters.pages, run.counters.received, run.counters.inserted) == (1, 2, 2)
    assert await prices(store) == {("btc", 0): Decimal(10), ("eth", 1): Decimal("3.84e-18")}
    assert [row.coin_id for row in (await store.contents())["latest"]] == ["btc", "eth"]


async def test_what_a_source_skips_is_counted_and_no_rejection(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("btc/eur", 0, "9"), ("btc/gbp", 0, "8"), ("eth", 0, "3")])
    source.skips = frozenset({"btc/eur", "btc/gbp"})

    run = await ingest(store, source, clock)
    again = await ingest(store, source, clock)

    counted = [(each.received, each.inserted, each.unchanged) for each in (run.counters, again.counters)]
    assert counted == [(4, 2, 0), (4, 0, 2)]
    assert [each.counters.rejected for each in (run, again)] == [0, 0]
    logged, _ = await store.run_log.runs(source=None, limit=2, offset=0)
    assert [each.counters.skipped for each in (*logged, run, again)] == [2, 2, 2, 2]


async def test_a_list_of_which_everything_is_skipped_is_empty(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc/eur", 0, "9")])
    source.skips = frozenset({"btc/eur"})

    run = await ingest(store, source, clock)

    assert (run.error or "").startswith("suspicious_empty: ")


async def test_the_same_input_twice_changes_nothing(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")], [("eth", 1, "3")])
    await ingest(store, source, clock)
    before = await store.contents()
    clock.advance(60)

    again = await ingest(store, source, clock)

    assert (again.counters.inserted, again.counters.unchanged, again.counters.restated) == (0, 2, 0)
    assert await store.contents() == before


async def test_another_price_for_the_same_moment_moves_the_old_one_to_history(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, [("btc", 0, "10")]), clock)
    clock.advance(60)

    run = await ingest(store, market(clock, [("btc", 0, "11")]), clock)

    contents = await store.contents()
    assert run.counters.restated == 1
    assert [row.price_usd for row in contents["unified"]] == [Decimal(11)]
    assert [row.price_usd for row in contents["superseded"]] == [Decimal(10)]
    assert [row.price_usd for row in contents["latest"]] == [Decimal(11)]


async def test_the_page_that_arrives_last_counts_though_the_clock_went_back(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, [("btc", 0, "11")]), clock)
    clock.advance(-60)

    run = await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    assert (run.counters.unchanged, run.counters.restated) == (0, 1)
    assert await prices(store) == {("btc", 0): Decimal(10)}


async def test_an_older_quote_is_kept_but_is_not_the_latest(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 5, "11")]), clock)

    await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    assert len(await prices(store)) == 2
    assert [row.price_usd for row in (await store.contents())["latest"]] == [Decimal(11)]


async def test_twins_in_a_page_count_once(store: Store, clock: ManualClock) -> None:
    twins = [("btc", 0, "9"), ("btc", 0, "10"), ("btc", 0, "10")]

    run = await ingest(store, market(clock, twins, [("eth", 0, "1"), ("eth", 1, "1")] * 3), clock)

    assert (run.counters.received, run.counters.inserted, run.counters.unchanged) == (9, 3, 5)
    assert run.counters.rejected == 1
    assert [row.reason for row in (await store.contents())["rejections"]] == ["contradicted_in_page"]


async def test_a_bad_record_is_kept_as_a_rejection_and_the_others_go_on(store: Store, clock: ManualClock) -> None:
    page = [("btc", 0, "10"), ("bad", 0, "-1"), *((f"coin-{n}", 0, "1") for n in range(8))]

    run = await ingest(store, market(clock, page), clock)

    assert run.status is RunStatus.SUCCESS
    assert (run.counters.inserted, run.counters.rejected) == (9, 1)
    (rejection,) = (await store.contents())["rejections"]
    assert (rejection[2], rejection[3], rejection[6]) == (1, "negative", "bad")


async def test_a_field_that_cannot_be_read_is_told_beside_the_quote(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("eth", 0, "2")], [("xrp", 0, "1")])
    source.capless = frozenset({"btc", "xrp"})

    run = await ingest(store, source, clock)

    assert (run.status, run.error) == (RunStatus.SUCCESS, None)
    assert (run.counters.received, run.counters.inserted, run.counters.rejected) == (3, 3, 0)
    assert run.counters.skipped == 0
    assert await prices(store) == {("btc", 0): 10, ("eth", 0): 2, ("xrp", 0): 1}
    told = (await store.contents())["rejections"]
    assert [(row.position, row.reason, row.coin_id, row.field, row.is_resolved) for row in told] == [
        (0, "negative", "btc", "market_cap", False),
        (0, "negative", "xrp", "market_cap", False),
    ]
    assert not any(row.is_unseen for row in (await store.contents())["latest"])


async def test_of_a_record_that_is_contradicted_no_field_is_told(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "9"), ("btc", 0, "10"), ("eth", 0, "2")])
    source.capless = frozenset({"btc"})

    await ingest(store, source, clock)

    told = [(row.position, row.reason, row.field) for row in (await store.contents())["rejections"]]
    assert told == [(0, "contradicted_in_page", ""), (1, "negative", "market_cap")]


async def test_records_whose_coin_cannot_be_made_out_may_be_any_coin(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "1"), ("eth", 0, "1")]), clock)

    run = await ingest(store, market(clock, [("", 1, "1"), ("", 1, "2")]), clock)

    assert run.counters.rejected == 2
    assert not any(row.is_unseen for row in (await store.contents())["latest"])


async def test_a_coin_that_a_complete_sweep_does_not_name_is_unseen_until_one_does(
    store: Store, clock: ManualClock
) -> None:
    both = market(clock, [("btc", 0, "10")], [("eth", 0, "3")])
    await ingest(store, both, clock)

    await ingest(store, market(clock, [("eth", 1, "3")]), clock)
    unseen = {row.coin_id: row.is_unseen for row in (await store.contents())["latest"]}
    await ingest(store, both, clock)
    seen_again = {row.coin_id: row.is_unseen for row in (await store.contents())["latest"]}

    assert unseen == {"btc": True, "eth": False}
    assert seen_again == {"btc": False, "eth": False}


async def test_a_half_done_sweep_marks_no_coin_unseen(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "10")], [("eth", 0, "3")]), clock)

    await ingest(store, market(clock, [("btc", 1, "10")], SourceUnavailable("down")), clock)

    assert not any(row.is_unseen for row in (await store.contents())["latest"])


async def test_a_page_whose_block_fails_leaves_nothing(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")])
    page = source.page([("btc", 0, "10")])
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        await claim.prepare(page.received_at, source.parse(page).quotes)
        with pytest.raises(ZeroDivisionError):
            async with claim.page_transaction() as transaction:
                stored = await transaction.keep(page, coin_ids=["btc"], parser_version=1)
                await transaction.write_quotes(stored, source.parse(page).quotes)
                raise ZeroDivisionError

    assert not any((await store.contents()).values())
    assert [page async for page in store.archive.stored_pages(Feed(source="coingecko"))] == []


@pytest.mark.parametrize(
    "body",
    [
        b'[{"a": 1.50e-3, "a":2 , "\\u0000":"\\ud800"}]',
        b"\xef\xbb\xbf[1]",
        b"[1, \xff]",
        b"[truncated",
        b'{"error": "no list"}\n',
        b"a;b\r\n1;2\x00\r\n",
        b"",
    ],
)
async def test_every_byte_is_kept(store: Store, clock: ManualClock, body: bytes) -> None:
    source = market(clock, [])
    page = RawPage(**{name: getattr(source.page([]), name) for name in RawPage.__struct_fields__} | {"body": body})
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        await claim.prepare(page.received_at, ())
        async with claim.page_transaction() as transaction:
            stored = await transaction.keep(page, coin_ids=[], parser_version=1)

    assert await store.archive.stored_page(stored.page_id) == stored
    assert [each async for each in store.archive.stored_pages(Feed(source="coingecko"))] == [stored]
    assert stored.page.body == body
