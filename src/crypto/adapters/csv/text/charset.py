"""In which character set a file is written; all that follows reads UTF-8."""

import codecs
from typing import Literal, TypeAlias

Encoding: TypeAlias = Literal["utf-8", "utf-16-le", "utf-16-be", "latin-1", "windows-1252"]

MARKS: tuple[tuple[bytes, Encoding], ...] = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)

NO_TEXT = b"\xff"
"""A byte that no text in UTF-8 holds."""


def byte_order_mark(beginning: bytes) -> tuple[int, Encoding | None]:
    """How many bytes the mark takes that the file begins with, and what it says."""
    for mark, encoding in MARKS:
        if beginning.startswith(mark):
            return len(mark), encoding
    return 0, None


def to_utf8(data: bytes, encoding: Encoding) -> bytes:
    """A text in UTF-8; bytes that are not text in its encoding become bytes that are not UTF-8 either."""
    if encoding == "utf-8":
        return data
    if not encoding.startswith("utf-16"):
        return data.decode(encoding, "surrogateescape").encode("utf-8", "surrogatepass")
    odd = len(data) % 2
    text = data[: len(data) - odd].decode(encoding, "surrogatepass").encode("utf-8", "surrogatepass")
    return text + NO_TEXT * odd


def decoded(cell: str) -> str:
    """The text of a cell whose characters are the bytes of UTF-8."""
    return cell if cell.isascii() else cell.encode("latin-1").decode("utf-8")


def size_in(utf8: bytes, encoding: Encoding) -> int:
    """How many bytes a text took in its own encoding, before `to_utf8`."""
    if encoding == "utf-8":
        return len(utf8)
    text = utf8.removesuffix(NO_TEXT).decode("utf-8", "surrogatepass")
    if not encoding.startswith("utf-16"):
        return len(text)
    return len(text.encode(encoding, "surrogatepass")) + utf8.endswith(NO_TEXT)


def blank_bytes(encoding: Encoding) -> bytes:
    """The bytes that spaces and line ends are made of in an encoding."""
    return b"\r\n\t \x00" if encoding.startswith("utf-16") else b"\r\n\t "


def guessed(line: bytes) -> Encoding | None:
    """What a line that holds NULs may be written in; only to be named in a message."""
    if b"\x00" not in line:
        return None
    return "utf-16-be" if line.startswith(b"\x00") else "utf-16-le"
