"""Where each record of a table begins and ends: quotes may hold delimiters and line ends."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from typing import NamedTuple

from msgspec import Struct

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
    """How much of a file one page may hold."""

    records: int = 10_000
    size: int = 4 * 1024 * 1024


class Chunk(Struct, frozen=True, kw_only=True):
    """The first `size` bytes of what was read of a file: whole records, in `lines` lines.

    `end` says how they end: `line` (with a line end), `cut` (without one), `quote` (inside a quote).
    """

    size: int
    lines: int
    end: str


def split_records(lines: Sequence[str], delimiter: str) -> Iterator[Record]:
    """The records of a text.

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
        reader = csv.reader(feed(), delimiter=delimiter, strict=True)
        try:
            for cells in reader:
                record = Record(start, base + reader.line_num, cells)
                yield record
                start = record.after
        except csv.Error as error:
            ended = base + reader.line_num == len(lines)
            yield Record(start, start + 1, [], str(error), is_open=ended)
            start += 1


def text_lines(body: bytes) -> list[str]:
    """The lines of a text, each with its line end, one character a byte: any bytes can be split so."""
    return list(io.StringIO(body.decode("latin-1"), newline="\n"))


def take_chunk(beginning: bytes, delimiter: str, *, limits: Limits, at_end: bool) -> Chunk:
    """The records at the beginning of what was read; 0 bytes when not even one line is whole."""
    whole = beginning if at_end else beginning[: beginning.rfind(b"\n") + 1]
    lines = list(islice(io.BytesIO(whole), limits.records + MAX_RECORD_LINES))
    final = at_end and sum(map(len, lines)) == len(whole)
    count, is_open = _whole_records(lines, delimiter, limits.records, final=final)
    size = sum(map(len, lines[:count]))
    if at_end and not whole[size:].strip(BLANK):
        size, count = len(whole), whole.count(b"\n")
    return Chunk(size=size, lines=whole.count(b"\n", 0, size), end=_end(whole[:size], is_open=is_open))


def _whole_records(lines: list[bytes], delimiter: str, most: int, *, final: bool) -> tuple[int, bool]:
    """How many lines the first records take, and whether the text ends inside a quote."""
    if not any(b'"' in line for line in lines):
        return min(most, len(lines)), False
    after, is_open = 0, False
    text = [line.decode("latin-1") for line in lines]
    for record in islice(split_records(text, delimiter), most):
        if record.is_open and not final and record.first:
            break
        after, is_open = record.after, is_open or record.is_open
    return after, is_open and final


def _end(body: bytes, *, is_open: bool) -> str:
    if is_open:
        return "quote"
    return "line" if body.endswith(b"\n") else "cut"
