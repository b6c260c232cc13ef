"""One cell as a day or a moment, in any of the ways that are known."""

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta

from msgspec import Struct

from crypto.adapters.csv.times.clock import AFTER, Clock, clock_of
from crypto.adapters.csv.times.dates import DateOrder, Moment, day_of
from crypto.adapters.csv.times.unix import numbered
from crypto.adapters.csv.times.zones import Zone, said_zone
from crypto.adapters.csv.unreadable import Unclear, setting

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")

_WORD = r"[^\W\d_]{3,12}"
_RANGE = re.compile(r"[^T]*[0-9]{1,2}:[0-9]{2} ?-[0-9]{2}:[0-9]{2}")
_LAST_YEAR = re.compile(
    rf"(?P<day>{_WORD} {{1,2}}[0-9]{{1,2}}) (?P<clock>[0-9:]{{7,8}})(?P<zone> [A-Z]{{3,5}})? (?P<year>[0-9]{{4}})"
)
_WEEKDAY = re.compile(r"(?P<name>mon|tue|wed|thu|fri|sat|sun)[a-z]{0,6}[.,]? +(?=\S)", re.IGNORECASE)
_SPACES = str.maketrans(
    dict.fromkeys("\u00a0\u2002\u2003\u2009\u202f\u3000", " ") | {"\u2212": "-", "\u2011": "-"}
)


class Written(Struct, frozen=True):
    """What a cell says, and in which zone, if it says that of a day or in letters."""

    moment: Moment
    zone: Zone | None = None


def written(text: str, order: DateOrder | None) -> Written:
    """What a cell says: `1706745600`, `2024-01-31T10:00Z`, `26-Dec-18`, `31 janv. 2024`; with `order`, `1/2/24`.

    :raises Unclear: when it says something else that can be told.
    :raises ValueError: when it says it in another way, or no calendar has that day.
    """
    if text.isascii() and (known := _iso(text) or numbered(text)):
        return Written(known)
    text = text.translate(_SPACES) if text.isascii() else unicodedata.normalize("NFC", text).translate(_SPACES)
    if found := _LAST_YEAR.fullmatch(_WEEKDAY.sub("", text, count=1)):
        text = f"{found['day']} {found['year']} {found['clock']}{found['zone'] or ''}"
    weekday = _WEEKDAY.match(text)
    day, after = _dated(text[weekday.end() :] if weekday else text, order)
    if weekday and WEEKDAYS[day.weekday()] != weekday["name"].lower():
        raise Unclear(f"that day is not a {weekday['name']}")
    return _moment(day, after)


def _moment(day: date, after: re.Match[str]) -> Written:
    clock, said = clock_of(after.groupdict()), after["zone"]
    if clock is None and said and said[0] in "+-":
        raise Unclear("a time of day, or how far from UTC that day is?")
    if _RANGE.fullmatch(after[0]):
        remedy = setting("DATE_FORMAT", "%Y-%m-%d %H:%M%z")
        raise Unclear(
            f"two times of day, or one and how far from UTC it is? {remedy}, as it is written, would say so"
        )
    zone = said_zone(said) if said else None
    return joined(day, clock, zone) if clock else Written(day, zone)


def joined(day: date, clock: Clock, zone: Zone | None) -> Written:
    """One moment from a day and a time of day."""
    at, later = clock
    return Written(datetime.combine(day, at) + timedelta(days=later), zone)


def _iso(text: str) -> datetime | None:
    """The form that most files have, read fast."""
    if len(text) < 19 or text[4] != "-" or text[7] != "-" or text[10] not in "T " or text[13] != ":":
        return None
    try:
        return datetime.fromisoformat(text) if len(text) == 19 else _iso_utc(text)
    except ValueError:
        return None


def _iso_utc(text: str) -> datetime | None:
    plain = text.removesuffix("Z") if text.endswith("Z") else text.removesuffix("+00:00")
    if plain == text or "+" in plain or "-" in plain[8:] or not plain[-1].isdigit():
        return None
    return datetime.fromisoformat(plain).replace(tzinfo=UTC)


def _dated(text: str, order: DateOrder | None) -> tuple[date, re.Match[str]]:
    """The day, and what stands after it."""
    day, end, after = day_of(text, order)
    found = next((found for form in (*after, AFTER) if (found := form.fullmatch(text[end:]))), None)
    if found is None:
        raise ValueError
    return day, found
