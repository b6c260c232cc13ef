"""What the first cells of one column say of times."""

from collections.abc import Sequence
from datetime import datetime, time
from functools import cached_property

from crypto.adapters.csv.infer.inferred import Numbered
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.times.clock import looks_like_clock, time_of_day
from crypto.adapters.csv.times.dates import ORDERS, DateOrder, orders_of
from crypto.adapters.csv.times.moments import TimeCells, written_in
from crypto.adapters.csv.times.written import Written
from crypto.adapters.csv.times.zones import said_zone

HOUR_DIGITS, SECOND_DIGITS, MINUTE_DIGITS = {1, 2}, {5, 6}, {4}
"""How long the cells of a column of hours, of seconds (93000, 100000) and of minutes (0930) are."""


class TimeColumn:
    """A column's cells that are not empty, as days and moments; read when they are asked for."""

    def __init__(self, cells: Sequence[Numbered], declared: FormatOptions) -> None:
        self.cells = [(line, cell.strip()) for line, cell in cells]
        self._format = declared.date_format
        self._order: DateOrder | None = declared.date_order

    @cached_property
    def said(self) -> list[tuple[int, str, Written]]:
        """What can be read of it: the line, the cell, and what that says, in whichever order of day and month."""
        found = ((line, cell, self._written(cell)) for line, cell in self.cells)
        return [(line, cell, written) for line, cell, written in found if written]

    @property
    def are_times(self) -> bool:
        """Whether most cells are days or moments."""
        return len(self.said) * 2 > len(self.cells)

    @property
    def days(self) -> list[tuple[int, str]]:
        """The cells that are a day without a time of day, with their lines."""
        return [(line, cell) for line, cell, each in self.said if not isinstance(each.moment, datetime)]

    @property
    def are_days(self) -> bool:
        """Whether no cell says a time of day."""
        return bool(self.said) and len(self.days) == len(self.said)

    @property
    def are_local_moments(self) -> bool:
        """Whether some cells say a time of day, and none of them in which zone."""
        moments = [each for _, _, each in self.said if isinstance(each.moment, datetime)]
        return bool(moments) and all(_is_local(each) for each in moments)

    @property
    def are_midnights(self) -> bool:
        """Whether each cell says a day, and 00:00."""
        return bool(self.said) and all(
            isinstance(each.moment, datetime) and not each.moment.tzinfo and each.moment.time() == time()
            for _, _, each in self.said
        )

    @property
    def is_local(self) -> bool:
        """Whether a cell leaves open in which zone it is."""
        return any(_is_local(each) for _, _, each in self.said)

    @property
    def are_zones(self) -> bool:
        """Whether each cell says how far from UTC its row's time is."""
        return bool(self.cells) and all(_is_zone(cell) for _, cell in self.cells)

    @property
    def are_clocks(self) -> bool:
        """Whether each cell is nothing but a time of day, by its colon."""
        return bool(self.cells) and all(looks_like_clock(cell) for _, cell in self.cells)

    @property
    def may_be_clocks(self) -> bool:
        """Whether each cell is a time of day, or digits that one may be written in, if the column is called so."""
        lengths = {len(cell) for _, cell in self.cells if cell.isdigit()}
        is_one_form = any(lengths <= form for form in (HOUR_DIGITS, SECOND_DIGITS, MINUTE_DIGITS))
        return bool(self.cells) and is_one_form and all(_is_clock(cell) for _, cell in self.cells)

    def _written(self, cell: str) -> Written | None:
        fitting: DateOrder | None = next((order for order in ORDERS if order in orders_of(cell)), None)
        try:
            return written_in(TimeCells(cell), self._format, self._order or fitting)
        except (ValueError, OverflowError):
            return None


def _is_local(said: Written) -> bool:
    return said.zone is None and not (isinstance(said.moment, datetime) and said.moment.tzinfo)


def _is_clock(cell: str) -> bool:
    try:
        time_of_day(cell)
    except ValueError:
        return False
    return True


def _is_zone(cell: str) -> bool:
    try:
        return not isinstance(said_zone(cell), str)
    except ValueError:
        return False
