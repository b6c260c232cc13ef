"""Times of day as people write them: `10:00`, `10:00:00,123`, `1:05 PM`, `11-AM`, `100000`."""

import re
from collections.abc import Mapping
from datetime import time

from crypto.adapters.csv.unreadable import Unclear

COLONS = (
    r"(?P<hour>[0-9]{1,2}):(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:[.,](?P<fraction>[0-9]{1,9}))?)?"
    r"(?: ?(?P<half>[AaPp])\.?[Mm](?![A-Za-z])\.?)?(?: Uhr)?"
)
HALF = r"(?P<h>[0-9]{1,2})[- ]?(?P<of>[AaPp])\.?[Mm](?![A-Za-z])\.?"
DIGITS = r"(?P<hh>[0-9]{2})(?:(?P<mm>[0-9]{2})(?:(?P<ss>[0-9]{2})(?:[.,](?P<ff>[0-9]{1,9})|(?P<ms>[0-9]{3}))?)?)?"

_ZONE = r" ?(?P<zone>[A-Za-z+\-(\[].*)?"
AFTER = re.compile(rf"(?:(?:T| ?[,;] ?| - | at | )(?:{COLONS}|{HALF}))?{_ZONE}")
_NO_COLONS = rf"{DIGITS}(?!:|[- ]?[AaPp]\.?[Mm])"
AFTER_ISO = re.compile(rf"[T ]{_NO_COLONS}{_ZONE}")
AFTER_COMPACT = re.compile(rf"(?:[T ;_-]?{_NO_COLONS}|[T;_-](?:{COLONS}|{HALF})){_ZONE}")
"""What stands after a day: a time of day and a zone; without colons where the day is in digits, too."""

_SHORT = r"(?P<five>[0-9])(?P<fm>[0-9]{2})(?P<fs>[0-9]{2})|(?P<only>[0-9])"
_ALONE = re.compile(rf"(?:{COLONS}|{HALF}|{_SHORT}|{DIGITS}){_ZONE}")
_SIGNS = re.compile(r"[0-9]{1,2}(?::[0-9]{2}|[- ]?[AaPp]\.?[Mm]\b)")

LEAP_SECOND = 60

Clock = tuple[time, int]
"""A time of day, and how many days later: one for 24:00."""


def clock_of(said: Mapping[str, str | None]) -> Clock | None:
    """What the groups of these forms say; None when they say nothing.

    :raises Unclear: for a leap second.
    :raises ValueError: when no clock shows that.
    """
    hour = said.get("hour") or said.get("h") or said.get("hh") or said.get("five") or said.get("only")
    if hour is None:
        return None
    minute = said.get("minute") or said.get("mm") or said.get("fm") or 0
    second = said.get("second") or said.get("ss") or said.get("fs") or 0
    fraction = said.get("fraction") or said.get("ff") or said.get("ms") or ""
    micros = int(fraction[:6].ljust(6, "0"))
    parts = int(minute), int(second), micros
    if parts[1] == LEAP_SECOND:
        raise Unclear("a leap second, which the moments that are kept do not have")
    half = (said.get("half") or said.get("of") or "").upper()
    if int(hour) == 24 and not any(parts) and not half:
        return time(), 1
    return time(_hour(int(hour), half), *parts), 0


def time_of_day(text: str) -> tuple[Clock, str]:
    """A cell that holds nothing else, `10:00:00` or `93000`, and the zone behind it, if any.

    :raises ValueError: when it is anything else.
    """
    found = _ALONE.fullmatch(text)
    clock = clock_of(found.groupdict()) if found else None
    if found is None or clock is None:
        raise ValueError
    return clock, found["zone"] or ""


def looks_like_clock(text: str) -> bool:
    """Whether a text is a time of day, by its colon or its AM or PM, and nothing but that."""
    if not _SIGNS.match(text.strip()):
        return False
    try:
        time_of_day(text.strip())
    except ValueError:
        return False
    return True


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 1 <= hour <= 12:
        raise ValueError
    return hour % 12 + 12 * (half == "P")
