"""COMMITs whose answer never comes, because the connection is cut around them: looked up, never redone blindly."""

import asyncio

from tests.faults.killer.children import Stuck
from tests.faults.killer.house import Game, House, at_home
from tests.faults.killer.waiting import until
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.proxy import Proxy, proxied

ROUNDS = 200
ROUNDS_A_GAME = 20


class Commits:
    """One game of cut COMMITs; `rounds` were cut after the server had them, `before` it had them."""

    def __init__(self, game: Game, proxy: Proxy) -> None:
        self.rounds = 0
        self.before = 0
        self.failures: list[str] = []
        self._game = game
        self._proxy = proxy

    async def play(self, rounds: int) -> None:
        try:
            while self.rounds < rounds:
                await self._sweep()
        except Stuck as error:
            self._fail(str(error))
        for each in self._game.complaints(kills=0):
            self._fail(each)

    async def _sweep(self) -> None:
        """A sweep whose COMMITs are cut one after the other, most once the server has them."""
        child = self._game.start(DATABASE_URL=self._proxy.url)
        while not child.ended.done():
            await self._cut_a_page(child.ended)
        if child.code:
            self._fail(f"a sweep with cut COMMITs ended with {child.code}: {child.said.strip()[-300:]}")
        self._game.upstream.market.move(0.3)

    async def _cut_a_page(self, ended: "asyncio.Future[int]") -> None:
        """Wait for the next page's request, and have its COMMIT cut."""
        seen = len(self._game.upstream.log)
        await until(lambda: len(self._game.upstream.log) > seen or ended.done())
        cuts, before = self._proxy.cuts, self._game.chance.random() < 0.2
        self._proxy.cut_before_commit, self._proxy.cut_after_commit = before, not before
        await until(lambda: self._proxy.cuts > cuts or ended.done())
        self.before += before and self._proxy.cuts > cuts
        self.rounds += not before and self._proxy.cuts > cuts
        self._proxy.cut_before_commit = self._proxy.cut_after_commit = False

    def _fail(self, text: str) -> None:
        self.failures.append(f"{text} (seed {self._game.seed})")


async def play(house: House, seed: int, rounds: int, *, mutant: str | None = None) -> PartResult:
    """So many unknown COMMITs, some twenty a game."""
    done = before = game_number = 0
    failures: list[str] = []
    while done < rounds and not failures:
        async with house.game(seed + game_number, mutant=mutant) as game, proxied(game.database_url) as proxy:
            commits = Commits(game, proxy)
            await commits.play(min(ROUNDS_A_GAME, rounds - done))
            done += commits.rounds
            before += commits.before
            failures += commits.failures
        game_number += 1
    return PartResult(
        rounds=done,
        checked="the run goes on to its end, each page is fetched once and stored once; the oracle per game",
        figures={"cut before the server had it": before},
        failures=tuple(failures),
    )


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return at_home(lambda house: play(house, seed, scaled(ROUNDS, scale)))


GOAL = "200 unknown COMMITs: never redone, never called a failure"
PARTS = (Part(name="commits", rows="2", goal=GOAL, run=run),)
