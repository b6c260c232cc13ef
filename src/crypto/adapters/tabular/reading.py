"""One file as pages: what was read of it before, and what each page needs to be read again later."""

from collections.abc import Callable, Mapping
from datetime import datetime

import msgspec
from msgspec.structs import replace

from crypto.adapters.tabular.context import Context
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.file_bytes import FileBytes
from crypto.adapters.tabular.header import Header
from crypto.adapters.tabular.lone_rate import LoneRate
from crypto.adapters.tabular.mark import Mark, Part
from crypto.adapters.tabular.marked_file import MarkedFile
from crypto.adapters.tabular.records import Limits
from crypto.adapters.tabular.table import Table
from crypto.application.ports import Clock
from crypto.domain.page import Cursor, RawPage

SAME_VERSION = ("ETag", "Last-Modified")
"""Headers that tell one version of a file from another."""

READ_ANEW = ""
"""No settings: a file that was read under these is read from its start."""

MAX_FIRST_READ = 1000
"""Of how many contents without times it is kept when they were first read."""


class Version(msgspec.Struct, frozen=True, kw_only=True):
    """The headers of a server's file that was read to its end, and under which settings."""

    headers: dict[str, str]
    settings: str


class Place(msgspec.Struct, kw_only=True):
    """How far each file was read, and when the content of those without times was first read here.

    `versions` are those of the files at addresses that were read to their end.
    """

    files: dict[str, Mark] = {}
    first_read: dict[str, datetime] = {}
    versions: dict[str, Version] = {}

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

    def keep_only(self, is_read: Callable[[str], bool]) -> None:
        """Forget the files that are read no more: where a pattern is set, files come and go for ever.

        The others are read anew then, as what one of them said otherwise may have been rejected for its sake.
        """
        kept = {name: mark for name, mark in self.files.items() if is_read(name)}
        if len(kept) < len(self.files):
            kept = {name: replace(mark, settings=READ_ANEW) for name, mark in kept.items()}
            self.versions = {}
        self.files = kept
        self.versions = {name: version for name, version in self.versions.items() if is_read(name)}

    def known_version(self, path: str, settings: str) -> Mapping[str, str]:
        """The headers of the version that was read to its end under these settings; none if there is no such."""
        version = self.versions.get(path)
        return version.headers if version and version.settings == settings else {}

    def keep_version(self, path: str, headers: Mapping[str, str], settings: str) -> None:
        """The file at this address was read to its end; where nothing tells its version, it is asked for anew."""
        told = {name: headers[name] for name in SAME_VERSION if name in headers}
        self.versions.pop(path, None)
        if told:
            self.versions[path] = Version(headers=told, settings=settings)

    def first_read_at(self, content: str, now: datetime) -> datetime:
        """When this content was first read: now, if it is new."""
        moment = self.first_read.setdefault(content, now)
        for oldest in sorted(self.first_read, key=self.first_read.__getitem__)[:-MAX_FIRST_READ]:
            del self.first_read[oldest]
        return moment


class Reading:
    """A table being read, page by page; its methods block.

    :raises Unreadable: when it cannot be read as it is; the message says where and what would help.
    :raises SourceUnavailable: when it cannot be read just now.
    """

    def __init__(
        self,
        table: Table,
        *,
        source: str,
        declared: Declared,
        place: Place,
        clock: Clock,
        limits: Limits,
        lone_rate: LoneRate | None = None,
    ) -> None:
        self._table = table
        self._source = source
        self._declared = declared
        self._place = place
        self._clock = clock
        file = FileBytes(table.open())
        try:
            self._file = self._marked(file, limits)
            (lone_rate or LoneRate()).take(declared, self._file.header.settled, file=table.name)
            self._observed_at = self._time_of_all(self._file)
        except BaseException:
            file.close()
            raise

    @property
    def header(self) -> Header:
        """The beginning of the table."""
        return self._file.header

    @property
    def is_of_declared_coin(self) -> bool:
        """Whether no column tells the coin of its rows."""
        return "coin_id" not in self.header.columns and self.header.settled.layout != "coin_columns"

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()

    def next_page(self) -> RawPage | None:
        """The next records, or None at the end of the file.

        :raises Unreadable: when the file goes on in a way that cannot be read.
        :raises SourceUnavailable: when it changes while it is read.
        """
        requested_at = self._clock.now()
        part = self._file.next_part()
        return self._page(part, requested_at) if part else None

    def _marked(self, file: FileBytes, limits: Limits) -> MarkedFile:
        mark = self._place.files.get(self._table.name)
        return MarkedFile(file, mark=mark, declared=self._declared, limits=limits, name=self._table.name)

    def _time_of_all(self, file: MarkedFile) -> datetime | None:
        """The moment of the rows of a file without a time column."""
        header = file.header
        if header.has_times or not file.has_more:
            return None
        if self._declared.observed_at:
            return self._declared.observed_at
        return self._place.first_read_at(file.content_sha256(), self._clock.now())

    def _page(self, part: Part, requested_at: datetime) -> RawPage:
        self._place.files[self._table.name] = part.mark
        return RawPage(
            source=self._source,
            request={**self._table.request, "offset": part.offset},
            context=msgspec.json.decode(msgspec.json.encode(self._context(part))),
            requested_at=requested_at,
            received_at=self._clock.now(),
            status=self._table.status,
            headers=self._table.headers,
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
                "path": self._table.name,
                "header": header.text,
                "delimiter": header.dialect.delimiter,
                "line_end": header.dialect.line_end,
                "spaces": header.dialect.spaces,
                "first_line": part.line,
                "labels": header.labels,
                "decimal_asked": self._declared.decimal is None,
                "laid": header.laid,
                "timed": header.timed,
                "observed_at": self._observed_at,
            }
        )
