"""Run `crypto` with what the fault suite wants: `python -m tests.faults.killer.launch ingest coingecko`.

CRYPTO_TEST_KILLPOINT=after-upsert:2   SIGKILL itself at the second passing of that point
CRYPTO_TEST_MUTANT=no-fence            with that part of the code broken
CRYPTO_TEST_REPORT=FILE                write there how long it took to claim the source, and its most memory

The program itself knows none of these.
"""

import os
import sys
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import NoReturn

from tests.faults.killer.mutants import broken
from tests.faults.killer.peak import tell_peak
from tests.faults.killer.points import kill_at
from tests.faults.killer.seams import watching
from tests.faults.killer.stopwatch import Stopwatch


def launch(arguments: Sequence[str]) -> NoReturn:
    """Run the command; exits with its code."""
    from crypto.entrypoints.cli import main

    sys.argv = ["crypto", *arguments]
    with ExitStack() as stack:
        if mutant := os.environ.get("CRYPTO_TEST_MUTANT"):
            stack.enter_context(broken(mutant))
        if report := os.environ.get("CRYPTO_TEST_REPORT"):
            stack.callback(tell_peak, Path(report))
            stopwatch = Stopwatch(Path(report))
            stack.callback(stopwatch.left)
            stack.enter_context(watching(stopwatch))
        if point := os.environ.get("CRYPTO_TEST_KILLPOINT"):
            stack.enter_context(watching(kill_at(point)))
        main()
    sys.exit(0)


if __name__ == "__main__":
    launch(sys.argv[1:])
