"""What is packed with xz or bzip2, unpacked block by block, in bounded memory."""

import bz2
import lzma
from collections.abc import Callable, Iterator
from typing import BinaryIO, Protocol

from crypto.adapters.csv.input.spool import BLOCK, MEGABYTE
from crypto.adapters.csv.unreadable import Unreadable
from crypto.application.errors import SourceUnavailable

MOST_MEMORY = 96 * MEGABYTE
"""What unpacking may take: `xz -9`, the most that xz takes unless told otherwise, needs 65 MiB."""

TOO_MUCH_MEMORY = "Memory usage limit"


class Unpacking(Protocol):
    """One stream being unpacked, as `bz2` and `lzma` have it."""

    @property
    def eof(self) -> bool: ...
    @property
    def needs_input(self) -> bool: ...
    @property
    def unused_data(self) -> bytes: ...
    def decompress(self, data: bytes, max_length: int = ..., /) -> bytes: ...


def unbzipped(file: BinaryIO) -> Iterator[bytes]:
    """The file's content, block by block; several bzip2 streams one after the other are one.

    :raises SourceUnavailable: when its end is missing: it may still be being written.
    :raises Unreadable: when it is broken.
    """
    return _unpacked(file, bz2.BZ2Decompressor, "bzip2")


def unxzed(file: BinaryIO) -> Iterator[bytes]:
    """The file's content, block by block; several xz streams are one, with zeros between or after them.

    :raises SourceUnavailable: when its end is missing: it may still be being written.
    :raises Unreadable: when it is broken, or takes more memory than `MOST_MEMORY`.
    """
    return _unpacked(file, lambda: lzma.LZMADecompressor(lzma.FORMAT_XZ, memlimit=MOST_MEMORY), "xz")


def _unpacked(file: BinaryIO, begin: Callable[[], Unpacking], kind: str) -> Iterator[bytes]:
    file.seek(0)
    data = file.read(BLOCK)
    while data:
        stream = begin()
        yield from _content(stream, data, file, kind)
        data = _following(stream.unused_data, file)


def _content(stream: Unpacking, data: bytes, file: BinaryIO, kind: str) -> Iterator[bytes]:
    while not stream.eof:
        if not data and stream.needs_input and not (data := file.read(BLOCK)):
            raise SourceUnavailable(f"its {kind} was cut, or is still being written; the next run reads it anew")
        yield _block(stream, data, kind)
        data = b""


def _block(stream: Unpacking, data: bytes, kind: str) -> bytes:
    try:
        return stream.decompress(data, BLOCK)
    except (OSError, ValueError, EOFError, lzma.LZMAError) as error:
        raise Unreadable(_broken(kind, error)) from error


def _following(data: bytes, file: BinaryIO) -> bytes:
    """Where the next stream begins, past zeros that fill up a block; empty at the end."""
    data = data or file.read(BLOCK)
    while data and not data.strip(b"\x00"):
        data = file.read(BLOCK)
    return data.lstrip(b"\x00")


def _broken(kind: str, error: Exception) -> str:
    if TOO_MUCH_MEMORY in str(error):
        return f"its {kind} takes more than {MOST_MEMORY // MEGABYTE} MiB of memory to unpack; pack it with gzip"
    return f"its {kind} is broken ({error}); pack it again"
