"""Files that are not text at all, told by their first bytes: each is named as what it is, with what to do."""

import tarfile
from collections.abc import Sequence
from typing import BinaryIO

from msgspec import Struct

from crypto.adapters.csv.unreadable import Unreadable

AS_CSV = "open it and save the sheet as CSV"
BY_ITS_PROGRAM = "write it as CSV with the program that made it"
UNPACK = "unpack it, and name what comes out, or pack that with gzip, xz or zip"
NO_PRICES = "name the file that holds the prices"


class Kind(Struct, frozen=True, kw_only=True):
    """A file that begins with one of `beginnings`, and ends with `end`, is `called` so; `remedy` is what to do."""

    called: str
    beginnings: tuple[bytes, ...]
    remedy: str
    end: bytes = b""


KINDS = (
    Kind(called="an Excel workbook (.xls)", beginnings=(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",), remedy=AS_CSV),
    Kind(called="packed with zstd, which is not read here", beginnings=(b"\x28\xb5\x2f\xfd",), remedy=UNPACK),
    Kind(called="packed with lz4, which is not read here", beginnings=(b"\x04\x22\x4d\x18",), remedy=UNPACK),
    Kind(called="packed with compress, which is not read here", beginnings=(b"\x1f\x9d",), remedy=UNPACK),
    Kind(called="packed with lzip, which is not read here", beginnings=(b"LZIP\x01",), remedy=UNPACK),
    Kind(called="a 7z archive", beginnings=(b"7z\xbc\xaf\x27\x1c",), remedy=UNPACK),
    Kind(called="a rar archive", beginnings=(b"Rar!\x1a\x07",), remedy=UNPACK),
    Kind(called="a Parquet file", beginnings=(b"PAR1",), remedy=BY_ITS_PROGRAM, end=b"PAR1"),
    Kind(called="a Feather file", beginnings=(b"ARROW1\x00\x00",), remedy=BY_ITS_PROGRAM),
    Kind(called="a Feather file", beginnings=(b"FEA1",), remedy=BY_ITS_PROGRAM, end=b"FEA1"),
    Kind(called="an HDF5 file", beginnings=(b"\x89HDF\r\n\x1a\n",), remedy=BY_ITS_PROGRAM),
    Kind(called="a NumPy file", beginnings=(b"\x93NUMPY",), remedy=BY_ITS_PROGRAM),
    Kind(called="a Python pickle", beginnings=tuple(b"\x80%c" % n for n in range(2, 6)), remedy=BY_ITS_PROGRAM),
    Kind(called="an SQLite database", beginnings=(b"SQLite format 3\x00",), remedy=BY_ITS_PROGRAM),
    Kind(called="a PDF document", beginnings=(b"%PDF-",), remedy=NO_PRICES),
    Kind(
        called="a picture",
        beginnings=(b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a"),
        remedy=NO_PRICES,
    ),
)

ZIPS = (
    ("an Excel workbook", "[Content_Types].xml", "xl/", AS_CSV),
    ("a workbook (OpenDocument)", "mimetype", "content.xml", AS_CSV),
    ("a workbook (Numbers)", "Index/Document.iwa", "Index/", AS_CSV),
    ("a document", "[Content_Types].xml", "word/", NO_PRICES),
    ("a presentation", "[Content_Types].xml", "ppt/", NO_PRICES),
)
"""Files that are zips inside: the name of a member, how another's name begins, and what to do."""


def refuse_other_kinds(file: BinaryIO) -> None:
    """See that a file may be a text, by what it begins with.

    :raises Unreadable: when it is something else; it says what, and what to do.
    """
    file.seek(0)
    beginning = file.read(tarfile.BLOCKSIZE)
    if _is_tar(beginning):
        raise Unreadable("it is a tar archive; unpack it, and name its files, or make a zip of them")
    for kind in KINDS:
        if beginning.startswith(kind.beginnings) and _ends_with(file, kind.end):
            raise Unreadable(f"it is {kind.called}; {kind.remedy}")


def refuse_workbook(members: Sequence[str]) -> None:
    """See that a zip file may be an archive of tables, by the members it has.

    :raises Unreadable: when it is a workbook or a document.
    """
    for called, name, beginning, remedy in ZIPS:
        if name in members and any(each.startswith(beginning) for each in members):
            raise Unreadable(f"it is {called}; {remedy}")


def _is_tar(beginning: bytes) -> bool:
    """Told by the checksum of the first member's header, as `tar` does."""
    try:
        tarfile.TarInfo.frombuf(beginning, "utf-8", "surrogateescape")
    except tarfile.HeaderError:
        return False
    return True


def _ends_with(file: BinaryIO, end: bytes) -> bool:
    if not end:
        return True
    file.seek(-len(end), 2)
    return file.read() == end
