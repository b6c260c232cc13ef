"""The beginning of a file: how it is written, which columns there are, where its rows begin."""

import csv
import re
from collections.abc import Sequence
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.tabular.charset import Encoding, byte_order_mark, guessed, size_in, to_utf8
from crypto.adapters.tabular.columns import Columns, listed, looks_like_date
from crypto.adapters.tabular.declared import Declared, named_columns
from crypto.adapters.tabular.dialect import DELIMITERS, Dialect, LineEnd, delimiter_word
from crypto.adapters.tabular.layout import Shape, find_shape, looks_wide, require_shape
from crypto.adapters.tabular.numbers import looks_like_number
from crypto.adapters.tabular.records import BLANK, text_lines
from crypto.adapters.tabular.settled import first_rows, notes_on, settled
from crypto.adapters.tabular.unreadable import Unreadable, setting
from crypto.domain.rejection import printable

MAX_HEADER_BYTES = 262_144
"""How much of a file's beginning is looked at, for its header and for what its rows settle."""

LINES_BEFORE = 20
"""How far a header is looked for beyond the line that is none, for a message."""

_DELIMITER_LINE = re.compile(r'"?sep=([,;|\t])"?', re.IGNORECASE)

Reading: TypeAlias = tuple[str, tuple[str, ...], Shape]


class Header(Struct, frozen=True, kw_only=True):
    """The header as text, without byte order mark and line end (none of a headerless file).

    It is in that `line`; rows begin `size` bytes into the file, with line `first_line`. `settled` is what was
    declared, and what the beginning of the file settles of the rest; `first_cells` is its first row, `notes` what
    its owner should know.
    """

    text: str
    dialect: Dialect
    names: tuple[str, ...]
    shape: Shape
    size: int
    line: int
    first_line: int
    settled: Declared
    first_cells: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def columns(self) -> Columns:
        """Where our fields are."""
        return self.shape.columns

    @property
    def has_times(self) -> bool:
        """Whether each row, or each column of prices, says of which moment it is."""
        return "observed_at" in self.columns or self.settled.layout == "day_columns"

    @property
    def labels(self) -> tuple[str | None, str | None] | None:
        """How the first row of a file of one coin calls it: name and symbol."""
        if "coin_id" in self.columns or not self.first_cells:
            return None
        return self._label("name"), self._label("symbol")

    def _label(self, field: str) -> str | None:
        place = self.columns.get(field, len(self.first_cells))
        cell = self.first_cells[place] if place < len(self.first_cells) else ""
        return cell if cell.strip() else None


def read_header(beginning: bytes, declared: Declared) -> Header:
    """The header of a file whose first bytes, up to MAX_HEADER_BYTES, these are.

    :raises Unreadable: when the file is empty, no text, lacks what it needs, or leaves open what must be settled.
    """
    top = _Top(beginning, declared)
    delimiter, names, shape = top.best()
    _require(shape, names, top)
    dialect = Dialect(
        delimiter=delimiter, encoding=top.encoding, line_end=top.line_end, spaces=_has_spaces(top.text, delimiter)
    )
    rows = first_rows(top.rows, dialect, line=top.first_line, whole=len(beginning) < MAX_HEADER_BYTES)
    said = replace(declared, delimiter=delimiter, encoding=top.encoding)
    return Header(
        text="" if declared.headerless else top.text,
        dialect=dialect,
        names=names,
        shape=shape,
        size=top.size,
        line=top.line,
        first_line=top.first_line,
        settled=settled(said, names, shape, rows, line=top.line),
        first_cells=rows.first,
        notes=notes_on(names, shape, rows),
    )


