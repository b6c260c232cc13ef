"""Show answers: tables for people, JSON for programs; every digit of an amount, never by way of a float."""

import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import rich_click as click
from rich.console import Console

ENCODER = msgspec.json.Encoder(decimal_format="number")

WIDE = 10_000
"""Columns, more than any table needs: like psql's, it is never squeezed, and no digit is cut or folded away."""

ERROR_WIDTH = 60
"""Characters of an error that a table shows; the whole of a longer one stands below it."""

SKIPPED = "skipped"
"""The column of a counter that is 0 for all but exchanges."""

READER_LEFT = 141
"""The exit code when nobody reads stdout any more, as in `crypto data | head`: that of SIGPIPE."""


class _Stdout(Console):
    """Leaves it to us what happens when the reader is gone: rich would exit with 1."""

    def on_broken_pipe(self) -> None:
        raise BrokenPipeError


@contextmanager
def _reader_may_leave() -> Iterator[None]:
    """Ends the process quietly when the reader of stdout is gone."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains while it exits
        sys.exit(READER_LEFT)


def show_json(answer: object) -> None:
    """One JSON document on stdout, indented."""
    text = msgspec.json.format(ENCODER.encode(answer), indent=2)
    with _reader_may_leave():
        click.echo(text.decode())


def show_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, note: str = "") -> None:
    """A table on stdout; numbers stand to the right. The note below it is for people: on stderr."""
    from rich.box import SIMPLE_HEAD
    from rich.table import Table
    from rich.text import Text

    rows = [tuple(row) for row in rows]
    table = Table(box=SIMPLE_HEAD, pad_edge=False, padding=(0, 1, 0, 0))
    for place, column in enumerate(columns):
        numbers = any(isinstance(row[place], int | float | Decimal) for row in rows)
        table.add_column(column, justify="right" if numbers else "left", no_wrap=True)
    for row in rows:
        table.add_row(*(Text(cell(value)) for value in row))
    with _reader_may_leave():
        _Stdout(width=WIDE, soft_wrap=True).print(table)
    if note:
        click.echo(note, err=True)


def show_lines(lines: Iterable[str]) -> None:
    """Lines on stdout."""
    with _reader_may_leave():
        for line in lines:
            click.echo(line)


def show_outcomes(columns: Sequence[str], rows: Sequence[Sequence[object]], *, note: str = "") -> None:
    """A table with the columns `source` and `error`; an error is cut there and stands in full below the table.

    One that a source met several times is said once. `skipped` is a column only where something was.
    """
    if SKIPPED in columns and not any(row[columns.index(SKIPPED)] for row in rows):
        kept = [place for place, column in enumerate(columns) if column != SKIPPED]
        columns, rows = [columns[place] for place in kept], [[row[place] for place in kept] for row in rows]
    at, source = columns.index("error"), columns.index("source")
    show_table(columns, [(*row[:at], _shortened(row[at]), *row[at + 1 :]) for row in rows])
    whole = dict.fromkeys(_with_source(row[source], row[at]) for row in rows if _shortened(row[at]) != row[at])
    show_lines(whole)
    if note:
        click.echo(note, err=True)


def _with_source(source: object, error: object) -> str:
    """Most errors name their source already."""
    return f"{source}: {cell(error).removeprefix(f'{source}: ')}"


def _shortened(error: object) -> object:
    text = cell(error)
    return text[: ERROR_WIDTH - 1].rstrip() + "…" if len(text) > ERROR_WIDTH else error


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


def percent(value: float | None) -> str | None:
    """A part of the whole, `99.8 %`."""
    return None if value is None else f"{value:.1f} %"


def plain(amount: Decimal | None) -> Decimal | None:
    """The same number, a large one as 2201000000000 and not as 2.201E+12, as the API writes it."""
    return Decimal(f"{amount:f}") if amount is not None and "E+" in str(amount) else amount
