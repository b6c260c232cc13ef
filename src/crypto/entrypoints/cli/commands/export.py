"""`crypto export`: all quotes that are asked for, as one file."""

from pathlib import Path
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.quote_filter import quote_filter_options

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from crypto.entrypoints.cli.kit.quote_filter import Filters


@click.command("export")
@click.argument("file", type=click.Path(path_type=Path, allow_dash=True, dir_okay=False))
@click.option(
    "--format", "form", help="The file's format, before what its name ends with: it takes the same words."
)
@click.option("--replace", is_flag=True, help="Overwrite the file if there is one.")
@quote_filter_options
def command(file: Path, form: str | None, *, replace: bool, **filters: "Unpack[Filters]") -> None:
    """Write all stored quotes that are asked for into FILE, or to standard output (-): no page, no limit.

    The format is by the name: .parquet, .arrow, .csv, .ndjson or .json. Rows come in no order that is promised.
    A file that could not be finished is not left behind.

    \b
      crypto export quotes.parquet                        everything
      crypto export btc.csv --coin bitcoin                one coin
      crypto export - --format ndjson --from 2026-11-01   to another program
    """
    from crypto.entrypoints.cli.export.write import export

    export(file, form, filters, replace=replace)
