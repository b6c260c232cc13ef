"""Decide what of a table gives way where not all of it fits: columns, then the ends of texts, never a digit."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec.structs import replace
from rich.cells import cell_len

from crypto.entrypoints.cli.screen.display import longest_word, pinched
from crypto.entrypoints.cli.screen.grid import Column, Grid

MARGIN, GAP = 1, 2

NOTE_LEAST, NOTE_EASE = 24, 40
"""Notes that cannot have the first beside the rows stand below them; the second comes before texts in full."""

ONE_IN = 6
"""A column is left out where more than one in so many rows would not fit with it."""

Most: TypeAlias = Callable[[Column], int]
"""How wide a text that may be shortened may be."""


def telling(grid: Grid) -> Grid:
    """The table without the columns that say nothing, and without notes where there are none."""
    silent = {place for place, column in enumerate(grid.columns) if set(grid.texts(place)) <= set(column.unless)}
    kept = grid.columns_but(silent if grid.rows else ())
    return kept if any(grid.notes) else replace(kept, notes=())


def with_room(grid: Grid, width: int) -> Grid:
    """The table with those of its optional columns, by rank, with which nearly all rows fit."""
    ranked = sorted((column.rank, place) for place, column in enumerate(grid.columns) if column.rank)
    out = {place for _, place in ranked}
    for _, place in ranked:
        tried = grid.columns_but(out - {place})
        apart = _too_wide(tried, width, _eased)
        if len(apart) <= len(grid.rows) // ONE_IN and _sum(_needed(tried.rows_but(apart), _eased)) <= width:
            out.remove(place)
    return grid.columns_but(out)


def outsiders(grid: Grid, width: int) -> set[int]:
    """The rows that do not stand in the columns of the others: too wide, or with an id that looks like another."""
    apart = _too_wide(grid, width, _least)
    widths = widths_of(grid.rows_but(apart), width)
    for place, column in enumerate(grid.columns):
        if column.gives == "middle":
            apart |= _alike(grid.texts(place), widths[place])
    return apart


def widths_of(grid: Grid, width: int) -> list[int]:
    """Each column's; what is left over goes to texts that were shortened, from the left."""
    widths = _needed(grid, _least)
    spare = width - _sum(widths) - (_noted(grid, NOTE_EASE) + GAP if grid.notes else 0)
    for place, natural in enumerate(_needed(grid, lambda _: width)):
        more = max(0, min(spare, natural - widths[place]))
        widths[place] += more
        spare -= more
    return widths


def fold_width(grid: Grid, widths: Sequence[int], width: int) -> int:
    """The width of the notes beside the rows; 0: they stand below, as beside them a word would be broken."""
    if not grid.notes:
        return 0
    left = width - _sum(widths) - GAP
    needed = max(_noted(grid, NOTE_LEAST), *map(longest_word, grid.notes))
    return min(left, _noted(grid, width)) if left >= needed else 0


def _noted(grid: Grid, most: int) -> int:
    return min(most, max(map(cell_len, (grid.note_name, *grid.notes))))


def _too_wide(grid: Grid, width: int, most: Most) -> set[int]:
    """The fewest rows, those that stand out most, without which the others fit."""
    by_excess = sorted(range(len(grid.rows)), key=_excesses(grid).__getitem__, reverse=True)
    low, high = 0, len(by_excess)
    while low < high:
        middle = (low + high) // 2
        if _sum(_needed(grid.rows_but(set(by_excess[:middle])), most)) <= width:
            high = middle
        else:
            low = middle + 1
    return set(by_excess[:low])


def _excesses(grid: Grid) -> list[int]:
    """How much wider each row is than its columns usually are, in characters."""
    lengths = [[cell_len(text) for text in row] for row in grid.rows]
    usual = [sorted(column)[len(column) // 2] for column in zip(*lengths, strict=True)]
    fixed = [place for place, column in enumerate(grid.columns) if column.gives is None]
    return [sum(max(0, row[place] - usual[place]) for place in fixed) for row in lengths]


def _least(column: Column) -> int:
    return column.least


def _eased(column: Column) -> int:
    return max(column.least, column.ease)


def _needed(grid: Grid, most: Most) -> list[int]:
    return [_width(column, grid.texts(place), most) for place, column in enumerate(grid.columns)]


def _width(column: Column, texts: Sequence[str], most: Most) -> int:
    natural = max(map(cell_len, texts), default=0)
    if column.gives is not None:
        natural = min(natural, most(column))
    return max(cell_len(column.heading), natural)


def _sum(widths: Sequence[int]) -> int:
    return MARGIN + sum(widths) + GAP * (len(widths) - 1)


def _alike(ids: Sequence[str], width: int) -> set[int]:
    """Where different ids would be shortened to the same."""
    meant: dict[str, set[str]] = {}
    for each in ids:
        meant.setdefault(pinched(each, width), set()).add(each)
    return {place for place, each in enumerate(ids) if len(meant[pinched(each, width)]) > 1}
