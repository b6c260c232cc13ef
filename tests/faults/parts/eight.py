"""Eight processes that share one budget, as the provider sees them.

By hand: `python -m tests.faults.parts.eight --seconds 150`. The exit code is 1 when a minute saw more than 1 % too
many.
"""

import argparse
import asyncio
import os
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from crypto.adapters.fetch.client import PoliteClient
from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.ingest.request_budget import PostgresRequestBudget
from crypto.adapters.sources.coingecko import Options
from crypto.application.errors import SourceRateLimited
from crypto.application.ingest.retrying_budget import RetryingBudget
from crypto.application.ports.ledger import unheard
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.database import fresh_database, migrated_template, test_server
from tests.support.provider import Provider
from tests.support.provider_plan import in_window

PROCESSES = 8
SECONDS = 150
PAUSE = 0.02
PER_MINUTE = 200
OVERSHOOT = 0.01

MINUTE, SECOND = timedelta(minutes=1), timedelta(seconds=1)


class Seen(Struct, frozen=True, kw_only=True):
    """What the provider saw: requests in all, and the most in any minute and any second."""

    requests: int
    processes: int
    most_in_a_minute: int
    most_in_a_second: int

    @property
    def overshoot(self) -> float:
        """By which share the fullest minute exceeds what is allowed."""
        return max(0.0, self.most_in_a_minute / PER_MINUTE - 1)


async def watch(database_url: str, *, seconds: float) -> Seen:
    """Let them ask as fast as they may for so long, then kill them."""
    async with Provider(coins=1) as provider:
        processes = [await _start(database_url, provider.base_url("coingecko")) for _ in range(PROCESSES)]
        try:
            await asyncio.gather(*(_ready(each) for each in processes))
            for each in processes:
                _go(each)
            await asyncio.sleep(seconds)
            codes = [each.returncode for each in processes]
        finally:
            for each in processes:
                if each.returncode is None:
                    each.kill()
                await each.wait()
    assert codes == [None] * PROCESSES, "a process ended by itself"
    calls = [datetime.fromtimestamp(request.at, UTC) for request in provider.requests]
    return Seen(
        requests=len(calls),
        processes=len({request.params["process"] for request in provider.requests}),
        most_in_a_minute=max(in_window(calls, end, MINUTE) for end in calls),
        most_in_a_second=max(in_window(calls, end, SECOND) for end in calls),
    )


async def _start(database_url: str, base_url: str) -> Process:
    return await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "tests.faults.parts.eight", "--as-one-of-them", database_url, base_url),
        stdin=PIPE,
        stdout=PIPE,
    )


async def _ready(process: Process) -> None:
    assert process.stdout is not None
    assert await process.stdout.readline() == b"ready\n"


def _go(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write(b"go\n")


async def _ask(database_url: str, base_url: str) -> None:
    """One of them: asks for ever; when it is told to come back later, it does so after a while."""
    clock = SystemClock()
    options = Options(base_url=base_url, pause=PAUSE, per_minute=PER_MINUTE)
    async with opened(Database(database_url, pool_size=1, application_name="crypto-test")) as database:
        budget = RetryingBudget(PostgresRequestBudget(database), clock=SystemClock(), hear=unheard)
        client = PoliteClient("coingecko", options, clock=clock, budget=budget, key_header={})
        async with client.session() as session:
            print("ready", flush=True)
            await asyncio.to_thread(sys.stdin.readline)
            while True:
                try:
                    await session.get_list("/coins/markets", {"process": str(os.getpid())})
                except SourceRateLimited:
                    await clock.sleep(1)


def seen_at_home(seconds: float) -> Seen:
    """What the provider saw in so many seconds, over a database server of its own."""
    with test_server() as server, migrated_template(server) as name, fresh_database(server, template=name) as url:
        return asyncio.run(watch(url, seconds=seconds))


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier; nothing in it is random."""
    seen = seen_at_home(scaled(SECONDS, scale, least=12))
    too_many = f"{seen.most_in_a_minute} requests in a minute that may have {PER_MINUTE}"
    return PartResult(
        rounds=seen.requests,
        checked=f"the fullest minute of what {PROCESSES} processes asked together",
        figures={"most in a minute": seen.most_in_a_minute, "most in a second": seen.most_in_a_second},
        failures=(too_many,) if seen.overshoot > OVERSHOOT else (),
    )


GOAL = "8 processes that share one budget ask at most 1 % more than one may, in any minute"
PARTS = (Part(name="eight", rows="budget", goal=GOAL, run=run),)


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what was seen; 1 when it was too much."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.parts.eight", description=__doc__)
    parser.add_argument("--seconds", type=float, default=SECONDS)
    parser.add_argument("--as-one-of-them", nargs=2, metavar=("DATABASE", "BASE_URL"), help=argparse.SUPPRESS)
    given = parser.parse_args(arguments)
    if given.as_one_of_them:
        asyncio.run(_ask(*given.as_one_of_them))
    seen = seen_at_home(given.seconds)
    print(seen)
    return 1 if seen.overshoot > OVERSHOOT else 0


if __name__ == "__main__":
    sys.exit(main())
