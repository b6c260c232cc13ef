"""The goals of the read side: which two figures are compared, what must hold, and what we aim at."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

Verdict = Literal["aim", "must", "missed", "-"]


class Goal(Struct, frozen=True, kw_only=True):
    """`ours` divided by `peer`, or as it is where there is none; at most or at least what is said."""

    name: str
    title: str
    ours: str
    must: float
    aim: float
    peer: str | None = None
    at_most: bool = False

    def verdict(self, ratio: float | None) -> Verdict:
        """Which of the two it reaches."""
        if ratio is None:
            return "-"
        if self._reaches(ratio, self.aim):
            return "aim"
        return "must" if self._reaches(ratio, self.must) else "missed"

    def _reaches(self, ratio: float, wanted: float) -> bool:
        return ratio <= wanted if self.at_most else ratio >= wanted


GOALS = (
    Goal(
        name="cached",
        title="first page, cached / static bytes from Litestar",
        ours="first page, cached",
        peer="static bytes",
        must=0.55,
        aim=1.2,
    ),
    Goal(
        name="uncached",
        title="first page, uncached / pgbench on its SQL",
        ours="first page",
        peer="pgbench",
        must=0.10,
        aim=0.20,
    ),
    Goal(
        name="fastapi",
        title="first page, uncached / FastAPI + ORM",
        ours="first page",
        peer="first page, FastAPI",
        must=50,
        aim=100,
    ),
    Goal(
        name="coin",
        title="one coin, uncached, exact total / FastAPI + ORM",
        ours="one coin",
        peer="one coin, FastAPI",
        must=5,
        aim=10,
    ),
    Goal(
        name="coin-litestar",
        title="one coin, uncached, exact total / Litestar + Core",
        ours="one coin",
        peer="one coin, Litestar",
        must=2.5,
        aim=5,
    ),
    Goal(
        name="health",
        title="/health, p50, most rows / 1,000 rows",
        ours="health at most",
        peer="health at few",
        must=1.1,
        aim=1.0,
        at_most=True,
    ),
    Goal(
        name="page",
        title="deepest page=N / page 1, SQL time, most rows",
        ours="last page",
        peer="page 1",
        must=30,
        aim=10,
        at_most=True,
    ),
    Goal(
        name="cursor",
        title="a cursor anywhere / at the top, p95, most rows",
        ours="cursor anywhere",
        peer="cursor at the top",
        must=2,
        aim=1.2,
        at_most=True,
    ),
    Goal(
        name="export",
        title="most rows to Parquet over HTTP / COPY to a file, rows",
        ours="Parquet",
        peer="COPY",
        must=0.3,
        aim=0.6,
    ),
    Goal(
        name="export-memory",
        title="most rows to Parquet over HTTP, growth of RSS, MB",
        ours="Parquet, memory",
        must=256,
        aim=100,
        at_most=True,
    ),
    Goal(
        name="lookups",
        title="10,000 look-ups in one call / one by one",
        ours="10,000 look-ups",
        peer="look-ups one by one",
        must=50,
        aim=200,
    ),
    Goal(name="memory", title="memory of a worker, idle, MB", ours="worker, idle", must=100, aim=80, at_most=True),
    Goal(
        name="growth",
        title="memory of a worker, after load / idle",
        ours="worker, loaded",
        peer="worker, idle",
        must=1.1,
        aim=1.0,
        at_most=True,
    ),
)


def chosen(names: Sequence[str]) -> Sequence[Goal]:
    """The goals of these names; all when there are none.

    :raises SystemExit: for a name that no goal has.
    """
    unknown = set(names) - {goal.name for goal in GOALS}
    if unknown:
        known = ", ".join(goal.name for goal in GOALS)
        raise SystemExit(f"there is no goal {', '.join(sorted(unknown))}: take one of {known}")
    return [goal for goal in GOALS if not names or goal.name in names]
