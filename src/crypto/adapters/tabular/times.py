"""The moment a row is of, in UTC, from the ways tables write times."""

import re
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crypto.adapters.tabular.unreadable import setting
from crypto.domain.rejection import Reason, RecordRejected, printable

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MAX_CHARACTERS = 64

_HOUR = re.compile(r"%[-_0^#]?[HIXcsT]")


def time_zone(name: str) -> ZoneInfo:
    """The time zone of that IANA name.

    :raises ValueError: when there is none.
    """
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"{name!r} is no IANA time zone such as Europe/Berlin") from error


def check_date_format(date_format: str) -> None:
    """Whether strptime understands it.

    :raises ValueError: when it does not.
    """
    moment = datetime(2020, 2, 13, 14, 15, 16, tzinfo=UTC)
    try:
        datetime.strptime(moment.strftime(date_format), date_format)  # noqa: DTZ007 - only whether it can be read
    except (ValueError, re.error) as error:
        raise ValueError(f"{date_format!r} is no strptime format such as %d/%m/%Y: {error}") from error


class Times:
    """Reads the times of one page; a date without an hour is the end of that day in `zone`.

    That end is never later than the arrival, as long as the day itself has begun by then.
    """

    def __init__(self, *, zone: ZoneInfo, date_format: str | None, received_at: datetime) -> None:
        self._zone = zone
        self._format = date_format
        self._format_has_hour = bool(date_format and _HOUR.search(date_format))
        self._received_at = received_at
        self._known: dict[str, datetime] = {}

    def __call__(self, text: str) -> datetime:
        """Aware UTC.

        :raises RecordRejected: for an empty cell, or a time written in a way not known.
        """
        moment = self._known.get(text)
        if moment is None:
            moment = self._known[text] = self._read(text.strip())
        return moment

    def _read(self, text: str) -> datetime:
        if not text:
            raise RecordRejected(Reason.MISSING_TIME, "the row has no time")
        try:
            return self._moment(text)
        except (ValueError, OverflowError, re.error) as error:
            remedy = setting("DATE_FORMAT", "<strptime format>")
            said = printable(text[:MAX_CHARACTERS])
            raise RecordRejected(
                Reason.BAD_TIME, f"the time is {said!r}; {remedy} would say how to read it"
            ) from error

    def _moment(self, text: str) -> datetime:
        if len(text) > MAX_CHARACTERS or not text.isascii():
            raise ValueError
        if self._format and (declared := self._declared(text, self._format)):
            return declared
        if text[:10].isdigit():
            return _unix(text)
        return self._iso(text)

    def _declared(self, text: str, date_format: str) -> datetime | None:
        try:
            moment = datetime.strptime(text, date_format)  # noqa: DTZ007 - the zone is added below
        except ValueError:
            return None
        return self._utc(moment) if self._format_has_hour else self._end_of(moment.date())

    def _iso(self, text: str) -> datetime:
        if text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T", " "):
            raise ValueError
        if len(text) == 10:
            return self._end_of(date.fromisoformat(text))
        plain = text.removesuffix(" UTC")
        moment = datetime.fromisoformat(plain)
        return moment.replace(tzinfo=UTC) if plain != text and not moment.tzinfo else self._utc(moment)

    def _utc(self, moment: datetime) -> datetime:
        return (moment if moment.tzinfo else moment.replace(tzinfo=self._zone)).astimezone(UTC)

    def _end_of(self, day: date) -> datetime:
        begin = self._utc(datetime(day.year, day.month, day.day))  # noqa: DTZ001 - _utc adds the zone
        after = day + timedelta(days=1)
        end = self._utc(datetime(after.year, after.month, after.day))  # noqa: DTZ001 - _utc adds the zone
        return min(end, self._received_at) if begin <= self._received_at else end


def _unix(text: str) -> datetime:
    """Seconds have 10 digits from 2001 to 2286, milliseconds 13; a fraction is kept to the microsecond."""
    whole, _, fraction = text.partition(".")
    if len(whole) not in (10, 13) or not whole.isdigit() or not (fraction or "0").isdigit():
        raise ValueError
    unit = 6 if len(whole) == 10 else 3
    return EPOCH + timedelta(microseconds=int(whole + fraction.ljust(unit, "0")[:unit]))
