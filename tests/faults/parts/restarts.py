"""The database restarts, fast and immediately, while sources are ingested and the API is read."""

import asyncio
import socket
import time
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from pathlib import Path

from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.embedded.bring_up import find_cluster
from crypto.adapters.postgres.embedded.cluster import Cluster
from crypto.adapters.postgres.embedded.command import run as run_tool
from tests.faults.killer.children import Child, Stuck, started_children
from tests.faults.killer.house import Game, House
from tests.faults.killer.waiting import until
from tests.faults.tiers.figures import percentile
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.faults.upstream.loadcheck import LoadCheck
from tests.support.commands import free_port, line_with, running
from tests.support.database import UNSAFE_BUT_QUICK, migrated_template, short_folder

ROUNDS = 100
MODES = ("fast", "immediate")
PER_SECOND = 50.0
SLOWEST_RECOVERY = 5.0
"""Seconds from the server taking connections to the first 200."""


class Restarts:
    """One game of restarts; `recoveries` in seconds."""

    def __init__(self, game: Game, cluster: Cluster, load: LoadCheck) -> None:
        self.rounds = 0
        self.recoveries: list[float] = []
        self.codes: Counter[str] = Counter()
        self.failures: list[str] = []
        self._game = game
        self._cluster = cluster
        self._load = load

    async def play(self, rounds: int) -> None:
        child = self._game.start()
        for number in range(rounds):
            child = await self._living(child)
            await asyncio.sleep(self._game.chance.uniform(0.2, 0.6))
            await self._restart(MODES[number % 2])
            self.rounds += 1
        self._judge(await child.wait(), child)
        for each in (*await self._game.finish(), *self._game.complaints()):
            self._fail(each)

    async def _living(self, child: Child) -> Child:
        """The run, or the next one when it has ended."""
        if child.code is None:
            return child
        self._judge(child.code, child)
        self._game.upstream.market.move(0.3)
        return self._game.start()

    def _judge(self, code: int, child: Child) -> None:
        self.codes[str(code)] += 1
        if code:
            self._fail(f"a restart ended a run with {code}: {child.said.strip()[-300:]}")

    async def _restart(self, mode: str) -> None:
        cluster = self._cluster
        stop: list[str | Path] = [
            cluster.binaries.program("pg_ctl"),
            "-D",
            cluster.data,
            "-w",
            "-t",
            "60",
            "-m",
            mode,
            "stop",
        ]
        await _in_thread(run_tool, stop, cluster.account)
        await _in_thread(cluster.start)
        started, self._load.recovered_at = time.monotonic(), None
        try:
            async with asyncio.timeout(SLOWEST_RECOVERY):
                await until(lambda: self._load.recovered_at is not None)
        except TimeoutError:
            self._fail(f"no 200 within {SLOWEST_RECOVERY} s of a start after -m {mode}")
            return
        self.recoveries.append(time.monotonic() - started)

    def _fail(self, text: str) -> None:
        self.failures.append(f"{text} (seed {self._game.seed})")


async def _in_thread(work: Callable[..., object], *arguments: object) -> None:
    """Do it to its end, even when we are cancelled: no server starts while its files are removed."""
    working = asyncio.ensure_future(asyncio.to_thread(work, *arguments))
    try:
        await asyncio.shield(working)
    finally:
        await asyncio.wait({working})


async def play(seed: int, rounds: int) -> PartResult:
    """So many restarts of a server of its own, fast and immediate in turn."""
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(short_folder())
        url = stack.enter_context(EmbeddedServer(folder / "server", settings=UNSAFE_BUT_QUICK))
        template = stack.enter_context(migrated_template(url))
        children = await stack.enter_async_context(started_children(folder))
        house = House(server=url, template=template, children=children, folder=folder)
        game = await stack.enter_async_context(house.game(seed, pages=40))
        game.upstream.latency = 0.03
        api = await _serve(stack, game, folder)
        load = LoadCheck(api, per_second=PER_SECOND)
        cluster, _ = find_cluster(folder / "server", bin_dir=None, user=None, settings=UNSAFE_BUT_QUICK)
        restarts = Restarts(game, cluster, load)
        await _under_load(load, restarts, rounds)
        return _result(restarts, load)


async def _serve(stack: AsyncExitStack, game: Game, folder: Path) -> str:
    """The API over the game's database, in a process of its own; its address once it listens."""
    port = free_port()
    settings = {**game.settings("coingecko"), "PORT": str(port)}
    process = await stack.enter_async_context(running("serve", folder=folder, settings=settings))
    await line_with(process, "Serving")
    assert process.stderr is not None
    stack.callback(asyncio.create_task(process.stderr.read()).cancel)
    await until(lambda: listens(port), look_every=0.05)
    return f"http://127.0.0.1:{port}"


def listens(port: int) -> bool:
    """Whether somebody takes connections there."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


async def _under_load(load: LoadCheck, restarts: Restarts, rounds: int) -> None:
    reading = asyncio.create_task(load.run())
    try:
        await restarts.play(rounds)
    except Stuck as error:
        restarts.failures.append(str(error))
    finally:
        reading.cancel()
        await asyncio.wait({reading})


def _result(restarts: Restarts, load: LoadCheck) -> PartResult:
    return PartResult(
        rounds=restarts.rounds,
        checked="every answer: 200 and its body, 304, 503 with Retry-After; runs go on to their ends; the oracle",
        figures={
            **{f"GET {status}": count for status, count in sorted(load.statuses.items())},
            **{f"ended {code}": count for code, count in sorted(restarts.codes.items())},
            "first 200 p50 s": percentile(restarts.recoveries, 0.5),
            "first 200 max s": round(max(restarts.recoveries, default=0.0), 2),
        },
        failures=(*restarts.failures, *load.wrong),
    )


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return asyncio.run(play(seed, scaled(ROUNDS, scale, least=2)))


GOAL = (
    "100 restarts under 50 GETs/s, half of them immediate: 0 wrong answers, 200 within 5 s, 0 runs ended, 0 lost"
)
PARTS = (Part(name="restarts", rows="3", goal=GOAL, run=run),)
