"""The records that are not believed can be looked up, each with the reason: in both stores and by command."""

import json
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crypto.adapters.postgres.operate.rejection_log import PostgresRejectionLog
from crypto.application.errors import BadRequest, UnknownSource
from crypto.application.operate.list_rejections import ListRejections, RejectionList
from crypto.application.query.list_cursor import cursor_after
from crypto.domain.market_data import Window
from crypto.domain.rejection import Reason, RejectionFilter, StoredRejection
from tests.support.clock import NOON, ManualClock
from tests.support.commands import crypto
from tests.support.market import Market, Record
from tests.support.runs import ingest, reprocess
from tests.support.stores import InMemory, InPostgres, Store

PRICES = """id,name,symbol,price_usd,last_updated
bitcoin,Bitcoin,BTC,"65000 or so",2026-01-02T03:04:05Z
ether,Ether,ETH,-1,2026-01-02T03:04:05Z
tether,Tether,USDT,1,2026-01-02T03:04:05Z
"""


def market(clock: ManualClock, *sweep: list[Record], name: str = "coingecko") -> Market:
    return Market(clock, sweep, name=name)


def listing(store: Store) -> ListRejections:
    if isinstance(store, InMemory):
        return ListRejections(reader=store.memory, run_log=store.run_log, intervals={"csv": timedelta(minutes=20)})
    assert isinstance(store, InPostgres)
    reader = PostgresRejectionLog(store.database)
    return ListRejections(reader=reader, run_log=store.run_log, intervals={"csv": timedelta(minutes=20)})


def of(source: str) -> RejectionFilter:
    return RejectionFilter(source=source)


def coins(found: RejectionList) -> list[str | None]:
    return [each.coin_id for each in found.rejections]


async def test_a_rejected_record_says_what_and_why(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "10"), ("bad", 0, "-1")]), clock)

    found = await listing(store)()

    (rejection,) = found.rejections
    assert rejection == StoredRejection(
        source="coingecko",
        page_id=rejection.page_id,
        position=1,
        field=None,
        received_at=clock.now(),
        coin_id="bad",
        reason=Reason.NEGATIVE,
        detail=rejection.detail,
        excerpt="['bad', 0, '-1']",
        rejected_at=rejection.rejected_at,
    )
    assert "price_usd" in rejection.detail
    assert rejection.rejected_at.tzinfo is not None
    assert isinstance(rejection.reason, Reason)


async def test_a_field_that_cannot_be_read_is_listed_by_its_name(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("eth", 0, "2")])
    source.capless = frozenset({"eth"})
    await ingest(store, source, clock)

    (rejection,) = (await listing(store)()).rejections

    assert (rejection.coin_id, rejection.field, rejection.reason) == ("eth", "market_cap", Reason.NEGATIVE)
    assert rejection.position == 1
    assert (await store.run_log.source_records())["coingecko"].open_rejections == 1


async def test_those_that_arrived_last_come_first_and_by_parts(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("a", 0, "-1"), ("b", 0, "-1")], [("c", 0, "-1")]), clock)
    clock.advance(60)
    await ingest(store, market(clock, [("d", 0, "-1"), ("e", 0, "-1")], name="coinpaprika"), clock)

    ask = listing(store)
    parts = [await ask(page=page, page_size=2) for page in (1, 2, 3, 4)]

    assert [coins(part) for part in parts] == [["e", "d"], ["c", "b"], ["a"], []]
    assert {part.total for part in parts} == {5}


async def test_a_source_can_be_asked_for_alone(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("a", 0, "-1")]), clock)
    await ingest(store, market(clock, [("b", 0, "-1")], name="coinpaprika"), clock)

    ask = listing(store)

    assert (coins(await ask(of("coingecko"))), (await ask(of("coingecko"))).total) == (["a"], 1)
    assert (coins(await ask(of("csv"))), (await ask(of("csv"))).total) == ([], 0)
    with pytest.raises(UnknownSource, match="there is no source 'coingeko'"):
        await ask(of("coingeko"))


async def test_the_next_part_goes_on_where_the_last_one_ended(store: Store, clock: ManualClock) -> None:
    records: list[Record] = [(f"coin-{number}", 0, "-1") for number in range(7)]
    await ingest(store, market(clock, records[:4], records[4:]), clock)
    ask = listing(store)

    first = await ask(page_size=3)
    clock.advance(60)
    await ingest(store, market(clock, [("late", 0, "-1")], name="coinpaprika"), clock)
    second = await ask(page_size=3, cursor=first.next_cursor)
    third = await ask(page_size=3, cursor=second.next_cursor)

    assert [each for part in (first, second, third) for each in coins(part)] == [
        f"coin-{number}" for number in range(6, -1, -1)
    ]
    assert (first.page, second.page, third.next_cursor) == (1, None, None)


