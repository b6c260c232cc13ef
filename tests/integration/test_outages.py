"""The database goes away under a run: it waits, takes its lock again and goes on; nothing is lost or doubled."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager

import psycopg
import pytest

from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection import timeouts as impatient
from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.ingest.source_lock import LOCK_CLASS, lock_key
from crypto.application.errors import FencedOff, SourceBusy, StoreUnavailable
from crypto.application.retries import OUTAGE_SECONDS
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.market import Market, minute
from tests.support.own_server import OwnServer, own_server
from tests.support.proxy import Proxy, proxied
from tests.support.runs import Witness, ingest, reprocess
from tests.support.stores import InPostgres

RUNS = "SELECT status, error, pages, received, inserted FROM runs ORDER BY run_id"
PAGES = "SELECT page_seq FROM raw_pages ORDER BY page_id"
END_LOCK_SESSIONS = """
    SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE 'crypto-ingest:%'
"""
CUT_OFF = """
    CREATE FUNCTION cut_off() RETURNS trigger LANGUAGE plpgsql AS $$
    BEGIN
        RAISE EXCEPTION 'gone for good' USING ERRCODE = 'connection_failure';
    END $$
"""
ON_LATEST = "CREATE TRIGGER cut_off BEFORE INSERT ON latest_crypto_data FOR EACH ROW EXECUTE FUNCTION cut_off()"
PATIENCE = 60.0


@pytest.fixture(scope="module")
def server() -> Iterator[OwnServer]:
    """One that these tests stop and start; each takes a source of its own."""
    with own_server() as started:
        yield started


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=4, application_name="crypto-test")) as database:
        yield InPostgres(database)


@asynccontextmanager
async def through(proxy: Proxy) -> AsyncIterator[InPostgres]:
    async with opened(Database(proxy.url, pool_size=2, application_name="crypto-proxied")) as database:
        yield InPostgres(database)


def three_pages(name: str = "coingecko") -> Market:
    """It stops before its second page until it is told to go on."""
    source = Market(
        SystemClock(), [[("btc", 0, "1")], [("eth", 0, "1")], [("sol", 0, "1")]], name=name, sweep_lifetime=None
    )
    source.held_at = 1
    return source


@pytest.mark.parametrize(("way", "name"), [("stop", "coingecko"), ("crash", "coinpaprika")])
async def test_a_run_goes_on_after_the_database_was_restarted(server: OwnServer, way: str, name: str) -> None:
    source, witness = three_pages(name), Witness()
    async with opened(Database(server.url, pool_size=2, application_name="crypto-test")) as database:
        store = InPostgres(database)
        task = asyncio.create_task(ingest(store, source, SystemClock(), witness))
        await source.waiting.wait()
        getattr(server, way)()
        source.go_on.set()
        while not witness.outages:  # noqa: ASYNC110 - a witness only remembers
            await asyncio.sleep(0.01)
        server.start()
        async with asyncio.timeout(PATIENCE):
            run = await task

        assert (run.status, run.error, run.counters.inserted) == (RunStatus.SUCCESS, None, 3)
        assert source.asked == [0, 1, 2]
        assert await store.rows("SELECT count(*) FROM raw_pages WHERE source = %s", name) == [(3,)]
        assert await store.rows("SELECT count(*) FROM runs WHERE source = %s", name) == [(1,)]


async def test_pages_are_read_again_to_the_end_although_the_database_was_restarted(server: OwnServer) -> None:
    source = Market(SystemClock(), [[(f"c{n}", 0, "1")] for n in range(9)], name="csv")
    async with opened(Database(server.url, pool_size=2, application_name="crypto-test")) as database:
        store = InPostgres(database)
        await ingest(store, source, SystemClock())
        witness = _RestartsAfter(server, pages=2)

        run = await reprocess(store, source, SystemClock(), witness)

    assert (run.status, run.counters.pages, run.counters.unchanged) == (RunStatus.SUCCESS, 9, 9)


class _RestartsAfter(Witness):
    """Restarts the server once so many pages are in."""

    def __init__(self, server: OwnServer, *, pages: int) -> None:
        super().__init__()
        self._server, self._number = server, pages

    def page_committed(self, *told: object) -> None:
        super().page_committed(*told)  # type: ignore[arg-type]
        if len(self.pages) == self._number:
            self._server.stop()
            self._server.start()


@pytest.mark.parametrize("where", ["cut_before_commit", "cut_after_commit"])
async def test_a_commit_is_looked_up_when_the_server_is_back_and_never_done_twice(
    database_url: str, store: InPostgres, where: str
) -> None:
    async with proxied(database_url) as proxy, through(proxy) as cut_off:
        source = three_pages()
        task = asyncio.create_task(ingest(cut_off, source, SystemClock()))
        await source.waiting.wait()
        proxy.refuses_after_cut = True
        setattr(proxy, where, True)
        source.go_on.set()
        while not proxy.refusing:  # noqa: ASYNC110 - a proxy only remembers
            await asyncio.sleep(0.01)
        await store.rows(END_LOCK_SESSIONS)
        await asyncio.sleep(1)
        assert not task.done()
        proxy.refusing = False
        async with asyncio.timeout(PATIENCE):
            run = await task

    assert proxy.cuts == 1
    assert (run.status, run.counters.pages, run.counters.inserted) == (RunStatus.SUCCESS, 3, 3)
    assert await store.rows(RUNS) == [("success", None, 3, 3, 3)]
    assert len(await store.rows(PAGES)) == 3


async def test_an_outage_is_waited_for_so_long_and_no_longer(database_url: str, store: InPostgres) -> None:
    clock = ManualClock()
    async with proxied(database_url) as proxy, through(proxy) as cut_off:
        source, witness = three_pages(), Witness()
        task = asyncio.create_task(ingest(cut_off, source, clock, witness))
        await source.waiting.wait()
        proxy.close()
        source.go_on.set()
        with pytest.raises(StoreUnavailable, match=r"cannot be reached .* it was waited for 60 s"):
            await task

    assert OUTAGE_SECONDS - 10 < sum(clock.slept) <= OUTAGE_SECONDS
    assert len(witness.outages) == 1
    assert await store.rows("SELECT status FROM runs") == [("running",)]
    source.held_at = None
    assert (await ingest(store, source, clock)).counters.inserted == 2
    assert await store.rows("SELECT status FROM runs ORDER BY run_id") == [("interrupted",), ("success",)]


async def test_an_outage_too_long_is_the_reason_of_the_failure(store: InPostgres) -> None:
    await store.rows(CUT_OFF)
    await store.rows(ON_LATEST)

    with pytest.raises(StoreUnavailable):
        await ingest(store, three_pages("csv"), ManualClock())

    ((status, error, *_),) = await store.rows(RUNS)
    assert status == "failure"
    assert error == "storage: the database connection was lost: gone for good; it was waited for 60 s"


async def test_a_run_whose_lock_is_lost_takes_it_again_and_goes_on(store: InPostgres) -> None:
    source = three_pages()
    task = asyncio.create_task(ingest(store, source, ManualClock()))
    await source.waiting.wait()
    await store.rows(END_LOCK_SESSIONS)
    source.held_at = 2
    source.waiting.clear()
    source.go_on.set()
    source.go_on = asyncio.Event()
    await source.waiting.wait()

    with pytest.raises(SourceBusy):
        async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST):
            pass

    source.go_on.set()
    assert (await task).status is RunStatus.SUCCESS
    assert await store.rows(RUNS) == [("success", None, 3, 3, 3)]


async def test_a_run_whose_lock_someone_else_holds_writes_nothing_more(store: InPostgres) -> None:
    """Also when the other one has not raised the epoch yet."""
    source = three_pages()
    task = asyncio.create_task(ingest(store, source, ManualClock()))
    await source.waiting.wait()
    await store.rows(END_LOCK_SESSIONS)
    async with await store.database.session("crypto-other") as other:
        await other.execute("SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, lock_key(Feed(source="coingecko"))])
        source.go_on.set()
        with pytest.raises(FencedOff, match="taken over"):
            await task

    assert len(await store.rows(PAGES)) == 1


async def test_a_lock_that_could_not_be_taken_again_is_not_taken_for_held(store: InPostgres) -> None:
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        await store.rows(END_LOCK_SESSIONS)
        async with await store.database.session("crypto-other") as other:
            await other.execute(
                "SELECT pg_advisory_lock(%s, %s)", [LOCK_CLASS, lock_key(Feed(source="coingecko"))]
            )
            for _ in range(2):
                with pytest.raises(FencedOff):
                    await claim.prepare(minute(0), [])


async def test_a_session_that_the_server_still_believes_in_does_not_keep_its_own_run_out(
    database_url: str, store: InPostgres
) -> None:
    async with proxied(database_url) as proxy, through(proxy) as cut_off:
        source = three_pages()
        task = asyncio.create_task(ingest(cut_off, source, ManualClock()))
        await source.waiting.wait()
        proxy.hides_ends = True
        proxy.cut_clients()
        source.go_on.set()
        run = await task

    assert run.status is RunStatus.SUCCESS
    assert await store.rows(RUNS) == [("success", None, 3, 3, 3)]


async def test_a_failover_that_lost_pages_ends_the_run_and_the_next_asks_for_them_again(store: InPostgres) -> None:
    source = three_pages()
    task = asyncio.create_task(ingest(store, source, ManualClock()))
    await source.waiting.wait()
    await store.rows("UPDATE runs SET pages = 0")
    await store.rows("UPDATE checkpoints SET cursor = '{}', page_seq = 0")
    await store.rows(END_LOCK_SESSIONS)
    source.go_on.set()

    with pytest.raises(StoreUnavailable, match=r"went back to an earlier state: it has 0 of this run's 1 pages"):
        await task

    source.held_at = None
    assert (await ingest(store, source, ManualClock())).status is RunStatus.SUCCESS
    assert source.asked == [0, 1, 0, 1, 2]


async def test_a_stalled_database_is_waited_for_and_its_connections_are_thrown_away(
    database_url: str, store: InPostgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impatient, "WAIT_SECONDS", 0.5)
    async with proxied(database_url) as proxy, through(proxy) as cut_off:
        source, witness = three_pages(), Witness()
        task = asyncio.create_task(ingest(cut_off, source, SystemClock(), witness))
        await source.waiting.wait()
        proxy.stalled = True
        source.go_on.set()
        while not witness.outages:  # noqa: ASYNC110 - a witness only remembers
            await asyncio.sleep(0.01)
        proxy.stalled = False
        async with asyncio.timeout(PATIENCE):
            run = await task

    assert run.status is RunStatus.SUCCESS
    assert await store.rows(RUNS) == [("success", None, 3, 3, 3)]


async def test_an_answer_that_never_comes_is_given_up_and_its_connection_closed(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(impatient, "WAIT_SECONDS", 0.5)
    async with proxied(database_url) as proxy, through(proxy) as cut_off:
        session = await cut_off.database.session("crypto-test")
        proxy.stalled = True
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(psycopg.OperationalError, match="did not answer within"):
                await session.execute("SELECT 1")

    assert session.closed
