"""Moments that are written as a number: unix times in any unit, scientific or not, and days of a spreadsheet."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from crypto.adapters.csv.unreadable import Unclear

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

UNIX_DIGITS: Mapping[int, int] = {10: 6, 13: 3, 16: 0, 19: -3}
"""How many digits the whole part of a unix time has: how many more make it microseconds."""

DAY_ZERO = date(1899, 12, 30)
"""Spreadsheets number days from here, in the system of 1900 that almost all use."""

FIRST_DAY, LAST_DAY = 39_814, 65_000
"""From 2009, when the first coin was, to 2077: beyond, five digits are not a day."""

FIRST, LAST = datetime(2009, 1, 1, tzinfo=UTC), datetime(2050, 1, 1, tzinfo=UTC)

FLOATING = Decimal("0.000001")
"""How many seconds off a day number may be, as it is kept with 16 digits."""

FULL = 5
"""So many decimals of a day tell its seconds apart."""

SECOND = timedelta(seconds=1)
USUAL = (timedelta(minutes=1), timedelta(hours=1), timedelta(days=1))

_NUMBER = re.compile(r"(?P<whole>[0-9]+)(?:\.(?P<fraction>[0-9]*))?")
_SCIENTIFIC = re.compile(r"(?P<digits>[0-9](?:\.[0-9]+)?)[eE]\+?0?(?P<exponent>9|12|15|18)")

ROUNDED = "a spreadsheet has rounded it, and the moment is gone; save the column as whole numbers or as text"


def numbered(text: str) -> date | datetime | None:
    """What a number says, a moment in UTC or one of no zone; None when it is not written as a number of that kind.

    :raises Unclear: when digits that it needs are gone.
    """
    if found := _NUMBER.fullmatch(text):
        whole, fraction = found["whole"], found["fraction"] or ""
        if len(whole) in UNIX_DIGITS:
            return _unix(whole, fraction)
        return _day_number(int(whole), fraction) if is_day_number(text) else None
    if found := _SCIENTIFIC.fullmatch(text):
        return _scientific(found["digits"], int(found["exponent"]))
    return None


def is_unix(text: str) -> bool:
    """Whether a number is a unix time at which coins had prices, or of some years to come."""
    try:
        moment = None if is_day_number(text) else numbered(text)
    except Unclear:
        return True
    return isinstance(moment, datetime) and FIRST <= moment < LAST


def is_day_number(text: str) -> bool:
    """Whether a number may be a spreadsheet's count of days, with or without a part of a day."""
    found = _NUMBER.fullmatch(text)
    return found is not None and len(found["whole"]) == 5 and FIRST_DAY <= int(found["whole"]) <= LAST_DAY


def is_scientific(text: str) -> bool:
    """Whether a text is a unix time in scientific notation, such as 1.7E+09."""
    return _SCIENTIFIC.fullmatch(text) is not None


def resolution(digits: str, exponent: int) -> timedelta:
    """What a step of the last digit of a scientific time is."""
    step = Decimal(10) ** (exponent - max(len(digits) - 2, 0) + UNIX_DIGITS[exponent + 1])
    return timedelta(microseconds=float(step))


def are_rounded(cells: Iterable[str]) -> bool:
    """Whether scientific times have fewer digits than they had, as some are between all usual moments."""
    found = [each for cell in cells if (each := _SCIENTIFIC.fullmatch(cell))]
    steps = [resolution(each["digits"], int(each["exponent"])) for each in found]
    usual = _usual_step(min(steps, default=SECOND))
    return any((_exact(each["digits"], int(each["exponent"])) - EPOCH) % usual for each in found)


def _unix(whole: str, fraction: str) -> datetime:
    """Seconds have 10 digits from 2001 to 2286, milliseconds 13 and so on; a fraction is kept to microseconds."""
    unit = UNIX_DIGITS[len(whole)]
    digits = whole + fraction.ljust(unit, "0")[:unit] if unit >= 0 else whole[:unit]
    return EPOCH + timedelta(microseconds=int(digits))


def _scientific(digits: str, exponent: int) -> datetime:
    """A whole number; where digits may have been dropped, only what no other minute, hour or day is as near to."""
    moment = _exact(digits, exponent)
    if (moment - EPOCH) % _usual_step(resolution(digits, exponent)):
        raise Unclear(ROUNDED)
    return moment


def _exact(digits: str, exponent: int) -> datetime:
    whole, _, fraction = f"{Decimal(digits).scaleb(exponent):f}".partition(".")
    return _unix(whole, fraction)


def _usual_step(step: timedelta) -> timedelta:
    """The step of usual times that is longer than that of the last digit."""
    if step <= SECOND:
        return timedelta.resolution
    return next((usual for usual in USUAL if step < 2 * usual), USUAL[-1])


def _day_number(number: int, fraction: str) -> date | datetime:
    """A part of a day is its nearest second or thousandth; one of few decimals is a sixteenth, or not believed."""
    day = DAY_ZERO + timedelta(days=number)
    if not fraction.strip("0"):
        return day
    exact = Decimal(f"0.{fraction}") * 86_400
    lost = Decimal(43_200).scaleb(-len(fraction)) + FLOATING
    if len(fraction) < FULL and Decimal(f"0.{fraction}") % Decimal("0.0625"):
        raise Unclear(ROUNDED)
    millis = round(exact) * 1000 if abs(exact - round(exact)) <= lost else round(exact * 1000)
    if abs(exact * 1000 - millis) > lost * 1000:
        raise Unclear(ROUNDED)
    return datetime.combine(day, time()) + timedelta(milliseconds=millis)
