"""The records that were passed over can be looked up, although nothing is stored of them but their bytes."""

import json
from pathlib import Path

import pytest

from crypto.application.errors import BadRequest, UnknownPage, UnknownRun
from crypto.application.operate import list_skipped
from crypto.application.operate.list_skipped import ListSkipped, SkippedFilter, SkippedList
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from crypto.domain.skip import SkipReason
from tests.support.clock import ManualClock
from tests.support.commands import crypto
from tests.support.market import Market, Record
from tests.support.runs import ingest
from tests.support.stores import Store

ROWS = "coin_id,price_usd,observed_at\nbitcoin,65000.10,2026-01-02T03:04:05Z\nether,,2026-01-02T03:04:05Z\n"


def market(clock: ManualClock, *sweep: list[Record]) -> Market:
    source = Market(clock, sweep, name="bitstamp")
    source.skips = frozenset({"eur", "gbp", "jpy"})
    return source


def listing(store: Store, source: Market) -> ListSkipped:
    return ListSkipped(archive=store.archive, reader=store.pages, parsers={"bitstamp": source.parse})


def places(found: SkippedList) -> list[tuple[int, int]]:
    return [(each.page_id, each.skip.position) for each in found.skipped]


async def page_ids(store: Store) -> list[int]:
    return [each.page_id async for each in store.archive.stored_pages(Feed(source="bitstamp"))]


async def test_a_skipped_record_says_where_it_is_and_why(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("eur", 0, "9"), ("bad", 0, "-1")])
    run = await ingest(store, source, clock)
    (page_id,) = await page_ids(store)

    for wanted in (SkippedFilter(page_id=page_id), SkippedFilter(run_id=run.run_id)):
        (found,) = (await listing(store, source)(wanted)).skipped
        assert (found.page_id, found.source, found.feed) == (page_id, "bitstamp", "prices")
        assert (found.skip.position, found.skip.reason) == (1, SkipReason.OTHER_CURRENCY)
        assert found.skip.excerpt == "['eur', 0, '9']"


async def test_a_walk_over_a_run_sees_each_once_and_reads_few_pages_at_a_time(
    store: Store, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(list_skipped, "PAGES_AT_ONCE", 2)
    skips: list[Record] = [("eur", 0, "9"), ("btc", 0, "10"), ("gbp", 0, "8"), ("jpy", 0, "7")]
    plain: list[Record] = [("eth", 0, "1")]
    source = market(clock, plain, plain, skips, plain, skips, plain)
    run = await ingest(store, source, clock)
    ids = await page_ids(store)
    counted = run.counters.skipped
    await ingest(store, market(clock, skips), clock)

    parts: list[list[tuple[int, int]]] = []
    cursor, ask = None, listing(store, source)
    while not parts or cursor:
        part = await ask(SkippedFilter(run_id=run.run_id), page_size=2, cursor=cursor)
        parts, cursor = [*parts, places(part)], part.next_cursor

    seen = [each for part in parts for each in part]
    assert seen == [(ids[page], position) for page in (2, 4) for position in (0, 2, 3)]
    assert len(seen) == counted
    assert all(len(part) <= 2 for part in parts)


async def test_what_a_mended_parser_reads_is_no_longer_listed(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("eur", 0, "9")])
    run = await ingest(store, source, clock)
    source.skips = frozenset()
    assert places(await listing(store, source)(SkippedFilter(run_id=run.run_id))) == []


async def test_what_is_asked_must_be_a_page_or_a_run_that_there_is(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("eur", 0, "9"), ("gbp", 0, "9")])
    run = await ingest(store, source, clock)
    (page_id,) = await page_ids(store)
    ask = listing(store, source)
    cursor = (await ask(SkippedFilter(page_id=page_id), page_size=1)).next_cursor

    for wanted in (SkippedFilter(), SkippedFilter(page_id=page_id, run_id=run.run_id)):
        with pytest.raises(BadRequest, match="give page_id or run_id"):
            await ask(wanted)
    with pytest.raises(BadRequest, match="other filters"):
        await ask(SkippedFilter(run_id=run.run_id), cursor=cursor)
    with pytest.raises(UnknownPage, match="no page 99 is stored"):
        await ask(SkippedFilter(page_id=99))
    with pytest.raises(UnknownRun, match="there is no run 99"):
        await ask(SkippedFilter(run_id=99))


async def test_a_run_that_read_stored_pages_brought_none(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("eur", 0, "9"), ("btc", 0, "1")])
    await ingest(store, source, clock)
    async with store.ledger.claim(Feed(source="bitstamp"), kind=RunKind.REPROCESS) as claim:
        run = await claim.finish(RunStatus.SUCCESS, error=None)
    assert places(await listing(store, source)(SkippedFilter(run_id=run.run_id))) == []


async def test_a_page_that_no_parser_reads_any_more_lists_nothing(store: Store, clock: ManualClock) -> None:
    run = await ingest(store, market(clock, [("eur", 0, "9"), ("btc", 0, "1")]), clock)
    ask = ListSkipped(archive=store.archive, reader=store.pages, parsers={})
    assert places(await ask(SkippedFilter(run_id=run.run_id))) == []


async def test_a_person_sees_what_was_passed_over_by_a_source_that_is_off(
    database_url: str, tmp_path: Path
) -> None:
    (tmp_path / "prices.csv").write_text(ROWS)
    on = {"DATABASE_URL": database_url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}
    off = {"DATABASE_URL": database_url, "SOURCES": "coinpaprika"}
    assert (await crypto("ingest", folder=tmp_path, settings=on)).code == 0
    (run,) = json.loads((await crypto("runs", "--json", folder=tmp_path, settings=off)).out)["data"]
    assert run["skipped"] == 1

    asked = ("skipped", "--run-id", str(run["run_id"]))
    (found,) = json.loads((await crypto(*asked, "--json", folder=tmp_path, settings=off)).out)["data"]
    table = await crypto(*asked, folder=tmp_path, settings=off)

    assert (found["position"], found["reason"], found["excerpt"]) == (1, "no_amount", ROWS.splitlines(True)[2])
    assert "no_amount" in table.out
    assert "1 skipped records" in table.err
