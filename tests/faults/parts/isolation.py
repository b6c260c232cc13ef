"""One provider that fails in every way, beside one that is well: the other is ingested all the same."""

import json

from crypto.entrypoints.cli.kit.exits import FAILED
from tests.faults.killer.house import Game, House, at_home
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.provider_script import named_answer

ROUNDS = 20
BAD = ("500", "403", "404", "html", "reset", "hung-up", "error-object", "cut-length", "limited-1h", "redirect")
SOURCES = ("coinpaprika", "coingecko")
STATUSES = "SELECT source, status FROM checkpoints ORDER BY source"


async def _round(game: Game, bad: str, failing: str) -> list[str]:
    """Ingest both at once, one of them answering so; what is wrong."""
    well = next(source for source in SOURCES if source != failing)
    game.upstream.always(named_answer(bad), source=failing)
    impatient = {f"SOURCE__{failing.upper()}__RETRIES": "0"}
    child = game.children.start("ingest", *SOURCES, "--json", settings={**game.settings(*SOURCES), **impatient})
    code = await child.wait()
    statuses = dict(await game.rows(STATUSES))
    failures = [] if code == FAILED else [f"exit code {code}: {child.said.strip()[-300:]}"]
    if statuses != {failing: "failure", well: "success"}:
        failures.append(f"the sources ended as {json.dumps(statuses)}")
    told = f"{failing} answered {bad}, seed {game.seed}"
    return [f"{each} ({told})" for each in (*failures, *game.complaints())]


async def play(house: House, seed: int, rounds: int) -> PartResult:
    """So many rounds, each source failing in turn."""
    failures: list[str] = []
    for number in range(rounds):
        async with house.game(seed + number, pages=2) as game:
            failures += await _round(game, BAD[(seed + number) % len(BAD)], SOURCES[number % 2])
    return PartResult(
        rounds=rounds,
        checked="exit code 1, the failing source says failure, the other success; the oracle each time",
        failures=tuple(failures),
    )


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return at_home(lambda house: play(house, seed, scaled(ROUNDS, scale, least=2)))


PARTS = (Part(name="isolation", rows="31", goal="one source failing stops no other", run=run),)
