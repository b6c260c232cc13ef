"""A declared way to write times, as strptime takes it."""

import re
from datetime import UTC, date, datetime

from crypto.adapters.csv.times.dates import Moment
from crypto.adapters.csv.unreadable import Unreadable, setting

_HOUR = re.compile(r"%[-_0^#]?[HIXcsT]")
_HALVED = re.compile(r"%[-_0^#]?I")
_HALF = re.compile(r"%[-_0^#]?p")
_DAY = re.compile(r"%[-_0^#]?[djcxuwaADFs]")
_LETTERS = re.compile(r"%[-_0^#]?Z")


def check_date_format(date_format: str) -> None:
    """See that strptime understands this format of dates.

    :raises ValueError: when it does not.
    """
    moment = datetime(2020, 2, 13, 14, 15, 16, tzinfo=UTC)
    try:
        datetime.strptime(moment.strftime(date_format), date_format)  # noqa: DTZ007 - only whether it can be read
    except (ValueError, re.error) as error:
        raise ValueError(f"{date_format!r} is not a strptime format such as %d/%m/%Y: {error}") from error


def require_moments(date_format: str) -> None:
    """A format says a day; of a twelve-hour clock which half; and no zone in letters, which strptime drops.

    :raises Unreadable: when it does not.
    """
    said = setting("DATE_FORMAT", date_format)
    if _LETTERS.search(date_format):
        zone = setting("TIMEZONE", "<its zone>")
        raise Unreadable(
            f"{said} has %Z, which does not read a zone: write its letters as they are, and set {zone}"
        )
    if _HALVED.search(date_format) and not _HALF.search(date_format):
        raise Unreadable(f"{said} has %I without %p: mornings would pass for evenings")
    if not _DAY.search(date_format):
        raise Unreadable(f"{said} says no day: a price of a month or a year is of a moment that it does not say")


def in_format(text: str, date_format: str) -> Moment | None:
    """What a cell says in that format; None when it is written otherwise."""
    try:
        moment = datetime.strptime(text, date_format)  # noqa: DTZ007 - the zone is added where it is known
    except (ValueError, re.error):
        return None
    return moment if _HOUR.search(date_format) else date(moment.year, moment.month, moment.day)
