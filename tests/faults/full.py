"""The full tier of the fault suite: `python -m tests.faults.full`, with `--help` for its options.

Every part is run, two at a time; a table shows what was seen beside its goal, and the exit code is 1 when anything
failed.
A part that cannot be run here says so. Ctrl-C and SIGTERM end it at once, with all that it started.
A module of parts has a tuple `PARTS`; its name is added to MODULES.
"""

import argparse
import json
import random
import signal
import sys
import time
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path

from msgspec import to_builtins

from tests.faults.tiers.apart import broken_down, line_of, run_apart
from tests.faults.tiers.provenance import git_id
from tests.faults.tiers.result import Line, Part, PartResult

MODULES: tuple[str, ...] = (
    "tests.faults.parts.kills",
    "tests.faults.parts.takeovers",
    "tests.faults.parts.starts",
    "tests.faults.parts.commits",
    "tests.faults.parts.signals",
    "tests.faults.parts.restarts",
    "tests.faults.parts.drains",
    "tests.faults.parts.full_disk",
    "tests.faults.parts.clock",
    "tests.faults.parts.isolation",
    "tests.faults.chaos.chaos",
    "tests.faults.machine.machine",
    "tests.faults.parts.canaries",
    "tests.faults.parts.memory",
    "tests.faults.parts.month",
    "tests.faults.parts.eight",
    "tests.faults.parts.dialects",
)
"""Where the parts are, in the order in which they run."""


def all_parts() -> tuple[Part, ...]:
    """Every part there is."""
    return tuple(part for module in MODULES for part in import_module(module).PARTS)


def run(part: Part, *, scale: float, seed: int) -> Line:
    """Run a part; one that breaks down is a failure of its own and stops no other."""
    began = time.monotonic()
    try:
        result = part.run(scale, seed)
    except Exception as error:  # noqa: BLE001 - the boundary that isolates one part from the next
        traceback.print_exc()
        result = broken_down(f"seed {seed}: {type(error).__name__}: {error}")
    return line_of(part, result, scale=scale, seed=seed, seconds=time.monotonic() - began)


def told(line: Line) -> str:
    """A line of the table, as Markdown."""
    figures = ", ".join(f"{name} {value}" for name, value in line.result.figures.items())
    result = "; ".join(filter(None, (verdict(line.result), figures)))
    cells = (line.part, line.rows, line.result.rounds, line.result.checked, result, line.goal)
    return f"| {' | '.join(str(cell) for cell in (*cells, f'{line.seconds:.0f} s'))} |"


def verdict(result: PartResult) -> str:
    """Whether it held; neither when it was not run."""
    if result.failures:
        return f"{len(result.failures)} FAILED"
    return f"not run: {result.not_run}" if result.not_run else "held"


@contextmanager
def orderly_ends() -> Iterator[None]:
    """Both signals unwind what was begun, as Ctrl-C does; a shell's background job has that ignored."""
    ends = {
        signal.SIGINT: signal.default_int_handler,
        signal.SIGTERM: lambda *_: signal.raise_signal(signal.SIGINT),
    }
    before = {number: signal.signal(number, handler) for number, handler in ends.items()}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def main(arguments: Sequence[str] | None = None) -> int:
    """The exit code: 1 when anything failed, 130 when it was ended from outside."""
    given = _arguments(arguments)
    try:
        with orderly_ends():
            return _run_all(given)
    except KeyboardInterrupt:
        print("\nended from outside: what was begun is cleaned up, the rest was not run")
        return 130


def _run_all(given: argparse.Namespace) -> int:
    parts = [part for part in all_parts() if not given.only or part.name in given.only]
    print(f"seed {given.seed}, scale {given.scale}, git {git_id()}\n")
    print("| part | rows | rounds | what was checked | result | goal | time |\n|---|---|---|---|---|---|---|")
    lines = []
    for line in _lines(parts, scale=given.scale, seed=given.seed):
        lines.append(line)
        print(told(line), flush=True)
    failures = [f"{line.part}: {failure}" for line in lines for failure in line.result.failures]
    print("", *failures, sep="\n")
    if given.json:
        given.json.write_text(json.dumps(to_builtins(lines), indent=2), encoding="utf-8")
    return 1 if failures or not lines else 0


def _lines(parts: Sequence[Part], *, scale: float, seed: int) -> Iterator[Line]:
    if len(parts) > 1:
        yield from run_apart(parts, scale=scale, seed=seed)
    else:
        yield from (run(part, scale=scale, seed=seed) for part in parts)


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    names = ", ".join(part.name for part in all_parts())
    parser = argparse.ArgumentParser(prog="python -m tests.faults.full", description=__doc__)
    parser.add_argument(
        "--only", action="append", metavar="NAME", help=f"just this part (again for more): {names}"
    )
    parser.add_argument("--scale", type=float, default=1.0, help="share of the rounds that the goals ask for")
    parser.add_argument("--seed", type=int, default=random.randrange(1_000_000), help="any number (random)")
    parser.add_argument("--json", type=Path, metavar="OUT", help="write the table for programs here")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
