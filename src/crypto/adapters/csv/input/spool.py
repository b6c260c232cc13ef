"""A copy on disk of bytes that come only once and in order; it has no name, and is gone once it is closed."""

import tempfile
from collections.abc import Iterator
from typing import BinaryIO

from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.application.errors import SourceUnavailable

BLOCK = 1024 * 1024
MEGABYTE = 1024 * 1024


def spooled(blocks: Iterator[bytes], *, most: int) -> BinaryIO:
    """All of them, at most `most` bytes, one block in memory at a time.

    A file without a name: whatever ends this process, the system takes it back.

    :raises Unreadable: when there are more.
    :raises SourceUnavailable: when the disk has no room for them.
    """
    spool = Spool(most=most)
    try:
        for block in blocks:
            spool.write(block)
        return spool.rewound()
    except BaseException:
        spool.close()
        raise


class Spool:
    """A copy that grows; `rewound` gives it to who reads it, and closes it."""

    def __init__(self, *, most: int) -> None:
        self._most = most
        self._file: BinaryIO = tempfile.TemporaryFile()  # noqa: SIM115 - whoever reads it closes it

    def write(self, block: bytes) -> None:
        """Add a block of bytes to the copy.

        :raises Unreadable: when that is too much.
        :raises SourceUnavailable: when the disk has no room for it.
        """
        if self._file.tell() + len(block) > self._most:
            remedy = setting("MAX_MEGABYTES", str(2 * self._most // MEGABYTE or 1))
            raise Unreadable(f"it has more than {self._most} bytes; set {remedy} if that is meant")
        self._written(block)

    def clear(self) -> None:
        """Drop what was written, and begin anew."""
        self._file.seek(0)
        self._file.truncate()

    def rewound(self) -> BinaryIO:
        """The whole copy as an open file, to be read from its beginning."""
        self._written(b"")
        self._file.seek(0)
        return self._file

    def close(self) -> None:
        """Close the copy, which is then gone."""
        self._file.close()

    def _written(self, block: bytes) -> None:
        try:
            self._file.write(block)
            if not block:
                self._file.flush()
        except OSError as error:
            folder = tempfile.gettempdir()
            raise SourceUnavailable(
                f"there is no room for a copy in {folder} ({error.strerror}); TMPDIR says which folder is used"
            ) from error
