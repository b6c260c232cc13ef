"""The bytes of an open file, from any place, and whether the file changed since it was opened."""

import hashlib
import os
from typing import BinaryIO

from crypto.application.errors import SourceUnavailable

BLOCK = 1024 * 1024


class FileBytes:
    """A file of `size` bytes, as it was when it was opened or last made sure of; close it.

    :raises SourceUnavailable: when it cannot be read just now.
    """

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._seen = self._stat()
        self.size, _ = self._seen

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def read(self, size: int, *, at: int) -> bytes:
        """So many bytes of the file from there on; fewer at its end.

        :raises SourceUnavailable: when they cannot be read, or are there no more.
        """
        size = max(0, min(size, self.size - at))
        try:
            self._file.seek(at)
            found = self._file.read(size)
        except OSError as error:
            raise SourceUnavailable(f"it cannot be read: {error.strerror}") from error
        if len(found) < size:
            raise SourceUnavailable("it became shorter while it was read; the next run reads it anew")
        return found

    def digest(self, size: int) -> "hashlib._Hash":
        """The SHA-256 of its first `size` bytes, which goes on with those after them."""
        digest = hashlib.sha256()
        for at in range(0, size, BLOCK):
            digest.update(self.read(min(BLOCK, size - at), at=at))
        return digest

    def check_unchanged(self, *, read_to: int, sha256: str, at_end: bool) -> None:
        """Growing is not a change if what was read still stands; that is made sure of once, at the end.

        :raises SourceUnavailable: when the file changed otherwise.
        """
        now = self._stat()
        if now == self._seen or (now[0] > self.size and not at_end):
            return
        if now[0] < self.size or self.digest(read_to).hexdigest() != sha256:
            raise SourceUnavailable("it changed while it was read; the next run reads it anew")
        self._seen = now

    def _stat(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns
