"""Where each record of a table begins and ends: quotes may hold delimiters and line ends."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

from crypto.adapters.csv.text.charset import size_in, to_utf8
from crypto.adapters.csv.text.dialect import Dialect, LineEnd

MAX_RECORD_LINES = 1000
"""A quote that is still open after so many lines was never meant as one."""

BLANK = b"\r\n\t "


class Record(NamedTuple):
    """Lines [first, after) of a text, from 0, split into cells (none for a blank line).

    `problem` says why they could not be split; `is_open` that the text ended inside a quote.
    """

    first: int
    after: int
    cells: list[str]
    problem: str = ""
    is_open: bool = False


class Limits(Struct, frozen=True, kw_only=True):
    """How many bytes and records of a file one page may hold."""

    records: int = 10_000
    size: int = 4 * 1024 * 1024

    def of_rows(self, quotes: int) -> "Limits":
        """The same limits for a table whose rows hold so many quotes each."""
        return Limits(records=max(1, self.records // max(1, quotes)), size=self.size)


class Chunk(Struct, frozen=True, kw_only=True):
    """The first `size` bytes of what was read of a file: whole records, in `lines` lines.

    `end` says how they end: `line` (with a line end), `cut` (without one), `quote` (inside a quote).
    """

    size: int
    lines: int
    end: str


def split_records(lines: Sequence[str], dialect: Dialect) -> Iterator[Record]:
    """The records of a text, each with its cells and the number of its line.

    A line whose quotes do not match is a record of its own, and reading goes on with the line after it. This
    depends only on the lines that follow, so a text and any part of it between two records agree.
    """
    start = 0

    def feed() -> Iterator[str]:
        for index in range(start, len(lines)):
            if index - start >= MAX_RECORD_LINES:
                return
            yield lines[index]

    while start < len(lines):
        base = start
        reader = csv.reader(feed(), delimiter=dialect.delimiter, skipinitialspace=dialect.spaces, strict=True)
        try:
            for cells in reader:
                record = Record(start, base + reader.line_num, cells)
                yield record
                start = record.after
        except csv.Error as error:
            ended = base + reader.line_num == len(lines)
            yield Record(start, start + 1, [], str(error), is_open=ended)
            start += 1


def text_lines(body: bytes, line_end: LineEnd = "\n") -> list[str]:
    """The lines of a text, each with its line end, one character a byte: any bytes can be split so."""
    return list(io.StringIO(body.decode("latin-1"), newline=line_end))


def take_chunk(beginning: bytes, dialect: Dialect, *, limits: Limits, at_end: bool) -> Chunk:
    """The records at the beginning of what was read; 0 bytes when not even one line is whole."""
    text, line_end = to_utf8(beginning, dialect.encoding), dialect.line_end.encode()
    whole = text if at_end else text[: text.rfind(line_end) + 1]
    lines = list(islice(_byte_lines(whole, dialect.line_end), limits.records + MAX_RECORD_LINES))
    final = at_end and sum(map(len, lines)) == len(whole)
    count, is_open = _whole_records(lines, dialect, limits.records, final=final)
    size = sum(map(len, lines[:count]))
    if at_end and not whole[size:].strip(BLANK):
        size = len(whole)
    end = "quote" if is_open else "line" if whole[:size].endswith(line_end) else "cut"
    return Chunk(size=size_in(whole[:size], dialect.encoding), lines=whole.count(line_end, 0, size), end=end)


def _byte_lines(text: bytes, line_end: LineEnd) -> Iterator[bytes]:
    if line_end == "\n":
        return iter(io.BytesIO(text))
    return (line.encode("latin-1") for line in io.StringIO(text.decode("latin-1"), newline=line_end))


def _whole_records(lines: list[bytes], dialect: Dialect, most: int, *, final: bool) -> tuple[int, bool]:
    """How many lines the first records take, and whether the text ends inside a quote."""
    if not any(b'"' in line for line in lines):
        return min(most, len(lines)), False
    after, is_open = 0, False
    text = [line.decode("latin-1") for line in lines]
    for record in islice(split_records(text, dialect), most):
        if record.is_open and not final and record.first:
            break
        after, is_open = record.after, is_open or record.is_open
    return after, is_open and final
