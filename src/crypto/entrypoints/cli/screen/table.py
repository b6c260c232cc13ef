"""Draw a table that fits the screen: every digit of every number is there, whatever else has to give way."""

from collections.abc import Iterator, Sequence

from rich.cells import cell_len

from crypto.entrypoints.cli.screen.column_widths import (
    GAP,
    MARGIN,
    fold_width,
    outsiders,
    telling,
    widths_of,
    with_room,
)
from crypto.entrypoints.cli.screen.display import folded, padded
from crypto.entrypoints.cli.screen.grid import Grid

RULE = "─"
BELOW = MARGIN + 2
"""How far that is indented what stands below a row, or goes on there."""

AS_ABOVE = "the same as above"


def table_lines(grid: Grid, width: int) -> Iterator[str]:
    """The lines, none wider unless a single number or id is. A row too wide for the others' columns is a block."""
    grid = with_room(telling(grid), width)
    apart = outsiders(grid, width)
    if 2 * len(apart) > len(grid.rows):
        apart = set(range(len(grid.rows)))
    inside = grid.rows_but(apart)
    widths = widths_of(inside, width)
    beside = fold_width(inside, widths, width)
    if inside.rows or not grid.rows:
        yield from _heading(inside, widths, beside)
    notes = _notes(grid, width)
    for place, row in enumerate(grid.rows):
        if place in apart:
            yield from _block(grid, row, width)
        elif beside:
            yield from _with_note(_line(grid, row, widths), grid.notes[place], beside)
            continue
        else:
            yield _line(grid, row, widths).rstrip()
        yield from notes[place]


def wide_lines(grid: Grid) -> Iterator[str]:
    """The lines, as wide as they get; a note stands behind its row."""
    widths = [max(map(cell_len, texts)) for texts in zip(grid.names, *grid.rows, strict=True)]
    noted = max(map(cell_len, (grid.note_name, *grid.notes)), default=0) if grid.notes else 0
    yield from _heading(grid, widths, noted)
    for place, row in enumerate(grid.rows):
        note = grid.notes[place] if grid.notes else ""
        yield f"{_line(grid, row, widths)}{' ' * GAP}{note}".rstrip()


def fitting_lines(grid: Grid, width: int) -> Iterator[str]:
    """The table's lines where they fit the width; else a line a value, and a blank one between rows.

    No word is broken, so that it can be copied: one that is longer than the line stands out.
    """
    lines = list(wide_lines(grid))
    yield from lines if max(map(cell_len, lines)) <= width else _records(grid, width)


def _records(grid: Grid, width: int) -> Iterator[str]:
    names = (*grid.names, grid.note_name)
    hang = MARGIN + max(map(cell_len, names)) + GAP
    for place, row in enumerate(grid.rows):
        if place:
            yield ""
        note = grid.notes[place] if grid.notes else ""
        for name, text in zip(names, (*row, note), strict=True):
            yield from _fact(name, text, width, hang) if text else ()


def _fact(name: str, text: str, width: int, hang: int) -> list[str]:
    line = " " * MARGIN + padded(name, hang - MARGIN) + text
    return folded(line, width, hang=hang, whole_words=True) if " " in text else [line]


def _heading(grid: Grid, widths: Sequence[int], beside: int) -> Iterator[str]:
    noted = " " * GAP + grid.note_name if beside else ""
    yield (_line(grid, grid.names, widths) + noted).rstrip()
    yield " " * MARGIN + RULE * (sum(widths) + GAP * (len(widths) - 1) + (GAP + beside if beside else 0))


def _line(grid: Grid, row: Sequence[str], widths: Sequence[int]) -> str:
    cells = zip(grid.columns, row, widths, strict=True)
    texts = [padded(column.fitted(text, width), width, right=column.is_number) for column, text, width in cells]
    return " " * MARGIN + (" " * GAP).join(texts)


def _with_note(line: str, note: str, width: int) -> Iterator[str]:
    first, *more = folded(note, width)
    yield f"{line}{' ' * GAP}{first}".rstrip()
    yield from (f"{' ' * cell_len(line)}{' ' * GAP}{each}" for each in more)


def _block(grid: Grid, row: Sequence[str], width: int) -> Iterator[str]:
    """`name: value`, one after the other; what does not fit goes on below, indented."""
    line = " " * MARGIN
    for column, text in zip(grid.columns, row, strict=True):
        pair = f"{column.heading}: {column.whole(text, width - BELOW - cell_len(column.heading) - 2)}"
        joined = f"{line}{' ' * GAP}{pair}" if line.strip() else line + pair
        if line.strip() and cell_len(joined) > width:
            yield line
            joined = " " * BELOW + pair
        line = joined
    yield line


def _notes(grid: Grid, width: int) -> list[list[str]]:
    """What stands below each row; one that is long is said once."""
    told: set[str] = set()
    below: list[list[str]] = []
    for note in grid.notes or [""] * len(grid.rows):
        lines = folded(note, width - BELOW) if note else []
        below.append([" " * BELOW + each for each in ([AS_ABOVE] if len(lines) > 1 and note in told else lines)])
        told.add(note)
    return below
