"""What a cell of a known export may hold, so that a file that only nearly fits is not taken for one."""

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

from crypto.adapters.csv.values.digits import DecimalSign
from crypto.adapters.csv.values.lost import MISSING

Kind: TypeAlias = Literal[
    "unix",
    "minute",
    "minute in s",
    "minute in ms",
    "before the minute",
    "day",
    "time",
    "time with zone",
    "end of day",
    "late",
    "midnight",
    "hour or day",
    "amount",
    "count",
    "percent",
    "flag",
    "text",
    "any",
]
"""Unix times (of whole minutes, or just before), dates, times (by their zone or hour), amounts, whole numbers."""

_DATE = (
    r"(?:\d{4}[-/.]\s?\d{1,2}[-/.]\s?\d{1,2}|\d{8}|\d{1,2}[-/. ](?:\d{1,2}|[A-Za-z]{3,9})[-/. ,]+\d{2,4}"
    r"|[A-Za-z]{3,9}\.? \d{1,2},? \d{4}|\d{4}年\d{1,2}月\d{1,2}日)"
)
_CLOCK = r"[T ]\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?: ?[AaPp][Mm])?"
_ZONE = r"(?: ?(?:UTC|GMT|Z|[+-]\d{2}:?\d{2}))?"
_UNIX = re.compile(r"(\d{10}|\d{13}|\d{16})(?:\.(\d{1,9}))?", re.ASCII)
_NUMBER = r"[+-]?[$€£]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:(?<=\d)\.?|\.\d+)(?:[eE][+-]?\d{1,3})?"
_AMOUNT = re.compile(rf"(?:{_NUMBER}) ?[KMBT]?", re.ASCII)
_SWAP = str.maketrans(",.", ".,")

_PATTERNS: Mapping[str, re.Pattern[str]] = {
    "day": re.compile(rf"{_DATE}(?:[T ]00:00(?::00(?:\.0+)?)?{_ZONE})?"),
    "time": re.compile(rf"{_DATE}{_CLOCK}{_ZONE}"),
    "time with zone": re.compile(rf"{_DATE}{_CLOCK} ?(?:UTC|GMT|Z|[+-]\d{{2}}:?\d{{2}})"),
    "late": re.compile(rf"{_DATE} 23:58:00"),
    "hour or day": re.compile(rf"{_DATE}(?: \d{{1,2}}-[AP]M)?"),
    "end of day": re.compile(rf"{_DATE}[T ]23:59:59(?:\.9+)?{_ZONE}"),
    "count": re.compile(r"\d+(?:\.0+)?", re.ASCII),
    "midnight": re.compile(r"0{1,6}"),
    "percent": re.compile(r"[+-]?\d{1,3}(?:[.,]?\d{3})*[.,]\d+%", re.ASCII),
    "flag": re.compile(r"true|false", re.IGNORECASE),
}
DIGITS = {"minute in s": 10, "minute in ms": 13}

UNKNOWN = MISSING | {"", "nan"}


def fits(kind: Kind, cell: str, decimal: DecimalSign) -> bool:
    """Whether a cell may be of that kind of value, with that sign before decimals."""
    cell = cell.strip()
    if kind == "any":
        return True
    if kind == "amount":
        return is_amount(cell, decimal)
    if kind == "unix" or "minute" in kind:
        return _is_unix(kind, cell)
    if kind == "text":
        return not is_amount(cell, "point") and not _PATTERNS["day"].fullmatch(cell)
    return _PATTERNS[kind].fullmatch(cell) is not None or (
        kind in {"count", "percent"} and cell.lower() in UNKNOWN
    )


def is_amount(cell: str, decimal: DecimalSign) -> bool:
    """Whether a cell is a number with that sign before decimals, or a word for an unknown one."""
    swapped = cell.translate(_SWAP) if decimal == "comma" else cell
    return cell.lower() in UNKNOWN or _AMOUNT.fullmatch(swapped) is not None


def _is_unix(kind: Kind, cell: str) -> bool:
    found = _UNIX.fullmatch(cell)
    if not found:
        return False
    if kind == "unix":
        return True
    if len(found[1]) != DIGITS.get(kind, len(found[1])):
        return False
    unit = 10 ** (len(found[1]) - 10)
    after = int(found[1]) + (1 if kind == "before the minute" else 0)
    return after % (60 * unit) == 0 and not (found[2] or "").strip("0")
