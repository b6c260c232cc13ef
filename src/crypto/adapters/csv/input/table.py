"""A table that was found and can be opened."""

from collections.abc import Callable, Mapping, Sequence
from typing import BinaryIO

from msgspec import Struct


class Table(Struct, frozen=True, kw_only=True):
    """`name` is what messages call it and where it is left off under: `prices.csv`, `prices.zip/btc.csv`, `-`.

    `request` is what a page of it says was asked, without secrets; `open` gives its bytes, unpacked, as a file
    that can be read from any place, and whose reader closes it. What a server sent has a status and headers, too;
    `beside` are the members of its archive that are read, itself among them.

    `open` blocks, and raises Unreadable when the bytes cannot be had as the file is, SourceUnavailable when not
    just now.
    """

    name: str
    request: Mapping[str, object]
    open: Callable[[], BinaryIO]
    status: int | None = None
    headers: Mapping[str, str] = {}
    beside: Sequence[str] = ()
