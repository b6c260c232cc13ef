"""Play the game of a seed again: `python -m tests.faults.tiers.replay SEED --only kills`.

A failure names its game's seed: it makes the market, the scenario, the kill points and their order. What two
processes do at the same moment is not in a seed: a rare race may take several tries.
"""

import sys
from collections.abc import Sequence

from tests.faults import full


def main(arguments: Sequence[str]) -> int:
    """One game of each part (or of those named with --only) with that seed; 1 when it fails again."""
    if not arguments or not arguments[0].isdigit():
        print(__doc__)
        return 0 if "--help" in arguments else 2
    seed, *rest = arguments
    return full.main(["--seed", seed, "--scale", "0", *rest])


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
