"""The parts of an amount as people write it: its sign, the money, the digits, the unit."""

import re
from collections.abc import Mapping

from msgspec import Struct

from crypto.adapters.csv.values.digits import SPACES, ZEROS_COUNTED, Readings, readings

UNITS: Mapping[str, int] = {
    "": 0,
    "k": 3,
    "thousand": 3,
    "m": 6,
    "mn": 6,
    "mln": 6,
    "million": 6,
    "b": 9,
    "bn": 9,
    "billion": 9,
    "t": 12,
    "tn": 12,
    "trillion": 12,
}
"""The power of ten by which each word makes an amount larger."""

ENGLISH = frozenset({"billion", "trillion", "bn", "tn", "t"})
"""Units that mean something else in languages that write decimal commas: a billion is 1e12, `T€` are thousands."""

_LETTER = r"[^\W\d_]"
_SIGN = r"(?:US \$|U\.S\.\$|(?:[Rr]s|[Ss]?[Ff]r|[Kk]r|руб|р)\.|[^\d\s.,+\-%(){}'’_₀-₉]{1,8})"
_UNIT = "|".join(sorted(filter(None, UNITS), key=len, reverse=True))
_DIGITS = rf"[.,]?[0-9](?:[0-9.,'’_]|{ZEROS_COUNTED}|[{SPACES}](?=[0-9]))*"
_WRITTEN = re.compile(
    rf"(?P<minus>[+-]?)(?P<before>{_SIGN})?\s{{0,2}}(?P<after_sign>[+-]?)"
    rf"(?P<digits>{_DIGITS})(?P<exponent>[eE][+-]?[0-9]{{1,6}})?\s{{0,2}}"
    rf"(?P<unit>(?:{_UNIT})(?!{_LETTER}))?\s{{0,2}}(?P<after>{_SIGN})?",
    re.IGNORECASE,
)
_GLUED = re.compile(r"(?P<short>[^KMBT]*[0-9.,]\s?[KMBT])\s?(?P<full>[^KMBT]*[0-9.,])")
_OTHER_FORMS = str.maketrans(
    "０１２３４５６７８９．，＄￥￡－＋\N{MINUS SIGN}٠١٢٣٤٥٦٧٨٩۰۱۲۳۴۵۶۷۸۹",
    "0123456789.,$¥£-+-01234567890123456789",
)


class Parts(Struct, frozen=True, kw_only=True):
    """`signs` are those of money, before and after; `readings` what the digits are under either decimal sign.

    `exponent` is as in `1e5`, or that of the `unit`.
    """

    minus: str
    readings: Readings
    exponent: str
    unit: str
    signs: tuple[str, ...]


def parts_of(text: str) -> Parts | None:
    """The parts of an amount such as `-US$1,234.5M`; None for anything else."""
    found = _WRITTEN.fullmatch(text if text.isascii() else text.translate(_OTHER_FORMS))
    if not found or (found["minus"] and found["after_sign"]) or (found["unit"] and found["exponent"]):
        return None
    unit = (found["unit"] or "").lower()
    return Parts(
        minus=found["minus"] + found["after_sign"],
        readings=readings(found["digits"], scientific=bool(found["exponent"])),
        exponent=found["exponent"] or f"e{UNITS[unit]}",
        unit=unit,
        signs=tuple(filter(None, (found["before"], found["after"]))),
    )


def two_in(text: str) -> tuple[str, str] | None:
    """The two amounts in a cell such as `$541.43B$541426059990`: one in short, and in full."""
    found = _GLUED.fullmatch(text)
    return (found["short"], found["full"].strip()) if found else None
