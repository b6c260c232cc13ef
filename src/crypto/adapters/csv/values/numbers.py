"""Amounts as people write them in tables, exact to the last digit."""

import re
from decimal import MAX_EMAX, MIN_EMIN, Context, Decimal, InvalidOperation

from msgspec import Struct

from crypto.adapters.csv.unreadable import setting
from crypto.adapters.csv.values.digits import DecimalSign, is_open
from crypto.adapters.csv.values.lost import MISSING
from crypto.adapters.csv.values.parts import ENGLISH, Parts, parts_of, two_in
from crypto.adapters.csv.values.signs import money_of
from crypto.domain.rejection import Reason, RecordRejected, printable

MAX_CHARACTERS = 200

_PLAIN = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]{1,6})?", re.ASCII)
_LONE = re.compile(r"[+-]?[0-9]{1,3}\.[0-9]{3}", re.ASCII)
_EXACT = Context(prec=1000, Emax=MAX_EMAX, Emin=MIN_EMIN)


class Money(Struct, frozen=True, kw_only=True):
    """How a page writes amounts: its currency, and the sign before decimals.

    `doubted` are the signs that nothing has settled: alone before three digits, as in `1,234`, they are not
    believed.
    """

    currency: str = "USD"
    decimal: DecimalSign = "point"
    doubted: str = ""


def number(text: str, money: Money, *, field: str) -> Decimal | None:
    """The amount in a cell, in the page's currency: `0.1`, `6.07e-06`, `$1,234,567.89`, `130.46K`, `0.0₄59`.

    None for an empty cell, and for what tables write instead: `-`, `n/a`, `NaN`.

    :raises RecordRejected: for anything else, such as `5%`, and for an amount with the sign of other money.
    """
    text = text.strip()
    if len(text) > MAX_CHARACTERS:
        raise _not_a_number(text, field)
    plain = _plain(text, money)
    if plain is not None:
        return Decimal(plain)
    return None if text.lower() in MISSING else _amount(text, money, field)


def in_dollars(value: Decimal | None, rate: Decimal) -> Decimal | None:
    """The amount at so many US dollars for one, exact."""
    return None if value is None else _EXACT.multiply(value, rate)


def looks_like_number(text: str) -> bool:
    """Whether a text can only be a number."""
    return _PLAIN.fullmatch(text.strip()) is not None


def _plain(text: str, money: Money) -> str | None:
    """The digits of a cell that is nothing else, with a point before the decimals."""
    if money.decimal == "comma":
        text = "" if "." in text else text.replace(",", ".")
    if not _PLAIN.fullmatch(text) or ("." in money.doubted and _LONE.fullmatch(text)):
        return None
    return text


def _amount(text: str, money: Money, field: str) -> Decimal:
    """Whatever is more than digits."""
    if glued := two_in(text):
        return _one_of_two(*glued, text, money, field)
    found = parts_of(text)
    if not found or not found.readings:
        raise _not_a_number(text, field)
    for sign in found.signs:
        _check_money(sign, text, money, field)
    _check_unit(found, text, money, field)
    digits = _digits(found, text, money, field)
    return _decimal(f"{found.minus}{digits}{found.exponent}", text, field)


def _check_money(sign: str, text: str, money: Money, field: str) -> None:
    codes = frozenset({sign.upper()}) if sign.upper() == money.currency else money_of(sign)
    if codes is None:
        raise _not_a_number(text, field)
    if money.currency not in codes:
        found = f"{field} is {_shown(text)!r}, not in {money.currency}"
        raise RecordRejected(Reason.OTHER_CURRENCY, f"{found}{_remedy(codes)}")


def _remedy(codes: frozenset[str]) -> str:
    """The setting for a file that is all in that money; none where it has no code."""
    if not codes:
        return ""
    code = next(iter(codes)) if len(codes) == 1 else "<its code>"
    return f"; {setting('CURRENCY', code)} declares a file that is all in it"


def _check_unit(found: Parts, text: str, money: Money, field: str) -> None:
    if found.unit in ENGLISH and money.decimal == "comma":
        said = f"{field} is {_shown(text)!r}: {found.unit!r} means several things beside decimal commas"
        raise RecordRejected(Reason.NOT_A_NUMBER, said)


def _digits(found: Parts, text: str, money: Money, field: str) -> str:
    """The digits under the sign that the page writes before decimals."""
    digits = found.readings.get(money.decimal)
    if digits is None:
        raise _other_sign(text, money, field)
    if money.doubted and is_open(found.readings) and _lone_sign(text) in money.doubted:
        one, other = (_decimal(f"{each}{found.exponent}", text, field) for each in found.readings.values())
        ways = " or ".join(setting("DECIMAL", sign) for sign in found.readings)
        said = f"{field} is {_shown(text)!r}, which is {one:f} or {other:f}: set {ways}"
        raise RecordRejected(Reason.NOT_A_NUMBER, said)
    return digits


def _lone_sign(text: str) -> str:
    """The only one of an amount that may be read in two ways."""
    return "," if "," in text else "."


def _other_sign(text: str, money: Money, field: str) -> RecordRejected:
    other = "comma" if money.decimal == "point" else "point"
    remedy = f"; {setting('DECIMAL', other)} would say so of the file" if money.doubted else ""
    said = f"{field} is {_shown(text)!r}, a number only with a decimal {other}{remedy}"
    return RecordRejected(Reason.NOT_A_NUMBER, said)


def _one_of_two(short: str, full: str, text: str, money: Money, field: str) -> Decimal:
    """Two numbers in one cell, `$541.43B$541426059990`, are one if the first is the second in short."""
    rounded, exact = _amount(short, money, field), _amount(full, money, field)
    exponent = rounded.as_tuple().exponent
    half = Decimal(f"5e{int(exponent) - 1}")
    if _EXACT.abs(_EXACT.subtract(rounded, exact)) > half:
        found = f"{field} is {_shown(text)!r}: two numbers in one cell, which differ"
        raise RecordRejected(Reason.NOT_A_NUMBER, found)
    return exact


def _decimal(plain: str, text: str, field: str) -> Decimal:
    try:
        return Decimal(plain)
    except InvalidOperation as error:
        raise _not_a_number(text, field) from error


def _not_a_number(text: str, field: str) -> RecordRejected:
    what = ": a percentage is not an amount" if text.endswith("%") else ""
    return RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {_shown(text)!r}{what}")


def _shown(text: str) -> str:
    """A cell as it is in the file, short enough for a message."""
    return printable(text[:50])
