"""Ten ingests of one source at the same moment: one works, nine are told who does."""

from crypto.entrypoints.cli.kit.exits import BUSY
from tests.faults.killer.children import Child, Stuck
from tests.faults.killer.house import Game, House, at_home
from tests.faults.tiers.figures import percentile
from tests.faults.tiers.result import Part, PartResult, scaled

ROUNDS = 200
ROUNDS_A_GAME = 20
AT_ONCE = 10
LONGEST_REFUSAL = 1000.0
"""Milliseconds from trying the lock to being refused."""

LATENCY = 0.15
"""Seconds the upstream takes for a page, so that the one that works outlasts the others' start."""


class Starts:
    """One game of simultaneous starts; `refusals` in milliseconds."""

    def __init__(self, game: Game) -> None:
        self.rounds = 0
        self.refusals: list[float] = []
        self.failures: list[str] = []
        self._game = game

    async def play(self, rounds: int) -> None:
        self._game.upstream.latency = LATENCY
        try:
            for _ in range(rounds):
                await self._round()
        except Stuck as error:
            self._fail(str(error))
        for each in self._game.complaints(kills=0):
            self._fail(each)

    async def _round(self) -> None:
        fetched = len(self._game.upstream.log)
        children = [self._game.start() for _ in range(AT_ONCE)]
        codes = [await child.wait() for child in children]
        self.rounds += 1
        self.refusals += [each for child in children if child.code == BUSY for each in child.reported("refused")]
        workers = len(self._game.upstream.log) - fetched
        if sorted(codes) != [0] + [BUSY] * (AT_ONCE - 1):
            self._fail(f"they ended with {codes}: {_others(children)}")
        if workers != self._game.upstream.pages:
            self._fail(f"{workers} pages were asked for in a sweep of {self._game.upstream.pages}")
        for child in children:
            child.forget()
        self._game.upstream.market.move(0.3)

    def _fail(self, text: str) -> None:
        self.failures.append(f"{text} (seed {self._game.seed})")


def _others(children: list[Child]) -> str:
    return " ".join(child.said.strip()[-200:] for child in children if child.code not in {0, BUSY})


async def play(house: House, seed: int, rounds: int) -> PartResult:
    """So many rounds, twenty a game."""
    done, refusals = 0, list[float]()
    failures: list[str] = []
    for number, first in enumerate(range(0, rounds, ROUNDS_A_GAME)):
        async with house.game(seed + number, pages=4) as game:
            starts = Starts(game)
            await starts.play(min(ROUNDS_A_GAME, rounds - first))
            done += starts.rounds
            refusals += starts.refusals
            failures += starts.failures
    slowest = max(refusals, default=0.0)
    if slowest > LONGEST_REFUSAL:
        failures.append(f"a refusal took {slowest} ms (seed {seed})")
    return PartResult(
        rounds=done,
        checked="one ends with 0, nine with 75, and each page is asked for once; the oracle per game",
        figures={
            "refused": len(refusals),
            "refusal p50 ms": percentile(refusals, 0.5),
            "refusal p99 ms": percentile(refusals, 0.99),
            "refusal max ms": slowest,
        },
        failures=tuple(failures),
    )


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return at_home(lambda house: play(house, seed, scaled(ROUNDS, scale)))


GOAL = "200 rounds of 10 simultaneous starts: exactly 1 works, the others are refused within 1 s"
PARTS = (Part(name="starts", rows="29", goal=GOAL, run=run),)
