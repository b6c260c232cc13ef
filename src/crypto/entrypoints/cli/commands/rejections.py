"""`crypto rejections`: the records that are not believed, and why."""

import rich_click as click

from crypto.entrypoints.cli.kit.options import SOURCE, json_option, wide_option
from crypto.entrypoints.cli.screen.grid import Column

COLUMNS = (
    Column(name="received"),
    Column(name="source"),
    Column(name="coin_id", gives="middle", least=12),
    Column(name="reason"),
)
WIDE = ("received_at", "source", "coin_id", "reason", "page_id", "position", "rejected_at", "detail")


@click.command("rejections")
@click.option("--source", type=SOURCE, help="Of this source only.")
@click.option("--limit", "page_size", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1, 1_000_000), default=1, help="Which part of the list, from 1.")
@wide_option
@json_option
def command(source: str | None, page_size: int, page: int, *, wide: bool, as_json: bool) -> None:
    """Show the records and fields that are not believed, newest first: what each is of, and what is wrong with it.

    Where only a field cannot be read, such as a market cap of -1, the record is a quote all the same, without it.

    Each stays listed until `crypto reprocess` can read its stored bytes. A file that you mended is new bytes: its
    records come in with the next ingest, and what was wrong with the old ones stays on record here.

    \b
      crypto rejections --source csv --limit 5
      crypto rejections --json | jq -r '.data[].excerpt'   what was sent
      crypto reprocess csv                                 read them again
    """
    from msgspec.structs import asdict

    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.ages import told_ago
    from crypto.entrypoints.cli.screen.show import MORE, show_json, show_lines, show_table, show_wide

    found = asked(lambda container: container.list_rejections()(
        source=source, page=page, page_size=page_size
    ))  # fmt: skip
    if as_json:
        show_json({"data": found.rejections, "total": found.total, "page": page, "page_size": page_size})
        return
    if not found.total:
        show_lines(["no open rejections"])
        return
    rows = [asdict(each) for each in found.rejections]
    note = f"{len(rows)} of {found.total:,} open rejections"
    if wide:
        show_wide(WIDE, rows, noted="excerpt", note=note)
    else:
        aged = [{**row, "received": told_ago(row["received_at"])} for row in rows]
        show_table(COLUMNS, aged, noted="detail", note=f"{note}; {MORE}")
