"""What the stamps of candles tell: whether they are those of the close, and how long a candle is."""

import calendar
from collections.abc import Collection
from datetime import datetime, time, timedelta
from itertools import pairwise

from crypto.adapters.csv.times.candles import DAILY, DAY, MONTHLY, NONE, WEEKLY, candle_length
from crypto.adapters.csv.unreadable import Unreadable, setting

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
QUARTER = timedelta(minutes=15)

BEFORE_THE_END = (timedelta(seconds=1), timedelta(milliseconds=1), timedelta(microseconds=1))
"""How long before the end of a candle its close is stamped, where it is: 23:59:59, 23:59:59.999."""

LATE = time(23, 50)
"""From here on the time of a day's candle is that of its close, as GOOGLEFINANCE's 23:58:00 is."""

WEEKS_BEGIN = (calendar.MONDAY, calendar.THURSDAY)
"""Days on which exchanges begin a week: the calendar's, and that of weeks counted from the epoch."""

_USUAL = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", DAILY, "3d", WEEKLY)


def are_closes(stamps: Collection[datetime]) -> bool:
    """Whether these moments stand just before the end of a candle, or late on each of several days."""
    step = smallest_step(stamps)
    if all(_is_just_before_the_end(stamp) or _is_a_minute_before(stamp, step) for stamp in stamps):
        return True
    return step >= DAY - timedelta(hours=1) and all(stamp.time() >= LATE for stamp in stamps)


def _is_just_before_the_end(stamp: datetime) -> bool:
    whole = ((stamp + before).time() for before in BEFORE_THE_END)
    return stamp.second == 59 and any(not (each.second or each.microsecond) for each in whole)


def _is_a_minute_before(stamp: datetime, step: timedelta) -> bool:
    """Whether a stamp is the last minute of a candle of that length, without seconds: 10:59, 00:04."""
    return step > MINUTE and not _may_begin(stamp, step) and _may_begin(stamp + MINUTE, step)


def _may_begin(stamp: datetime, step: timedelta) -> bool:
    """Whether a candle of that length may begin then; zones differ by quarters of an hour."""
    since_midnight = stamp - datetime.combine(stamp, time())
    return not since_midnight % min(step, QUARTER)


def usual_length(stamps: Collection[datetime], *, line: int, are_days: bool = False) -> str:
    """The length of the candles that begin at these moments: the smallest step, when all others are made of it.

    `are_days` says that they are dates, without a time of day.

    :raises Unreadable: when that is not a usual one, or the step may as well be told by the days of closes.
    """
    step = smallest_step(stamps)
    length = next((each for each in _USUAL if step == candle_length(each).span), None)
    if months := _months(stamps, are_days=are_days):
        return months
    begin = all(_may_begin(stamp, step) for stamp in stamps) if length else False
    if not begin or any(each % step for each in _steps(stamps)) or _may_be_closes(stamps, step):
        raise _unknown_length(line, are_days=are_days)
    return str(length)


def _steps(stamps: Collection[datetime]) -> list[timedelta]:
    return [after - before for before, after in pairwise(sorted(set(stamps)))]


def smallest_step(stamps: Collection[datetime]) -> timedelta:
    """Between neighbours; none where there are no two."""
    return min(_steps(stamps), default=timedelta())


def _may_be_closes(stamps: Collection[datetime], step: timedelta) -> bool:
    """Whether candles of a day or longer may be stamped with their end, or be shorter than two of them show."""
    if step < DAY:
        return False
    if any(stamp.time() != time() for stamp in stamps):
        return True
    if step == DAY:
        return False
    weekdays = {stamp.weekday() for stamp in stamps}
    return len(set(stamps)) < 3 or (step == timedelta(weeks=1) and not weekdays <= set(WEEKS_BEGIN))


def _months(stamps: Collection[datetime], *, are_days: bool) -> str | None:
    """A month for moments on each first; a day for dates that are each the last of a month."""
    if len(set(stamps)) < 3 or smallest_step(stamps) < timedelta(days=28):
        return None
    if all(stamp.day == 1 and stamp.time() == time() for stamp in stamps):
        return MONTHLY if smallest_step(stamps) <= timedelta(days=31) else None
    return DAILY if are_days and all((stamp + DAY).day == 1 for stamp in stamps) else None


def check_midnights(length: str, stamps: Collection[datetime], *, line: int, timezone: str) -> None:
    """A candle that is declared to be of days begins at midnight, by the clock of the file's zone.

    :raises Unreadable: when one does not: then its end is not known, as days may have 23 or 25 hours.
    """
    declared = candle_length(length)
    late = next((stamp for stamp in sorted(stamps) if stamp.time() != time()), None)
    if late is None or not declared.is_of_days or length.endswith("h"):
        return
    zone = setting("TIMEZONE", "<zone in which it does>")
    hours = "" if declared.months else f", or {setting('CANDLE', f'{declared.span // HOUR}h')}"
    raise Unreadable(
        f"line {line}: a candle of {length} begins at midnight, and in {timezone} one begins at {late:%H:%M}; set "
        f"{zone}{hours}"
    )


def _unknown_length(line: int, *, are_days: bool) -> Unreadable:
    days = f"{setting('CANDLE', DAILY)} (or {WEEKLY}, {MONTHLY} ...)"
    if are_days:
        said = f"set {days}; {DAILY} also if the dates are those of the close"
    else:
        closes = f"{setting('CANDLE', NONE)} if the times are those of the close"
        said = f"set {setting('CANDLE', DAILY)} (or 4h, 5m, {MONTHLY} ...), or {closes}"
    return Unreadable(
        f"line {line} is a candle (open, high, low, close), and the first rows do not tell its length; {said}"
    )
