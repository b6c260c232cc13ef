"""How long a process took from trying to take a source to having it."""

import time
from pathlib import Path

from tests.faults.killer.points import POINTS
from tests.faults.killer.seams import Passing

TRIES, REFUSED, CLAIMED = POINTS["before-lock"], "refused", POINTS["after-run-row"]


class Stopwatch:
    """Writes `claimed MILLISECONDS` to a file once the run's row is in."""

    def __init__(self, report: Path) -> None:
        self._report = report
        self._began: float | None = None

    async def before(self, passing: Passing) -> None:
        if self._began is None and TRIES.is_passed("before", passing):
            self._began = time.monotonic()

    async def after(self, passing: Passing) -> None:
        if CLAIMED.is_passed("after", passing):
            self._tell("claimed")

    def left(self) -> None:
        """The command is over; tells how long a refused one took, too."""
        self._tell(REFUSED)

    def _tell(self, word: str) -> None:
        if self._began is None:
            return
        took = (time.monotonic() - self._began) * 1000
        with self._report.open("a") as file:
            file.write(f"{word} {took:.2f}\n")
        self._began = None
