"""Columns that are not read and may be the time of their rows: then those are not of the moment of arrival."""

import re
from collections.abc import Collection, Sequence
from itertools import pairwise

from crypto.adapters.csv.infer.inferred import FirstRows
from crypto.adapters.csv.text.columns import Columns, looks_like_date
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.times.candles import holds_candles
from crypto.adapters.csv.times.time_names import CLOCK_NAMES, TIME_NAMES, time_name
from crypto.adapters.csv.times.unix import is_day_number, is_unix, numbered
from crypto.adapters.csv.times.written import written
from crypto.adapters.csv.unreadable import Unclear, Unreadable, setting
from crypto.adapters.csv.values.numbers import looks_like_number

MOST_ROWS = 200

LONGEST_PART = 4
"""Digits of a year."""

_WORD = re.compile(
    r"date|time|day|month|year|stamp|when|created|updated|recorded|snapshot|as_?of|epoch|unix", re.IGNORECASE
)
_BEFORE = re.compile(r"\b(?:ago|yesterday|today)\b", re.IGNORECASE)
"""Words in the name of a time that is counted from another one."""

PARTS = frozenset(
    {"year", "month", "day", "hour", "minute", "week", "quarter", "jahr", "monat", "tag", "año", "mes"}
)
"""Names of a part of a date, in a column of its own."""

AMOUNTS = re.compile(
    r"price|open|high|low|close|vol|cap|supply|rank|count|number|trades|amount|total|pct|percent|change|value|usd",
    re.IGNORECASE,
)


def unread_time(
    names: Sequence[str], rows: FirstRows, taken: Collection[int], prices: Collection[int] = ()
) -> str | None:
    """The first column, of those not taken, that may hold the time: by its name, or its cells.

    As a setting says it: by its name, or by its number if it has none. Columns of `prices` are so by their cells
    alone, and not as numbers of days, which prices may be as well.
    """
    free = [place for place in range(len(names)) if place not in taken]
    cells = {place: [cell.strip() for _, cell in rows.column(place)][:MOST_ROWS] for place in free}
    named = (place for place in free if place not in prices and _is_named(names[place], cells[place]))
    held = (place for place in free if _holds_times(names[place], cells[place], is_price=place in prices))
    place = next(named, None)
    place = next(held, None) if place is None else place
    return None if place is None else names[place] or f"#{place + 1}"


def is_part(name: str, cells: Sequence[str]) -> bool:
    """Whether a column holds a part of a date alone, such as its year."""
    return plain_name(name) in PARTS and all(
        cell.strip().isdigit() and len(cell.strip()) <= LONGEST_PART for cell in cells
    )


def _is_named(name: str, cells: Sequence[str]) -> bool:
    """Whether a column is called by a word for a time, and its cells are not numbers that cannot be one."""
    if plain_name(name) in PARTS:
        return True
    if time_name(name) not in {*TIME_NAMES, *CLOCK_NAMES} and not _WORD.search(name):
        return False
    return not cells or any(_may_be_time(cell) or not looks_like_number(cell) for cell in cells)


def _holds_times(name: str, cells: Sequence[str], *, is_price: bool) -> bool:
    if not cells:
        return False
    if sum(map(_may_be_time, cells)) * 2 > len(cells):
        return True
    return not is_price and _are_day_numbers(name, cells)


def _may_be_time(cell: str) -> bool:
    """Whether a cell alone shows it, whatever its column is called."""
    if looks_like_date(cell) or is_unix(cell) or _BEFORE.search(cell):
        return True
    if is_day_number(cell) or not any(map(str.isdigit, cell)):
        return False
    try:
        return bool(numbered(cell) or written(cell, None))
    except Unclear:
        return not looks_like_number(cell)
    except (ValueError, OverflowError):
        return False


def _are_day_numbers(name: str, cells: Sequence[str]) -> bool:
    """Whether they count days as spreadsheets do: all the same, or evenly apart, as prices are not."""
    if AMOUNTS.search(name) or not all(cell.isdigit() and is_day_number(cell) for cell in cells):
        return False
    steps = {int(after) - int(before) for before, after in pairwise(cells)}
    return len(steps) <= 1 or steps <= {0, 1} or steps <= {0, -1}


def open_time(
    names: Sequence[str], rows: FirstRows, columns: Columns, unread: str | None, *, has: str
) -> Unreadable | None:
    """Why the rows of a file without a time column are not of the moment of its arrival, if they are not."""
    which, all_rows = setting("COLUMNS", "observed_at=<column>"), setting("OBSERVED_AT", "<ISO time>")
    if unread and is_part(
        unread, [cell for _, cell in rows.column(names.index(unread))] if unread in names else ()
    ):
        lacks = "a date in several columns, which are not joined; put it into one"
        return Unreadable(f"{has} {lacks}, or set {all_rows} for all its rows")
    if unread:
        which = setting("COLUMNS", f"observed_at={unread}")
        lacks = f"{has} no known time column; set {which}, or {all_rows} for all its rows"
        return Unreadable(lacks, columns={"observed_at": unread})
    if holds_candles(names, columns):
        lacks = "candles (open, high, low, close) and no time"
        return Unreadable(f"{has} {lacks}; set {which}, or {all_rows} for all its rows")
    return None
