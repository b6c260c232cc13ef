"""One file as pages: what was read of it before, and what each page needs to be read again later."""

from datetime import datetime

import msgspec

from crypto.adapters.tabular.columns import may_be_time
from crypto.adapters.tabular.context import Context
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.marked_file import Mark, MarkedFile, Part
from crypto.adapters.tabular.records import Limits
from crypto.adapters.tabular.unreadable import Unreadable, setting
from crypto.application.errors import SourceRefused
from crypto.application.ports import Clock
from crypto.domain.page import Cursor, RawPage
from crypto.domain.rejection import printable

MAX_FIRST_READ = 1000
"""Of how many contents without times it is kept when they were first read."""


class Place(msgspec.Struct, kw_only=True):
    """How far each file was read, and when the content of those without times was first read here."""

    files: dict[str, Mark] = {}
    first_read: dict[str, datetime] = {}

    @classmethod
    def at(cls, cursor: Cursor) -> "Place":
        """The place a cursor tells of; the start, if it cannot be understood: the same rows change nothing."""
        try:
            return msgspec.convert(dict(cursor), cls)
        except msgspec.ValidationError:
            return cls()

    @property
    def cursor(self) -> Cursor:
        """As JSON values, the files in order."""
        cursor: dict[str, object] = msgspec.to_builtins(self)
        return cursor

    def first_read_at(self, content: str, now: datetime) -> datetime:
        """When this content was first read: now, if it is new."""
        moment = self.first_read.setdefault(content, now)
        for oldest in list(self.first_read)[:-MAX_FIRST_READ]:
            del self.first_read[oldest]
        return moment


class Reading:
    """A file being read, page by page; its methods block.

    :raises SourceRefused: when it cannot be read as it is; the message says where and what would help.
    :raises SourceUnavailable: when it cannot be read just now.
    """

    def __init__(
        self, path: str, *, source: str, declared: Declared, place: Place, clock: Clock, limits: Limits
    ) -> None:
        self._path = path
        self._source = source
        self._declared = declared
        self._place = place
        self._clock = clock
        try:
            self._file = self._open(limits)
        except Unreadable as error:
            raise self._refused(error) from error

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def next_page(self) -> RawPage | None:
        """The next records, or None at the end of the file.

        :raises SourceRefused: when the file goes on in a way that cannot be read.
        :raises SourceUnavailable: when it changes while it is read.
        """
        requested_at = self._clock.now()
        try:
            part = self._file.next_part()
        except Unreadable as error:
            raise self._refused(error) from error
        return self._page(part, requested_at) if part else None

    def _open(self, limits: Limits) -> MarkedFile:
        mark = self._place.files.get(self._path)
        file = MarkedFile(self._path, mark=mark, declared=self._declared, limits=limits)
        try:
            self._observed_at = self._time_of_all(file)
        except BaseException:
            file.close()
            raise
        return file

    def _time_of_all(self, file: MarkedFile) -> datetime | None:
        """The moment of the rows of a file without a time column."""
        header = file.header
        if header.has_times or not file.has_more:
            return None
        if self._declared.observed_at:
            return self._declared.observed_at
        if column := may_be_time(header.names, header.first_cells, header.columns.values()):
            which, all_rows = setting("COLUMNS", f"observed_at={column}"), setting("OBSERVED_AT", "<ISO time>")
            raise Unreadable(
                f"line {header.line} has no known time column; set {which}, or {all_rows} for all its rows"
            )
        return self._place.first_read_at(file.content_sha256(), self._clock.now())

    def _page(self, part: Part, requested_at: datetime) -> RawPage:
        self._place.files[self._path] = part.mark
        return RawPage(
            source=self._source,
            request={"path": self._path, "offset": part.offset},
            context=msgspec.json.decode(msgspec.json.encode(self._context(part))),
            requested_at=requested_at,
            received_at=self._clock.now(),
            status=None,
            headers={},
            body=part.body,
            cursor_after=self._place.cursor,
            is_last=False,
        )

    def _context(self, part: Part) -> Context:
        header = self._file.header
        said = {field: getattr(header.settled, field) for field in Declared.__struct_fields__}
        return Context(
            **{
                **said,
                "path": self._path,
                "header": header.text,
                "delimiter": header.dialect.delimiter,
                "line_end": header.dialect.line_end,
                "spaces": header.dialect.spaces,
                "first_line": part.line,
                "labels": header.labels,
                "observed_at": self._observed_at,
            }
        )

    def _refused(self, error: Unreadable) -> SourceRefused:
        return SourceRefused(f"{printable(self._path)}: {error}")
