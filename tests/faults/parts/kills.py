"""kill -9 at every named point and at any time: nothing lost, nothing doubled, nothing stuck."""

import asyncio
import signal
from collections import Counter
from collections.abc import Sequence

from msgspec import Struct, field

from tests.faults.killer.children import Child, Stuck
from tests.faults.killer.house import PAGES_IN, RUNNING, SOURCE, Game, House, at_home, killed
from tests.faults.killer.points import OF_PAGES, POINTS
from tests.faults.killer.waiting import until
from tests.faults.tiers.figures import percentile
from tests.faults.tiers.result import Part, PartResult, scaled

ANY_TIME = "any-time"
TO_THE_END = "to-the-end"
DECK = (*POINTS, *(ANY_TIME,) * 3, *(TO_THE_END,) * 2)
"""A game's cards: a kill at every named point, three at any time, and two sweeps that are left to end."""

GAMES = 100
PAGES = 6
REPEATS = 4
"""How many sweeps are tried for a card whose moment does not come."""

SLOWEST_RESTART = 100.0
"""Milliseconds; 99 of 100 restarts claim their source within that."""


class Tally(Struct, kw_only=True):
    """What was seen over games; `delays` in milliseconds from trying to claim to having claimed."""

    at: Counter[str] = field(default_factory=Counter)
    inside: int = 0
    refetched: int = 0
    sweeps: int = 0
    delays: list[float] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)

    @property
    def kills(self) -> int:
        return self.at.total()


class KillGame:
    """Plays every card, in an order of chance, then sweeps to the end and asks the oracle."""

    def __init__(self, game: Game, tally: Tally) -> None:
        self._game = game
        self._tally = tally
        self._wasted = 0
        self._kills = 0
        self._failures: list[str] = []

    async def play(self, deck: Sequence[str] = DECK) -> None:
        cards = self._game.chance.sample(deck, len(deck))
        try:
            for card in cards:
                await (self._sweep() if card == TO_THE_END else self._kill(card))
            await self._sweep()
        except Stuck as error:
            self._failures.append(str(error))
        self._failures += self._game.complaints(kills=self._kills)
        told = f"seed {self._game.seed}, cards {' '.join(cards)}"
        self._tally.failures += [f"{each} ({told})" for each in self._failures]

    async def _kill(self, card: str) -> None:
        """Start runs until one was killed as the card says."""
        for attempt in range(REPEATS):
            passing = self._game.chance.randint(1, 4) if card in OF_PAGES and not attempt else 1
            child = await self._run(card, passing)
            self._tally.delays += child.reported("claimed")
            if killed(child):
                await self._look(card, inside=bool(child.reported("claimed")))
                return
            if child.code:
                said = (
                    f"a run ended with {child.code}, not killed at {card}:{passing}: {child.said.strip()[-300:]}"
                )
                self._failures.append(said)
                return
            self._move_the_market()
        self._failures.append(f"no run came to {card} in {REPEATS} sweeps")

    async def _sweep(self) -> None:
        self._failures += await self._game.finish()
        self._move_the_market()

    def _move_the_market(self) -> None:
        self._tally.sweeps += 1
        self._game.upstream.market.move(0.3)
        self._game.upstream.market.restate(0.1)

    async def _run(self, card: str, passing: int) -> Child:
        if card != ANY_TIME:
            child = self._game.start(TEST_KILLPOINT=f"{card}:{passing}")
        else:
            child = self._game.start()
            await self._requests(child, self._game.chance.randint(1, 6))
            await asyncio.sleep(self._game.chance.uniform(0, 0.02))
            await child.send(signal.SIGKILL)
        await child.wait()
        return child

    async def _requests(self, child: Child, count: int) -> None:
        enough = len(self._game.upstream.log) + count
        await until(lambda: len(self._game.upstream.log) >= enough or child.ended.done())

    async def _look(self, card: str, *, inside: bool) -> None:
        """What the kill left: one run at most that says `running`, and at most one page fetched for nothing."""
        self._kills += 1
        self._tally.at[card] += 1
        running = await self._game.number(RUNNING)
        if card == ANY_TIME:
            inside = inside and running == 1  # else its end was committed a moment before
        self._tally.inside += inside
        if running > 1 or (inside and running != 1):
            self._failures.append(f"{running} runs say that they are running after a kill at {card}")
        wasted = len(self._game.upstream.whole(SOURCE)) - await self._game.number(PAGES_IN)
        lost, self._wasted = wasted - self._wasted, wasted
        self._tally.refetched += lost
        if lost > 1:
            self._failures.append(f"a kill at {card} cost {lost} pages")


async def play(
    house: House, seed: int, games: int, *, mutant: str | None = None, deck: Sequence[str] = DECK
) -> Tally:
    """So many games, of the seeds from `seed` on."""
    tally = Tally()
    for number in range(games):
        async with house.game(seed + number, pages=PAGES, mutant=mutant) as game:
            await KillGame(game, tally).play(deck)
    return tally


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    tally = at_home(lambda house: play(house, seed, scaled(GAMES, scale)))
    slowest = percentile(tally.delays, 0.99)
    too_slow = [f"p99 of the restarts is {slowest} ms (seed {seed})"] if slowest > SLOWEST_RESTART else []
    return PartResult(
        rounds=tally.kills,
        checked="after each kill the next run claims and goes on; per game the oracle over every record, byte, "
        "counter, version and cursor",
        figures={
            "inside a run": tally.inside,
            **{f"at {name}": count for name, count in sorted(tally.at.items())},
            "sweeps": tally.sweeps,
            "pages fetched again": tally.refetched,
            "restart p50 ms": percentile(tally.delays, 0.5),
            "restart p99 ms": slowest,
            "restart max ms": max(tally.delays, default=0.0),
        },
        failures=(*tally.failures, *too_slow),
    )


GOAL = (
    "1,000 kills inside a run, 100 at each point: 0 lost, 0 doubled, 0 stuck; restart p99 <= 100 ms; "
    "<= 1 page fetched again a kill"
)
PARTS = (Part(name="kills", rows="1", goal=GOAL, run=run),)
