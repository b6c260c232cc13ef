"""Totals, ranges and pages at any depth come from counters: they are what counting by hand gives."""

from collections.abc import AsyncIterator
from datetime import datetime, timedelta

import pytest

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.schema.migrate import migrate
from crypto.adapters.postgres.schema.quote_counts import LAST_LEVEL, LEAF
from crypto.domain.market_data import Count, QuoteFilter, QuoteKey, Window
from tests.support.clock import ManualClock
from tests.support.counts import miscounted
from tests.support.database import SOURCES
from tests.support.market import Market, Record, minute
from tests.support.runs import ingest
from tests.support.stores import InPostgres

CROWD = [(f"coin-{n:04}", 0, "1") for n in range(LEAF + 500)]
"""More coins in one second than are left uncounted."""

SPREAD = [(f"coin-{n % 700:04}", n - 4000, "2") for n in range(2600)]
"""A quote a minute, over two days before."""

LONG_AGO = [("coin-0001", -60 * 24 * 400 - n * 7, "3") for n in range(40)]


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    """Two sources, whose quotes lie in stretches that are split and in such that are not."""
    clock = ManualClock()
    async with opened(Database(database_url, pool_size=4, application_name="crypto-test")) as database:
        store = InPostgres(database)
        await ingest(store, Market(clock, [CROWD, SPREAD], name="coingecko"), clock)
        few: list[Record] = [("coin-0002", 0, "1"), ("coin-0002", -3000, "1")]
        await ingest(store, Market(clock, [few, LONG_AGO], name="csv"), clock)
        yield store


async def everything(store: InPostgres, wanted: QuoteFilter) -> list[QuoteKey]:
    """All that is wanted, in order, told by a plain statement."""
    rows = await store.rows(
        """
        SELECT observed_at, coin_id, source
          FROM unified_crypto_data
         WHERE (%s::text IS NULL OR source = %s)
           AND (%s::timestamptz IS NULL OR observed_at >= %s)
           AND (%s::timestamptz IS NULL OR observed_at < %s)
         ORDER BY observed_at DESC, coin_id DESC, source DESC
        """,
        *(each for name in ("source", "observed_from", "observed_to") for each in [getattr(wanted, name)] * 2),
    )
    return [QuoteKey(*row) for row in rows]


def moments() -> list[datetime]:
    second = timedelta(seconds=1)
    return [minute(0), minute(0) + second / 2, minute(0) + second, minute(-2000), minute(-4000) - second / 3]


RANGES = [
    QuoteFilter(),
    QuoteFilter(source="csv"),
    QuoteFilter(source="coingecko"),
    *(QuoteFilter(observed_from=each) for each in moments()),
    *(QuoteFilter(observed_to=each) for each in moments()),
    QuoteFilter(source="csv", observed_from=minute(-3500), observed_to=minute(0)),
    QuoteFilter(observed_from=minute(-3333), observed_to=minute(-1600)),
    QuoteFilter(observed_from=datetime.fromisoformat("1900-01-01T00:00:00Z"), observed_to=minute(1)),
    QuoteFilter(observed_from=minute(5)),
]


async def test_a_page_at_any_depth_is_what_a_plain_statement_gives(store: InPostgres, database_url: str) -> None:
    levels = await store.rows("SELECT DISTINCT level FROM quote_counts ORDER BY level")
    assert levels == [(level,) for level in range(LAST_LEVEL + 1)]
    assert miscounted(database_url) == []
    for wanted in RANGES:
        expected = await everything(store, wanted)
        for offset in {0, 1, 7, len(expected) // 2, LEAF + 3, len(expected) - 3, len(expected), len(expected) + 9}:
            found = await store.reader.find(wanted, Window(limit=5, offset=max(offset, 0)))
            assert [quote.key for quote in found.quotes] == expected[max(offset, 0) :][:5], (wanted, offset)
            assert (found.total, found.count) == (len(expected), Count.EXACT)


async def test_what_an_older_program_wrote_is_counted_by_hand_until_the_next_upgrade(
    store: InPostgres, database_url: str
) -> None:
    await store.rows("UPDATE quote_counts SET quotes = quotes + 1000")
    await store.rows("UPDATE checkpoints SET version = version + 1, quotes = 7, coins = 7")
    expected = await everything(store, QuoteFilter())

    by_hand = await store.reader.find(QuoteFilter(), Window(limit=5, offset=LEAF + 3))
    ranged = await store.reader.find(QuoteFilter(observed_to=minute(0)), Window(limit=5))
    migrate(database_url, sources=SOURCES)
    counted = await store.reader.find(QuoteFilter(), Window(limit=5, offset=LEAF + 3))

    assert [quote.key for quote in by_hand.quotes] == expected[LEAF + 3 :][:5]
    assert [quote.key for quote in counted.quotes] == expected[LEAF + 3 :][:5]
    assert by_hand.total == counted.total == len(expected)
    assert ranged.total == len([key for key in expected if key.observed_at < minute(0)])
    assert miscounted(database_url) == []
    assert await store.rows("SELECT FROM checkpoints WHERE counted_version <> version") == []


async def test_a_total_that_was_not_asked_for_is_not_told(store: InPostgres) -> None:
    few = QuoteFilter(coin_ids=("coin-0002",)), QuoteFilter(symbol="nosuch"), QuoteFilter(observed_to=minute(0))
    for wanted in (QuoteFilter(), *few):
        for count in Count:
            found = await store.reader.find(wanted, Window(limit=5, count=count))
            assert found.count is (Count.NONE if count is Count.NONE else Count.EXACT)
            assert (found.total is None) is (count is Count.NONE)
