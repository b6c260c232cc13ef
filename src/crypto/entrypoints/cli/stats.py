"""`crypto stats`: how the last ingest of each source went."""

import rich_click as click

from crypto.entrypoints.cli.options import json_option

FIELDS = {
    "source": "source",
    "status": "status",
    "records_processed": "records",
    "duration_seconds": "seconds",
    "inserted": "inserted",
    "unchanged": "unchanged",
    "restated": "restated",
    "rejected": "rejected",
    "skipped": "skipped",
    "last_success_timestamp": "last success",
    "last_failure_timestamp": "last failure",
    "error_message": "error",
}
"""In the words of the API, and shorter ones for the table."""


@click.command("stats")
@json_option
def command(*, as_json: bool) -> None:
    """Show how the last ingest of each source went, and how many quotes there are.

    \b
      crypto stats
      crypto stats --json | jq '.sources[] | select(.status != "success")'
    """
    from crypto.entrypoints.cli.session import asked
    from crypto.entrypoints.cli.show import show_json, show_outcomes

    found = asked(lambda container: container.report_run_stats()())
    rows = [{name: getattr(each, name) for name in FIELDS} for each in found.sources]
    if as_json:
        show_json({"sources": rows, "total_records": found.total_records})
        return
    values = [list(row.values()) for row in rows]
    show_outcomes(tuple(FIELDS.values()), values, note=f"{found.total_records} quotes are stored")
