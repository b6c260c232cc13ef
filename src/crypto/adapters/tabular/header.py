"""The first line of a file: which columns there are and what stands between them."""

import codecs
import csv
from collections.abc import Mapping, Sequence
from typing import Literal, TypeAlias

from msgspec import Struct

from crypto.adapters.tabular.columns import Columns, find_columns
from crypto.adapters.tabular.unreadable import Unreadable
from crypto.domain.rejection import printable

MAX_HEADER_BYTES = 65_536

Delimiter: TypeAlias = Literal[",", ";", "\t"]

DELIMITERS: tuple[Delimiter, ...] = (",", ";", "\t")

UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


Reading: TypeAlias = tuple[Delimiter, tuple[str, ...], Columns]


class Header(Struct, frozen=True, kw_only=True):
    """The header as text, without byte order mark and line end; rows begin `size` bytes into the file."""

    text: str
    delimiter: Delimiter
    names: tuple[str, ...]
    columns: Columns
    size: int


def read_header(beginning: bytes, declared: Mapping[str, str]) -> Header:
    """The header of a file whose first bytes, up to MAX_HEADER_BYTES, these are.

    :raises Unreadable: when the file is empty, no text in UTF-8, or its first line is no header.
    """
    line = _first_line(beginning)
    text = _text(line.removeprefix(codecs.BOM_UTF8))
    delimiter, names, columns = _best(text, declared)
    if "price_usd" not in columns and (text.startswith("#") or "://" in text):
        raise Unreadable(f"line 1 is a comment, not a header ({_short(text)}); remove it")
    return Header(text=text, delimiter=delimiter, names=names, columns=columns, size=len(line))


def _first_line(beginning: bytes) -> bytes:
    if beginning.startswith(UTF_16):
        raise Unreadable("line 1 begins with the mark of UTF-16; save the file as UTF-8")
    if not beginning.removeprefix(codecs.BOM_UTF8).strip():
        raise Unreadable("the file is empty; it needs a header line and rows")
    line = beginning[: beginning.find(b"\n") + 1] or beginning
    if b"\r" in line.rstrip(b"\r\n"):
        raise Unreadable("line 1 ends with CR alone; save the file with LF or CRLF line ends")
    if len(line) >= MAX_HEADER_BYTES:
        raise Unreadable(f"line 1 is longer than {MAX_HEADER_BYTES} bytes: it is no header")
    return line


def _text(line: bytes) -> str:
    try:
        text = line.decode("utf-8").rstrip("\r\n")
    except UnicodeDecodeError as error:
        byte = error.object[error.start]
        raise Unreadable(f"line 1 is not UTF-8 (byte 0x{byte:02x}); save the file as UTF-8") from error
    if "\x00" in text:
        raise Unreadable("line 1 holds a NUL: the file is no text in UTF-8; save it as UTF-8")
    if not text.strip():
        raise Unreadable("line 1 is blank; the header must be the first line")
    return text


def _best(text: str, declared: Mapping[str, str]) -> Reading:
    """The delimiter that makes most columns known."""
    fitting: list[Delimiter] = [each for each in DELIMITERS if each in text and _fits(text, each)]
    readings = [_reading(text, delimiter, declared) for delimiter in fitting or [DELIMITERS[0]]]
    most = max(len(columns) for _, _, columns in readings)
    best = [reading for reading in readings if len(reading[2]) == most]
    if len(best) > 1 and most:
        raise Unreadable(
            f"line 1 may be split at {_spell(best)} ({_short(text)}); use only one of them in the header"
        )
    return max(best, key=lambda reading: len(reading[1]))


def _fits(text: str, delimiter: Delimiter) -> bool:
    """Whether the quotes begin and end where it splits."""
    try:
        return bool(split_header(text, delimiter))
    except Unreadable:
        return False


def _reading(text: str, delimiter: Delimiter, declared: Mapping[str, str]) -> Reading:
    names = split_header(text, delimiter)
    return delimiter, names, find_columns(names, declared)


def _spell(readings: Sequence[Reading]) -> str:
    return " or at ".join(repr(delimiter) for delimiter, _, _ in readings)


def split_header(text: str, delimiter: str) -> tuple[str, ...]:
    """The names of the columns, trimmed.

    :raises Unreadable: when its quotes do not match.
    """
    try:
        cells = next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error as error:
        raise Unreadable(f"line 1 is no header: {error} ({_short(text)})") from error
    return tuple(cell.strip() for cell in cells)


def _short(text: str) -> str:
    return printable(text[:80])
