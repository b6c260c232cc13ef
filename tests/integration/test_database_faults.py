"""A database that is full, read-only, crowded or deadlocked, and holders that die in the middle of a statement."""

import asyncio
import json
import os
import re
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path

import httpx
import psycopg
import pytest
from sqlalchemy.engine import make_url

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.connection.url import conninfo
from crypto.application.errors import StoreUnavailable
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.commands import crypto, ended, free_port, line_with, running
from tests.support.market import Market
from tests.support.own_server import OwnServer, own_server
from tests.support.proxy import Proxy, proxied
from tests.support.runs import Witness, ingest
from tests.support.stores import InPostgres

SLOW = """
    CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_sleep(11); RETURN NEW; END $$
"""
ON_LATEST = "CREATE TRIGGER slow BEFORE INSERT ON latest_crypto_data FOR EACH STATEMENT EXECUTE FUNCTION slow()"
IN_FLIGHT = "SELECT 1 FROM pg_stat_activity WHERE wait_event = 'PgSleep' AND state = 'active'"
PRICES = (
    "coin_id,name,symbol,price_usd,market_cap,volume_24h,last_updated\nbtc,Bitcoin,BTC,1,,,2026-01-02T03:04:05Z\n"
)
ROOM = 24
"""MiB of the file system that is filled."""


@pytest.fixture
async def store(database_url: str) -> AsyncIterator[InPostgres]:
    async with opened(Database(database_url, pool_size=4, application_name="crypto-test")) as database:
        yield InPostgres(database)


@pytest.fixture
def settings(database_url: str, tmp_path: Path) -> dict[str, str]:
    """One source, a file with one quote."""
    (tmp_path / "prices.csv").write_text(PRICES)
    return {"DATABASE_URL": database_url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv"}


async def test_a_process_killed_in_the_middle_of_a_statement_keeps_nobody_waiting(
    store: InPostgres, settings: dict[str, str], tmp_path: Path
) -> None:
    name = make_url(settings["DATABASE_URL"]).database
    await store.rows(f'ALTER DATABASE "{name}" SET client_connection_check_interval = 0')
    await store.rows(SLOW)
    await store.rows(ON_LATEST)
    async with running("ingest", folder=tmp_path, settings=settings) as process:
        while not await store.rows(IN_FLIGHT):  # noqa: ASYNC110 - another process: the server knows
            await asyncio.sleep(0.02)
        process.kill()
        await ended(process)

    async with asyncio.timeout(5), store.ledger.claim(Feed(source="csv"), kind=RunKind.INGEST) as claim:
        assert claim.run.epoch == 2

    assert await store.rows(IN_FLIGHT) == []


@contextmanager
def small_disk(server: OwnServer) -> Iterator[Path]:
    """A file system of a few MiB where the server may write."""
    place = server.data.parent / "small"
    place.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}m", "crypto-test", str(place)]
    if subprocess.run(mount, check=False).returncode:
        pytest.skip("mounting a small file system is not permitted here")
    try:
        folder = place / "tablespace"
        folder.mkdir()
        os.chown(folder, server.data.stat().st_uid, server.data.stat().st_gid)
        yield place
    finally:
        server.stop()
        subprocess.run(["umount", str(place)], check=True)


async def test_a_disk_that_is_really_full_fails_the_run_and_the_next_goes_on_when_there_is_room() -> None:
    with own_server() as server, small_disk(server) as place:
        async with opened(Database(server.url, pool_size=4, application_name="crypto-test")) as database:
            store = InPostgres(database)
            _execute(server.url, f"CREATE TABLESPACE small LOCATION '{place}/tablespace'")
            _execute(server.url, "ALTER TABLE latest_crypto_data SET TABLESPACE small")
            source = Market(
                ManualClock(), [[("btc", 0, "1")], [(f"c{n}", 0, "1") for n in range(5000)]], name="csv"
            )
            source.held_at = 1
            task = asyncio.create_task(ingest(store, source, ManualClock()))
            await source.waiting.wait()
            _fill(place / "ballast")
            source.go_on.set()

            with pytest.raises(StoreUnavailable, match="the database's disk is full"):
                await task

            ((status, error, pages),) = await store.rows("SELECT status, error, pages FROM runs")
            assert (status, pages) == ("failure", 1)
            assert error.startswith("storage: the database's disk is full; free some space")
            assert len((await store.contents())["unified"]) == 1
            (place / "ballast").unlink()
            run = await ingest(store, source, ManualClock())
            assert (run.status, run.counters.inserted) == (RunStatus.SUCCESS, 5000)
            assert source.asked == [0, 1, 1]


