"""What happens in a run, as a value that can be logged, shown and sent to another process."""

import sys
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Literal

from loguru import logger
from msgspec import Struct
from msgspec.json import Encoder

from crypto.application.errors import CryptoError, StoreUnavailable
from crypto.application.ingest.ingest_sources import SourceResult
from crypto.application.setting_names import setting_name
from crypto.domain.page import StoredPage
from crypto.domain.rejection import printable
from crypto.domain.run import Checkpoint, Counters, Run, RunStatus
from crypto.domain.sweep_plan import SweepPlan
from crypto.entrypoints.cli.screen.show import cell

ENCODER = Encoder()

LEVELS = {RunStatus.SUCCESS: "INFO", RunStatus.CANCELLED: "WARNING"}


class RunEvent(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that happened. `refused`: a run could not be had, or was taken away, for the reason `error`.

    `away`: the run waits for the database, for the reason `error`. `waiting`: the source is ingested again at
    `until`; it was ingested, or its last run `failed`.
    `planned`: it takes so many `requests`, the last about `until`; `left` is what the month has left after it.
    When the month `falls_short`, it has only `left` for it, and more at `reset_at`.
    """

    event: Literal["started", "planned", "page", "away", "finished", "refused", "waiting"]
    source: str
    run_id: int | None = None
    page: int | None = None
    status: str | None = None
    seconds: float | None = None
    error: str | None = None
    counters: Counters | None = None
    resumed: bool = False
    until: datetime | None = None
    failed: bool = False
    coins_named: int | None = None
    coins_missing: int | None = None
    requests: int | None = None
    left: int | None = None
    falls_short: bool = False
    reset_at: datetime | None = None


Listener = Callable[[RunEvent], None]


class RunEventPublisher:
    """Tells every listener of what a run does; a crash's traceback goes to the log at DEBUG."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = listeners

    def started(self, run: Run, checkpoint: Checkpoint) -> None:
        """Publish that a source was claimed, and whether its sweep goes on."""
        resumed = checkpoint.page_seq > 0
        self._tell(RunEvent(event="started", source=run.source, run_id=run.run_id, resumed=resumed))

    def planned(self, run: Run, plan: SweepPlan) -> None:
        """Publish how many requests the sweep will take, and how long."""
        self._tell(
            RunEvent(
                event="planned",
                source=run.source,
                run_id=run.run_id,
                until=plan.ends_at,
                requests=plan.requests,
                left=plan.left if plan.falls_short else plan.left_after,
                falls_short=plan.falls_short,
                reset_at=plan.reset_at,
            )
        )

    def page_committed(self, run: Run, stored: StoredPage, outcome: Counters) -> None:
        """Publish that a page is stored, with the counts of its records."""
        event = RunEvent(event="page", source=run.source, run_id=run.run_id, page=stored.page_id, counters=outcome)
        self._tell(event)

    def finished(self, run: Run) -> None:
        """Publish that a run ended, and how."""
        self._tell(
            RunEvent(
                event="finished",
                source=run.source,
                run_id=run.run_id,
                status=run.status,
                seconds=run.duration_seconds,
                error=run.error,
                counters=run.counters,
                coins_named=run.coins_named,
                coins_missing=run.coins_missing,
            )
        )

    def left_unasked(self, run: Run, error: CryptoError) -> None:
        """Coins that the list missed could not be asked for by id."""
        bound = logger.bind(source=run.source, run_id=run.run_id)
        bound.warning("coins that the list missed could not be asked for by id: {}", error)

    def unknown_coins(self, run: Run, coin_ids: Sequence[str]) -> None:
        """Log a warning that the source gives no coin of these ids of the setting COINS."""
        bound = logger.bind(source=run.source, run_id=run.run_id)
        name = setting_name(run.source, "coins")
        told = ", ".join(map(repr, coin_ids))
        bound.warning("{} gives no coin of these ids: {}; check the setting {}", run.source, told, name)

    def redeclared(self, run: Run, parts: Sequence[str], withdrawn: int) -> None:
        """What was read of files is read as they are declared now."""
        bound = logger.bind(source=run.source, run_id=run.run_id)
        told = f"{printable(parts[0])} and {len(parts) - 1} more" if len(parts) > 1 else printable(parts[0])
        bound.warning(
            "{} quote(s) read from {} as was declared before are withdrawn, into history: the settings changed",
            withdrawn,
            told,
        )

    def database_away(self, run: Run, error: StoreUnavailable) -> None:
        """Publish that the run waits for the database."""
        self._tell(RunEvent(event="away", source=run.source, run_id=run.run_id, error=str(error)))

    def budget_away(self, source: str, error: StoreUnavailable) -> None:
        """Publish that a source waits for the database that counts its requests."""
        self._tell(RunEvent(event="away", source=source, error=str(error)))

    def crashed(self, run: Run, error: BaseException) -> None:
        """Log an error that nobody expected, which ended a run."""
        bound = logger.bind(source=run.source, run_id=run.run_id)
        bound.error("the run met an unexpected error: {}: {}", type(error).__name__, error)
        bound.opt(exception=error).debug("where it came from")

    def refused(self, result: SourceResult) -> None:
        """Publish that a source could not be ingested, or was taken away."""
        if result.error:
            self._tell(RunEvent(event="refused", source=result.source, error=str(result.error)))

    def waiting(self, source: str, *, until: datetime, failed: bool) -> None:
        """Publish until when a source is not asked."""
        self._tell(RunEvent(event="waiting", source=source, until=until.replace(microsecond=0), failed=failed))

    def _tell(self, event: RunEvent) -> None:
        for listener in self._listeners:
            listener(event)


def log_event(event: RunEvent, *, page_level: str = "INFO") -> None:
    """Write it to the log; a run ends with one line, `Completed ETL run`."""
    bound = logger.bind(source=event.source, run_id=event.run_id)
    if event.event == "started":
        bound.info("Resuming ETL run" if event.resumed else "Started ETL run")
    elif event.event == "planned":
        _log_plan(event)
    elif event.event == "page":
        facts = _counted(event.counters or Counters())
        bound.bind(page=event.page, **facts).log(page_level, "Page is in")
    elif event.event == "away":
        bound.warning("Waiting for the database: {}", event.error)
    elif event.event == "refused":
        bound.warning("No ETL run: {}", event.error)
    elif event.event == "waiting":
        next_run_at = event.until.isoformat() if event.until else None
        bound.bind(next_run_at=next_run_at).info("Failed; next ETL run" if event.failed else "Next ETL run")
    else:
        _log_end(event)


def _log_plan(event: RunEvent) -> None:
    bound = logger.bind(source=event.source, run_id=event.run_id, requests=event.requests, left=event.left)
    if event.falls_short:
        bound.warning(
            "Only {} of the {} requests are left until {}", event.left, event.requests, cell(event.reset_at)
        )
    else:
        bound.info("Planned ETL run: to end about {}", cell(event.until))


def _log_end(event: RunEvent) -> None:
    counters = event.counters or Counters()
    level = LEVELS.get(RunStatus(event.status), "ERROR") if event.status else "ERROR"
    logger.bind(
        source=event.source,
        run_id=event.run_id,
        records=counters.received,
        duration=round(event.seconds, 3) if event.seconds is not None else None,
        status=event.status,
        pages=counters.pages,
        **_counted(counters),
        coins_missing=event.coins_missing,
        error=event.error,
    ).log(level, "Completed ETL run")


def _counted(counters: Counters) -> dict[str, int]:
    return {
        "inserted": counters.inserted,
        "unchanged": counters.unchanged,
        "restated": counters.restated,
        "rejected": counters.rejected,
        "withdrawn": counters.withdrawn,
        "skipped": counters.skipped,
    }


def print_event(event: RunEvent) -> None:
    """Write a run event to stdout as one line of JSON."""
    sys.stdout.write(ENCODER.encode(event).decode() + "\n")
    sys.stdout.flush()
