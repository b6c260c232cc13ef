"""`crypto csv`: try CSV files before they are ingested."""

import rich_click as click

from crypto.entrypoints.cli.csv.options import csv_options
from crypto.entrypoints.cli.kit.groups import HelpfulGroup
from crypto.entrypoints.cli.kit.options import json_option


@click.group("csv", cls=HelpfulGroup)
def command() -> None:
    """CSV files: see what is understood of one before anything is written.

    \b
      crypto csv check prices.csv
    """


@command.command("check")
@click.argument("files", metavar="[FILE]...", nargs=-1)
@click.option("--rows", type=click.IntRange(0, 1000), default=5, show_default=True, help="First quotes to show.")
@json_option
@csv_options
def check(files: tuple[str, ...], rows: int, *, as_json: bool, **declared: object) -> None:
    """Show how files would be read: columns, times, currency, first quotes, what is rejected and why.

    Nothing is written, and no database is needed. A FILE is what the setting PATHS takes: a file, also packed, a
    zip, a pattern, an https address, or - for standard input; none: those that are set. What a file does not say
    of itself is said by the options, each of which is the setting of that name, and of a file with a block of its
    own in crypto.toml by that; the settings to paste are shown at the end. Exit code 1: a file cannot be read, or
    its ingest would fail.

    \b
      crypto csv check prices.csv
      crypto csv check btc.csv.gz --coin-id bitcoin --date-format %d/%m/%Y
      crypto csv check 'https://example.com/prices.csv' --columns price_usd=Last
      crypto csv check - --json < prices.csv | jq '.files[].tables[].rejected'
    """
    from crypto.entrypoints.cli.csv.check import run

    run(files, rows=rows, declared=declared, as_json=as_json)