def _fill(path: Path) -> None:
    with suppress(OSError), path.open("wb", buffering=0) as file:
        while True:
            file.write(b"x" * 4096)


def _execute(url: str, statement: str) -> None:
    writable = "-c default_transaction_read_only=off"
    with psycopg.connect(conninfo(url), autocommit=True, options=writable) as connection:
        connection.execute(statement)


async def test_a_read_only_database_is_refused_with_its_reason_and_read_as_before(
    store: InPostgres, settings: dict[str, str], tmp_path: Path
) -> None:
    assert (await crypto("ingest", folder=tmp_path, settings=settings)).code == 0
    name = make_url(settings["DATABASE_URL"]).database
    _execute(settings["DATABASE_URL"], f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')

    refused = await crypto("ingest", "--json", folder=tmp_path, settings=settings)
    served = settings | {"PORT": str(free_port())}
    async with running("serve", folder=tmp_path, settings=served) as process, asyncio.timeout(30):
        await line_with(process, "Serving")
        data = await _until_answered(f"http://127.0.0.1:{served['PORT']}/api/v1/data")

    assert refused.code == 69
    assert json.loads(refused.out)["data"][0]["error"] == (
        "the database is read-only; point CRYPTO_DATABASE_URL at the primary"
    )
    assert (data.status_code, data.json()["total"]) == (200, 1)
    _execute(settings["DATABASE_URL"], f'ALTER DATABASE "{name}" RESET default_transaction_read_only')
    assert (await crypto("ingest", folder=tmp_path, settings=settings)).code == 0


async def _until_answered(url: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx.TransportError):
                return await client.get(url)
            await asyncio.sleep(0.05)  # another process: it can only be asked


@pytest.fixture(scope="module")
def crowded_server() -> Iterator[OwnServer]:
    """One with room for ten."""
    with own_server(max_connections="10", superuser_reserved_connections="0") as server:
        yield server


def _crowd(url: str, crowd: ExitStack) -> None:
    """Take every place that is left."""
    with pytest.raises(psycopg.OperationalError, match="too many clients"):
        while True:
            crowd.enter_context(psycopg.connect(conninfo(url)))


async def test_an_ingest_waits_for_a_place_where_there_are_too_many_connections(
    crowded_server: OwnServer, settings: dict[str, str], tmp_path: Path
) -> None:
    there = settings | {"DATABASE_URL": crowded_server.url}
    with ExitStack() as crowd:
        _crowd(crowded_server.url, crowd)
        async with running("ingest", folder=tmp_path, settings=there) as process, asyncio.timeout(60):
            waiting = await line_with(process, "waiting up to 10 s for the database")
            crowd.close()
            done = await ended(process)

    assert "too many clients" in waiting
    assert done.code == 0, done.err


async def test_a_run_that_finds_no_place_for_its_pages_waits_for_one(crowded_server: OwnServer) -> None:
    witness = _MakesRoom()
    source = Market(ManualClock(), [[("btc", 0, "1")]], name="coingecko")
    async with opened(Database(crowded_server.url, pool_size=2, application_name="crypto-test")) as database:
        store = InPostgres(database)
        with witness.crowd:
            async with store.ledger.claim(Feed(source="coinpaprika"), kind=RunKind.INGEST):
                _crowd(crowded_server.url, witness.crowd)
            run = await ingest(store, source, ManualClock(), witness)

    assert run.status is RunStatus.SUCCESS
    assert "too many clients" in str(witness.outages[0])


class _MakesRoom(Witness):
    """Sends the crowd away when it hears that a run waits."""

    def __init__(self) -> None:
        super().__init__()
        self.crowd = ExitStack()

    def database_away(self, *told: object) -> None:
        super().database_away(*told)  # type: ignore[arg-type]
        self.crowd.close()


async def test_a_command_that_finds_no_place_in_time_says_so(
    crowded_server: OwnServer, settings: dict[str, str], tmp_path: Path
) -> None:
    with ExitStack() as crowd:
        _crowd(crowded_server.url, crowd)
        done = await crypto("stats", folder=tmp_path, settings=settings | {"DATABASE_URL": crowded_server.url})
    assert done.code == 69
    assert re.search("crypto: the database takes no connection now: .*too many clients", done.err)


async def test_a_server_with_no_room_for_a_session_is_told_as_a_full_disk(
    settings: dict[str, str], tmp_path: Path
) -> None:
    async with proxied(settings["DATABASE_URL"]) as proxy:
        proxy.refusing, proxy.last_words = True, "could not write init file: No space left on device"
        there = settings | {"DATABASE_URL": proxy.url}
        for command in ("ingest", "stats"):
            done = await crypto(command, folder=tmp_path, settings=there)
            assert done.code == 69
            assert "the database's disk is full; free some space and start again" in done.err


async def test_a_server_that_still_starts_is_waited_for(settings: dict[str, str], tmp_path: Path) -> None:
    async with proxied(settings["DATABASE_URL"]) as proxy, asyncio.timeout(60):
        proxy.refusing, proxy.last_words = True, "the database system is starting up"
        async with running("ingest", folder=tmp_path, settings=settings | {"DATABASE_URL": proxy.url}) as process:
            waiting = await line_with(process, "waiting up to 10 s for the database")
            proxy.refusing = False
            done = await ended(process)

    assert "the database system is starting up" in waiting
    assert done.code == 0, done.err


async def test_a_refusal_in_words_that_nobody_knows_is_told_at_once_and_waited_for_in_a_run(
    settings: dict[str, str], tmp_path: Path
) -> None:
    clock = ManualClock()
    async with (
        proxied(settings["DATABASE_URL"]) as proxy,
        opened(Database(proxy.url, pool_size=2, application_name="crypto-test")) as database,
    ):
        witness = _LetsIn(proxy)
        source = Market(clock, [[("btc", 0, "1")]], name="coingecko")
        source.held_at = 0
        task = asyncio.create_task(ingest(InPostgres(database), source, clock, witness))
        await source.waiting.wait()
        proxy.refusing, proxy.last_words = True, "das Datenbanksystem startet"
        told = await crypto("stats", folder=tmp_path, settings=settings | {"DATABASE_URL": proxy.url})
        source.go_on.set()
        run = await task

    assert told.code == 69
    assert "das Datenbanksystem startet" in told.err
    assert "waiting" not in told.err
    assert "das Datenbanksystem startet" in str(witness.outages[0])
    assert run.status is RunStatus.SUCCESS


class _LetsIn(Witness):
    """Makes the proxy let in again when it hears that a run waits."""

    def __init__(self, proxy: Proxy) -> None:
        super().__init__()
        self._proxy = proxy

    def database_away(self, *told: object) -> None:
        super().database_away(*told)  # type: ignore[arg-type]
        self._proxy.refusing = False


async def test_a_page_in_a_deadlock_is_written_again(store: InPostgres) -> None:
    """Both hold what the other wants next: the page the checkpoint, the other session a coin."""
    clock = ManualClock()
    await ingest(store, Market(clock, [[("btc", 0, "1")]], name="coingecko"), clock)
    source = Market(clock, [[("btc", 1, "2")]], name="coingecko")
    async with store.database.driver_connection(30) as other:
        await other.execute("SET deadlock_timeout = '30s'")  # so that the page is the one that is given up
        await other.execute("SELECT FROM latest_crypto_data WHERE coin_id = 'btc' FOR UPDATE")
        task = asyncio.create_task(ingest(store, source, clock))
        while not await store.rows("SELECT 1 FROM pg_locks WHERE NOT granted"):  # noqa: ASYNC110 - the server knows
            await asyncio.sleep(0.01)
        await other.execute("SELECT FROM checkpoints FOR UPDATE")
        await other.rollback()
        run = await task

    assert (run.status, run.counters.inserted) == (RunStatus.SUCCESS, 1)
    ((deadlocks,),) = await store.rows("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()")
    assert deadlocks >= 1  # again when the page's next attempt takes the checkpoint before the other has woken
    assert len(await store.rows("SELECT FROM raw_pages")) == 2
