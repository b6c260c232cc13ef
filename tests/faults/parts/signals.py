"""SIGTERM in the middle of runs, and database sessions terminated under them."""

import asyncio
import signal
from collections import Counter

from tests.faults.killer.children import Child, Stuck
from tests.faults.killer.house import Game, House, at_home
from tests.faults.killer.waiting import until
from tests.faults.tiers.result import Part, PartResult, scaled

SIGTERMS, TERMINATIONS = 200, 300
ROUNDS_A_GAME = 20
TERMINATED = 128 + signal.SIGTERM
LONGEST_END = 10.0
"""Seconds from SIGTERM to the end."""

NEWEST_STATUS = "SELECT status FROM runs ORDER BY run_id DESC LIMIT 1"
SESSIONS = """
    SELECT count(pg_terminate_backend(pid))
      FROM (SELECT pid
              FROM pg_stat_activity
             WHERE datname = current_database() AND application_name LIKE %s
             ORDER BY random()
             LIMIT 1) AS one
"""
KINDS = {"lock": "crypto-ingest:%", "work": "crypto-ingest"}


class Interrupted:
    """One game of runs that something happens to in their middle."""

    def __init__(self, game: Game) -> None:
        self.rounds = 0
        self.codes: Counter[str] = Counter()
        self.failures: list[str] = []
        self._game = game

    async def sigterms(self, rounds: int) -> None:
        """Terminate so many runs; each ends with 143, its run cancelled, or had just ended by itself."""
        while self.rounds < rounds:
            child = await self._in_the_middle()
            await child.send(signal.SIGTERM)
            code = await child.wait(LONGEST_END)
            self.codes[str(code)] += 1
            self.rounds += code == TERMINATED
            if code not in {0, TERMINATED}:
                self._fail(f"SIGTERM ended a run with {code}: {child.said.strip()[-300:]}")
            await self._expect_status("cancelled" if code == TERMINATED else "success")

    async def terminations(self, rounds: int) -> None:
        """Terminate so many sessions, each under a run; every run takes a new one and goes on to its end."""
        while self.rounds < rounds:
            kind = self._game.chance.choice(tuple(KINDS))
            child = await self._in_the_middle()
            hit = await self._game.number(SESSIONS, KINDS[kind])
            code = await child.wait()
            self.rounds += hit
            self.codes[f"{kind}: {code}"] += hit
            if code:
                self._fail(f"a terminated {kind} session ended a run with {code}: {child.said.strip()[-300:]}")
            await self._expect_status("success")

    async def _in_the_middle(self) -> Child:
        """A run that has asked for some pages."""
        child = self._game.start()
        enough = len(self._game.upstream.log) + self._game.chance.randint(1, 6)
        await until(lambda: len(self._game.upstream.log) >= enough or child.ended.done())
        await asyncio.sleep(self._game.chance.uniform(0, 0.02))
        return child

    async def _expect_status(self, expected: str) -> None:
        ((status,),) = await self._game.rows(NEWEST_STATUS)
        if status != expected:
            self._fail(f"the run is {status}, not {expected}")
        self._game.upstream.market.move(0.2)

    async def end(self) -> None:
        """Sweep to the end and ask the oracle."""
        for each in (*await self._game.finish(), *self._game.complaints()):
            self._fail(each)

    def _fail(self, text: str) -> None:
        self.failures.append(f"{text} (seed {self._game.seed})")


async def play(house: House, seed: int, rounds: int, *, what: str) -> PartResult:
    """So many "sigterms" or "terminations", twenty a game."""
    done = 0
    codes: Counter[str] = Counter()
    failures: list[str] = []
    for number, first in enumerate(range(0, rounds, ROUNDS_A_GAME)):
        async with house.game(seed + number) as game:
            interrupted = Interrupted(game)
            try:
                await getattr(interrupted, what)(min(ROUNDS_A_GAME, rounds - first))
                await interrupted.end()
            except Stuck as error:
                failures.append(f"{error} (seed {game.seed})")
            done += interrupted.rounds
            codes += interrupted.codes
            failures += interrupted.failures
    return PartResult(
        rounds=done,
        checked="exit code and the run's status each time, the next run goes on; the oracle per game",
        figures={f"ended {code}": count for code, count in sorted(codes.items())},
        failures=tuple(failures),
    )


def run_sigterms(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return at_home(lambda house: play(house, seed, scaled(SIGTERMS, scale), what="sigterms"))


def run_terminations(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return at_home(lambda house: play(house, seed, scaled(TERMINATIONS, scale), what="terminations"))


PARTS = (
    Part(name="sigterms", rows="34", goal="200 SIGTERM: exit 143 within 10 s, run cancelled", run=run_sigterms),
    Part(
        name="terminations",
        rows="4",
        goal="300 terminated sessions: 0 lost, 0 doubled, the run goes on to its end",
        run=run_terminations,
    ),
)
