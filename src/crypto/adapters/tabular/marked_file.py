"""A file read in chunks from where it was left, knowing whether what was read before still stands there."""

import hashlib
import os
import stat
from pathlib import Path
from typing import BinaryIO

from msgspec import Struct

from crypto.adapters.tabular.charset import Encoding, blank_bytes, to_utf8
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.dialect import Dialect
from crypto.adapters.tabular.header import MAX_HEADER_BYTES, no_text, read_header
from crypto.adapters.tabular.records import Limits, take_chunk
from crypto.adapters.tabular.unreadable import Unreadable, setting
from crypto.application.errors import SourceUnavailable

BLOCK = 1024 * 1024


class Mark(Struct, frozen=True, kw_only=True):
    """How far a file was read: up to byte `offset`, the sha256 of all before it, and the number of its line.

    `end` is how the part that was read ends (see Chunk), `settings` says under which it was read.
    """

    size: int
    sha256: str
    offset: int
    line: int
    end: str
    settings: str


class Part(Struct, frozen=True, kw_only=True):
    """Whole records of a file, byte for byte; `mark` is where the next ones start."""

    body: bytes
    offset: int
    line: int
    mark: Mark


class MarkedFile:
    """An open file; close it.

    A file goes on where its mark is when the bytes before it are the same and what follows begins a new line;
    else it is a new file. So a last line without a line end is read at once, and once more, with all the
    others, if it turns out to go on: the same rows again change nothing.

    :raises Unreadable: when it is no table.
    :raises SourceUnavailable: when it cannot be read just now.
    """

    def __init__(self, path: str, *, mark: Mark | None, declared: Declared, limits: Limits) -> None:
        self._path = path
        self._ahead = b""
        self._file = _open(path)
        try:
            self._begin(mark, declared, limits)
        except BaseException:
            self.close()
            raise

    def _begin(self, mark: Mark | None, declared: Declared, limits: Limits) -> None:
        self._seen = self._size, _ = self._stat()
        self.header = read_header(self._read(min(self._size, MAX_HEADER_BYTES), at=0), declared)
        self._encoding: Encoding = self.header.dialect.encoding
        self._blank = blank_bytes(self._encoding)
        self._limits = limits.of_rows(self.header.shape.quotes_a_row)
        self._settings = self.header.settled.fingerprint
        if not (mark and mark.settings == self._settings and self._goes_on(mark)):
            mark = self._start()
        self._mark = mark

    def close(self) -> None:
        """Let go of it."""
        self._file.close()

    @property
    def has_more(self) -> bool:
        """Whether there are rows that were not read before."""
        ahead = self._look_ahead()
        return bool(ahead.strip(self._blank)) or self._has_rows(self._mark.offset + len(ahead))

    def content_sha256(self) -> str:
        """Of the whole file as it is now."""
        return self._hash(self._size).hexdigest()

    def next_part(self) -> Part | None:
        """The next records, or None at the end.

        :raises Unreadable: when a line is longer than a part may be, or the first part is not UTF-8.
        :raises SourceUnavailable: when the file changes while it is read.
        """
        if not self.has_more:
            self._check_unchanged(at_end=True)
            return None
        before = self._mark
        body, self._mark = self._take(before)
        if before.offset == self.header.size:
            _check_text(body, self.header.dialect, line=before.line)
        self._check_unchanged(at_end=False)
        return Part(body=body, offset=before.offset, line=before.line, mark=self._mark)

    def _take(self, before: Mark) -> tuple[bytes, Mark]:
        ahead = self._look_ahead()
        at_end = before.offset + len(ahead) == self._size
        chunk = take_chunk(ahead, self.header.dialect, limits=self._limits, at_end=at_end)
        if not chunk.size:
            raise Unreadable(f"line {before.line} is longer than {self._limits.size} bytes: it is no record")
        body, self._ahead = ahead[: chunk.size], ahead[chunk.size :]
        self._sha256.update(body)
        return body, self._marked(before.offset + chunk.size, before.line + chunk.lines, chunk.end)

    def _start(self) -> Mark:
        if not self._has_rows(self.header.size):
            raise Unreadable(f"line {self.header.first_line - 1} is a header and no row follows; it needs rows")
        self._sha256 = self._hash(self.header.size)
        return self._marked(self.header.size, self.header.first_line, "line")

    def _marked(self, offset: int, line: int, end: str) -> Mark:
        digest = self._sha256.hexdigest()
        return Mark(size=self._size, sha256=digest, offset=offset, line=line, end=end, settings=self._settings)

    def _goes_on(self, mark: Mark) -> bool:
        if not self.header.size <= mark.offset <= self._size:
            return False
        self._sha256 = self._hash(mark.offset)
        if self._sha256.hexdigest() != mark.sha256:
            return False
        following = to_utf8(self._read(min(4, self._size - mark.offset), at=mark.offset), self._encoding)[:2]
        line_end = self.header.dialect.line_end.encode()
        begins_line = following in (b"\r", b"\r\n") or following.startswith(line_end)
        return mark.end == "line" or not following or (mark.end == "cut" and begins_line)

    def _has_rows(self, at: int) -> bool:
        while block := self._read(min(BLOCK, self._size - at), at=at):
            if block.strip(self._blank):
                return True
            at += len(block)
        return False

    def _look_ahead(self) -> bytes:
        missing = self._limits.size - len(self._ahead)
        at = self._mark.offset + len(self._ahead)
        self._ahead += self._read(min(missing, self._size - at), at=at)
        return self._ahead

    def _check_unchanged(self, *, at_end: bool) -> None:
        """Growing is no change if what was read still stands; that is made sure of once, at the end."""
        now = self._stat()
        if now == self._seen or (now[0] > self._size and not at_end):
            return
        if now[0] < self._size or self._hash(self._mark.offset).hexdigest() != self._mark.sha256:
            raise SourceUnavailable(f"{self._path} changed while it was read; the next run reads it anew")
        self._seen = now

    def _stat(self) -> tuple[int, int]:
        status = os.fstat(self._file.fileno())
        return status.st_size, status.st_mtime_ns

    def _hash(self, size: int) -> "hashlib._Hash":
        digest = hashlib.sha256()
        for at in range(0, size, BLOCK):
            digest.update(self._read(min(BLOCK, size - at), at=at))
        return digest

    def _read(self, size: int, *, at: int) -> bytes:
        try:
            self._file.seek(at)
            found = self._file.read(size)
        except OSError as error:
            raise SourceUnavailable(f"{self._path} cannot be read: {error.strerror}") from error
        if len(found) < size:
            raise SourceUnavailable(f"{self._path} became shorter while it was read; the next run reads it anew")
        return found


def _open(path: str) -> BinaryIO:
    try:
        path.encode("utf-8")
        if not stat.S_ISREG(Path(path).stat().st_mode):
            raise Unreadable("it is no regular file; name the files themselves")
        return Path(path).open("rb")
    except FileNotFoundError as error:
        remedy = setting("PATHS", "<file>")
        raise Unreadable(f"there is no such file; name it, as seen from here, with {remedy}") from error
    except PermissionError as error:
        raise Unreadable("it may not be read by this user; change its permissions") from error
    except OSError as error:
        raise SourceUnavailable(f"{path} cannot be opened: {error.strerror}") from error
    except ValueError as error:
        raise Unreadable("its path is not UTF-8, or holds a NUL") from error


def _check_text(body: bytes, dialect: Dialect, *, line: int) -> None:
    """A file whose first part is no text was saved in another encoding; a bad byte later on costs its row only."""
    text = to_utf8(body, dialect.encoding)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        at = line + text.count(dialect.line_end.encode(), 0, error.start)
        raise Unreadable(no_text(at, text[error.start], dialect.encoding)) from error
