"""Amounts as people write them in tables, exact to the last digit."""

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation
from typing import Literal, TypeAlias

from msgspec import Struct

from crypto.adapters.tabular.charset import decoded
from crypto.adapters.tabular.currency import is_sign, may_stand_for
from crypto.adapters.tabular.unreadable import setting
from crypto.domain.rejection import Reason, RecordRejected, printable

DecimalSign: TypeAlias = Literal["point", "comma"]

MAX_CHARACTERS = 200

MISSING = frozenset({"-", "--", "\N{EN DASH}", "\N{EM DASH}", "?", "n/a", "na", "null", "none"})
"""What tables write for a value that they do not have, in small letters."""

UNITS = {"": 0, "K": 3, "M": 6, "B": 9, "T": 12}

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?", re.ASCII)
_DIGITS = r"(?P<digits>[0-9][0-9,]*(?:\.[0-9]*)?|\.[0-9]+)(?P<exponent>[eE][+-]?[0-9]{1,6})?"
_SIGN = r"[^\d\s.,+\-%()]{1,5}"
_WRITTEN = re.compile(
    rf"(?P<minus>[+-]?)(?P<before>{_SIGN})?\s?(?P<after_sign>[+-]?){_DIGITS}\s?"
    rf"(?P<unit>[KMBTkmbt](?![A-Za-z]))?\s?(?P<after>{_SIGN})?"
)
_GROUPED = re.compile(r"[0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]*)?")
_GLUED = re.compile(r"(?P<short>[^KMBT]*[0-9.]\s?[KMBT])\s?(?P<full>[^KMBT]*[0-9.])")
_ROUNDED = re.compile(r"[0-9]\.[0-9]{1,5}E\+[0-9]{2}")
_SWAP = str.maketrans(",.", ".,")
_EXACT = Context(prec=1000, Emax=MAX_EMAX, Emin=MIN_EMIN)


class Money(Struct, frozen=True, kw_only=True):
    """How a page writes amounts: its currency, US dollars for one of it if declared, the sign before decimals.

    Without `decimal` a comma that may be either, such as in `1,234` where commas delimit nothing, is not believed.
    """

    currency: str = "USD"
    rate: Decimal | None = None
    decimal: DecimalSign | None = None


def number(text: str, money: Money, *, field: str) -> Decimal | None:
    """The amount in a cell, in the page's currency: `0.1`, `6.07e-06`, `$1,234,567.89`, `130.46K`.

    None for an empty cell, and for what tables write instead: `-`, `n/a`.

    :raises RecordRejected: for anything else, such as `5%`, and for an amount with the sign of other money.
    """
    text = text.strip()
    if not text:
        return None
    text = _swapped(text, money)
    if len(text) > MAX_CHARACTERS:
        raise _not_a_number(text, money, field)
    if _PLAIN.fullmatch(text):
        return Decimal(text)
    return None if text.lower() in MISSING else _written(text, money, field)


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no amount, one character a byte of UTF-8 or not."""
    text = decoded(cell).strip()
    return not text or text.lower() in MISSING


def in_dollars(value: Decimal | None, rate: Decimal) -> Decimal | None:
    """The amount at so many US dollars for one, exact."""
    return None if value is None else _EXACT.multiply(value, rate)


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet wrote it, as in `2.13049E+11`: the digits that it dropped are gone."""
    return _ROUNDED.fullmatch(text.strip()) is not None


def looks_like_number(text: str) -> bool:
    """Whether it can be nothing else."""
    return _PLAIN.fullmatch(text.strip()) is not None


def _swapped(text: str, money: Money) -> str:
    """Commas and points in each other's place, where a comma stands before decimals; twice, it is the cell."""
    return text.translate(_SWAP) if money.decimal == "comma" else text


def _written(text: str, money: Money, field: str) -> Decimal:
    """Whatever is more than digits."""
    if glued := _GLUED.fullmatch(text):
        return _one_of_two(glued["short"], glued["full"].strip(), text, money, field)
    found = _WRITTEN.fullmatch(text)
    if not found or (found["minus"] and found["after_sign"]) or (found["unit"] and found["exponent"]):
        raise _not_a_number(text, money, field)
    for sign in filter(None, (found["before"], found["after"])):
        _check_money(sign, text, money, field)
    digits = _ungrouped(found["digits"], text, money, field)
    power = UNITS[(found["unit"] or "").upper()]
    exponent = found["exponent"] or f"e{power}"
    return _decimal(f"{found['minus']}{found['after_sign']}{digits}{exponent}", text, money, field)


def _check_money(sign: str, text: str, money: Money, field: str) -> None:
    if not is_sign(sign):
        raise _not_a_number(text, money, field)
    if not may_stand_for(sign, money.currency):
        remedy = setting("CURRENCY", "<its code>")
        found = f"{field} is {_shown(text, money)!r}, not in {money.currency}; {remedy} declares other money"
        raise RecordRejected(Reason.OTHER_CURRENCY, found)


def _one_of_two(short: str, full: str, text: str, money: Money, field: str) -> Decimal:
    """Two numbers in one cell, `$541.43B$541426059990`, are one if the first is the second in short."""
    rounded, exact = _written(short, money, field), _written(full, money, field)
    exponent = rounded.as_tuple().exponent
    half = Decimal(f"5e{int(exponent) - 1}")
    if _EXACT.abs(_EXACT.subtract(rounded, exact)) > half:
        found = f"{field} is {_shown(text, money)!r}: two numbers in one cell, which differ"
        raise RecordRejected(Reason.NOT_A_NUMBER, found)
    return exact


def _ungrouped(digits: str, text: str, money: Money, field: str) -> str:
    if "," not in digits:
        return digits
    if not _GROUPED.fullmatch(digits):
        raise _not_a_number(text, money, field)
    if money.decimal is None and digits.count(",") == 1 and "." not in digits:
        remedy = setting("DECIMAL", "comma")
        found = (
            f"{field} is {_shown(text, money)}: a thousands separator or a decimal comma? {remedy} or point says"
        )
        raise RecordRejected(Reason.NOT_A_NUMBER, found)
    return digits.replace(",", "")


def _decimal(plain: str, text: str, money: Money, field: str) -> Decimal:
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise _not_a_number(text, money, field) from error


def _not_a_number(text: str, money: Money, field: str) -> RecordRejected:
    what = ": a percentage is no amount" if text.endswith("%") else ""
    return RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {_shown(text, money)!r}{what}")


def _shown(text: str, money: Money) -> str:
    """As it is in the file."""
    return printable(_swapped(text, money)[:50])