class _Top:
    """The first lines of a file: those before the header, the header, the rows."""

    def __init__(self, beginning: bytes, declared: Declared) -> None:
        mark, marked = byte_order_mark(beginning)
        self.declared = declared
        self.encoding: Encoding = marked or declared.encoding or "utf-8"
        text = to_utf8(beginning[mark:], self.encoding)
        if not text.strip(BLANK):
            raise Unreadable("the file is empty; it needs a header line and rows")
        self.line_end: LineEnd = "\r" if b"\r" in text and b"\n" not in text else "\n"
        lines = text_lines(text, self.line_end)
        self._delimiter = declared.delimiter
        place = self._before(lines)
        if len(beginning) >= MAX_HEADER_BYTES and place == len(lines) - 1:
            raise Unreadable(f"line {place + 1} is longer than {MAX_HEADER_BYTES} bytes: it is no header")
        self.line = place + 1
        self.text = self._text(lines[place], self.line)
        header = 0 if declared.headerless else 1
        self.first_line = self.line + header
        self.rows = lines[place + header :]
        self.size = mark + size_in("".join(lines[: place + header]).encode("latin-1"), self.encoding)

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
        """A line that begins with `#` and is no header, or holds nothing but an address."""
        cells = [_split(text, each) for each in DELIMITERS.values()]
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

    def best(self) -> Reading:
        """The delimiter that makes most columns known; of a headerless file, the one that gives as many cells."""
        if self._delimiter:
            return self._reading(self._delimiter)
        fitting = [each for each in DELIMITERS.values() if each in self.text and _split(self.text, each)]
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

    def _known(self, reading: Reading) -> int:
        if self.declared.headerless:
            return int(len(_split(self.text, reading[0])) >= len(self.declared.headerless))
        return len(reading[2].columns)

    def _reading(self, delimiter: str) -> Reading:
        if self.declared.headerless:
            names = named_columns(self.declared)
        else:
            names = split_header(self.text, delimiter, line=self.line)
        return delimiter, names, find_shape(names, self.declared, line=self.line)


def _require(shape: Shape, names: Sequence[str], top: _Top) -> None:
    """Everything is there that a quote needs, or it is said what the first line seems to be instead."""
    try:
        require_shape(shape, names, top.declared, line=top.line)
    except Unreadable as error:
        lost = top.declared.layout == "rows" and "price_usd" not in shape.columns and not top.declared.headerless
        remedy = _remedy(names, top) if lost else None
        raise (Unreadable(f"line {top.line} {remedy}") if remedy else error) from error


def _remedy(names: Sequence[str], top: _Top) -> str | None:
    """What a first line without a price may be, and the setting for that."""
    if looks_wide(names):
        return f"names a column for each day (it has: {listed(names)}); set {setting('LAYOUT', 'day_columns')}"
    for after, line in enumerate(top.rows[:LINES_BEFORE]):
        if "price_usd" in _names_of(line, top.declared):
            skipped = setting("SKIP_LINES", str(top.first_line + after - 1))
            return f"is no header ({short(top.text)}), but line {top.first_line + after} is; set {skipped}"
    if len(names) > 1 and any(looks_like_number(name) or looks_like_date(name) for name in names):
        remedy = setting("HEADERLESS", f"<names of its {len(names)} columns, such as observed_at,price_usd,->")
        return f"is no header but a row ({short(top.text)}); for a file without a header set {remedy}"
    return None


def _names_of(line: str, declared: Declared) -> Columns:
    try:
        text = line.encode("latin-1").decode("utf-8").rstrip("\r\n")
        readings = (find_shape(_split(text, each), declared).columns for each in DELIMITERS.values())
        return max(readings, key=len)
    except (UnicodeDecodeError, Unreadable):
        return {}


def _has_price(names: Sequence[str], declared: Declared) -> bool:
    shape = find_shape(names, declared)
    return bool(shape.prices) or "price_usd" in shape.columns


def _has_spaces(text: str, delimiter: str) -> bool:
    """Whether each cell of the first line but the first begins with a space, quoted or not."""
    cells = text.split(delimiter)[1:]
    return bool(cells) and all(cell.startswith(" ") for cell in cells)


def _split(text: str, delimiter: str) -> tuple[str, ...]:
    """The cells, or none where the quotes do not begin and end where it splits."""
    try:
        return split_header(text, delimiter)
    except Unreadable:
        return ()


def split_header(text: str, delimiter: str, *, line: int = 1) -> tuple[str, ...]:
    """The names of the columns, trimmed.

    :raises Unreadable: when its quotes do not match.
    """
    reader = csv.reader([text], delimiter=delimiter, skipinitialspace=_has_spaces(text, delimiter), strict=True)
    try:
        return tuple(cell.strip() for cell in next(reader, []))
    except csv.Error as error:
        raise Unreadable(f"line {line} is no header: {error} ({short(text)})") from error


def no_text(line: int, byte: int, encoding: Encoding) -> str:
    """What to say of a byte that is no text."""
    if encoding != "utf-8":
        return f"line {line} is no text in {encoding.upper()}; save the file as UTF-8"
    remedy = setting("ENCODING", "windows-1252")
    return f"line {line} is not UTF-8 (byte 0x{byte:02x}); set {remedy} (or latin-1), or save the file as UTF-8"


def short(text: str) -> str:
    """The beginning of a line, for a message."""
    return printable(text[:80])
