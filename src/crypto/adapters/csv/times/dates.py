"""Dates as people write them: which form a cell has, and whether day or month comes first."""

import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias

from crypto.adapters.csv.times.clock import AFTER, AFTER_COMPACT, AFTER_ISO
from crypto.adapters.csv.times.months import month
from crypto.adapters.csv.unreadable import Unclear

DateOrder: TypeAlias = Literal["dmy", "mdy", "ymd"]

ORDERS: tuple[DateOrder, ...] = ("dmy", "mdy", "ymd")

FIRST_YEAR = 2009
"""No coin had a price before, so no date of two digits' years is of another century."""

MONTHS_A_YEAR = 12

Moment: TypeAlias = date | datetime
"""A day, or a moment: without a zone unless the cell has one."""

_WORD = r"[^\W\d_]{3,12}"
_NUMERIC = re.compile(
    r"(?P<a>[0-9]{1,4})(?P<sign>[/.-]) ?(?P<b>[0-9]{1,2})(?P=sign) ?(?P<c>[0-9]{1,4})(?![0-9])\.?"
)
_CHARACTERS = re.compile(r"(?P<y>[0-9]{4}) ?[年년] ?(?P<m>[0-9]{1,2}) ?[月월] ?(?P<d>[0-9]{1,2}) ?[日일号]")
_DAY_MONTH = re.compile(
    rf"(?P<d>[0-9]{{1,2}})(?:st|nd|rd|th|er|º)?(?:[-./ ]|\. | de )?(?P<month>{_WORD})\.?(?:[-,./ ]{{0,3}}| de )"
    r"(?P<y>[0-9]{4}|[0-9]{2})(?![0-9:])(?: г\.?)?"
)
_MONTH_DAY = re.compile(
    rf"(?P<month>{_WORD})\.?[- ](?P<d>[0-9]{{1,2}})(?:st|nd|rd|th)?(?:,|, |[- ])(?P<y>[0-9]{{4}})(?![0-9:])"
)
_YEAR_MONTH = re.compile(rf"(?P<y>[0-9]{{4}})[-./ ]?(?P<month>{_WORD})\.?[-./ ]?(?P<d>[0-9]{{1,2}})(?![0-9:])")
_COMPACT = re.compile(r"(?P<y>20[0-9]{2})(?P<m>[0-9]{2})(?P<d>[0-9]{2})")
_NAMED = (_CHARACTERS, _DAY_MONTH, _MONTH_DAY, _YEAR_MONTH)

_NO_DAY = re.compile(
    r"(?:19|20)[0-9]{2}[-./ ]?(?:[0-9]{1,2}|[QqHhWwSs]-?[0-9]{1,2}(?:-?[1-7])?)?|[QqHh][1-4][-/ ]?[0-9]{4}"
    rf"|[0-9]{{1,2}}[-/.][0-9]{{4}}|{_WORD}\.?[-/, ]+[0-9]{{2}}(?:[0-9]{{2}})?"
)
"""A month, a quarter, a week: `2024-01`, `Q1 2024`, `2024-W05`, `Jan 2024`."""


def orders_of(text: str) -> frozenset[DateOrder]:
    """The orders in which a cell such as `10/31/2024` is a date; none if it is of another form, or needs none."""
    found = _NUMERIC.match(text)
    if not found or len(found["a"]) == 4 or not AFTER.fullmatch(text[found.end() :]):
        return frozenset()
    return frozenset(order for order in ORDERS if _is_day(found, order))


def common_orders(cells: Iterable[str]) -> frozenset[DateOrder] | None:
    """The orders that all cells of that form agree on; None when there is no such cell."""
    fitting = [orders for cell in cells if (orders := orders_of(cell.strip()))]
    return frozenset.intersection(*fitting) if fitting else None


def is_two_ways(text: str) -> bool:
    """Whether a cell is a date in digits whose order must be known, such as `10/31/2024`."""
    found = _NUMERIC.match(text)
    return found is not None and len(found["a"]) != 4


def has_day_before_month(text: str) -> bool:
    """Whether a cell is a date in the order year, day, month: `2024-31-01`."""
    found = _NUMERIC.match(text)
    return found is not None and len(found["a"]) == 4 and int(found["b"]) > MONTHS_A_YEAR >= int(found["c"])


def has_year_first(text: str) -> bool:
    """Whether a cell is a date with a month's name whose year can only be the first number: `18-Dec-05`."""
    found = _DAY_MONTH.match(text)
    return (
        found is not None and len(found["y"]) == 2 and _year(found["y"]) < FIRST_YEAR <= _year(found["d"].zfill(2))
    )


def day_of(text: str, order: DateOrder | None) -> tuple[date, int, tuple[re.Pattern[str], ...]]:
    """The day that a cell begins with, where it ends, and what may stand after it that after others may not.

    :raises Unclear: when it is a month, a quarter, a week.
    :raises ValueError: when it is of another form, or no calendar has that day.
    """
    if found := _NUMERIC.match(text):
        needed = "ymd" if len(found["a"]) == 4 else order
        if needed is None:
            raise ValueError
        return _day(found, needed), found.end(), (AFTER_ISO,)
    if found := next((found for form in _NAMED if (found := form.match(text))), None):
        return _named_day(found.groupdict(), order), found.end(), ()
    if found := _COMPACT.match(text):
        return date(int(found["y"]), int(found["m"]), int(found["d"])), found.end(), (AFTER_COMPACT,)
    if _NO_DAY.fullmatch(text):
        raise Unclear(
            "that is not a day, and a price of a month, week or year is of a moment that it does not say"
        )
    raise ValueError


def _named_day(said: Mapping[str, str], order: DateOrder | None) -> date:
    """`26-Dec-18` begins with the day, unless the order says that it is the year."""
    number = month(said["month"]) if "month" in said else int(said["m"])
    year, day = said["y"], said["d"]
    if order == "ymd" and len(year) == 2:
        year, day = day, year
    return date(_year(year), number, int(day))


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
