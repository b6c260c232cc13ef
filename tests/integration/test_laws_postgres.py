"""PostgreSQL and memory agree on random histories, row for row; and PostgreSQL, too, remembers the past."""

import asyncio
from datetime import datetime

from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from crypto.adapters.memory import MemoryStore
from crypto.adapters.postgres.connection.database import Database, opened
from crypto.domain.market_data import QuoteFilter, QuoteKey, QuoteList, Window
from tests.support.clock import ManualClock
from tests.support.copies import Follower, table
from tests.support.histories import Step, Told, fixes, sayings
from tests.support.laws import examples
from tests.support.market import Record
from tests.support.stores import Contents, InMemory, InPostgres, Store

EMPTY = """
    TRUNCATE unified_crypto_data, superseded_crypto_data, latest_crypto_data, raw_pages, checkpoints,
             quote_counts, quote_changes, runs, rejected_records;
    ALTER SEQUENCE page_ids RESTART
"""
NOW = "SELECT clock_timestamp()"
EVERYTHING: Window[QuoteKey] = Window(limit=1000)
Says = dict[str, list[list[Record]]]

few = settings(
    max_examples=examples(25),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example empties the database itself
)


async def play(store: Store, clock: ManualClock, says: Says, history: list[Step]) -> Contents:
    told = Told(store, clock, says)
    for step in history:
        await told.take(step)
    await told.finish()
    return await store.contents()


COLLIDING: Says = {"coingecko": [[("btc", 0, "1")]], "coinpaprika": [[("btc", 0, "1"), ("btc", 1, "1")]]}
SHIFTED_AND_BACK: list[Step] = [
    ("ingest", "coinpaprika", 1),
    ("reprocess", "coinpaprika", (1, "1", set(), None)),
    ("reprocess", "coinpaprika", (0, "1", set(), None)),
]


@given(says=sayings, history=fixes)
@example(says=COLLIDING, history=SHIFTED_AND_BACK)
@few
def test_postgres_and_memory_hold_the_same_rows(database_url: str, says: Says, history: list[Step]) -> None:
    async def compare() -> None:
        async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
            store = InPostgres(database)
            await _empty(database)
            in_postgres = await play(store, ManualClock(), says, history)
        clock = ManualClock()
        in_memory = await play(InMemory(MemoryStore(clock)), clock, says, history)
        for name, rows in in_memory.items():
            assert sorted(in_postgres[name], key=str) == sorted(rows, key=str), name

    asyncio.run(compare())


@given(says=sayings, history=fixes)
@few
def test_as_of_equals_what_was_read_then(database_url: str, says: Says, history: list[Step]) -> None:
    async def compare() -> None:
        async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
            store = InPostgres(database)
            await _empty(database)
            told = Told(store, ManualClock(), says)
            seen: list[tuple[datetime, QuoteList[QuoteKey]]] = []
            for step in history:
                await told.take(step)
                ((now,),) = await store.rows(NOW)
                seen.append((now, await store.reader.find(QuoteFilter(), EVERYTHING)))
            await told.finish()
            for moment, believed in seen:
                then = await store.reader.find(QuoteFilter(as_of=moment), EVERYTHING)
                assert (then.quotes, then.total) == (believed.quotes, believed.total)

    asyncio.run(compare())


@given(says=sayings, history=fixes, cuts=st.lists(st.integers(0, 5), min_size=9, max_size=9))
@few
def test_a_copy_that_follows_the_changes_in_any_parts_equals_the_table(
    database_url: str, says: Says, history: list[Step], cuts: list[int]
) -> None:
    async def follow() -> None:
        async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
            store = InPostgres(database)
            await _empty(database)
            told = Told(store, ManualClock(), says)
            early, late = Follower(store), Follower(store)
            for step, limit in zip(history, cuts, strict=False):
                await told.take(step)
                if limit:
                    await early.ask(limit)
            await told.finish()
            await late.ask(1)
            for name in says:
                await told.take(("reprocess", name, None))
            assert await early.catch_up(2) == await late.catch_up() == await table(store)

    asyncio.run(follow())


async def _empty(database: Database) -> None:
    async with database.driver_connection() as connection, connection.transaction():
        for statement in EMPTY.split(";"):
            await connection.execute(statement)
