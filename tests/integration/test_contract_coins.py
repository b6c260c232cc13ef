"""What every store promises to who reads coins: their order, whole walks, and the same pages row for row."""

import asyncio
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, LiteralString

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from crypto.adapters.memory import MemoryStore
from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.query.coin_list import page_text as coins_page_text
from crypto.adapters.postgres.query.conditions import asked, values_of
from crypto.adapters.postgres.query.quote_list import page_text
from crypto.adapters.postgres.query.quote_total import total_of
from crypto.application.query.list_coins import ListCoins
from crypto.application.query.quote_page import PageRequest
from crypto.domain.market_data import CoinFilter, CoinKey, QuoteFilter, QuoteKey, QuoteList, StoredQuote, Window
from tests.support.clock import ManualClock
from tests.support.coins import Row, fill, filters, tables
from tests.support.contract import market
from tests.support.laws import examples
from tests.support.market import Market
from tests.support.runs import ingest
from tests.support.stores import InMemory, InPostgres, Store

EMPTY = """
    TRUNCATE unified_crypto_data, superseded_crypto_data, latest_crypto_data, raw_pages, checkpoints,
             quote_counts, quote_changes, runs, rejected_records;
    ALTER SEQUENCE page_ids RESTART
"""
ORDERED: list[Row] = [
    ("csv", "large", "l", Decimal("2.5E+12")),
    ("coingecko", "same", "s", Decimal(7)),
    ("csv", "same", "s", Decimal(7)),
    ("coingecko", "same-2", "s", Decimal(7)),
    ("csv", "tiny", "t", Decimal("3.84e-18")),
    ("coingecko", "NONE", "n", None),
    ("csv", "NONE", "n", None),
    ("coingecko", "none", "n", None),
]
TWENTY_THOUSAND = """
    INSERT INTO latest_crypto_data (source, coin_id, observed_at, symbol, market_cap, ingested_at, recorded_at,
                                    version, page_id, position)
    SELECT 'coingecko', 'coin-' || n, now(), 's' || n / 2, CASE WHEN n % 2 = 0 THEN n END, now(), now(), 1, 1, n
      FROM generate_series(1, 20000) AS n
"""


async def walk(store: Store, wanted: CoinFilter, page_size: int) -> list[StoredQuote]:
    """Every coin that cursors lead to."""
    list_coins = ListCoins(reader=store.coins, policies={})
    part = await list_coins(wanted, PageRequest(page_size=page_size))
    met = list(part.quotes)
    while part.next_cursor:
        part = await list_coins(wanted, PageRequest(page_size=page_size, cursor=part.next_cursor))
        met += part.quotes
        assert len(met) <= (part.total or 0)
    assert part.total == len(met)
    return met


@pytest.mark.parametrize("page_size", [1, 2, 3, 8, 100])
async def test_the_largest_come_first_those_without_a_market_cap_last_and_ties_are_settled(
    store: Store, page_size: int
) -> None:
    await fill(store, reversed(ORDERED))

    met = await walk(store, CoinFilter(), page_size)

    assert [(coin.source, coin.coin_id, coin.symbol, coin.market_cap) for coin in met] == ORDERED


async def test_pages_by_number_are_parts_of_the_same_list(store: Store) -> None:
    await fill(store, ORDERED)
    whole = await store.coins.coins(CoinFilter(), Window(limit=100))

    parts = [await store.coins.coins(CoinFilter(), Window(limit=3, offset=at)) for at in (0, 3, 6, 9)]

    assert [coin for part in parts for coin in part.quotes] == list(whole.quotes)
    assert {part.total for part in parts} == {8}


async def test_a_coin_is_listed_once_with_its_newest_quote_and_since_when_it_is_unseen(
    store: Store, clock: ManualClock
) -> None:
    for sweep in ([("btc", 0, "1"), ("btc", 2, "3"), ("btc", 1, "2"), ("eth", 0, "5")], [("eth", 1, "6")]):
        await ingest(store, market(clock, sweep), clock)

    found = await store.coins.coins(CoinFilter(), Window(limit=100))

    told = {coin.coin_id: (coin.price_usd, coin.unseen_since is not None) for coin in found.quotes}
    assert told == {"btc": (Decimal(3), True), "eth": (Decimal(6), False)}
    assert found.total == 2


