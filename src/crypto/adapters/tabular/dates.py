"""Dates as people write them: which form a cell has, and whether day or month comes first."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime
from typing import Literal, TypeAlias

DateOrder: TypeAlias = Literal["dmy", "mdy", "ymd"]

ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")

FIRST_YEAR = 2009
"""No coin had a price before, so no date of two digits' years is of another century."""

_LONG = (
    "january", "february", "march", "april", "may", "june",
    "july", "august", "september", "october", "november", "december",
)  # fmt: skip

MONTHS: Mapping[str, int] = {
    "sept": 9,
    **{name: number for number, long in enumerate(_LONG, start=1) for name in (long, long[:3])},
}

_CLOCK = (
    r"(?:[ T]+(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::(?P<second>\d{2})(?:\.(?P<fraction>\d{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm]\.?)?(?P<utc> ?(?:UTC|GMT|Z))?)?"
)
_NUMERIC = re.compile(
    rf"(?P<a>\d{{1,4}})(?P<sign>[/.-])(?P<b>\d{{1,2}})(?P=sign)(?P<c>\d{{1,4}}){_CLOCK}", re.ASCII
)
_DAY_MONTH = re.compile(
    rf"(?P<d>\d{{1,2}})[- ](?P<month>[A-Za-z]{{3,9}})\.?[- ,]+(?P<y>\d{{4}}|\d{{2}}){_CLOCK}", re.ASCII
)
_MONTH_DAY = re.compile(rf"(?P<month>[A-Za-z]{{3,9}})\.? (?P<d>\d{{1,2}}),? (?P<y>\d{{4}}){_CLOCK}", re.ASCII)
_COMPACT = re.compile(
    r"(?P<y>20\d{2})(?P<m>\d{2})(?P<d>\d{2})(?:(?P<hour>\d{2})(?P<minute>\d{2})(?P<second>\d{2})?)?", re.ASCII
)

Moment: TypeAlias = date | datetime
"""A day, or a moment: without a zone unless the cell has one."""


def written_date(text: str, order: DateOrder | None) -> Moment:
    """What a cell says: `26-Dec-18`, `Dec 26, 2018`, `20190411194011`, `2024/01/31`; with `order`, `11/01/2024`.

    :raises ValueError: when it says it in another way, or no calendar has that day.
    """
    if found := _NUMERIC.fullmatch(text):
        needed = "ymd" if len(found["a"]) == 4 else order
        if needed is None:
            raise ValueError
        return _moment(found, _day(found, needed))
    if found := _DAY_MONTH.fullmatch(text) or _MONTH_DAY.fullmatch(text):
        return _moment(found, date(_year(found["y"]), _month(found["month"]), int(found["d"])))
    if found := _COMPACT.fullmatch(text):
        return _moment(found, date(int(found["y"]), int(found["m"]), int(found["d"])))
    raise ValueError


def orders_of(text: str) -> frozenset[DateOrder]:
    """In which orders a cell such as `10/31/2024` is a date; none if it is of another form, or needs none."""
    found = _NUMERIC.fullmatch(text)
    if not found or len(found["a"]) == 4:
        return frozenset()
    return frozenset(order for order in ORDERS if _is_day(found, order))


def common_orders(cells: Iterable[str]) -> frozenset[DateOrder] | None:
    """The orders that all cells of that form agree on; None when there is no such cell."""
    fitting = [orders for cell in cells if (orders := orders_of(cell.strip()))]
    return frozenset.intersection(*fitting) if fitting else None


def _is_day(found: re.Match[str], order: DateOrder) -> bool:
    try:
        return _day(found, order).year >= FIRST_YEAR
    except ValueError:
        return False


def _day(found: re.Match[str], order: DateOrder) -> date:
    """A year has two or four digits, and a month or day one or two."""
    parts = dict(zip(order, (found["a"], found["b"], found["c"]), strict=True))
    if len(parts["d"]) > 2 or len(parts["m"]) > 2:
        raise ValueError
    return date(_year(parts["y"]), int(parts["m"]), int(parts["d"]))


def _year(text: str) -> int:
    if len(text) not in (2, 4):
        raise ValueError
    return int(text) if len(text) == 4 else 2000 + int(text)


def _month(name: str) -> int:
    month = MONTHS.get(name.lower())
    if month is None:
        raise ValueError
    return month


def _moment(found: re.Match[str], day: date) -> Moment:
    said = found.groupdict()
    if not said["hour"]:
        return day
    hour, half = int(said["hour"]), (said.get("half") or "").upper()
    if half:
        if not 1 <= hour <= 12:
            raise ValueError
        hour = hour % 12 + 12 * (half == "P")
    micros = int((said.get("fraction") or "")[:6].ljust(6, "0"))
    clock = (hour, int(said["minute"]), int(said["second"] or 0), micros)
    return datetime(day.year, day.month, day.day, *clock, tzinfo=UTC if said.get("utc") else None)
