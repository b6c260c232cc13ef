"""How far apart the rows of a known export are, which tells whether its volume is that of a day."""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from crypto.adapters.csv.format.recognition import Recognised
from crypto.adapters.csv.times.dates import common_orders
from crypto.adapters.csv.times.times import Times
from crypto.adapters.csv.times.unix import EPOCH
from crypto.domain.rejection import RecordRejected

DAY = timedelta(days=1)


def are_days(found: Recognised) -> bool:
    """Whether the smallest step between the times of its first rows is a day; of a single row it is not known."""
    moments = sorted(set(_moments(found)))
    return min((after - before for before, after in pairwise(moments)), default=None) == DAY


def _moments(found: Recognised) -> Iterator[datetime]:
    cells = found.cells(found.known.time)
    orders = common_orders(cells) or ()
    order = found.known.date_order or next(iter(orders), None)
    times = Times(zone=ZoneInfo("UTC"), received_at=EPOCH, date_format=found.known.date_format, order=order)
    for cell in cells:
        try:
            yield _by_the_clock(times.said(cell))
        except RecordRejected:
            continue


def _by_the_clock(said: date) -> datetime:
    return datetime.combine(said, said.time() if isinstance(said, datetime) else time())
