"""How fast questions are answered, beside peers and limits: `python -m benchmarks.read`, or `make bench`.

Prints the goals of the read side with what they come to on this machine: compare ratios, not figures of machines.
"""

import argparse
import random
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from secrets import randbelow

import msgspec
from benchmarks.read.figures import figures
from benchmarks.read.goals import GOALS, Goal, chosen
from benchmarks.read.load import require_wrk
from benchmarks.read.rounds import Round, measured, result_of
from benchmarks.read.stage import Stage, staged
from benchmarks.read.table import machine, print_figures, print_goals

from crypto.application.errors import StoreUnavailable

MOST = 10_000_000
QUICK = 100_000


def arguments() -> argparse.Namespace:
    """What the command line says."""
    names = ", ".join(goal.name for goal in GOALS)
    parser = argparse.ArgumentParser(prog="python -m benchmarks.read", description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--only", action="append", default=[], metavar="NAME", help=f"a goal, repeatable: {names}")
    parser.add_argument("--rounds", type=int, default=5, help="how often everything is measured (5)")
    parser.add_argument("--rows", type=float, default=MOST, help="quotes in the largest database (1e7, some 3 GB)")
    parser.add_argument(
        "--quick", action="store_true", help="100,000 quotes and two rounds: to try it, not to quote it"
    )
    parser.add_argument(
        "--keep", "--use", type=Path, metavar="DIR", help="fill the databases there once, and keep them"
    )
    parser.add_argument(
        "--soak", type=int, default=20, help="seconds of load before memory is measured again (20)"
    )
    parser.add_argument(
        "--seed", type=int, default=randbelow(10**6), help="of the random order (another each time)"
    )
    parser.add_argument("--markdown", action="store_true", help="print the goals as the documents show them")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write everything that was measured there")
    return parser.parse_args()


def main() -> None:
    """Measure what is asked for, and print the table; on SIGTERM as on Ctrl-C everything that was started ends."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    given = arguments()
    goals = chosen(given.only)
    require_wrk()
    rows, rounds = (QUICK, 2) if given.quick else (int(given.rows), given.rounds)
    with _folder(given.keep) as folder, staged(folder, most=rows) as stage:
        print(machine(stage), f"; {rows:,} quotes at most, seed {given.seed}", sep="", flush=True)
        taken = _measure(stage, goals, rounds=rounds, seed=given.seed, soak=given.soak)
        results = [result_of(goal, taken) for goal in goals]
        print_figures(taken)
        print_goals(results, markdown=given.markdown)
        print(machine(stage))
        if given.json:
            said = {"machine": machine(stage), "seed": given.seed, "rows": rows, "rounds": taken, "goals": results}
            given.json.write_bytes(msgspec.json.format(msgspec.json.encode(said)))


def _measure(stage: Stage, goals: Sequence[Goal], *, rounds: int, seed: int, soak: int) -> Sequence[Round]:
    chance = random.Random(seed)
    found = []
    for taken in measured(goals, figures(stage, chance, soak=soak), rounds=rounds, chance=chance):
        found.append(taken)
        print(f"round {len(found)} of {rounds}", file=sys.stderr, flush=True)
    return found


@contextmanager
def _folder(kept: Path | None) -> Iterator[Path]:
    """The folder that is kept, else one that is gone at the end; the server's account can enter it."""
    if kept:
        yield kept.resolve()
        return
    folder = Path(tempfile.mkdtemp(prefix="crypto-bench-"))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    try:
        main()
    except StoreUnavailable as error:
        raise SystemExit(str(error)) from error
