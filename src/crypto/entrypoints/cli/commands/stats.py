"""`crypto stats`: how the last ingest of each source went."""

import rich_click as click

from crypto.entrypoints.cli.kit.options import json_option, wide_option
from crypto.entrypoints.cli.screen.grid import Column

FIELDS = ("source", "feed", "status", "records_processed", "duration_seconds", "inserted", "unchanged", "restated",
          "rejected", "skipped", "last_success_timestamp", "last_failure_timestamp", "error_message")  # fmt: skip

COLUMNS = (
    Column(name="source"),
    Column(name="feed", unless=("prices",)),
    Column(name="status"),
    Column(name="records_processed", title="records"),
    Column(name="inserted", rank=1),
    Column(name="unchanged", rank=4),
    Column(name="restated", rank=3, unless=("0",)),
    Column(name="rejected", rank=2),
    Column(name="skipped", rank=3, unless=("0",)),
    Column(name="duration_seconds", title="seconds", rank=5),
    Column(name="last_success", title="last success"),
    Column(name="last_failure", title="last failure", unless=("-",)),
)


@click.command("stats")
@wide_option
@json_option
def command(*, wide: bool, as_json: bool) -> None:
    """Show how the last ingest of each source went, and how many quotes there are.

    \b
      crypto stats
      crypto stats --json | jq '.sources[] | select(.status != "success")'
    """
    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.ages import told_ago
    from crypto.entrypoints.cli.screen.show import MORE, show_json, show_table, show_wide

    found = asked(lambda container: container.report_run_stats()())
    rows = [{name: getattr(each, name) for name in FIELDS} for each in found.sources]
    if as_json:
        show_json({"sources": rows, "total_records": found.total_records})
        return
    note = f"{found.total_records:,} quotes are stored"
    if wide:
        show_wide(FIELDS[:-1], rows, noted="error_message", note=note)
        return
    aged = [
        {
            **row,
            "last_success": told_ago(each.last_success_timestamp),
            "last_failure": told_ago(each.last_failure_timestamp),
        }
        for row, each in zip(rows, found.sources, strict=True)
    ]
    show_table(COLUMNS, aged, noted="error_message", note=f"{note}; {MORE}")