@given(table=tables, wanted=filters, page_size=st.integers(1, 5))
@settings(max_examples=examples(25), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_postgres_and_memory_give_the_same_pages_and_a_walk_meets_each_coin_once(
    database_url: str, table: list[Row], wanted: CoinFilter, page_size: int
) -> None:
    async def compare() -> None:
        async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
            async with database.driver_connection() as connection, connection.transaction():
                for query in EMPTY.split(";"):
                    await connection.execute(query)
            in_memory, in_postgres = InMemory(MemoryStore(ManualClock())), InPostgres(database)
            for store in (in_memory, in_postgres):
                await fill(store, table)
            met = [await walk(store, wanted, page_size) for store in (in_memory, in_postgres)]
            by_page = [await pages(store, wanted, page_size) for store in (in_memory, in_postgres)]
        assert as_said(met[0]) == as_said(met[1])
        assert [as_said(page.quotes) for page in by_page[0]] == [as_said(page.quotes) for page in by_page[1]]
        keys = [(coin.source, coin.coin_id) for coin in met[1]]
        assert len(keys) == len(set(keys)) == len(chosen(table, wanted))

    asyncio.run(compare())


async def pages(store: Store, wanted: CoinFilter, page_size: int) -> list[QuoteList[CoinKey]]:
    starts = range(0, 21, 2 * page_size)
    return [await store.coins.coins(wanted, Window(limit=page_size, offset=at)) for at in starts]


def as_said(quotes: "list[StoredQuote] | tuple[StoredQuote, ...]") -> list[StoredQuote]:
    """Without the moment they were written: two stores have two clocks."""
    return [replace(each, recorded_at=each.ingested_at) for each in quotes]


def chosen(table: list[Row], wanted: CoinFilter) -> list[Row]:
    """The rows that a filter means, told apart from how any store does it."""

    def lower(symbol: str | None) -> object:
        return symbol and "".join(each.lower() if each.isascii() else each for each in symbol)

    return [
        (source, coin_id, symbol, cap)
        for source, coin_id, symbol, cap in table
        if wanted.source in {None, source}
        and wanted.coin_id in {None, coin_id}
        and (wanted.symbol is None or lower(wanted.symbol) == lower(symbol))
    ]


@pytest.mark.parametrize(
    ("wanted", "after", "index"),
    [
        (CoinFilter(), None, "latest_crypto_data_rank"),
        (CoinFilter(), CoinKey(Decimal(9000), "coin-9000", "coingecko"), "latest_crypto_data_rank"),
        (CoinFilter(), CoinKey(None, "coin-777", "coingecko"), "latest_crypto_data_rank"),
        (CoinFilter(symbol="S77"), None, "latest_crypto_data_symbol"),
        (CoinFilter(coin_id="coin-77"), None, "latest_crypto_data_pkey"),
    ],
)
async def test_a_part_of_a_long_list_is_read_from_an_index_and_the_list_never_sorted(
    database_url: str, wanted: CoinFilter, after: CoinKey | None, index: str
) -> None:
    async with opened(Database(database_url, pool_size=1, application_name="crypto-test")) as database:
        async with database.driver_connection() as connection:
            await connection.set_autocommit(True)
            await connection.execute(TWENTY_THOUSAND)
            await connection.execute("ANALYZE latest_crypto_data")
            await connection.set_autocommit(False)
        text = coins_page_text(asked(wanted), ("coin_id",), most=101, after=after is not None)
        plan = await plan_of(database, text, values_of(wanted) | as_values(after) | {"size": 100})

    limit, *_ = nodes(plan, "Limit")
    scans = [node for node in nodes(limit, "Index Scan") if node["Index Name"] == index]
    sorted_rows = [node["Actual Rows"] for node in nodes(limit, "Sort")]
    assert len(scans) == 1
    assert scans[0]["Actual Rows"] <= 101
    assert all(rows <= 2 for rows in sorted_rows)


MANY_QUOTES = """
    INSERT INTO unified_crypto_data (coin_id, source, observed_at, price_usd, ingested_at, recorded_at, version,
                                     page_id, position)
    SELECT 'coin-' || coin, 'coingecko', timestamptz '2026-10-01' + step * interval '1 hour', 1, now(), now(),
           1, 1, 1
      FROM generate_series(1, 200) AS coin, generate_series(1, 100) AS step;
    UPDATE checkpoints SET counted_version = -1
"""


SCANS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan")


@pytest.mark.parametrize("after", [None, QuoteKey(datetime(2026, 10, 3, tzinfo=UTC), "coin-7", "coingecko")])
async def test_the_quotes_of_several_coins_are_found_by_an_index(
    database_url: str, after: QuoteKey | None
) -> None:
    clock = ManualClock()
    async with opened(Database(database_url, pool_size=4, application_name="crypto-test")) as database:
        store = InPostgres(database)
        await ingest(store, Market(clock, [[("coin-1", -60 * 24, "1")]], name="coingecko"), clock)
        for each in MANY_QUOTES.split(";"):
            await store.rows(each)
        await store.rows("ANALYZE unified_crypto_data")
        wanted = QuoteFilter(coin_ids=("coin-7", "coin-77", "nosuch"))
        names = asked(wanted)
        text = page_text(names, ("coin_id",), most=101, after=after is not None, total=total_of(names))
        plan = await plan_of(database, text, values_of(wanted) | as_values(after) | {"size": 100})

    read = [node for kind in SCANS for node in nodes(plan, kind)]
    large = [node for node in read if node["Relation Name"].startswith("unified_crypto_data_2026_10")]
    assert large
    assert not [node for node in large if node["Node Type"] == "Seq Scan"]
    assert all(node["Actual Rows"] + node.get("Rows Removed by Filter", 0) <= 200 for node in large)


async def plan_of(database: Database, text: LiteralString, values: dict[str, object]) -> Any:
    """How a statement was run."""
    async with database.reading() as connection:
        explained = await connection.execute("EXPLAIN (ANALYZE, FORMAT JSON) " + text, values)
        ((plan,),) = await explained.fetchall()
    return plan


def as_values(after: CoinKey | QuoteKey | None) -> dict[str, object]:
    """The values of a key, by the names that statements give them."""
    return {f"after_{name}": value for name, value in after._asdict().items()} if after else {}


def nodes(plan: Any, kind: str) -> list[dict[str, Any]]:
    """The nodes of a kind in a plan."""
    if isinstance(plan, list):
        return [node for each in plan for node in nodes(each, kind)]
    if not isinstance(plan, dict):
        return []
    here = [plan] if plan.get("Node Type") == kind else []
    return here + [node for each in plan.values() for node in nodes(each, kind)]
