"""`crypto rejections`: the records that are not believed, and why."""

from typing import TYPE_CHECKING, TypedDict

import rich_click as click

from crypto.domain.rejection import Reason
from crypto.entrypoints.cli.kit.options import SOURCE, json_option, wide_option
from crypto.entrypoints.cli.screen.grid import Column

if TYPE_CHECKING:
    from typing_extensions import Unpack

COLUMNS = (
    Column(name="received"),
    Column(name="source"),
    Column(name="coin_id", gives="middle", least=12),
    Column(name="reason"),
)
WIDE = ("received_at", "source", "coin_id", "reason", "page_id", "position", "rejected_at", "detail")


class Filters(TypedDict):
    """The options that say which rejections are listed."""

    source: str | None
    feed: str | None
    coin_id: str | None
    is_resolved: bool


@click.command("rejections")
@click.option("--source", type=SOURCE, help="Of this source only.")
@click.option("--feed", help="Of this feed of its source only, such as prices.")
@click.option("--reason", type=click.Choice([each.value for each in Reason]), help="Rejected for this reason.")
@click.option("--coin", "coin_id", help="Records that name this coin, byte for byte.")
@click.option("--resolved", "is_resolved", is_flag=True, help="Those that reading their pages again healed.")
@click.option("--limit", "page_size", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1, 1_000_000), help="Which part of the list, from 1.")
@click.option("--cursor", help="next_cursor of the part before, with the same filters; instead of --page.")
@wide_option
@json_option
def command(
    page_size: int,
    page: int | None,
    cursor: str | None,
    reason: str | None,
    *,
    wide: bool,
    as_json: bool,
    **filters: "Unpack[Filters]",
) -> None:
    """Show the records and fields that are not believed, newest first: what each is of, and what is wrong with it.

    Where only a field cannot be read, such as a market cap of -1, the record is a quote all the same, without it.

    Each stays listed until `crypto reprocess` can read its stored bytes. A file that you mended is new bytes: its
    records come in with the next ingest, and what was wrong with the old ones stays on record here.

    \b
      crypto rejections --source csv --limit 5
      crypto rejections --reason negative --coin wrapped-btc
      crypto rejections --json | jq -r '.data[].excerpt'   what was sent
      crypto reprocess csv                                 read them again
    """
    from msgspec.structs import asdict

    from crypto.domain.rejection import RejectionFilter
    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.ages import told_ago
    from crypto.entrypoints.cli.screen.show import MORE, show_json, show_lines, show_table, show_wide

    wanted = RejectionFilter(reason=None if reason is None else Reason(reason), **filters)
    found = asked(lambda container: container.list_rejections()(
        wanted, page=page, page_size=page_size, cursor=cursor
    ))  # fmt: skip
    rows = [asdict(each) for each in found.rejections]
    if as_json:
        show_json({
            "data": rows,
            "total": found.total if found.is_counted else None,
            "page": found.page,
            "page_size": found.page_size,
            "next_cursor": found.next_cursor,
        })  # fmt: skip
        return
    kind = "resolved" if wanted.is_resolved else "open"
    if not found.total:
        show_lines([f"no {kind} rejections"])
        return
    note = f"{len(rows)} of {'' if found.is_counted else 'more than '}{found.total:,} {kind} rejections"
    if wide:
        show_wide(WIDE, rows, noted="excerpt", note=note)
    else:
        aged = [{**row, "received": told_ago(row["received_at"])} for row in rows]
        show_table(COLUMNS, aged, noted="detail", note=f"{note}; {MORE}")
