"""The eleven named kill points of a run, nine of them inside it, and the watcher that kills at one of them."""

import os
import re
import signal
from typing import Literal

from msgspec import Struct

from tests.faults.killer.seams import Passing


class Point(Struct, frozen=True, kw_only=True):
    """A place that a run passes: `when` something of that kind happens whose text has the pattern."""

    name: str
    when: Literal["before", "after"]
    kind: str
    pattern: str = ""
    is_inside: bool = True
    """Whether a run is in the log there."""

    def is_passed(self, when: str, passing: Passing) -> bool:
        """Whether this is it."""
        return (when, passing.kind) == (self.when, self.kind) and bool(re.search(self.pattern, passing.text))


LOCK = "pg_try_advisory_lock"
RUN_ROW = "INSERT INTO runs"
RAW_PAGE = "INSERT INTO raw_pages"
UPSERT = "INSERT INTO unified_crypto_data"
COMPLETE = "good_sweep_id = CASE"
END = r"UPDATE runs\s+SET status = %\(status\)s"

POINTS = {
    point.name: point
    for point in (
        Point(name="before-lock", when="before", kind="statement", pattern=LOCK, is_inside=False),
        Point(name="after-lock", when="after", kind="statement", pattern=LOCK, is_inside=False),
        Point(name="after-run-row", when="after", kind="commit", pattern=RUN_ROW),
        Point(name="after-fetch", when="before", kind="page"),
        Point(name="after-raw-insert", when="after", kind="statement", pattern=RAW_PAGE),
        Point(name="after-upsert", when="after", kind="statement", pattern=UPSERT),
        Point(name="before-commit", when="before", kind="commit", pattern=RAW_PAGE),
        Point(name="after-commit", when="after", kind="commit", pattern=RAW_PAGE),
        Point(name="before-complete", when="before", kind="statement", pattern=COMPLETE),
        Point(name="before-end", when="before", kind="statement", pattern=END),
        Point(name="before-end-commit", when="before", kind="commit", pattern=END),
    )
}
OF_PAGES = ("after-fetch", "after-raw-insert", "after-upsert", "before-commit", "after-commit")
"""Points that a run passes once a page."""


class KillAt:
    """Sends this process SIGKILL, or the signal given, at the n-th passing of a point."""

    def __init__(self, point: Point, passing: int, number: int = signal.SIGKILL) -> None:
        self._point = point
        self._left = passing
        self._signal = number

    async def before(self, passing: Passing) -> None:
        self._see("before", passing)

    async def after(self, passing: Passing) -> None:
        self._see("after", passing)

    def _see(self, when: str, passing: Passing) -> None:
        if self._point.is_passed(when, passing):
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), self._signal)


def kill_at(text: str) -> KillAt:
    """The watcher that `NAME:N`, or `NAME:N:SIGNAL`, asks for.

    :raises ValueError: when there is no such point.
    """
    name, _, rest = text.partition(":")
    passing, _, number = rest.partition(":")
    if name not in POINTS:
        raise ValueError(f"there is no kill point {name!r}; there are {', '.join(POINTS)}")
    return KillAt(POINTS[name], int(passing or 1), int(number or signal.SIGKILL))
