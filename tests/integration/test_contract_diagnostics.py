"""What every store promises to tell of itself: its tables, its clock, and who holds which source."""

from crypto.application.errors import SourceUnavailable
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind
from tests.support.clock import ManualClock
from tests.support.contract import crash, market
from tests.support.runs import ingest
from tests.support.stores import InPostgres, Store

BOTH = ("coingecko", "csv")


async def test_a_migrated_store_is_up_to_date_and_no_replica(store: Store) -> None:
    facts = await store.diagnostics.facts()

    assert (facts.tables, facts.revision, facts.encoding) == ("up_to_date", facts.needed_revision, "UTF8")
    assert not facts.is_replica
    assert facts.lag is None
    assert facts.version.startswith(str(facts.major))


async def test_the_clock_it_tells_is_the_one_that_stamps_what_is_written(store: Store) -> None:
    before = await store.reader.now()
    told = await store.diagnostics.now()

    assert before <= told <= await store.reader.now()


async def test_a_source_that_is_held_names_its_holder_and_run(store: Store) -> None:
    assert await store.diagnostics.holds(BOTH) == []

    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        holds = await store.diagnostics.holds(BOTH)

    assert [(each.source, each.run_id, each.since) for each in holds] == [
        ("coingecko", claim.run.run_id, claim.run.started_at)
    ]
    assert holds[0].process is not None
    assert "process" in holds[0].process
    assert holds[0].host == "this machine"


async def test_a_run_whose_process_died_is_told_as_one_that_nobody_holds(store: Store, clock: ManualClock) -> None:
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        await crash(store, "coingecko")
        holds = await store.diagnostics.holds(BOTH)

    assert [(each.source, each.run_id, each.process, each.host) for each in holds] == [
        ("coingecko", claim.run.run_id, None, None)
    ]


async def test_a_run_that_ended_is_not_told(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)
    await ingest(store, market(clock, SourceUnavailable("away")), clock)

    assert await store.diagnostics.holds(BOTH) == []


async def test_sizes_count_a_table_with_all_its_partitions(store: Store, clock: ManualClock) -> None:
    if not isinstance(store, InPostgres):
        return
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)

    facts = await store.diagnostics.facts()

    assert {"raw_pages", "unified_crypto_data", "latest_crypto_data"} <= facts.sizes.keys()
    assert not [name for name in facts.sizes if name.startswith(("raw_coingecko", "unified_crypto_data_"))]
    assert list(facts.sizes.values()) == sorted(facts.sizes.values(), reverse=True)
    assert 0 < sum(facts.sizes.values()) < facts.size
