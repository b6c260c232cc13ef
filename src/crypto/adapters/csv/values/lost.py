"""What a cell has lost: its value, or the digits that a spreadsheet dropped."""

import re

from crypto.adapters.csv.text.charset import decoded

_NONE = (
    "",
    "-",
    "--",
    "\N{EN DASH}",
    "\N{EM DASH}",
    "?",
    "n/a",
    "na",
    "n.a.",
    "n.a",
    "<na>",
    "null",
    "none",
    "missing",
)
_NAN = ("nan", "+nan", "-nan", "1.#ind", "-1.#ind", "1.#qnan", "-1.#qnan")
_SPREADSHEET = ("#n/a", "#na", "#n/a n/a", "#num!", "#div/0!", "#value!", "#ref!", "#name?", "#null!")

MISSING = frozenset({*_NONE, *_NAN, *_SPREADSHEET})
"""What tables write for a value that they do not have, in small letters."""

_ROUNDED = re.compile(r"[0-9][.,][0-9]{1,5}E\+[0-9]{2}")


def is_missing(cell: str) -> bool:
    """Whether a cell says that there is no amount, one character a byte of UTF-8 or not."""
    if cell[:1].isdecimal() and "#" not in cell:
        return False
    text = decoded(cell).strip()
    return not text or text.lower() in MISSING


def is_rounded(text: str) -> bool:
    """Whether a spreadsheet wrote it, as in `2.13049E+11`: the digits that it dropped are gone."""
    return _ROUNDED.fullmatch(text.strip()) is not None
