"""The page transaction when things go wrong in it: bad data, lost connections, an unknown COMMIT."""

import asyncio
from collections.abc import AsyncIterator
from decimal import Decimal

import pytest
from msgspec.structs import force_setattr
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.operate.health import PostgresHealth
from crypto.application.errors import StoreAway, StoreUnavailable
from crypto.domain.feed import Feed
from crypto.domain.page import RawPage
from crypto.domain.quote import Quote
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.market import Market
from tests.support.proxy import proxied
from tests.support.runs import ingest
from tests.support.stores import InPostgres


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=4, application_name="crypto-test")) as database:
        yield InPostgres(database)


def market(*sweep: object) -> Market:
    return Market(ManualClock(), sweep, name="coingecko")  # type: ignore[arg-type]


class Untrusting(Market):
    """Its parser lets a price through that no database takes."""

    def _quote(self, page: RawPage, position: int, coin: str, minutes: int, price: str | None) -> Quote:
        quote = super()._quote(page, position, coin, minutes, price)
        if coin.startswith("huge"):
            force_setattr(quote, "price_usd", Decimal("1e200000"))
        return quote


async def test_records_that_the_database_refuses_are_isolated_and_the_page_is_kept(store: InPostgres) -> None:
    records = [(f"huge-{n}" if n in {3, 17} else f"coin-{n}", 0, "1") for n in range(20)]
    source = Untrusting(ManualClock(), [records], name="coingecko")

    run = await ingest(store, source, ManualClock())

    assert run.status is RunStatus.SUCCESS
    assert (run.counters.received, run.counters.inserted, run.counters.rejected) == (20, 18, 2)
    rejected = await store.rows("SELECT reason, position, coin_id FROM rejected_records ORDER BY position")
    assert rejected == [("refused_by_database", 3, "huge-3"), ("refused_by_database", 17, "huge-17")]
    assert len(await store.rows("SELECT FROM raw_pages")) == 1


@pytest.mark.parametrize("where", ["cut_before_commit", "cut_after_commit"])
async def test_a_commit_whose_answer_never_comes_is_looked_up_and_never_done_twice(
    database_url: str, store: InPostgres, where: str
) -> None:
    async with (
        proxied(database_url) as proxy,
        opened(Database(proxy.url, pool_size=2, application_name="crypto-proxied")) as database,
    ):
        source = _ArmsProxy(ManualClock(), [[("btc", 0, "1")], [("eth", 0, "2")]], name="coingecko")
        source.arm = lambda: setattr(proxy, where, True)

        run = await ingest(InPostgres(database), source, ManualClock())

    assert proxy.cuts == 1
    assert run.status is RunStatus.SUCCESS
    assert (run.counters.pages, run.counters.received, run.counters.inserted) == (2, 2, 2)
    assert len(await store.rows("SELECT FROM raw_pages")) == 2
    assert len(await store.rows("SELECT FROM unified_crypto_data")) == 2


class _ArmsProxy(Market):
    """Arms the proxy once its second page is on its way."""

    arm: object

    def page(self, records: object, number: int = 0) -> RawPage:
        if number == 1:
            self.arm()  # type: ignore[operator]
        return super().page(records, number)  # type: ignore[arg-type]


async def test_a_connection_lost_in_the_middle_rolls_back_and_the_page_can_be_tried_again(
    store: InPostgres, caplog: pytest.LogCaptureFixture
) -> None:
    source = market([("btc", 0, "1")])
    page = source.page([("btc", 0, "1")])
    kill = "SELECT pg_terminate_backend(%s, 5000)"
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        await claim.prepare(page.received_at, source.parse(page).quotes)
        with pytest.raises(StoreAway):
            async with claim.page_transaction() as transaction:
                stored = await transaction.keep(page, coin_ids=["btc"], parser_version=1)
                backend = transaction._connection.info.backend_pid  # type: ignore[attr-defined]
                await store.rows(kill, backend)
                await transaction.write_quotes(stored, source.parse(page).quotes)

    assert await store.rows("SELECT FROM raw_pages") == []
    assert (await ingest(store, source, ManualClock())).counters.inserted == 1
    assert [each.message for each in caplog.records if each.name.startswith("sqlalchemy")] == []


async def test_pages_of_two_sources_are_written_side_by_side(store: InPostgres) -> None:
    sources = [
        Market(ManualClock(), [[(f"c{n}", 0, "1")] for n in range(9)], name=name) for name in ("coingecko", "csv")
    ]

    runs = await asyncio.gather(*(ingest(store, source, ManualClock()) for source in sources))

    assert [run.counters.inserted for run in runs] == [9, 9]
    assert await store.rows("SELECT source, version FROM checkpoints ORDER BY source") == [
        ("coingecko", 9),
        ("csv", 9),
    ]


async def test_who_listens_is_told_of_each_version(store: InPostgres) -> None:
    async with await store.database.session("crypto-listener") as session:
        await session.execute("LISTEN crypto")
        await ingest(store, market([("btc", 0, "1")], [("eth", 0, "1")]), ManualClock())
        await ingest(store, market([("btc", 0, "1")]), ManualClock())
        told = [notice.payload async for notice in session.notifies(timeout=0.5)]

    assert told == ["coingecko 1", "coingecko 2"]


async def test_a_read_only_database_refuses_to_ingest_and_says_why(database_url: str, store: InPostgres) -> None:
    name = make_url(database_url).database
    await store.rows(f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        with pytest.raises(StoreUnavailable, match="the database is read-only"):
            await ingest(InPostgres(database), market([("btc", 0, "1")]), ManualClock())
        await PostgresHealth(database).ping()


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("postgresql+psycopg://nobody@127.0.0.1:1/none", "the database cannot be reached"),
        ("postgresql+psycopg:///none?host=/nowhere", "the database cannot be reached"),
    ],
)
async def test_a_database_that_is_away_is_said_to_be(url: str, says: str) -> None:
    async with opened(Database(url, pool_size=1, application_name="crypto-test")) as database:
        with pytest.raises(StoreUnavailable, match=says):
            await ingest(InPostgres(database), market([("btc", 0, "1")]), ManualClock())
        with pytest.raises(StoreUnavailable):
            await PostgresHealth(database).ping()


async def test_a_database_that_is_not_migrated_is_told_apart(database_server: str) -> None:
    async with opened(Database(database_server, pool_size=1, application_name="crypto-test")) as database:
        with pytest.raises(StoreUnavailable, match="run `crypto db upgrade`"):
            await PostgresHealth(database).ping()
        with pytest.raises(StoreUnavailable, match="run `crypto db upgrade`"):
            await ingest(InPostgres(database), market([("btc", 0, "1")]), ManualClock())
