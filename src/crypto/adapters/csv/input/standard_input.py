"""What another program sends to this one: `curl ... | crypto ingest csv`."""

import asyncio
import os
import select
from typing import BinaryIO

from crypto.adapters.csv.input.spool import BLOCK, Spool
from crypto.adapters.csv.unreadable import Unreadable

STANDARD_INPUT = "-"
POLL_SECONDS = 0.2
"""How long a signal to stop waits for bytes that do not come."""


async def read_standard_input(*, most: int) -> BinaryIO:
    """All of it, to its end; it can be read once only.

    :raises Unreadable: when there is none, or more than `most` bytes.
    :raises SourceUnavailable: when the disk has no room for it.
    """
    spool = Spool(most=most)
    try:
        while (block := await asyncio.to_thread(_next_block)) != b"":
            if block:
                spool.write(block)
        return spool.rewound()
    except BaseException:
        spool.close()
        raise


def _next_block() -> bytes | None:
    """The next bytes, b"" at the end, or None when none came for a moment."""
    try:
        if not select.select([0], [], [], POLL_SECONDS)[0]:
            return None
        return os.read(0, BLOCK)
    except OSError as error:
        raise Unreadable(f"standard input cannot be read: {error.strerror}") from error
