"""Which columns say the moment of a row, as the first rows show it: one, or a day, a time of day and a zone."""

from collections.abc import Iterator, Sequence

from msgspec.structs import replace

from crypto.adapters.csv.infer.inferred import FirstRows
from crypto.adapters.csv.infer.named_zone import in_named_zone
from crypto.adapters.csv.infer.time_checks import check_agree, check_column
from crypto.adapters.csv.infer.time_column import TimeColumn
from crypto.adapters.csv.layout.column_layout import ColumnLayout
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.text import words
from crypto.adapters.csv.text.columns import NO_COLUMN, names_closes
from crypto.adapters.csv.times.date_format import require_moments
from crypto.adapters.csv.times.time_names import (
    CLOCK_NAMES,
    GENERIC,
    TIME_NAMES,
    UNIX_NAMES,
    ZONE_NAMES,
    time_name,
)
from crypto.adapters.csv.unreadable import Unreadable, setting


def timed(
    declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows, *, line: int
) -> FormatOptions:
    """What was declared, with the columns of times that the names in that line and the rows show, and their zone.

    :raises Unreadable: when they contradict each other, or leave it open; it names the setting that would decide.
    """
    if declared.layout == "day_columns":
        return declared
    if declared.date_format:
        require_moments(declared.date_format)
    return _TimeColumns(declared, names, shape, rows, line).found()


class _TimeColumns:
    """The columns of a file that may say the time of its rows."""

    def __init__(
        self, declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows, line: int
    ) -> None:
        self._declared = declared
        self._names = names
        self._columns = shape.columns
        self._line = line
        self._times = {place: TimeColumn(rows.column(place), declared) for place in range(len(names))}

    def found(self) -> FormatOptions:
        place = self._place()
        if place is None:
            return self._declared
        self._check(place)
        columns = dict(self._declared.columns)
        if place != self._columns.get("observed_at"):
            columns["observed_at"] = self._told(place)
        parts = {"time_of_day": self._time_of_day(place), "time_zone": self._time_zone(place)}
        columns |= {field: self._told(each) for field, each in parts.items() if each is not None}
        declared = replace(self._declared, columns=columns)
        named = [self._names[each] for each in (place, parts["time_of_day"]) if each is not None]
        return in_named_zone(declared, named, self._times[place], line=self._line)

    def _place(self) -> int | None:
        """Where the day or moment is: as declared, else of the known names the best whose cells are one."""
        known = self._columns.get("observed_at")
        if "observed_at" in self._declared.columns:
            return known
        unix = (each for each in self._called(UNIX_NAMES) if self._times[each].are_times)
        exact = next((each for each in unix if not self._times[each].are_days), None)
        if known is not None and not self._is_in_doubt(known, exact):
            return known
        if exact is not None:
            return exact
        return next((each for each in self._called(TIME_NAMES) if self._times[each].are_times), known)

    def _is_in_doubt(self, known: int, exact: int | None) -> bool:
        """Whether a column is not the time in spite of its name: it holds none, or one less exact than another."""
        column = self._times[known]
        if names_closes(self._names[known], self._declared.columns):
            return False
        if self._is_time_of_day(known) or (exact is not None and column.are_days):
            return True
        is_foreign = time_name(self._names[known]) in {*words.DATES, *words.TIMES}
        return is_foreign and bool(column.cells) and not column.said

    def _is_time_of_day(self, place: int) -> bool:
        return self._times[place].are_clocks or (
            time_name(self._names[place]) in CLOCK_NAMES
            and not self._times[place].are_times
            and self._times[place].may_be_clocks
        )

    def _called(self, known: Sequence[str]) -> Iterator[int]:
        """The free columns with one of these names, best first."""
        names = [time_name(name) for name in self._names]
        places = (place for each in known for place, name in enumerate(names) if name == each)
        taken = {place for field, place in self._columns.items() if field != "observed_at"}
        return (place for place in places if place not in taken)

    def _check(self, place: int) -> None:
        """The column is one of days or moments, and says what the others say."""
        if self._is_time_of_day(place):
            cell, name = self._times[place].cells[0][1], self._told(place)
            remedy = setting("COLUMNS", f"observed_at=<column of the days>,time_of_day={name}")
            raise Unreadable(
                f"line {self._line}: {name!r} holds times of day ({cell}) without their day; set {remedy}"
            )
        check_column(self._times[place], self._declared)
        if "observed_at" in self._declared.columns or time_name(self._names[place]) not in GENERIC:
            return
        for other in self._called(sorted(GENERIC)):
            if other != place and self._times[other].are_times:
                check_agree(self._both(place, other), self._declared)

    def _both(self, *places: int) -> dict[str, TimeColumn]:
        return {self._told(place): self._times[place] for place in places}

    def _time_of_day(self, place: int) -> int | None:
        """The column of the time of day, beside one of days.

        :raises Unreadable: when there is one that may be, and it is not called so.
        """
        if "time_of_day" in self._declared.columns or not (
            self._times[place].are_days or self._times[place].are_midnights
        ):
            return None
        named = (each for each in self._called(CLOCK_NAMES) if each != place)
        found = next((each for each in named if self._times[each].cells), None)
        if found is not None and self._times[found].may_be_clocks:
            return found
        clocks = (each for each in self._free(place) if self._times[each].are_clocks)
        unsure = next(clocks, found)
        if unsure is None or self._times[unsure].are_times:
            return None
        day, told, cell = self._told(place), self._told(unsure), self._times[unsure].cells[0][1]
        remedy = setting("COLUMNS", f"observed_at={day},time_of_day={told}")
        raise Unreadable(
            f"line {self._line}: {day!r} holds days, and {told!r} may hold the time of day ({cell}); set {remedy}"
            f", or time_of_day={NO_COLUMN} if it does not"
        )

    def _free(self, place: int) -> list[int]:
        return [each for each in self._times if each != place and each not in self._columns.values()]

    def _time_zone(self, place: int) -> int | None:
        """The column of the zone, beside a column that leaves it open."""
        if "time_zone" in self._declared.columns or not self._times[place].is_local:
            return None
        found = next((each for each in self._called(ZONE_NAMES) if self._times[each].cells), None)
        is_sure = found is not None and (self._times[found].are_zones or time_name(self._names[found]) != "offset")
        return found if is_sure else None

    def _told(self, place: int) -> str:
        """As `COLUMNS` calls it: by its name, or by its number where that does not tell it."""
        name = self._names[place]
        return name if name and self._names.count(name) == 1 else f"#{place + 1}"
