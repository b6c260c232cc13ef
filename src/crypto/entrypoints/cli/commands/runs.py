"""`crypto runs`: the run log, newest first."""

from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.options import SOURCE, json_option, wide_option
from crypto.entrypoints.cli.screen.grid import Column

if TYPE_CHECKING:
    from crypto.domain.run import Run

COLUMNS = (
    Column(name="started"),
    Column(name="run_id", rank=5),
    Column(name="source"),
    Column(name="feed", unless=("prices",)),
    Column(name="kind", rank=1, unless=("ingest",)),
    Column(name="status"),
    Column(name="pages", rank=3),
    Column(name="received"),
    Column(name="inserted"),
    Column(name="unchanged", rank=4),
    Column(name="restated", rank=2, unless=("0",)),
    Column(name="withdrawn", rank=2, unless=("0",)),
    Column(name="rejected"),
    Column(name="skipped", rank=2, unless=("0",)),
    Column(name="complete", rank=1, unless=("-", "100.0 %")),
    Column(name="seconds", rank=2),
)
WIDE = ("run_id", "source", "feed", "kind", "status", "started_at", "pages", "received", "inserted", "unchanged",
        "restated", "withdrawn", "rejected", "skipped", "complete", "seconds")  # fmt: skip


@click.command("runs")
@click.option("--source", type=SOURCE, help="Of this source only.")
@click.option("--limit", "page_size", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1, 1_000_000), default=1, help="Which part of the log, from 1.")
@wide_option
@json_option
def command(source: str | None, page_size: int, page: int, *, wide: bool, as_json: bool) -> None:
    """Show the run log, newest first: every attempt, what it counted, and why it failed.

    \b
      crypto runs --source coingecko --limit 5
      crypto runs --json | jq '.data[0]'
    """
    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.ages import told_ago
    from crypto.entrypoints.cli.screen.show import MORE, percent, show_json, show_table, show_wide

    found = asked(lambda container: container.report_run_stats().runs(
        source=source, page=page, page_size=page_size
    ))  # fmt: skip
    rows = [run_fields(run) for run in found.runs]
    if as_json:
        show_json({"data": rows, "total": found.total, "page": page, "page_size": page_size})
        return
    shown = [
        {**row, "seconds": run.duration_seconds, "complete": percent(run.complete_percent)}
        for row, run in zip(rows, found.runs, strict=True)
    ]
    note = f"{len(rows)} of {found.total:,} runs"
    if wide:
        show_wide(WIDE, shown, noted="error", note=note)
    else:
        aged = [
            {**row, "run_id": str(row["run_id"]), "started": told_ago(run.started_at)}
            for row, run in zip(shown, found.runs, strict=True)
        ]
        show_table(COLUMNS, aged, noted="error", note=f"{note}; {MORE}")


def run_fields(run: "Run") -> dict[str, object]:
    """A run as it is answered, in the words of the API."""
    from msgspec.structs import asdict

    return {
        "run_id": run.run_id,
        "source": run.source,
        "feed": run.feed,
        "kind": run.kind,
        "epoch": run.epoch,
        "status": run.status,
        "started_at": run.started_at,
        "finished_at": run.finished_at,
        "duration_seconds": run.duration_seconds,
        "sweep_id": run.sweep_id,
        **asdict(run.counters),
        "skipped": run.counters.skipped,
        "coins_named": run.coins_named,
        "coins_missing": run.coins_missing,
        "error": run.error,
    }
