"""The killer by hand: `python -m tests.faults.killer.killer --point after-upsert --kills 20 --seed 7`.

It has a database, an upstream and processes of its own, and says at the end what the oracle found.
"""

import argparse
import random
import sys

from tests.faults.killer.house import at_home
from tests.faults.killer.mutants import MUTANTS
from tests.faults.killer.points import POINTS
from tests.faults.parts import kills


def main() -> int:
    """The exit code: 1 when anything was lost, doubled or stuck."""
    given = _arguments()
    deck = [given.point] * given.kills if given.point else [*kills.DECK] * max(1, given.kills // len(kills.DECK))
    tally = at_home(lambda house: kills.play(house, given.seed, 1, mutant=given.mutant, deck=deck))
    print(f"seed {given.seed}: {tally.kills} kills, {tally.inside} inside a run, at {dict(tally.at)}")
    print(*tally.failures or ["nothing lost, nothing doubled, nothing stuck"], sep="\n")
    return 1 if tally.failures else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.killer.killer", description=__doc__)
    parser.add_argument(
        "--point", choices=[*POINTS, kills.ANY_TIME], help="kill only there (at every point in turn)"
    )
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000))
    parser.add_argument("--mutant", choices=list(MUTANTS), help="break the service in this way first")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
