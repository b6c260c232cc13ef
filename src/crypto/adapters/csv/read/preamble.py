"""The first lines of a file: which of them is the header, and at which delimiter it is split."""

import re
from collections.abc import Sequence
from typing import TypeAlias

from crypto.adapters.csv.layout.column_layout import ColumnLayout, find_layout
from crypto.adapters.csv.layout.format_options import FormatOptions, named_columns
from crypto.adapters.csv.layout.named_anyway import is_header
from crypto.adapters.csv.text.charset import Encoding, byte_order_mark, guessed, size_in, to_utf8
from crypto.adapters.csv.text.dialect import DELIMITERS, LineEnd, delimiter_word
from crypto.adapters.csv.text.header_line import no_text, short, split_header, split_if_header
from crypto.adapters.csv.text.other_text import refuse_other_text
from crypto.adapters.csv.text.records import BLANK, text_lines
from crypto.adapters.csv.unreadable import Unreadable, setting

MAX_HEADER_BYTES = 262_144
"""How much of a file's beginning is looked at, for its header and for what its rows settle."""

_DELIMITER_LINE = re.compile(r'"?sep=([,;|\t])"?', re.IGNORECASE)

HeaderCandidate: TypeAlias = tuple[str, tuple[str, ...], ColumnLayout]
"""A delimiter, the names of the columns that it makes, and where our fields are."""


class Preamble:
    """The first lines of a file: those before the header, the header, the rows.

    :raises Unreadable: when it is empty, no text, or has no header; `best` when it may be split in several ways.
    """

    def __init__(self, beginning: bytes, declared: FormatOptions) -> None:
        mark, marked = byte_order_mark(beginning)
        self.declared = declared
        self.encoding: Encoding = marked or declared.encoding or "utf-8"
        text = to_utf8(beginning[mark:], self.encoding)
        if not text.strip(BLANK):
            raise Unreadable("the file is empty; it needs a header line and rows")
        self.line_end: LineEnd = "\r" if b"\r" in text and b"\n" not in text else "\n"
        lines = text_lines(text, self.line_end)
        refuse_other_text(lines, skipped=declared.skip_lines)
        self._delimiter = declared.delimiter
        place = self._before(lines)
        if len(beginning) >= MAX_HEADER_BYTES and place == len(lines) - 1:
            raise Unreadable(f"line {place + 1} is longer than {MAX_HEADER_BYTES} bytes: it is not a header")
        self.line = place + 1
        self.text = self._text(lines[place], self.line)
        header = 1 if self._has_header() else 0
        self.first_line = self.line + header
        self.rows = lines[place + header :]
        self.size = mark + size_in("".join(lines[: place + header]).encode("latin-1"), self.encoding)

    def _has_header(self) -> bool:
        """Whether this line holds names; in a file declared to have none it may, and is passed over."""
        if not self.declared.headerless:
            return True
        delimiter, _, _ = self.best()
        return is_header(split_if_header(self.text, delimiter), self.declared.headerless, line=self.line)

    def _before(self, lines: Sequence[str]) -> int:
        """How many lines stand before the header or the first row: as declared, then blank ones and comments."""
        for place in range(self.declared.skip_lines, len(lines)):
            text = self._text(lines[place], place + 1)
            if said := _DELIMITER_LINE.fullmatch(text.strip(" ")):
                self._delimiter = self._delimiter or said[1]
            elif text.strip() and not self._is_comment(text):
                return place
        skipped = setting("SKIP_LINES", str(self.declared.skip_lines))
        raise Unreadable(
            f"no header in its {len(lines)} lines: all are blank, comments, or passed over by {skipped}"
        )

    def _is_comment(self, text: str) -> bool:
        """A line that begins with `#` and is not a header, or holds nothing but an address."""
        cells = [split_if_header(text, each) for each in DELIMITERS.values()]
        if text.startswith("#"):
            return self.declared.headerless != () or not any(_has_price(each, self.declared) for each in cells)
        return "://" in text and all(len(each) <= 1 for each in cells)

    def _text(self, line: str, number: int) -> str:
        data = line.encode("latin-1")
        if b"\x00" in data:
            remedy = setting("ENCODING", guessed(data) or "utf-16-le")
            raise Unreadable(f"line {number} holds a NUL: if the file is in UTF-16, set {remedy}")
        try:
            text = data.decode("utf-8").rstrip("\r\n")
        except UnicodeDecodeError as error:
            raise Unreadable(no_text(number, error.object[error.start], self.encoding)) from error
        if "\r" in text and self.line_end == "\n":
            raise Unreadable(
                f"line {number} holds a CR, and others end with LF; save the file with LF or CRLF alone"
            )
        return text

    def best(self) -> HeaderCandidate:
        """The delimiter that makes most columns known; of a headerless file, the one that gives as many cells."""
        if self._delimiter:
            return self._reading(self._delimiter)
        fitting = [each for each in DELIMITERS.values() if each in self.text and split_if_header(self.text, each)]
        readings = [self._reading(each) for each in fitting or [DELIMITERS["comma"]]]
        most = max(map(self._known, readings))
        best = [reading for reading in readings if self._known(reading) == most]
        if len(best) > 1 and most:
            ways = " or at ".join(repr(delimiter) for delimiter, _, _ in best)
            remedy = setting("DELIMITER", delimiter_word(best[0][0]))
            raise Unreadable(
                f"line {self.line} may be split at {ways} ({short(self.text)}); {remedy} would say at which"
            )
        return max(best, key=lambda reading: len(reading[1]))

    def _known(self, reading: HeaderCandidate) -> int:
        if self.declared.headerless:
            return int(len(split_if_header(self.text, reading[0])) >= len(self.declared.headerless))
        return len(reading[2].columns)

    def _reading(self, delimiter: str) -> HeaderCandidate:
        if self.declared.headerless:
            names = named_columns(self.declared)
        else:
            names = split_header(self.text, delimiter, line=self.line)
        return delimiter, names, find_layout(names, self.declared, line=self.line)


def _has_price(names: Sequence[str], declared: FormatOptions) -> bool:
    shape = find_layout(names, declared)
    return bool(shape.prices) or "price_usd" in shape.columns
