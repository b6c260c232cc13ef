"""SIGTERM while the API is asked: it says first that it goes, answers all that it was asked, then goes."""

import asyncio
import signal
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path

from tests.faults.tiers.figures import percentile
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.faults.upstream.api_server import fill, serving, status_of
from tests.support.database import short_folder
from tests.support.http_load import Fate, HttpLoad, asking
from tests.support.own_server import own_server

ROUNDS = 100
DRAIN_SECONDS = 1.0
LOOK_EVERY = 0.05
LONGEST_END = 10.0
READY = "/api/v1/health/ready"
TERMINATED = 128 + signal.SIGTERM


class Balancer:
    """Looks again and again whether a process is ready, as who spreads requests over several does."""

    def __init__(self, port: int) -> None:
        self.first_sign: int | None = None
        self._is_ready = True
        self._port = port

    def ready(self) -> bool:
        """Whether it may be sent requests."""
        return self._is_ready

    async def watch(self) -> None:
        """Until it is not ready."""
        while self._is_ready:
            status = await status_of(self._port, READY)
            if status != 200:
                self._is_ready, self.first_sign = False, status
            await asyncio.sleep(LOOK_EVERY)


class Drains:
    """Processes that are told to end; what clients behind a balancer met, and those who heed nothing."""

    def __init__(self) -> None:
        self.rounds = 0
        self.behind: Counter[Fate] = Counter()
        self.heedless: Counter[Fate] = Counter()
        self.ends: list[float] = []
        self.failures: list[str] = []

    async def play(self, rounds: int, *, folder: Path, settings: Mapping[str, str]) -> None:
        """So many processes, one after another."""
        for _ in range(rounds):
            await self._one(folder, settings)
            self.rounds += 1

    async def _one(self, folder: Path, settings: Mapping[str, str]) -> None:
        async with serving(folder, {**settings, "DRAIN_SECONDS": str(DRAIN_SECONDS)}) as (process, port):
            balancer = Balancer(port)
            heed = balancer.ready
            behind = [
                HttpLoad(port, "/api/v1/data?page_size=50", clients=4, may_ask=heed),
                HttpLoad(
                    port, f"/api/v1/data?page_size={self.rounds % 50 + 1}", clients=3, renews=True, may_ask=heed
                ),
            ]
            heedless = HttpLoad(port, "/api/v1/coins", clients=2)
            async with asking(*behind, heedless), asyncio.timeout(LONGEST_END * 2):
                watching = asyncio.create_task(balancer.watch())
                await asyncio.sleep(0.2)
                process.send_signal(signal.SIGTERM)
                told = time.monotonic()
                code = await process.wait()
                self.ends.append(time.monotonic() - told)
                await watching
        for each in behind:
            self.behind += each.fates
        self.heedless += heedless.fates
        self._judge(code, balancer, behind, heedless)

    def _judge(self, code: int, balancer: Balancer, behind: list[HttpLoad], heedless: HttpLoad) -> None:
        where = f"round {self.rounds}"
        if code != TERMINATED:
            self.failures.append(f"{where}: it ended with {code}")
        if balancer.first_sign != 503:
            self.failures.append(f"{where}: readiness was not 503 first, it was {balancer.first_sign}")
        for each in behind:
            if set(each.fates) - {Fate.WHOLE}:
                self.failures.append(f"{where}: behind a balancer: {dict(each.fates)}")
        if heedless.fates[Fate.CUT] or heedless.fates[Fate.SHUT_KEPT]:
            self.failures.append(f"{where}: who heeds nothing: {dict(heedless.fates)}")
        if {status for each in (*behind, heedless) for status in each.statuses} - {200}:
            self.failures.append(f"{where}: not only 200")


async def play(rounds: int) -> PartResult:
    """So many processes under load, each told to end."""
    drains = Drains()
    with own_server() as server, short_folder() as folder:
        await drains.play(rounds, folder=folder, settings=await fill(folder, server.url))
    return PartResult(
        rounds=drains.rounds,
        checked="every answer to its last byte, readiness before, the exit code",
        figures={
            **{f"behind a balancer: {fate}": count for fate, count in drains.behind.items()},
            **{f"heedless: {fate}": count for fate, count in drains.heedless.items()},
            "ended s p99": percentile(drains.ends, 0.99),
        },
        failures=tuple(drains.failures),
    )


def run(scale: float, _seed: int) -> PartResult:
    """The part of the full tier."""
    return asyncio.run(play(scaled(ROUNDS, scale, least=2)))


GOAL = "100 SIGTERM under load: readiness 503 first, 0 answers cut or refused behind a balancer, exit 143"
PARTS = (Part(name="drains", rows="35", goal=GOAL, run=run),)
