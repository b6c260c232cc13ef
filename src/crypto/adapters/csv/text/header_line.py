"""One line as the names of columns, and what to say of a line that is none."""

import csv

from crypto.adapters.csv.text.charset import Encoding
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.domain.rejection import printable


def has_spaces(text: str, delimiter: str) -> bool:
    """Whether each cell of the first line but the first begins with a space, quoted or not."""
    cells = text.split(delimiter)[1:]
    return bool(cells) and all(cell.startswith(" ") for cell in cells)


def split_if_header(text: str, delimiter: str) -> tuple[str, ...]:
    """The cells, or none where the quotes do not begin and end where it splits."""
    try:
        return split_header(text, delimiter)
    except Unreadable:
        return ()


def split_header(text: str, delimiter: str, *, line: int = 1) -> tuple[str, ...]:
    """The names of the columns in a header line, trimmed.

    :raises Unreadable: when its quotes do not match.
    """
    reader = csv.reader([text], delimiter=delimiter, skipinitialspace=has_spaces(text, delimiter), strict=True)
    try:
        return tuple(cell.strip() for cell in next(reader, []))
    except csv.Error as error:
        raise Unreadable(f"line {line} is not a header: {error} ({short(text)})") from error


def no_text(line: int, byte: int, encoding: Encoding) -> str:
    """A message about a line with a byte that is not text in its encoding."""
    if encoding != "utf-8":
        return f"line {line} is not text in {encoding.upper()}; save the file as UTF-8"
    remedy = setting("ENCODING", "windows-1252")
    return f"line {line} is not UTF-8 (byte 0x{byte:02x}); set {remedy} (or latin-1), or save the file as UTF-8"


def short(text: str) -> str:
    """The beginning of a line, short enough for a message."""
    return printable(text[:80])
