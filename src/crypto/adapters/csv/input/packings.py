"""How one file may be packed, told by its first bytes, whatever its name is."""

from collections.abc import Callable, Iterator
from typing import BinaryIO

from msgspec import Struct

from crypto.adapters.csv.input.gzipped import GZIP, gunzipped
from crypto.adapters.csv.input.streams import unbzipped, unxzed


class Packing(Struct, frozen=True, kw_only=True):
    """`name` is what messages and pages call it; the file begins with one of `beginnings`.

    `unpacked` gives its content block by block; it raises SourceUnavailable when the end is missing, Unreadable
    when it is broken.
    """

    name: str
    beginnings: tuple[bytes, ...]
    unpacked: Callable[[BinaryIO], Iterator[bytes]]


BZIP2 = tuple(b"BZh%d" % size + block for size in range(1, 10) for block in (b"1AY&SY", b"\x17rE8P\x90"))
"""A table's header may begin with BZh; what follows is the first block, or the end of an empty stream."""

PACKINGS = (
    Packing(name="gzip", beginnings=(GZIP,), unpacked=gunzipped),
    Packing(name="xz", beginnings=(b"\xfd7zXZ\x00",), unpacked=unxzed),
    Packing(name="bzip2", beginnings=BZIP2, unpacked=unbzipped),
)


def packing_of(file: BinaryIO) -> Packing | None:
    """How a file is packed, by its first bytes; None when it is not, or in a way that is not read."""
    file.seek(0)
    beginning = file.read(16)
    return next((each for each in PACKINGS if beginning.startswith(each.beginnings)), None)
