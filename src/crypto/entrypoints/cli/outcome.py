"""Show how an ingest or a re-processing went, source by source, and give it its exit code."""

import sys
from collections.abc import Sequence

from msgspec.structs import asdict

from crypto.application.ingest_sources import SourceResult
from crypto.entrypoints.cli.exits import BUSY, FAILED, FENCED_OFF, NO_DATABASE, code_of
from crypto.entrypoints.cli.show import percent, show_json, show_outcomes
from crypto.entrypoints.log import redacted

COLUMNS = ("source", "status", "pages", "received", "inserted", "unchanged", "restated", "rejected",
           "skipped", "complete", "seconds", "error")  # fmt: skip

WORST_FIRST = (FAILED, NO_DATABASE, FENCED_OFF, BUSY)
"""Of several failures, the one that gives the exit code."""

REFUSED = "refused"


def conclude(results: Sequence[SourceResult], *, as_json: bool) -> None:
    """Show the results and end the process."""
    rows = [_row(each) for each in results]
    if as_json:
        show_json({"data": rows})
    else:
        shown = [{**row, "complete": _completeness(each)} for row, each in zip(rows, results, strict=True)]
        show_outcomes(COLUMNS, [[row.get(column) for column in COLUMNS] for row in shown])
    sys.exit(exit_code(results))


def exit_code(results: Sequence[SourceResult]) -> int:
    """0 when every source succeeded."""
    codes = {FAILED if each.error is None else code_of(each.error) for each in results if not each.succeeded}
    return next((code for code in WORST_FIRST if code in codes), max(codes, default=0))


def _completeness(result: SourceResult) -> str | None:
    return percent(result.run.complete_percent) if result.run else None


def _row(result: SourceResult) -> dict[str, object]:
    if result.run is None:
        reason = redacted(str(result.error))
        return {"source": result.source, "status": REFUSED, "error": reason}
    run = result.run
    return {
        "source": run.source,
        "status": run.status,
        "run_id": run.run_id,
        **asdict(run.counters),
        "skipped": run.counters.skipped,
        "coins_named": run.coins_named,
        "coins_missing": run.coins_missing,
        "seconds": run.duration_seconds,
        "error": redacted(run.error) if run.error else None,
    }
