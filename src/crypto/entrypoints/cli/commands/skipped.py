"""`crypto skipped`: the records that were passed over, and why."""

from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.options import json_option
from crypto.entrypoints.cli.screen.grid import Column

if TYPE_CHECKING:
    from crypto.domain.skip import StoredSkip

COLUMNS = (
    Column(name="page_id"),
    Column(name="position"),
    Column(name="source"),
    Column(name="reason"),
)
ID = click.IntRange(1, 2**63 - 1)


@click.command("skipped")
@click.option("--page-id", type=ID, help="Of this page.")
@click.option("--run-id", type=ID, help="Of the pages that this run brought.")
@click.option("--limit", "page_size", type=click.IntRange(1, 1000), default=100, show_default=True)
@click.option("--cursor", help="next_cursor of the part before, of the same page or run.")
@json_option
def command(page_id: int | None, run_id: int | None, page_size: int, cursor: str | None, *, as_json: bool) -> None:
    """Show the records that do not claim to be a quote in US dollars, such as an exchange's pairs in euros.

    Nothing is wrong with them; `crypto runs` counts them. Their stored bytes are read again to list them.

    \b
      crypto skipped --run-id 41
      crypto skipped --page-id 812 --json | jq -r '.data[].excerpt'
    """
    from crypto.application.operate.list_skipped import SkippedFilter
    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.show import show_json, show_lines, show_sentences

    wanted = SkippedFilter(page_id=page_id, run_id=run_id)
    found = asked(lambda container: container.list_skipped()(wanted, page_size=page_size, cursor=cursor))
    rows = [_fields(each) for each in found.skipped]
    if as_json:
        show_json({"data": rows, "page_size": found.page_size, "next_cursor": found.next_cursor})
        return
    more = f"; more: --cursor {found.next_cursor}" if found.next_cursor else ""
    if rows:
        shown = [{**row, "page_id": str(row["page_id"]), "position": str(row["position"])} for row in rows]
        show_sentences(COLUMNS, shown, said="excerpt", note=f"{len(rows)} skipped records{more}")
    else:
        show_lines([f"no skipped records{' here' if more else ''}{more}"])


def _fields(found: "StoredSkip") -> dict[str, object]:
    """A skipped record as it is answered, in the words of the API."""
    return {
        "page_id": found.page_id,
        "position": found.skip.position,
        "source": found.source,
        "feed": found.feed,
        "reason": found.skip.reason.value,
        "detail": found.skip.reason.meaning,
        "excerpt": found.skip.excerpt,
    }
