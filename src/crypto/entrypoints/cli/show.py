"""Show answers: tables for people, JSON for programs; every digit of an amount, never by way of a float."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import rich_click as click

ENCODER = msgspec.json.Encoder(decimal_format="number")

WIDE = 10_000
"""Columns, more than any table needs: like psql's, it is never squeezed, and no digit is cut or folded away."""


def show_json(answer: object) -> None:
    """One JSON document on stdout, indented."""
    text = msgspec.json.format(ENCODER.encode(answer), indent=2)
    click.echo(text.decode())


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, note: str = "") -> None:
    """A table on stdout; numbers stand to the right. The note below it is for people: on stderr."""
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    rows = [tuple(row) for row in rows]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for place, column in enumerate(columns):
        numbers = any(isinstance(row[place], int | float | Decimal) for row in rows)
        table.add_column(column, justify="right" if numbers else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    Console(width=WIDE, soft_wrap=True).print(table)
    if note:
        click.echo(note, err=True)


def cell(value: object) -> str:
    """One value as a person reads it; control characters are shown, not obeyed."""
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
    if isinstance(value, Decimal):
        return f"{value:f}"
    if isinstance(value, float):
        return f"{value:.2f}"
    return "".join(each if each.isprintable() else ascii(each)[1:-1] for each in str(value))


def plain(amount: Decimal | None) -> Decimal | None:
    """The same number, a large one as 2201000000000 and not as 2.201E+12, as the API writes it."""
    return Decimal(f"{amount:f}") if amount is not None and "E+" in str(amount) else amount
