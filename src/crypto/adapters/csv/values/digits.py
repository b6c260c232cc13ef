"""What the digits of an amount are worth, with a point or a comma before the decimals."""

import re
from collections.abc import Mapping
from typing import Literal, TypeAlias

DecimalSign: TypeAlias = Literal["point", "comma"]

SPACES = " \N{NO-BREAK SPACE}\N{NARROW NO-BREAK SPACE}\N{THIN SPACE}\N{FIGURE SPACE}"

GAPS = SPACES + "'\N{RIGHT SINGLE QUOTATION MARK}_"
"""What may stand between groups of digits, and never before decimals."""

ZEROS_COUNTED = r"(?:[₀-₉]+|\{[0-9]{1,2}\})"
"""How many zeros follow a point, where only one of them is written out: `0.0₄59`, `0.0{4}59`."""

_COUNTED = re.compile(rf"(?P<whole>[0-9]+[.,])0(?P<zeros>{ZEROS_COUNTED})(?P<rest>[0-9]+)")
_NORMAL = str.maketrans("₀₁₂₃₄₅₆₇₈₉", "0123456789", "{}")
_FEWEST_ZEROS, _MOST_ZEROS = 2, 99


def _pattern(decimal: str, thousands: str, *, grouped: bool) -> re.Pattern[str]:
    groups = rf"|(?!0+[^0-9])[0-9]{{1,3}}(?P<gap>[{thousands}{GAPS}])[0-9]{{3}}(?:(?P=gap)[0-9]{{3}})*"
    lakhs = r"|[1-9][0-9]?(?:,[0-9]{2})+,[0-9]{3}" if thousands == "," else ""
    whole = f"[0-9]+{groups}{lakhs}" if grouped else "[0-9]+"
    return re.compile(rf"(?:(?P<whole>{whole})(?:[{decimal}](?P<rest>[0-9]*))?|[{decimal}](?P<only>[0-9]+))")


_GROUPED: Mapping[DecimalSign, re.Pattern[str]] = {
    "point": _pattern(".", ",", grouped=True),
    "comma": _pattern(",", ".", grouped=True),
}
_SCIENTIFIC: Mapping[DecimalSign, re.Pattern[str]] = {
    "point": _pattern(".", ",", grouped=False),
    "comma": _pattern(",", ".", grouped=False),
}

Readings: TypeAlias = Mapping[DecimalSign, str]
"""Plain digits with a point, by the sign that stands before decimals if that is what they are."""


def readings(digits: str, *, scientific: bool = False) -> Readings:
    """What these digits are under either sign: `1,234` is 1234 or 1.234, `0,512` can only be 0.512, `5` is 5.

    Thousands are groups of three with the same sign between them, the first of them not zero, or Indian ones
    (`12,34,567`); in scientific notation there are none. Nothing if they are not a number.
    """
    if spelt := _COUNTED.fullmatch(digits):
        digits = _spelt_out(spelt["whole"], spelt["zeros"], spelt["rest"])
    patterns = _SCIENTIFIC if scientific else _GROUPED
    found: dict[DecimalSign, str] = {}
    for sign, pattern in patterns.items():
        if each := pattern.fullmatch(digits):
            found[sign] = _plain(each)
    return found


def proves(found: Readings) -> DecimalSign | None:
    """The only decimal sign under which digits are a number; None where several or none would do."""
    return next(iter(found)) if len(found) == 1 else None


def is_open(found: Readings) -> bool:
    """Whether digits are one number or another, by the sign before decimals."""
    return len(set(found.values())) > 1


def _spelt_out(whole: str, zeros: str, rest: str) -> str:
    """The zeros written out; fewer than are ever counted are not believed."""
    count = int(zeros.translate(_NORMAL))
    return f"{whole}{'0' * count}{rest}" if _FEWEST_ZEROS <= count <= _MOST_ZEROS else ""


def _plain(found: re.Match[str]) -> str:
    whole = "".join(filter(str.isdecimal, found["whole"] or "0"))
    decimals = found["rest"] or found["only"]
    return f"{whole}.{decimals}" if decimals else whole
