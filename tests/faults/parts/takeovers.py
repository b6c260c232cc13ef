"""A holder that is paused while another takes its source over: when it goes on, it writes nothing."""

import signal
from pathlib import Path

from crypto.entrypoints.cli.kit.exits import FENCED_OFF
from tests.faults.killer.children import Child, Stuck
from tests.faults.killer.house import Game, House, at_home
from tests.faults.killer.points import OF_PAGES
from tests.faults.killer.waiting import until
from tests.faults.tiers.result import Part, PartResult, scaled

ROUNDS = 200
ROUNDS_A_GAME = 10
PAUSE_AT = ("after-run-row", *OF_PAGES[:4])
"""Where a holder is paused: everywhere but with a COMMIT on its way."""

TERMINATE = """
    SELECT pg_terminate_backend(pid, 5000)
      FROM pg_stat_activity
     WHERE datname = current_database() AND application_name LIKE 'crypto-ingest%%' AND pid <> pg_backend_pid()
       AND (%s OR application_name LIKE 'crypto-ingest:%%')
"""
OF_OLD = "SELECT count(*) FROM raw_pages JOIN runs USING (run_id) WHERE runs.epoch = %s"
NEWEST_EPOCH = "SELECT max(epoch) FROM runs"


class Takeover:
    """One game of pauses; `rounds` were played."""

    def __init__(self, game: Game) -> None:
        self.rounds = 0
        self.failures: list[str] = []
        self._game = game

    async def play(self, rounds: int) -> None:
        try:
            for _ in range(rounds):
                await self._round()
        except Stuck as error:
            self._fail(str(error))
        for each in (*await self._game.finish(), *self._game.complaints()):
            self._fail(each)

    async def _round(self) -> None:
        place = f"{self._game.chance.choice(PAUSE_AT)}:1"
        paused = self._game.start(TEST_KILLPOINT=f"{place}:{signal.SIGSTOP:d}")
        await stopped(paused)
        epoch = await self._game.number(NEWEST_EPOCH)
        await self._free_the_source(place)
        before = await self._game.number(OF_OLD, epoch)
        await self._take_over(place)
        await paused.send(signal.SIGCONT)
        code = await paused.wait()
        written = await self._game.number(OF_OLD, epoch) - before
        if (code, written) != (FENCED_OFF, 0):
            said = paused.said.strip()[-300:]
            self._fail(f"the one paused at {place} ended with {code} and wrote {written} page(s): {said}")
        self.rounds += 1
        self._game.upstream.market.move(0.3)

    async def _take_over(self, place: str) -> None:
        """Another run takes the source: to its sweep's end, or killed in the middle and leaving it half-done."""
        if self.rounds % 2:
            for each in await self._game.finish():
                self._fail(f"the one that took over at {place}: {each}")
            return
        taker = self._game.start(TEST_KILLPOINT="after-commit:1")
        if await taker.wait() != -signal.SIGKILL:
            self._fail(f"the one that took over at {place} ended with {taker.code}: {taker.said.strip()[-300:]}")

    async def _free_the_source(self, place: str) -> None:
        """Terminate the session that holds the lock, and any transaction that the paused one has open."""
        in_transaction = place.startswith(("after-raw-insert", "after-upsert", "before-commit"))
        await self._game.rows(TERMINATE, in_transaction)

    def _fail(self, text: str) -> None:
        self.failures.append(f"{text} (seed {self._game.seed})")


async def stopped(child: Child) -> None:
    """Wait until the kernel says that it is stopped."""
    pid = await child.started
    await until(lambda: _state(pid) == "T" or child.ended.done())
    if child.ended.done():
        raise Stuck(f"it ended with {child.code} before it was paused; it said: {child.said[-300:]}")


def _state(pid: int) -> str:
    """One letter, as in `ps`; nothing for a process that is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


async def play(house: House, seed: int, rounds: int, *, mutant: str | None = None) -> PartResult:
    """So many pauses, ten a game."""
    done = 0
    failures: list[str] = []
    for number, first in enumerate(range(0, rounds, ROUNDS_A_GAME)):
        async with house.game(seed + number, pages=4, mutant=mutant) as game:
            takeover = Takeover(game)
            await takeover.play(min(ROUNDS_A_GAME, rounds - first))
            done += takeover.rounds
            failures += takeover.failures
    return PartResult(
        rounds=done,
        checked="the paused one ends with 76 and wrote no page after the takeover; the oracle per game",
        failures=tuple(failures),
    )


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return at_home(lambda house: play(house, seed, scaled(ROUNDS, scale)))


GOAL = "200 pauses and takeovers: 0 rows from the old epoch, exit code 76"
PARTS = (Part(name="takeovers", rows="30", goal=GOAL, run=run),)
