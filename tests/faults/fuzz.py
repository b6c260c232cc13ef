"""Fuzz the parsers: `python -m tests.faults.fuzz --minutes 10 [--target NAME] [--seed N]`; needs `atheris`.

Each target gets a process and a temporary corpus, two at a time: the parsers of pages so many minutes, those of
short texts half as many. A finding prints its input, and the exit code is 1.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

PAGES = ("coinpaprika", "coingecko", "csv")
TEXTS = ("cursor", "query", "settings", "retry_after", "said")
TARGETS = (*PAGES, *TEXTS)
AT_ONCE = 2


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when a target raised what is not documented."""
    given = _arguments(arguments)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        codes = pool.map(
            lambda target: _fuzz(target, minutes=given.minutes, seed=given.seed), given.target or TARGETS
        )
    return 1 if any(codes) else 0


def _fuzz(target: str, *, minutes: float, seed: int) -> int:
    """Fuzz one target in a process of its own; its exit code."""
    minutes = minutes if target in PAGES else minutes / 2
    with tempfile.TemporaryDirectory(prefix="crypto-fuzz-") as folder:
        command = [sys.executable, "-m", "tests.faults.fuzzing.fuzz_target", target, folder]
        bounds = [f"-max_total_time={round(minutes * 60)}", f"-seed={seed}", "-max_len=4096", "-timeout=20"]
        code = subprocess.run([*command, *bounds, f"-artifact_prefix={Path(folder)}/"], check=False).returncode
    print(f"{target}: {'held' if code == 0 else f'FAILED with {code}'}, {minutes:g} min, seed {seed}", flush=True)
    return code


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.fuzz", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="for each parser of pages")
    parser.add_argument("--target", action="append", choices=TARGETS, help="just this one (again for more)")
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