async def test_a_cursor_is_good_for_its_filters_only(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("a", 0, "-1"), ("b", 0, "-1")]), clock)
    ask = listing(store)
    cursor = (await ask(page_size=1)).next_cursor
    assert cursor

    with pytest.raises(BadRequest, match="other filters"):
        await ask(of("coingecko"), page_size=1, cursor=cursor)
    for place in (["2026-01-01T00:00:00Z", -1, 0, ""], ["2026-01-01T00:00:00Z", 2**63, 0, ""], [NOON, 1, 0, "\0"]):
        with pytest.raises(BadRequest, match="not one that this service gave out"):
            await ask(page_size=1, cursor=cursor_after(tuple(place), RejectionFilter()))


async def test_each_filter_must_hold(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("a", 0, "-1"), ("b", 0, "99"), ("c", 0, "1")])
    source.ceiling = Decimal(50)
    source.capless = frozenset({"c"})
    await ingest(store, source, clock)
    ask = listing(store)

    async def found(**wanted: Any) -> list[str | None]:
        return coins(await ask(RejectionFilter(**wanted)))

    assert await found(reason=Reason.OUT_OF_RANGE) == ["b"]
    assert await found(coin_id="c") == ["c"]
    assert await found(feed="prices", reason=Reason.NEGATIVE) == ["c", "a"]
    assert await found(feed="catalogue") == []
    assert await found(coin_id="a", reason=Reason.OUT_OF_RANGE) == []
    with pytest.raises(BadRequest, match="NUL"):
        await found(coin_id="\0")


async def test_what_was_healed_is_listed_apart(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("dear", 0, "99"), ("bad", 0, "-1")])
    source.ceiling = Decimal(50)
    await ingest(store, source, clock)
    source.ceiling = None
    await reprocess(store, source, clock)
    ask = listing(store)

    healed = await ask(RejectionFilter(is_resolved=True))

    assert coins(healed) == ["dear"]
    assert healed.rejections[0].resolved_at is not None
    assert [each.resolved_at for each in (await ask()).rejections] == [None]


async def test_a_long_list_is_not_counted_to_its_end(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [(f"coin-{number}", 0, "-1") for number in range(5)]), clock)

    found, counted = await store.rejections.rejections(RejectionFilter(), Window(limit=2), count_to=3)

    assert (len(found), counted) == (2, 3)


async def test_what_a_mended_parser_reads_is_no_longer_listed(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("dear", 0, "99"), ("bad", 0, "-1")])
    source.ceiling = Decimal(50)
    await ingest(store, source, clock)
    before = await listing(store)()
    clock.advance(60)

    source.ceiling = None
    await reprocess(store, source, clock)

    after = await listing(store)()
    assert coins(before) == ["bad", "dear"]
    assert (coins(after), after.total) == (["bad"], 1)
    assert after.rejections[0] == before.rejections[0]


async def test_what_is_rejected_again_is_listed_again(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("dear", 0, "99")])
    source.ceiling = Decimal(50)
    await ingest(store, source, clock)
    before = await listing(store)()
    for ceiling in (None, Decimal(50)):
        clock.advance(60)
        source.ceiling = ceiling
        await reprocess(store, source, clock)

    assert list((await listing(store)()).rejections) == list(before.rejections)


async def test_drift_names_the_first_reason_and_where_to_see_the_others(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("dear", 0, "99")])
    source.ceiling = Decimal(50)

    run = await ingest(store, source, clock)

    assert run.error == (
        "format_changed: 1 of 2 records were rejected at market://0, the first because price_usd is 99; "
        "see `crypto rejections`"
    )


async def test_drift_by_contradictions_alone_has_a_reason_too(store: Store, clock: ManualClock) -> None:
    run = await ingest(store, market(clock, [("btc", 0, "10"), ("btc", 0, "11")]), clock)

    assert run.error is not None
    assert "the first because a later record of the page says otherwise" in run.error


async def test_a_person_finds_out_why_a_file_was_not_believed(database_url: str, tmp_path: Path) -> None:
    (tmp_path / "prices.csv").write_text(PRICES)
    settings = {"DATABASE_URL": database_url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}

    ingested = await crypto("ingest", folder=tmp_path, settings=settings)
    assert ingested.code == 1
    assert "65000 or so" in ingested.everything
    assert "see `crypto rejections`" in ingested.everything

    table = await crypto("rejections", folder=tmp_path, settings=settings)
    assert table.code == 0
    assert table.out.split()[:5] == ["received", "source", "coin_id", "reason", "detail"]
    assert [line for line in table.out.splitlines() if "bitcoin" in line and "'65000 or so'" in line]
    assert "2 of 2 open rejections" in table.err

    second = await crypto(
        "rejections", "--limit", "1", "--page", "2", "--json", folder=tmp_path, settings=settings
    )
    answer = json.loads(second.out)
    assert (answer["total"], answer["page"], answer["page_size"]) == (2, 2, 1)
    (rejection,) = answer["data"]
    assert (rejection["coin_id"], rejection["reason"]) == ("bitcoin", "not_a_number")
    assert "65000 or so" in rejection["excerpt"]

    unknown = await crypto("rejections", "--source", "nosuch", folder=tmp_path, settings=settings)
    assert (unknown.code, unknown.out) == (2, "")
    assert "there is no source 'nosuch'" in unknown.err
