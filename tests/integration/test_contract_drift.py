"""What every store promises of schema drift: once for each path and type, where it was first seen."""

import asyncio
import json
from collections.abc import Sequence
from pathlib import Path

import pytest
from msgspec.structs import replace

from crypto.domain.feed import Feed
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.run import RunKind
from crypto.domain.schema_drift import MOST_DRIFTS, FieldType, NotedDrift, SchemaDrift
from tests.support.clock import ManualClock
from tests.support.commands import crypto
from tests.support.market import Market, Record
from tests.support.provider import Provider
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store


class Drifting(Market):
    """Every coin whose name is not known is a field that is new."""

    known: frozenset[str] = frozenset({"btc"})

    def parse(self, page: RawPage) -> ParsedPage:
        drift = [
            SchemaDrift(path=name, type=FieldType.NUMBER, position=position, example=str(price))
            for position, (name, _, price) in enumerate(json.loads(page.body))
            if name not in self.known
        ]
        return replace(super().parse(page), drift=tuple(drift))


def drifting(clock: ManualClock, *sweep: Sequence[Record]) -> Drifting:
    return Drifting(clock, sweep, name="coingecko")


async def paths(store: Store) -> list[str]:
    return [each.path for each in await store.drift_log.drift()]


async def test_a_drift_is_on_record_with_its_page(store: Store, clock: ManualClock) -> None:
    await ingest(store, drifting(clock, [("btc", 0, "1"), ("eth", 0, "-2")]), clock)

    (seen,) = await store.drift_log.drift()

    assert seen == NotedDrift(
        source="coingecko",
        path="eth",
        type=FieldType.NUMBER,
        first_seen_at=clock.now(),
        page_id=seen.page_id,
        position=1,
        example="-2",
    )
    assert isinstance(seen.type, FieldType)
    assert [each.page_id async for each in store.archive.stored_pages(Feed(source="coingecko"))] == [seen.page_id]


async def test_it_is_noted_once_however_often_it_comes(store: Store, clock: ManualClock) -> None:
    await ingest(store, drifting(clock, [("eth", 0, "1")], [("btc", 0, "1"), ("eth", 0, "3")]), clock)
    before = await store.drift_log.drift()
    clock.advance(60)

    await ingest(store, drifting(clock, [("eth", 0, "2"), ("ada", 0, "2")]), clock)

    after = await store.drift_log.drift()
    assert (len(before), [each.path for each in after]) == (1, ["ada", "eth"])
    assert after[1] == before[0]


async def test_sources_differ_apart(store: Store, clock: ManualClock) -> None:
    for name in ("coinpaprika", "coingecko"):
        source = drifting(clock, [("eth", 0, "1")])
        source.name = name
        await ingest(store, source, clock)

    assert [each.source for each in await store.drift_log.drift()] == ["coingecko", "coinpaprika"]


async def test_it_has_the_fate_of_its_page(store: Store, clock: ManualClock) -> None:
    source = drifting(clock, [("eth", 0, "1")])
    page = source.page(source.sweep[0])  # type: ignore[arg-type]
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        await claim.prepare(page.received_at, ())
        with pytest.raises(asyncio.CancelledError):
            async with claim.page_transaction() as transaction:
                stored = await transaction.keep(page, coin_ids=[], parser_version=1)
                await transaction.note_drift(stored, source.parse(page).drift)
                raise asyncio.CancelledError

    assert await paths(store) == []


async def test_reading_pages_again_notes_what_they_had_first(store: Store, clock: ManualClock) -> None:
    source = drifting(clock, [("btc", 0, "1")], [("btc", 0, "2"), ("eth", 0, "2")])
    await ingest(store, source, clock)
    source.known = frozenset({"eth"})

    await reprocess(store, source, clock)
    first, *others = await store.drift_log.drift()
    pages = [each.page_id async for each in store.archive.stored_pages(Feed(source="coingecko"))]
    await reprocess(store, source, clock)

    assert (first.path, first.page_id, first.example, others) == ("btc", pages[0], "1", [])
    assert await store.drift_log.drift() == [first]


async def test_an_earlier_page_that_turns_out_to_have_it_counts(store: Store, clock: ManualClock) -> None:
    source = drifting(clock, [("eth", 0, "1")], [("eth", 0, "2")])
    await ingest(store, source, clock)
    first = await store.drift_log.drift()
    source.known = frozenset({"eth"})
    received = clock.now()
    await reprocess(store, source, clock)
    source.known = frozenset()
    clock.advance(60)
    await ingest(store, drifting(clock, [("eth", 1, "3")]), clock)
    later = await store.drift_log.drift()

    await reprocess(store, source, clock)

    assert [each.first_seen_at > received for each in later] == [True]
    assert await store.drift_log.drift() == first


async def test_no_more_are_noted_than_help_anybody(store: Store, clock: ManualClock) -> None:
    records = [(f"new {number:03}", 0, "1") for number in range(MOST_DRIFTS - 1)]
    await ingest(store, drifting(clock, records), clock)
    clock.advance(60)

    await ingest(store, drifting(clock, [("a", 0, "1"), records[0], ("b", 0, "1")]), clock)

    noted = await paths(store)
    assert len(noted) == MOST_DRIFTS
    assert ("a" in noted, "b" in noted) == (True, False)


async def test_a_person_is_told_of_it(database_url: str, tmp_path: Path) -> None:
    async with Provider(coins=30) as provider:
        provider.market.drift = lambda record: {**record, "listed": record["rank"] < 9, "symbol": "\x1b[2J"}
        settings = {
            "DATABASE_URL": database_url, "SOURCES": "coinpaprika",
            "SOURCE__COINPAPRIKA__BASE_URL": provider.base_url("coinpaprika"),
        }  # fmt: skip
        assert (await crypto("ingest", folder=tmp_path, settings=settings)).code == 0
        table = await crypto("sources", folder=tmp_path, settings=settings)
        answer = await crypto("sources", "--json", folder=tmp_path, settings=settings)
    (told,) = [line for line in table.out.splitlines() if line.startswith("coinpaprika: ")]
    assert told.startswith("coinpaprika: listed is boolean, first in record 0 of page 1, ")
    assert told.endswith("Z: true")
    (drift,) = json.loads(answer.out)["drift"]
    assert (drift["source"], drift["path"], drift["type"], drift["example"]) == (
        "coinpaprika", "listed", "boolean", "true",
    )  # fmt: skip
