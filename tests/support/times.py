"""One time of a table, read by itself."""

from datetime import UTC, datetime, timedelta

from crypto.adapters.csv.times.candles import Length
from crypto.adapters.csv.times.dates import DateOrder
from crypto.adapters.csv.times.moments import TimeCells
from crypto.adapters.csv.times.times import BareDate, Times
from crypto.adapters.csv.times.zones import RepeatedHour, time_zone

ARRIVAL = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)


def read(
    said: TimeCells | str,
    *,
    zone: str = "UTC",
    date_format: str | None = None,
    order: DateOrder | None = None,
    candle: timedelta = timedelta(),
    repeated_hour: RepeatedHour | None = None,
    bare_date: BareDate | None = None,
) -> datetime:
    """The moment that these cells say, as a page that arrived at ARRIVAL has it.

    :raises RecordRejected: when they say none.
    """
    times = Times(
        zone=time_zone(zone),
        received_at=ARRIVAL,
        date_format=date_format,
        order=order,
        candle=Length(span=candle),
        repeated_hour=repeated_hour,
        bare_date=bare_date,
    )
    return times(said)
