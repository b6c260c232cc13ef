"""Every request, connection, statement and COMMIT of a small ingest fails once, and nothing is lost by it."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from typing import get_args

import pytest

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.application.errors import CryptoError
from crypto.domain.run import RunStatus
from tests.faults.killer.nth import NthFails, When
from tests.faults.killer.seams import watching
from tests.faults.oracle import oracle, stored
from tests.faults.upstream.upstream import Upstream
from tests.support.clock import ManualClock
from tests.support.provider_sources import source_at
from tests.support.runs import ingest
from tests.support.stores import InPostgres

LOCKS = """
    SELECT count(*)
      FROM pg_locks
     WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""
LEAST = 20
"""A run that does fewer things than this is none."""


class SmallIngest:
    """Two pages of two coins, again and again, into one database."""

    def __init__(self, upstream: Upstream, database: Database) -> None:
        self.upstream = upstream
        self.store = InPostgres(database)

    async def run(self) -> RunStatus:
        clock = ManualClock(datetime.now(UTC))
        source = source_at(self.upstream, "coingecko", clock, pages=2)
        return (await ingest(self.store, source, clock)).status

    async def fails(self, number: int, when: When) -> tuple[NthFails, RunStatus | None]:
        """A run whose n-th step fails, and how it ended; None when it never began, or could not be ended."""
        failing, status = NthFails(number, when), None
        with watching(failing), suppress(CryptoError):
            status = await self.run()
        return failing, status

    async def unlocked(self) -> None:
        """Wait until the server has noticed that a session is gone."""
        while await self.store.rows(LOCKS) != [(0,)]:  # noqa: ASYNC110 - the server tells nobody
            await asyncio.sleep(0.005)


@pytest.mark.parametrize(
    "when", [pytest.param(each, marks=[pytest.mark.long] if each == "before" else []) for each in get_args(When)]
)
async def test_whatever_fails_the_next_run_makes_good(database_url: str, when: When) -> None:
    failed: list[str] = []
    pool = Database(database_url, pool_size=2, application_name="crypto-test")
    async with Upstream(pages=2, per_page=2) as upstream, opened(pool) as database:
        small = SmallIngest(upstream, database)
        while True:
            failing, status = await small.fails(len(failed) + 1, when)
            if failing.at is None:
                break
            if "commit" in failed:  # the first one is the claim's: a run that has begun outlives a lost connection
                assert status is RunStatus.SUCCESS, f"{when} {failing.at}"
            failed.append(failing.at.kind)
            await small.unlocked()
            assert await small.run() is RunStatus.SUCCESS, f"after {when} {failing.at}"
            assert oracle.complaints(stored.read(database_url), upstream.log) == [], f"after {when} {failing.at}"
            upstream.market.move(0.5)
            upstream.market.restate(0.3)
    assert len(failed) > LEAST
    assert {"request", "connect", "statement", "commit"} <= set(failed)
