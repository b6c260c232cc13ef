"""However a run ends, its end is told: the database failing under it, cancelled at a bad moment, left alone."""

import asyncio
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import pytest
from msgspec.structs import replace
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.database import READING, Database, opened
from crypto.application.errors import StoreUnavailable
from crypto.domain.feed import Feed
from crypto.domain.market_data import QuoteFilter, Window
from crypto.domain.page import RawPage
from crypto.domain.quote import Quote
from crypto.domain.run import RunKind
from tests.support.clock import ManualClock
from tests.support.market import Market
from tests.support.proxy import proxied
from tests.support.runs import ingest, reprocess
from tests.support.stores import InPostgres

RUNS = "SELECT status, error, pages FROM runs ORDER BY run_id"
FULL_DISK = """
    CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        IF (SELECT sum(pages) FROM runs) >= 1 THEN
            RAISE EXCEPTION 'no space left on device' USING ERRCODE = 'disk_full';
        END IF;
        RETURN NEW;
    END $$
"""
ON_LATEST = (
    "CREATE TRIGGER full_disk BEFORE INSERT ON latest_crypto_data FOR EACH ROW EXECUTE FUNCTION full_disk()"
)


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=4, application_name="crypto-test")) as database:
        yield InPostgres(database)


def two_pages() -> Market:
    return Market(ManualClock(), [[("btc", 0, "1")], [("eth", 0, "1")]], name="coingecko")


async def test_a_full_disk_fails_the_run_with_its_reason_and_the_next_goes_on(store: InPostgres) -> None:
    await store.rows(FULL_DISK)
    await store.rows(ON_LATEST)
    source = two_pages()

    with pytest.raises(StoreUnavailable, match="disk is full"):
        await ingest(store, source, ManualClock())

    ((status, error, pages),) = await store.rows(RUNS)
    assert (status, pages) == ("failure", 1)
    assert error.startswith("storage: the database's disk is full")
    await store.rows("DROP TRIGGER full_disk ON latest_crypto_data")
    assert (await ingest(store, source, ManualClock())).counters.inserted == 1
    assert source.asked == [0, 1, 1]


async def test_a_run_cancelled_while_its_end_is_written_has_ended(store: InPostgres) -> None:
    source = Market(ManualClock(), [[("btc", 0, "1")]], name="coingecko", lists_every_coin=False)
    source.held_at = 1
    task = asyncio.create_task(ingest(store, source, ManualClock()))
    await source.waiting.wait()
    async with store.database.driver_connection() as in_the_way:
        await in_the_way.execute("SELECT FROM checkpoints FOR UPDATE")
        source.go_on.set()
        while not await store.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - the server knows
            await asyncio.sleep(0.01)
        task.cancel()
        await in_the_way.rollback()
        await asyncio.wait({task})

    assert task.cancelled()
    assert await store.rows(RUNS) == [("success", None, 1)]


async def test_a_cancelled_run_ends_cancelled_even_when_the_database_is_away(database_url: str) -> None:
    async with (
        proxied(database_url) as proxy,
        opened(Database(proxy.url, pool_size=2, application_name="crypto-proxied")) as database,
    ):
        source = two_pages()
        source.held_at = 1
        task = asyncio.create_task(ingest(InPostgres(database), source, ManualClock()))
        await source.waiting.wait()
        proxy.close()
        task.cancel()
        await asyncio.wait({task}, timeout=30)

    assert task.cancelled()


async def test_a_run_that_follows_at_once_is_not_refused(store: InPostgres) -> None:
    for _ in range(100):
        async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST):
            pass


async def test_a_database_that_swallows_everything_is_not_waited_for(database_url: str) -> None:
    async with (
        proxied(database_url) as proxy,
        opened(Database(proxy.url, pool_size=2, application_name="crypto-stalled", limits=READING)) as database,
    ):
        reader = InPostgres(database).reader
        await reader.find(QuoteFilter(), Window(limit=1))
        proxy.stalled = True
        with pytest.raises(StoreUnavailable):
            await asyncio.wait_for(reader.find(QuoteFilter(), Window(limit=1)), 25)


class AtFold(Market):
    """Quotes of the hour that clocks go through twice in autumn."""

    def _quote(self, page: RawPage, position: int, coin: str, minutes: int, price: str | None) -> Quote:
        quote = super()._quote(page, position, coin, -40_000, price)
        return replace(quote, observed_at=datetime(2026, 10, 25, 0, minutes, tzinfo=UTC))


async def test_a_server_in_another_time_zone_changes_nothing(database_url: str, store: InPostgres) -> None:
    await store.rows(f"ALTER DATABASE \"{make_url(database_url).database}\" SET timezone = 'Europe/Berlin'")
    clock = ManualClock(datetime(2026, 10, 25, 1, 0, tzinfo=UTC))
    source = AtFold(clock, [[("btc", 5, "1"), ("eth", 30, "1")]], name="coingecko")
    async with opened(Database(database_url, pool_size=2, application_name="crypto-test")) as database:
        in_berlin = InPostgres(database)
        await ingest(in_berlin, source, clock)
        before = await in_berlin.contents()

        run = await reprocess(in_berlin, source, clock)

        assert (run.counters.unchanged, run.counters.withdrawn) == (2, 0)
        assert await in_berlin.contents() == before
