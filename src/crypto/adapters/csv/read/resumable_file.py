"""A file read in chunks from where it was left, knowing whether what was read before still stands there."""

from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.header import read_header
from crypto.adapters.csv.read.preamble import MAX_HEADER_BYTES
from crypto.adapters.csv.read.resume_point import FilePart, ResumePoint
from crypto.adapters.csv.text.charset import Encoding, blank_bytes, to_utf8
from crypto.adapters.csv.text.dialect import Dialect
from crypto.adapters.csv.text.file_bytes import BLOCK, FileBytes
from crypto.adapters.csv.text.header_line import no_text
from crypto.adapters.csv.text.pivot import whole_groups
from crypto.adapters.csv.text.records import Limits, take_chunk
from crypto.adapters.csv.unreadable import Unreadable


class ResumableFile:
    """A table in an open file, read part by part from where an earlier run left off; close it.

    A file goes on where its mark is when the bytes before it are the same and what follows begins a new line;
    else it is a new file. So a last line without a line end is read at once, and once more, with all the
    others, if it turns out to go on: the same rows again change nothing. `former` are the settings that the same
    bytes were read under before, where these were others.

    :raises Unreadable: when it is not a table.
    :raises SourceUnavailable: when it cannot be read just now.
    """

    def __init__(
        self, file: FileBytes, *, mark: ResumePoint | None, declared: FormatOptions, limits: Limits, name: str = ""
    ) -> None:
        self._file = file
        self._ahead = b""
        self.header = read_header(file.read(MAX_HEADER_BYTES, at=0), declared, name=name)
        self._encoding: Encoding = self.header.dialect.encoding
        self._blank = blank_bytes(self._encoding)
        self._limits = limits.of_rows(self.header.shape.quotes_a_row)
        self._settings = self.header.settled.fingerprint
        stands = mark is not None and self._stands(mark)
        self.former = mark.settings if mark and stands and mark.settings != self._settings else None
        if not (mark and stands and self.former is None and not mark.anew and self._goes_on(mark)):
            mark = self._start()
        self._mark = mark

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    @property
    def has_more(self) -> bool:
        """Whether the file has rows that were not read before."""
        ahead = self._look_ahead()
        return bool(ahead.strip(self._blank)) or self._has_rows(self._mark.offset + len(ahead))

    def content_sha256(self) -> str:
        """The SHA-256 of the whole file as it is now, in hexadecimal."""
        return self._file.digest(self._file.size).hexdigest()

    def next_part(self) -> FilePart | None:
        """The next whole records of the file, or None at its end.

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
        return FilePart(body=body, offset=before.offset, line=before.line, mark=self._mark)

    def _take(self, before: ResumePoint) -> tuple[bytes, ResumePoint]:
        ahead = self._look_ahead()
        at_end = before.offset + len(ahead) == self._file.size
        chunk = take_chunk(ahead, self.header.dialect, limits=self._limits, at_end=at_end)
        if self.header.long and chunk.size < len(ahead):
            chunk = whole_groups(self.header.long, ahead, chunk, self.header.dialect, at_end=at_end)
        if not chunk.size:
            raise Unreadable(f"line {before.line} is longer than {self._limits.size} bytes: it is not a record")
        body, self._ahead = ahead[: chunk.size], ahead[chunk.size :]
        self._sha256.update(body)
        end = "quote" if before.end == "quote" else chunk.end  # what follows an open quote may belong to it
        return body, self._marked(before.offset + chunk.size, before.line + chunk.lines, end)

    def _start(self) -> ResumePoint:
        if not self._has_rows(self.header.size):
            raise Unreadable(f"line {self.header.first_line - 1} is a header and no row follows; it needs rows")
        self._sha256 = self._file.digest(self.header.size)
        return self._marked(self.header.size, self.header.first_line, "line")

    def _marked(self, offset: int, line: int, end: str) -> ResumePoint:
        return ResumePoint(
            size=self._file.size,
            sha256=self._sha256.hexdigest(),
            offset=offset,
            line=line,
            end=end,
            settings=self._settings,
        )

    def _stands(self, mark: ResumePoint) -> bool:
        if mark.offset > self._file.size:
            return False
        self._sha256 = self._file.digest(mark.offset)
        return self._sha256.hexdigest() == mark.sha256

    def _goes_on(self, mark: ResumePoint) -> bool:
        if mark.offset < self.header.size:
            return False
        following = to_utf8(self._file.read(4, at=mark.offset), self._encoding)[:2]
        line_end = self.header.dialect.line_end.encode()
        begins_line = following in (b"\r", b"\r\n") or following.startswith(line_end)
        return mark.end == "line" or not following or (mark.end == "cut" and begins_line)

    def _has_rows(self, at: int) -> bool:
        while block := self._file.read(BLOCK, at=at):
            if block.strip(self._blank):
                return True
            at += len(block)
        return False

    def _look_ahead(self) -> bytes:
        missing = self._limits.size - len(self._ahead)
        self._ahead += self._file.read(missing, at=self._mark.offset + len(self._ahead))
        return self._ahead

    def _check_unchanged(self, *, at_end: bool) -> None:
        self._file.check_unchanged(read_to=self._mark.offset, sha256=self._mark.sha256, at_end=at_end)


def _check_text(body: bytes, dialect: Dialect, *, line: int) -> None:
    """A file whose first part is not text was saved in another encoding; a bad byte later costs its row only."""
    text = to_utf8(body, dialect.encoding)
    try:
        text.decode("utf-8")
    except UnicodeDecodeError as error:
        at = line + text.count(dialect.line_end.encode(), 0, error.start)
        raise Unreadable(no_text(at, text[error.start], dialect.encoding)) from error
