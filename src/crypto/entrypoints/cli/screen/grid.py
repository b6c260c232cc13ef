"""What a table shows: columns of texts, and what of them may give way where not all of it fits."""

from collections.abc import Collection
from typing import Literal, TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from crypto.entrypoints.cli.screen.display import pinched, shortened

Row: TypeAlias = tuple[str, ...]


class Column(Struct, frozen=True, kw_only=True):
    """A column of texts, under the name of its value or the `title` that it is given.

    `gives` says where a text may be shortened, down to `least`: at its `end`, or in the `middle`, for ids, which
    often differ at their ends; it has `ease` before a column that may be left out has anything. `rank` 0 is always
    shown, the others in their order as far as there is room. A column that says no more than `unless` is left out.
    """

    name: str
    is_number: bool = False
    gives: Literal["end", "middle"] | None = None
    least: int = 8
    ease: int = 16
    rank: int = 0
    unless: tuple[str, ...] = ()
    title: str = ""

    @property
    def heading(self) -> str:
        """The heading of the column: its title, else its name."""
        return self.title or self.name

    def fitted(self, text: str, width: int) -> str:
        """What of a text stands in a column of this width."""
        return text if self.gives is None else (pinched if self.gives == "middle" else shortened)(text, width)

    def whole(self, text: str, width: int) -> str:
        """What of a text stands on a line of its own: of an id all."""
        return shortened(text, width) if self.gives == "end" else text


class Grid(Struct, frozen=True, kw_only=True):
    """Rows of texts, and a note for each: a sentence, or an empty one. No `notes`: the rows have none."""

    columns: tuple[Column, ...]
    rows: tuple[Row, ...]
    note_name: str = ""
    notes: tuple[str, ...] = ()

    @property
    def names(self) -> Row:
        """The headings of the columns."""
        return tuple(column.heading for column in self.columns)

    def rows_but(self, places: Collection[int]) -> "Grid":
        """The table without the rows at these places."""
        kept = [place for place in range(len(self.rows)) if place not in places]
        notes = tuple(self.notes[place] for place in kept) if self.notes else ()
        return replace(self, rows=tuple(self.rows[place] for place in kept), notes=notes)

    def columns_but(self, places: Collection[int]) -> "Grid":
        """The table without the columns at these places."""
        kept = [place for place in range(len(self.columns)) if place not in places]
        rows = tuple(tuple(row[place] for place in kept) for row in self.rows)
        return replace(self, columns=tuple(self.columns[place] for place in kept), rows=rows)

    def texts(self, place: int) -> list[str]:
        """The texts in the column at this place, from top to bottom."""
        return [row[place] for row in self.rows]
