"""Whole processes under another clock: `python -m tests.faults.parts.clock --shift=-1d -- ingest coingecko`.

The wall clock is shifted by libfaketime, the monotonic one is left right. (Inside a process, tests pass a
`ManualClock` in: the clock is a port.)
"""

import argparse
import asyncio
import os
import subprocess
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path

from tests.faults.killer.house import Game, House, at_home
from tests.faults.tiers.result import Part, PartResult, scaled

ROUNDS = 20
SHIFTS = ("+1d", "-1d")
LIBRARY = Path("vendor", "libfaketime", "src", "libfaketime.so.1")
SYSTEM = (Path("/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"),)


class NoFaketime(RuntimeError):
    """libfaketime is not installed; `make faults` does that."""


def shifted(shift: str) -> dict[str, str]:
    """The environment under which a process has its clock shifted, by "+1d", "-90m" and the like.

    :raises NoFaketime: when the library is not there.
    """
    spec = find_spec("libfaketime")
    installed = [Path(place) / LIBRARY for place in (spec.submodule_search_locations or [])] if spec else []
    library = next((path for path in (*installed, *SYSTEM) if path.exists()), None)
    if library is None:
        raise NoFaketime("libfaketime is not installed: run `make faults`, or install the package libfaketime")
    return {"LD_PRELOAD": str(library), "FAKETIME": shift, "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


async def _run(settings: Mapping[str, str], shift: str) -> tuple[int, str]:
    """`crypto ingest coingecko` under a shifted clock: its code and what it said."""
    command = (sys.executable, "-m", "crypto", "ingest", "coingecko")
    named = {f"CRYPTO_{name}": value for name, value in settings.items()}
    environment = {**os.environ, **named, **shifted(shift)}
    process = await asyncio.create_subprocess_exec(
        *command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said, _ = await process.communicate()
    return process.returncode or 0, said.decode()


async def _round(game: Game, shift: str) -> list[str]:
    """A sweep with the wrong clock, then two with the right one; what is wrong."""
    code, said = await _run(game.settings("coingecko"), shift)
    wanted = 0 if shift.startswith("+") else 1
    failures = [] if code == wanted else [f"under {shift} it ended with {code}: {said.strip()[-300:]}"]
    for _ in range(2):
        game.upstream.market.move(0.3)
        game.upstream.market.restate(0.1)
        failures += await game.finish()
    return [f"{each} (seed {game.seed}, clock {shift})" for each in (*failures, *game.complaints())]


async def play(house: House, seed: int, rounds: int) -> PartResult:
    """So many sweeps with a wrong clock, a day ahead and a day behind in turn."""
    failures: list[str] = []
    for number in range(rounds):
        async with house.game(seed + number, pages=3) as game:
            failures += await _round(game, SHIFTS[number % len(SHIFTS)])
    return PartResult(
        rounds=rounds,
        checked="a day ahead: all is taken; a day behind: what is stamped in its future is rejected and the run "
        "fails; with the clock right again two sweeps go through; the oracle each time",
        failures=tuple(failures),
    )


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier."""
    return at_home(lambda house: play(house, seed, scaled(ROUNDS, scale, least=2)))


PARTS = (Part(name="clock", rows="19", goal="clocks a day off: nothing lost, nothing doubled", run=run),)


def main() -> int:
    """Run the command under the shifted clock; its exit code."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.parts.clock", description=__doc__)
    parser.add_argument("--shift", default="+1d", help='such as "+1d", "-90m", "+30s"')
    parser.add_argument("arguments", nargs="+", help="of the `crypto` command, after --")
    given = parser.parse_args()
    command = [sys.executable, "-m", "crypto", *given.arguments]
    return subprocess.run(command, env={**os.environ, **shifted(given.shift)}, check=False).returncode


if __name__ == "__main__":
    sys.exit(main())
