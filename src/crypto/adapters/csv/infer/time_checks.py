"""What first rows must not leave open of their times: days among moments, rounded moments, two readings."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta, tzinfo

from crypto.adapters.csv.infer.time_column import TimeColumn
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.times.dates import has_day_before_month, has_year_first
from crypto.adapters.csv.times.unix import ROUNDED, are_rounded
from crypto.adapters.csv.times.written import Written
from crypto.adapters.csv.unreadable import Unreadable, setting

DAY, MINUTE, QUARTER = timedelta(days=1), timedelta(minutes=1), timedelta(minutes=15)

FARTHEST = timedelta(hours=26)
"""How far apart the clocks of two zones are at most."""


def check_column(column: TimeColumn, declared: FormatOptions) -> None:
    """See that a column's cells are one kind of time, whole, and in one order of year, month and day.

    :raises Unreadable: when they are not; it names what would decide.
    """
    if declared.bare_date is None and column.days and column.are_local_moments:
        line, cell = column.days[0]
        ways = f"{setting('BARE_DATE', 'midnight')} or end_of_day"
        raise Unreadable(
            f"line {line} has the date {cell!r} among times with an hour: its 00:00, or all day? set {ways}"
        )
    if are_rounded([cell for _, cell in column.cells]):
        line, cell = column.cells[0]
        raise Unreadable(f"line {line} has the time {cell!r}: {ROUNDED}")
    if declared.date_format:
        return
    for line, cell in column.cells:
        if has_day_before_month(cell):
            sign = cell[4]
            remedy = setting("DATE_FORMAT", f"%Y{sign}%d{sign}%m")
            raise Unreadable(f"line {line} has the time {cell!r}: the day before the month? set {remedy}")
        if declared.date_order is None and has_year_first(cell):
            remedy = setting("DATE_ORDER", "ymd")
            raise Unreadable(f"line {line} has the time {cell!r}: does it begin with the year? set {remedy}")


def check_agree(columns: Mapping[str, TimeColumn], declared: FormatOptions) -> None:
    """See that two columns say the same moment of a row, as far as days and zones let them.

    :raises Unreadable: when they do not.
    """
    (name, one), (other_name, other) = columns.items()
    others = {line: (cell, said) for line, cell, said in other.said}
    for line, cell, said in one.said:
        if line in others and not _agree(said, others[line][1], declared.zone):
            ways = " or ".join(setting("COLUMNS", f"observed_at={each}") for each in columns)
            raise Unreadable(
                f"line {line} has the time {cell!r} in {name!r} and {others[line][0]!r} in {other_name!r}, "
                f"which are not the same; set {ways}"
            )


def _agree(one: Written, other: Written, zone: tzinfo) -> bool:
    if not (isinstance(one.moment, datetime) and isinstance(other.moment, datetime)):
        return abs(_day(one.moment, zone) - _day(other.moment, zone)) <= DAY
    apart = abs(_aware(one.moment, zone) - _aware(other.moment, zone))
    if one.moment.tzinfo and other.moment.tzinfo:
        return apart < MINUTE
    return apart <= FARTHEST and min(apart % QUARTER, QUARTER - apart % QUARTER) < MINUTE


def _day(moment: date | datetime, zone: tzinfo) -> date:
    aware = moment.astimezone(zone) if isinstance(moment, datetime) and moment.tzinfo else moment
    return date(aware.year, aware.month, aware.day)


def _aware(moment: datetime, zone: tzinfo) -> datetime:
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)
