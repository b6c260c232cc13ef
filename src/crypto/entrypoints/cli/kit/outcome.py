"""Show how an ingest or a re-processing went, source by source, and give it its exit code."""

import sys
from collections.abc import Mapping, Sequence

from msgspec.structs import asdict

from crypto.application.ingest.ingest_sources import SourceResult
from crypto.entrypoints.cli.kit.exits import BUSY, FAILED, FENCED_OFF, NO_DATABASE, code_of
from crypto.entrypoints.cli.screen.grid import Column
from crypto.entrypoints.cli.screen.show import percent, show_json, show_table
from crypto.entrypoints.log import redacted

COLUMNS = (
    Column(name="source"),
    Column(name="status"),
    Column(name="pages", rank=2),
    Column(name="received"),
    Column(name="inserted"),
    Column(name="unchanged", rank=1),
    Column(name="restated", unless=("0", "-")),
    Column(name="withdrawn", unless=("0", "-")),
    Column(name="rejected"),
    Column(name="skipped", unless=("0", "-")),
    Column(name="complete", unless=("-", "100.0 %")),
    Column(name="seconds", rank=3),
)

WORST_FIRST = (FAILED, NO_DATABASE, FENCED_OFF, BUSY)
"""Exit codes in the order in which they count: of several failures, the first gives the exit code."""

REFUSED = "refused"


def conclude(results: Sequence[SourceResult], *, as_json: bool) -> None:
    """Show how the runs ended, and end the process with the exit code that they call for."""
    rows = [_row(each) for each in results]
    if as_json:
        show_json({"data": rows})
    else:
        show_table(COLUMNS, [_shown(*each) for each in zip(rows, results, strict=True)], noted="error")
    sys.exit(exit_code(results))


def exit_code(results: Sequence[SourceResult]) -> int:
    """The exit code that results call for: 0 when every source succeeded."""
    codes = {FAILED if each.error is None else code_of(each.error) for each in results if not each.succeeded}
    return next((code for code in WORST_FIRST if code in codes), max(codes, default=0))


def _shown(row: Mapping[str, object], result: SourceResult) -> dict[str, object]:
    nothing = dict.fromkeys(column.name for column in COLUMNS)
    return {**nothing, **row, "complete": percent(result.run.complete_percent) if result.run else None}


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
