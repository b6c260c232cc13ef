"""How a table is written down: what stands between cells and records, in which character set."""

from typing import Literal, TypeAlias

from msgspec import Struct

from crypto.adapters.csv.text.charset import Encoding

LineEnd: TypeAlias = Literal["\n", "\r"]
"""LF (and CRLF, whose CR is not part of a cell), or CR alone."""

DELIMITERS = {"comma": ",", "semicolon": ";", "tab": "\t", "pipe": "|"}
"""The delimiters by the words that a setting takes, which no shell minds."""


class Dialect(Struct, frozen=True, kw_only=True):
    """How a table is written; with `spaces` those after a delimiter belong to it, not to the cell."""

    delimiter: str
    encoding: Encoding = "utf-8"
    line_end: LineEnd = "\n"
    spaces: bool = False


def delimiter_word(delimiter: str) -> str:
    """The word by which a setting calls a delimiter, such as `tab`."""
    return next(word for word, each in DELIMITERS.items() if each == delimiter)
