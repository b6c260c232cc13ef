"""Run parts in processes of their own, two at a time: most of what they do is to wait."""

import subprocess
import sys
import tempfile
import time
from collections import deque
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec

from tests.faults.tiers.provenance import git_id
from tests.faults.tiers.result import Line, Part, PartResult

AT_ONCE = 2
LOOK_EVERY = 0.1
"""Seconds."""


class Apart:
    """A part in its own process and session, so that Ctrl-C reaches it once, through `end`."""

    def __init__(self, part: Part, folder: Path, *, scale: float, seed: int) -> None:
        self._part, self._scale, self._seed = part, scale, seed
        self._table = folder / f"{part.name}.json"
        self._began = time.monotonic()
        options = ["--only", part.name, "--scale", str(scale), "--seed", str(seed), "--json", str(self._table)]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "tests.faults.full", *options],
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        )

    @property
    def has_ended(self) -> bool:
        """Whether its line is there."""
        return self._process.poll() is not None

    def line(self) -> Line:
        """What it wrote; a failure when it wrote nothing."""
        if self._table.exists():
            (line,) = msgspec.json.decode(self._table.read_bytes(), type=tuple[Line, ...])
            return line
        result = broken_down(f"seed {self._seed}: its process ended with {self._process.returncode}")
        seconds = time.monotonic() - self._began
        return line_of(self._part, result, scale=self._scale, seed=self._seed, seconds=seconds)

    def end(self) -> None:
        """It cleans up first."""
        self._process.terminate()
        self._process.wait()


def run_apart(parts: Sequence[Part], *, scale: float, seed: int) -> Iterator[Line]:
    """Their lines, as they end; whatever interrupts that ends them all."""
    waiting, running = deque(parts), list[Apart]()
    with tempfile.TemporaryDirectory(prefix="crypto-faults-") as folder:
        try:
            while waiting or running:
                while waiting and len(running) < AT_ONCE:
                    running.append(Apart(waiting.popleft(), Path(folder), scale=scale, seed=seed))
                time.sleep(LOOK_EVERY)
                for each in [each for each in running if each.has_ended]:
                    running.remove(each)
                    yield each.line()
        finally:
            for each in running:
                each.end()


def broken_down(why: str) -> PartResult:
    """The result of a part that gave none."""
    return PartResult(rounds=0, checked="nothing", failures=(f"the part itself broke down, {why}",))


def line_of(part: Part, result: PartResult, *, scale: float, seed: int, seconds: float) -> Line:
    """The line of a part."""
    return Line(
        part=part.name,
        rows=part.rows,
        goal=part.goal,
        seed=seed,
        scale=scale,
        git=git_id(),
        seconds=round(seconds, 1),
        result=result,
    )
