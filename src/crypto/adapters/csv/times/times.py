"""The moment a row is of, in UTC, from the ways tables write times."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Literal, TypeAlias, TypeVar

from crypto.adapters.csv.times.candles import Length
from crypto.adapters.csv.times.dates import DateOrder, Moment
from crypto.adapters.csv.times.moments import TimeCells, complaint, time_said, written_in
from crypto.adapters.csv.times.written import Written
from crypto.adapters.csv.times.zones import RepeatedHour, Zone, placed
from crypto.adapters.csv.unreadable import Unclear
from crypto.domain.rejection import Reason, RecordRejected

Read = TypeVar("Read")

BareDate: TypeAlias = Literal["end_of_day", "midnight"]
"""What a date without an hour is."""

MIDNIGHT, NOON = time(), time(12)
NO_CANDLE = Length()
ONE_DAY = Length(span=timedelta(days=1))


class Times:
    """Reads the times of one page; a date without an hour is the end of that day in `zone`, or its midnight.

    With a `candle` a time is the beginning of one, and the moment its end. Such an end is never later than the
    arrival, as long as the day or candle itself has begun by then.
    """

    def __init__(
        self,
        *,
        zone: tzinfo,
        received_at: datetime,
        date_format: str | None = None,
        order: DateOrder | None = None,
        candle: Length = NO_CANDLE,
        repeated_hour: RepeatedHour | None = None,
        bare_date: BareDate | None = None,
    ) -> None:
        self._zone = zone
        self._is_utc = str(zone) == "UTC"
        self._format = date_format
        self._order: DateOrder | None = order
        self._candle = candle
        self._is_of_days = candle.is_of_days
        self._received_at = received_at
        self._repeated_hour: RepeatedHour | None = repeated_hour
        self._bare_date: BareDate | None = bare_date
        self._known: dict[TimeCells | str, datetime] = {}

    def __call__(self, said: TimeCells | str) -> datetime:
        """Aware UTC, of the cells of a row, or of one that says it all.

        :raises RecordRejected: for an empty cell, or a time written in a way not known.
        """
        moment = self._known.get(said)
        if moment is None:
            moment = self._known[said] = self._read(said, self._end_of)
        return moment

    def said(self, said: TimeCells | str) -> Moment:
        """What a cell says: a day, or a moment in `zone`; without candles that is all there is to it.

        :raises RecordRejected: as above.
        """
        return self._read(said, self._begin)

    def _read(self, said: TimeCells | str, how: Callable[[Written], Read]) -> Read:
        cells = _stripped(said)
        if not cells.day or cells.clock == "":
            raise RecordRejected(Reason.MISSING_TIME, f"the row has no {'time of day' if cells.day else 'time'}")
        try:
            return how(written_in(cells, self._format, self._order))
        except Unclear as error:
            raise RecordRejected(Reason.BAD_TIME, f"{time_said(cells)}: {error}") from error
        except (ValueError, OverflowError) as error:
            raise RecordRejected(Reason.BAD_TIME, complaint(cells, self._order)) from error

    def _begin(self, found: Written) -> Moment:
        moment = found.moment
        if isinstance(moment, datetime):
            return self._at(moment, found.zone).astimezone(self._zone)
        if self._bare_date == "midnight":
            return self._at(datetime.combine(moment, MIDNIGHT), found.zone).astimezone(self._zone)
        return moment

    def _end_of(self, found: Written) -> datetime:
        begin = self._begin(found)
        if not isinstance(begin, datetime):
            noon = self._at(datetime.combine(begin, NOON), found.zone)
            return self._end_of_day(begin, noon.tzinfo or self._zone)
        if not self._candle:
            return begin.astimezone(UTC)
        if self._is_whole_days(begin):
            return self._end_of_day(begin.date(), self._zone)
        begin = begin if self._candle.months else begin.astimezone(UTC)
        return self._arrived(begin, self._candle.after(begin).astimezone(UTC))

    def _at(self, moment: datetime, said: Zone | None) -> datetime:
        """A moment by the clock of its zone; a candle of days begins with its day, at whatever time that is."""
        if moment.tzinfo:
            return moment
        if said is None and (self._is_utc or self._is_whole_days(moment)):
            return moment.replace(tzinfo=self._zone)
        return placed(moment, self._zone, said=said, repeated_hour=self._repeated_hour)

    def _is_whole_days(self, begin: datetime) -> bool:
        return self._is_of_days and begin.time() == MIDNIGHT

    def _end_of_day(self, day: date, zone: tzinfo) -> datetime:
        """The last moment of a day; of the last day, where a candle is of several."""
        length = self._candle if self._candle.is_of_days else ONE_DAY
        begin, end = _midnight(day, zone), _midnight(length.after(day), zone)
        if begin == end:
            raise Unclear(f"the calendar in {zone} jumped over that day, so it never was")
        return self._arrived(begin, end)

    def _arrived(self, begin: datetime, end: datetime) -> datetime:
        return min(end, self._received_at) if begin <= self._received_at else end


def _midnight(day: date, zone: tzinfo) -> datetime:
    """Where clocks jump over it, the day's first instant."""
    return datetime.combine(day, MIDNIGHT, tzinfo=zone).astimezone(UTC)


def _stripped(said: TimeCells | str) -> TimeCells:
    """The cells of a time without the spaces around them."""
    if isinstance(said, str):
        return TimeCells(said.strip())
    clock, zone = (cell and cell.strip() for cell in (said.clock, said.zone))
    return TimeCells(said.day.strip(), clock, zone)
