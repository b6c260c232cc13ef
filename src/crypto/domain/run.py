"""A run: one attempt to ingest (or re-process) one feed of a source, its states and what it counted."""

from datetime import datetime
from enum import StrEnum

from msgspec import Struct
from msgspec.structs import force_setattr

from crypto.domain.feed import PRICES, Feed
from crypto.domain.page import Cursor

MAX_ERROR_CHARACTERS = 10_000
"""How much is told of why a run ended: of hundreds of files that cannot be read the first ones are enough."""


class RunKind(StrEnum):
    """What a run does: fetch pages, or read stored ones again."""

    INGEST = "ingest"
    REPROCESS = "reprocess"


class RunStatus(StrEnum):
    """Where a run stands; `running` is a label and is never believed without the source's lock."""

    RUNNING = "running"
    SUCCESS = "success"
    FAILURE = "failure"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"


class Counters(Struct, frozen=True, kw_only=True):
    """What happened to the records: received = inserted + unchanged + restated + rejected + skipped.

    `withdrawn` counts stored quotes that a mended parser no longer finds in their page, `holes` the pages that
    failed twice and were passed over.
    """

    pages: int = 0
    received: int = 0
    inserted: int = 0
    unchanged: int = 0
    restated: int = 0
    rejected: int = 0
    withdrawn: int = 0
    holes: int = 0

    @property
    def skipped(self) -> int:
        """Records that do not claim to be a quote in US dollars, as an exchange's pairs in other currencies."""
        return self.received - self.inserted - self.unchanged - self.restated - self.rejected

    def __add__(self, other: "Counters") -> "Counters":
        return Counters(
            pages=self.pages + other.pages,
            received=self.received + other.received,
            inserted=self.inserted + other.inserted,
            unchanged=self.unchanged + other.unchanged,
            restated=self.restated + other.restated,
            rejected=self.rejected + other.rejected,
            withdrawn=self.withdrawn + other.withdrawn,
            holes=self.holes + other.holes,
        )


class Run(Struct, frozen=True, kw_only=True):
    """One row of the run log. `epoch` is the fencing number its holder wrote under.

    The run that ends a sweep says how many coins the sweep named, and how many it missed of those that the last
    good list named: neither listed nor found by id.
    """

    run_id: int
    source: str
    feed: str = PRICES
    kind: RunKind
    epoch: int
    status: RunStatus
    started_at: datetime
    finished_at: datetime | None
    counters: Counters
    error: str | None
    sweep_id: int | None
    coins_named: int | None = None
    coins_missing: int | None = None

    def __post_init__(self) -> None:
        if self.error and len(self.error) > MAX_ERROR_CHARACTERS:
            force_setattr(self, "error", f"{self.error[: MAX_ERROR_CHARACTERS - 3]}...")

    @property
    def of(self) -> Feed:
        """The feed that the run ingests or re-processes."""
        return Feed(source=self.source, name=self.feed)

    @property
    def complete_percent(self) -> float | None:
        """How much of what it should have named its sweep named, never rounded up; None if it ended no sweep."""
        return complete_percent(self.coins_named, self.coins_missing)

    @property
    def duration_seconds(self) -> float | None:
        """Seconds from start to end by the database's clock; None while it runs."""
        return (self.finished_at - self.started_at).total_seconds() if self.finished_at else None


def complete_percent(named: int | None, missing: int | None) -> float | None:
    """The part that was named, in percent with one decimal, never rounded up; None when it is not known."""
    if named is None or missing is None or named + missing == 0:
        return None
    return 1000 * named // (named + missing) / 10


class Checkpoint(Struct, frozen=True, kw_only=True):
    """Where a feed stands: the place to go on at ({}: the start), its sweep, and the last run.

    `page_seq` counts the pages of the sweep that are in, `version` the page transactions that changed something.
    `failed_cursor` is where the last run could not fetch a page: a page that fails twice is passed over, and
    `sweep_holes` counts those of this sweep. `listed`: its list was read to the end, what is left is to ask for
    what it missed. `good_sweep_id` is the last sweep whose list was believed.
    """

    source: str
    feed: str = PRICES
    epoch: int
    version: int
    status: RunStatus
    cursor: Cursor
    sweep_id: int | None
    sweep_started_at: datetime | None
    page_seq: int
    sweep_holes: int
    failed_cursor: Cursor | None
    changed_at: datetime | None
    listed: bool = False
    good_sweep_id: int | None = None

    @property
    def of(self) -> Feed:
        """The feed that stands at this checkpoint."""
        return Feed(source=self.source, name=self.feed)
