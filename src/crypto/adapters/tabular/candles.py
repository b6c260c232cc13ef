"""When the close of a candle is known: at its end, while most tables stamp it with its beginning."""

import re
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from crypto.adapters.tabular.columns import Columns, plain_name
from crypto.adapters.tabular.unreadable import Unreadable, setting

PARTS = frozenset({"open", "high", "low"})

NONE = "0"
"""A candle's length where the stamps are already those of the close."""

DAILY = "1d"

_LENGTH = re.compile(r"([1-9][0-9]{0,2})([mhdw])", re.ASCII)
_UNITS: Mapping[str, timedelta] = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_USUAL = ("1m", "3m", "5m", "15m", "30m", "1h", "2h", "4h", "6h", "8h", "12h", "1d", "3d", "1w")


def candle_length(text: str) -> timedelta:
    """How long a candle is: `1d`, `4h`, `5m`; `0` says that the stamps are those of the close.

    :raises ValueError: for anything else.
    """
    if text == NONE:
        return timedelta()
    found = _LENGTH.fullmatch(text)
    if not found:
        raise ValueError(f"candle is {text!r}; it takes a length such as 1d, 4h or 5m, or 0")
    return int(found[1]) * _UNITS[found[2]]


def holds_candles(names: Sequence[str], columns: Columns) -> bool:
    """Whether rows are candles: there are an open, a high and a low beside the price, which is their close."""
    place = columns.get("price_usd")
    price = plain_name(names[place]) if place is not None else ""
    return ("close" in price or price == "price") and {plain_name(name) for name in names} >= PARTS


def usual_length(stamps: Collection[datetime], *, line: int) -> str:
    """The length of the candles that begin at these moments: the smallest step, when all others are made of it.

    :raises Unreadable: when that is no usual one.
    """
    steps = [after - before for before, after in pairwise(sorted(set(stamps)))]
    step = min(steps, default=None)
    length = next((each for each in _USUAL if step == candle_length(each)), None)
    if step is None or length is None or any(each % step for each in steps):
        remedy, closes = setting("CANDLE", "1d"), setting("CANDLE", NONE)
        raise Unreadable(
            f"line {line} is a candle (open, high, low, close), and the first rows do not tell its length; set "
            f"{remedy} (or 4h, 5m ...), or {closes} if the times are those of the close"
        )
    return length
