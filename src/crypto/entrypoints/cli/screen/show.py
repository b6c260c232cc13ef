"""Show answers: tables for people, JSON for programs; every digit of an amount, never by way of a float."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

import msgspec
import rich_click as click
from msgspec.structs import replace

if TYPE_CHECKING:
    from crypto.entrypoints.cli.screen.grid import Column, Grid

ENCODER = msgspec.json.Encoder(decimal_format="number")

MORE = "--wide shows every column"
"""What is said below a table that fits the screen."""

PLAINER = {ord("─"): "-", ord("…"): "~"}
"""Where stdout takes no such characters."""

READER_LEFT = 141
"""The exit code when nobody reads stdout any more, as in `crypto data | head`: that of SIGPIPE."""


@contextmanager
def reader_may_leave() -> Iterator[None]:
    """Ends the process quietly when the reader of stdout is gone."""
    try:
        yield
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # else Python complains while it exits
        sys.exit(READER_LEFT)


def show_json(answer: object) -> None:
    """Write an answer to stdout as one JSON document, indented."""
    text = msgspec.json.format(ENCODER.encode(answer), indent=2)
    with reader_may_leave():
        click.echo(text.decode())


def show_table(
    columns: "Sequence[Column]", rows: Sequence[Mapping[str, object]], *, noted: str = "", note: str = ""
) -> None:
    """A table on stdout that fits the screen, each value by its column's name; numbers stand to the right.

    `noted` is the value that stands as a sentence beside its row or below it. The note is for people: on stderr.
    """
    from crypto.entrypoints.cli.screen.display import screen_width
    from crypto.entrypoints.cli.screen.table import table_lines

    show_lines(table_lines(_grid(columns, rows, noted, grouped), screen_width()))
    if note:
        click.echo(note, err=True)


def show_wide(
    names: Sequence[str], rows: Sequence[Mapping[str, object]], *, noted: str = "", note: str = ""
) -> None:
    """A table of all these values as they are, as wide as it gets; on a narrower terminal a line a value."""
    from crypto.entrypoints.cli.screen.display import terminal_width
    from crypto.entrypoints.cli.screen.grid import Column
    from crypto.entrypoints.cli.screen.table import fitting_lines, wide_lines

    grid, width = _grid([Column(name=each) for each in names], rows, noted, cell), terminal_width()
    show_lines(fitting_lines(grid, width) if width else wide_lines(grid))
    if note:
        click.echo(note, err=True)


def show_sentences(
    columns: "Sequence[Column]", rows: Sequence[Mapping[str, object]], *, said: str, note: str = ""
) -> None:
    """A table whose sentences are folded to fit the screen; in a pipe each stays on its line, to be searched."""
    from crypto.entrypoints.cli.screen.display import reader_width

    if reader_width():
        show_table(columns, rows, noted=said, note=note)
    else:
        show_wide([each.name for each in columns], rows, noted=said, note=note)


def _grid(
    columns: "Sequence[Column]", rows: Sequence[Mapping[str, object]], noted: str, form: Callable[[object], str]
) -> "Grid":
    from crypto.entrypoints.cli.screen.grid import Grid

    return Grid(
        columns=tuple(replace(each, is_number=_is_number(row[each.name] for row in rows)) for each in columns),
        rows=tuple(tuple(form(row[each.name]) for each in columns) for row in rows),
        note_name=noted,
        notes=tuple("" if row[noted] is None else cell(row[noted]) for row in rows) if noted else (),
    )


def _is_number(values: Iterable[object]) -> bool:
    return any(isinstance(value, int | float | Decimal) and not isinstance(value, bool) for value in values)


def show_lines(lines: Iterable[str]) -> None:
    """Write lines to stdout."""
    with reader_may_leave():
        for line in lines:
            click.echo(_writable(line))


def _writable(line: str) -> str:
    """The line in what stdout can hold: a character that it cannot is shown by its number."""
    encoding = getattr(sys.stdout, "encoding", None) or "utf-8"
    try:
        line.encode(encoding)
    except UnicodeEncodeError:
        drawn = line.translate(PLAINER)
        return drawn.encode(encoding, "backslashreplace").decode(encoding)
    return line


def show_facts(facts: Mapping[str, object]) -> None:
    """A line for each fact, its name first; on a terminal a long one goes on below itself."""
    from crypto.entrypoints.cli.screen.display import folded, reader_width

    words, width = max(map(len, facts)) + 2, reader_width()
    lines = [f"{name:<{words}}{cell(value)}" for name, value in facts.items()]
    show_lines(each for line in lines for each in (folded(line, width, hang=words) if width else [line]))


def grouped(value: object) -> str:
    """One value as a person takes it in: every digit, in groups of three; a moment in UTC without saying so."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Decimal):
        return f"{value:,f}"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return cell(value).removesuffix("Z") if isinstance(value, datetime) else cell(value)


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
    """A share in percent as people read it, `99.8 %`; None stays None."""
    return None if value is None else f"{value:.1f} %"


def plain(amount: Decimal | None) -> Decimal | None:
    """A number without an exponent: 2201000000000 and not 2.201E+12, as the API writes it."""
    return Decimal(f"{amount:f}") if amount is not None and "E+" in str(amount) else amount
