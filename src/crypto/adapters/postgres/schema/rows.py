"""What the columns of quotes, runs and checkpoints are called, and what rows say in our own words."""

from typing import Any, LiteralString, cast

from crypto.domain.quote import AMOUNTS, VALUES
from crypto.domain.run import Checkpoint, Counters, Run, RunKind, RunStatus

SAID: tuple[LiteralString, ...] = cast("Any", VALUES)
"""The columns of what a quote says: names of our own code, which may stand in a statement."""

SAID_AMOUNTS: tuple[LiteralString, ...] = cast("Any", AMOUNTS)
"""The columns of what a quote says that are numeric; the others are texts."""

COUNTERS = ("pages", "received", "inserted", "unchanged", "restated", "rejected", "withdrawn", "holes")
RUN = (
    "run_id",
    "source",
    "feed",
    "kind",
    "epoch",
    "status",
    "started_at",
    "finished_at",
    "error",
    "sweep_id",
    "coins_named",
    "coins_missing",
    *COUNTERS,
)
CHECKPOINT = (
    "source",
    "feed",
    "epoch",
    "version",
    "status",
    "cursor",
    "sweep_id",
    "sweep_started_at",
    "page_seq",
    "sweep_holes",
    "failed_cursor",
    "changed_at",
    "listed",
    "good_sweep_id",
)


def run_of(row: tuple[Any, ...]) -> Run:
    """The run in a row whose values are in the order of RUN."""
    named = dict(zip(RUN, row, strict=True))
    counters = Counters(**{name: named.pop(name) for name in COUNTERS})
    kind, status = RunKind(named.pop("kind")), RunStatus(named.pop("status"))
    return Run(counters=counters, kind=kind, status=status, **named)


def checkpoint_of(row: tuple[Any, ...]) -> Checkpoint:
    """A checkpoint, from its row in the order of CHECKPOINT."""
    named = dict(zip(CHECKPOINT, row, strict=True))
    return Checkpoint(status=RunStatus(named.pop("status")), **named)
