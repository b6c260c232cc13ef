"""The beginning of a table in which known exports are looked for: its first lines, from the header or row on."""

from collections.abc import Iterator, Sequence
from functools import lru_cache

from msgspec import Struct

from crypto.adapters.csv.text.charset import Encoding, byte_order_mark, to_utf8
from crypto.adapters.csv.text.dialect import DELIMITERS
from crypto.adapters.csv.text.header_line import split_if_header

MOST_LINES = 500

Row = tuple[int, tuple[str, ...]]
"""The number of a line, and its cells."""


class Sample(Struct, frozen=True):
    """Lines without their ends, the first of which has that number: the header, or the first row."""

    lines: Sequence[str]
    first: int

    def cells(self, after: int, delimiter: str) -> tuple[str, ...]:
        """The cells of the line so many after the first; none past the end, or where its quotes do not match."""
        return _split(self.lines[after], delimiter) if after < len(self.lines) else ()

    def rows(self, after: int, delimiter: str) -> Iterator[Row]:
        """The cells of the lines from that place on which are not blank, with their numbers."""
        for place, line in enumerate(self.lines[after:], start=self.first + after):
            if line.strip():
                yield place, split_if_header(line, delimiter)


@lru_cache(maxsize=16)
def _split(line: str, delimiter: str) -> tuple[str, ...]:
    """The first lines are compared with every export that is known."""
    return split_if_header(line, delimiter)


def first_lines(beginning: bytes, encoding: Encoding | None, *, whole: bool) -> list[str]:
    """The first lines in these bytes, of which the last may be cut off if they are not the `whole` file."""
    mark, marked = byte_order_mark(beginning)
    text = to_utf8(beginning[mark:], marked or encoding or "utf-8").decode("utf-8", "replace")
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    return lines[: min(MOST_LINES, len(lines) if whole else len(lines) - 1)]


def sample_of(lines: Sequence[str], *, skip: int) -> Sample:
    """The lines from the first on that is not passed over, blank, a comment or only an address."""
    for place in range(skip, len(lines)):
        if lines[place].strip() and not _is_comment(lines[place]):
            return Sample(lines[place:], place + 1)
    return Sample((), len(lines) + 1)


def _is_comment(line: str) -> bool:
    return line.startswith("#") or ("://" in line and not any(each in line for each in DELIMITERS.values()))
