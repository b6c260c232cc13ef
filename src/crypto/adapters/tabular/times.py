"""The moment a row is of, in UTC, from the ways tables write times."""

import re
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crypto.adapters.tabular.candles import Length
from crypto.adapters.tabular.dates import DateOrder, Moment, orders_of, written_date
from crypto.adapters.tabular.unreadable import setting
from crypto.domain.rejection import Reason, RecordRejected, printable

Read = TypeVar("Read")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

MAX_CHARACTERS = 64

MIDNIGHT = time()
NO_CANDLE = Length()
ONE_DAY = Length(span=timedelta(days=1))

UNIX_DIGITS: Mapping[int, int] = {10: 6, 13: 3, 16: 0}
"""How many digits the whole part of a unix time has: how many more make it microseconds."""

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

    With a `candle` a time is the beginning of one, and the moment its end. Such an end is never later than the
    arrival, as long as the day or candle itself has begun by then.
    """

    def __init__(
        self,
        *,
        zone: ZoneInfo,
        received_at: datetime,
        date_format: str | None = None,
        order: DateOrder | None = None,
        candle: Length = NO_CANDLE,
    ) -> None:
        self._zone = zone
        self._format = date_format
        self._format_has_hour = bool(date_format and _HOUR.search(date_format))
        self._order: DateOrder | None = order
        self._candle = candle
        self._received_at = received_at
        self._known: dict[str, datetime] = {}

    def __call__(self, text: str) -> datetime:
        """Aware UTC.

        :raises RecordRejected: for an empty cell, or a time written in a way not known.
        """
        moment = self._known.get(text)
        if moment is None:
            moment = self._known[text] = self._read(text.strip(), lambda cell: self._end(self._said(cell)))
        return moment

    def said(self, text: str) -> Moment:
        """What a cell says: a day, or a moment in `zone`; without candles that is all there is to it.

        :raises RecordRejected: as above.
        """
        return self._read(text.strip(), self._said)

    def _read(self, text: str, how: Callable[[str], Read]) -> Read:
        if not text:
            raise RecordRejected(Reason.MISSING_TIME, "the row has no time")
        try:
            return how(text)
        except (ValueError, OverflowError, re.error) as error:
            raise RecordRejected(Reason.BAD_TIME, self._complaint(text)) from error

    def _complaint(self, text: str) -> str:
        said = f"the time is {printable(text[:MAX_CHARACTERS])!r}"
        orders = orders_of(text[:MAX_CHARACTERS])
        if orders and self._order:
            return f"{said}, which is no date with {setting('DATE_ORDER', self._order)}"
        if orders:
            return f"{said}: day or month first? {setting('DATE_ORDER', min(orders))} would say so"
        return f"{said}; {setting('DATE_FORMAT', '<strptime format>')} would say how to read it"

    def _said(self, text: str) -> Moment:
        if len(text) > MAX_CHARACTERS or not text.isascii():
            raise ValueError
        found = self._written(text)
        if not isinstance(found, datetime):
            return found
        return found.astimezone(self._zone) if found.tzinfo else found.replace(tzinfo=self._zone)

    def _written(self, text: str) -> Moment:
        if self._format and (declared := self._declared(text, self._format)):
            return declared
        whole = text.partition(".")[0]
        if len(whole) in UNIX_DIGITS and whole.isdigit():
            return _unix(text)
        try:
            return _iso(text)
        except ValueError:
            return written_date(text, self._order)

    def _declared(self, text: str, date_format: str) -> Moment | None:
        try:
            moment = datetime.strptime(text, date_format)  # noqa: DTZ007 - the zone is added below
        except ValueError:
            return None
        return moment if self._format_has_hour else moment.date()

    def _end(self, begin: Moment) -> datetime:
        if not isinstance(begin, datetime):
            return self._end_of_day(begin)
        if not self._candle:
            return begin.astimezone(UTC)
        if self._candle.is_of_days and begin.time() == MIDNIGHT:
            return self._end_of_day(begin.date())
        begin = begin if self._candle.months else begin.astimezone(UTC)
        return self._arrived(begin, self._candle.after(begin).astimezone(UTC))

    def _end_of_day(self, day: date) -> datetime:
        """Of that many days, where a candle is of several."""
        length = self._candle if self._candle.is_of_days else ONE_DAY
        return self._arrived(self._midnight(day), self._midnight(length.after(day)))

    def _midnight(self, day: date) -> datetime:
        return datetime(day.year, day.month, day.day, tzinfo=self._zone).astimezone(UTC)

    def _arrived(self, begin: datetime, end: datetime) -> datetime:
        return min(end, self._received_at) if begin <= self._received_at else end


def _iso(text: str) -> Moment:
    if text[4:5] != "-" or text[7:8] != "-" or text[10:11] not in ("", "T", " "):
        raise ValueError
    if len(text) == 10:
        return date.fromisoformat(text)
    plain = text.removesuffix(" UTC")
    moment = datetime.fromisoformat(plain)
    return moment.replace(tzinfo=UTC) if plain != text and not moment.tzinfo else moment


def _unix(text: str) -> datetime:
    """Seconds have 10 digits from 2001 to 2286, milliseconds 13, microseconds 16; a fraction is kept to those."""
    whole, _, fraction = text.partition(".")
    if not (fraction or "0").isdigit():
        raise ValueError
    unit = UNIX_DIGITS[len(whole)]
    return EPOCH + timedelta(microseconds=int(whole + fraction.ljust(unit, "0")[:unit]))
