"""What the cells of a row say of its time: one cell, or a day, a time of day and a zone in one each."""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from msgspec import Struct

from crypto.adapters.csv.times.clock import looks_like_clock, time_of_day
from crypto.adapters.csv.times.date_format import in_format
from crypto.adapters.csv.times.dates import DateOrder, is_two_ways, orders_of
from crypto.adapters.csv.times.written import Written, joined, written
from crypto.adapters.csv.times.zones import said_zone
from crypto.adapters.csv.unreadable import Unclear, setting
from crypto.domain.rejection import printable

TIME_FIELDS = ("observed_at", "time_of_day", "time_zone")
"""Our fields that tell the time of a row: a day or a moment, and what it may lack."""

MAX_CHARACTERS = 96

_COUNT = re.compile(r"[+-]?[0-9]+(?:[.,][0-9]*)?(?:[eE][+-]?[0-9]+)?")

LEAST_DIGITS = 9
"""The fewest digits of a number that cannot be a date without signs."""


class TimeCells(Struct, frozen=True):
    """The cells of a row that tell its time; None where there is no such column."""

    day: str
    clock: str | None = None
    zone: str | None = None

    @property
    def text(self) -> str:
        """All the cells that tell a time in one text, for a message."""
        return " ".join(filter(None, (self.day, self.clock, self.zone)))


def time_cells(row: Sequence[str], places: Sequence[int | None]) -> TimeCells:
    """The cells of a row for the day, the time of day and the zone, which are in these places."""
    day, clock, zone = (None if place is None else row[place] for place in places)
    return TimeCells(day or "", clock, zone)


def written_in(cells: TimeCells, date_format: str | None, order: DateOrder | None) -> Written:
    """The moment, or the day, that cells say together.

    :raises Unclear: when they say what is not a moment, or two.
    :raises ValueError: when they are written in a way not known.
    """
    if len(cells.day) > MAX_CHARACTERS:
        raise ValueError
    if cells.clock is None and cells.zone is None and date_format is None:
        return written(cells.day, order)
    found = _in_format(cells, date_format) or _both(cells, date_format, order)
    return found if _has_zone(found) or not cells.zone else Written(found.moment, said_zone(cells.zone))


def complaint(cells: TimeCells, order: DateOrder | None) -> str:
    """Why they are not read, and what would help, if something would."""
    said, text = time_said(cells), cells.text[:MAX_CHARACTERS]
    if order and is_two_ways(text):
        return f"{said}, which is not a date with {setting('DATE_ORDER', order)}"
    if orders := orders_of(text):
        return f"{said}: day or month first? {setting('DATE_ORDER', min(orders))} would say so"
    if looks_like_clock(text):
        day = setting("COLUMNS", "observed_at=<column of the day>,time_of_day=<this column>")
        return f"{said}, a time of day without its day; {day} would say both"
    if _COUNT.fullmatch(text) and not (text.isdigit() and len(text) < LEAST_DIGITS):
        return f"{said}: not a unix time, which has 10, 13, 16 or 19 digits, and not the number of a day"
    return f"{said}; {setting('DATE_FORMAT', '<strptime format>')} would say how to read it"


def time_said(cells: TimeCells) -> str:
    """The beginning of a message about a time: what its cells say."""
    return f"the time is {printable(cells.text[:MAX_CHARACTERS])!r}"


def _in_format(cells: TimeCells, date_format: str | None) -> Written | None:
    """What a declared format says of the cells together."""
    day_and_clock = f"{cells.day} {cells.clock}" if cells.clock else cells.day
    moment = in_format(day_and_clock, date_format) if date_format else None
    return None if moment is None else Written(moment)


def _both(cells: TimeCells, date_format: str | None, order: DateOrder | None) -> Written:
    """What each of them says by itself."""
    found = _in_format(TimeCells(cells.day), date_format) or written(cells.day, order)
    return found if cells.clock is None else _with_clock(found, cells.clock)


def _with_clock(found: Written, text: str) -> Written:
    """The day is a date, or its midnight."""
    day, (clock, said) = found.moment, time_of_day(text)
    if isinstance(day, datetime) and (day.tzinfo or day.time() != time()):
        raise Unclear("two times of day, one of them beside the day")
    return joined(date(day.year, day.month, day.day), clock, said_zone(said) if said else found.zone)


def _has_zone(found: Written) -> bool:
    aware = isinstance(found.moment, datetime) and found.moment.tzinfo is not None
    return aware or found.zone is not None
