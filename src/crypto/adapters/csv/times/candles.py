"""When the close of a candle is known: at its end, while most tables stamp it with its beginning."""

import calendar
import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar

from msgspec import Struct

from crypto.adapters.csv.text import words
from crypto.adapters.csv.text.columns import Columns
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.values.money_names import split_name

OPENS = frozenset({"open", "price_open", "open_price", *words.OPENS})
HIGHS = frozenset({"high", "price_high", "high_price", *words.HIGHS})
LOWS = frozenset({"low", "price_low", "low_price", *words.LOWS})
PRICES = frozenset({"price", "price_usd", *words.PRICES})

CLOSES = frozenset(words.CLOSES)
"""What the parts of a candle are called; a price is its close where an open stands beside it, too."""

NONE = "0"
"""A candle's length where the stamps are already those of the close."""

DAILY = "1d"
WEEKLY = "1w"
MONTHLY = "1mo"

DAY = timedelta(days=1)

_LENGTH = re.compile(r"([1-9][0-9]{0,2})(mo|[mhdw])", re.ASCII)
_UNITS: Mapping[str, timedelta] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": DAY,
    "w": timedelta(weeks=1),
}

Moment = TypeVar("Moment", date, datetime)


class Length(Struct, frozen=True, kw_only=True):
    """How long a candle is: a span of time or whole months; neither where rows are not candles."""

    span: timedelta = timedelta()
    months: int = 0

    def __bool__(self) -> bool:
        return bool(self.span or self.months)

    @property
    def is_of_days(self) -> bool:
        """Whether a candle begins and ends at midnight, by the clock of its place."""
        return bool(self) and not self.span % DAY

    def after(self, begin: Moment) -> Moment:
        """When a candle ends that begins then, by the same clock."""
        if not self.months:
            return begin + self.span
        year, month = divmod(begin.year * 12 + begin.month - 1 + self.months, 12)
        last = calendar.monthrange(year, month + 1)[1]
        return begin.replace(year=year, month=month + 1, day=min(begin.day, last))


def candle_length(text: str) -> Length:
    """How long a candle is: `1d`, `4h`, `5m`, `1mo`; `0` says that the stamps are those of the close.

    :raises ValueError: for anything else.
    """
    if text == NONE:
        return Length()
    found = _LENGTH.fullmatch(text)
    if not found:
        raise ValueError(f"candle is {text!r}; it takes a length such as 1d, 4h, 5m or 1mo, or 0")
    if found[2] == "mo":
        return Length(months=int(found[1]))
    return Length(span=int(found[1]) * _UNITS[found[2]])


def holds_candles(names: Sequence[str], columns: Columns) -> bool:
    """Whether rows are candles: an open, a high or a low stands beside their close, and an open beside a price.

    A file that has lost one of them still stamps the others with the beginning.
    """
    place = columns.get("price_usd")
    price = _called(names[place]) if place is not None else ""
    there = {_called(name) for name in names}
    has_open, has_range = not OPENS.isdisjoint(there), not (HIGHS | LOWS).isdisjoint(there)
    if "close" in price or price in CLOSES:
        return has_open or has_range
    return price in PRICES and has_open and has_range


def _called(name: str) -> str:
    """The name of a column without the money in it: `Open (GBP)` is an open, too."""
    rest, moneys = split_name(name)
    return rest if moneys and rest else plain_name(name)
