"""One file as pages: what was read of it before, and what each page needs to be read again later."""

from datetime import datetime

import msgspec

from crypto.adapters.csv.input.table import Table
from crypto.adapters.csv.layout.context import Context
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.layout.lone_rate import LoneRate
from crypto.adapters.csv.read.header import Header
from crypto.adapters.csv.read.place import Place
from crypto.adapters.csv.read.resumable_file import ResumableFile
from crypto.adapters.csv.read.resume_point import FilePart
from crypto.adapters.csv.text.file_bytes import FileBytes
from crypto.adapters.csv.text.records import Limits
from crypto.application.ports import Clock
from crypto.domain.page import RawPage


class FileReader:
    """A table being read, page by page; its methods block.

    :raises Unreadable: when it cannot be read as it is; the message says where and what would help.
    :raises SourceUnavailable: when it cannot be read just now.
    """

    def __init__(
        self,
        table: Table,
        *,
        source: str,
        declared: FormatOptions,
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
        """What the beginning of the file settled: its header, its layout and how it is written."""
        return self._file.header

    @property
    def was_declared_otherwise(self) -> bool:
        """Whether the same bytes were read under other settings last."""
        return self._file.former is not None

    @property
    def is_of_declared_coin(self) -> bool:
        """Whether the coin of the rows is declared, and no column tells it."""
        return "coin_id" not in self.header.columns and self.header.settled.layout != "coin_columns"

    def close(self) -> None:
        """Close the file."""
        self._file.close()

    def next_page(self) -> RawPage | None:
        """The next records, or None at the end of the file.

        :raises Unreadable: when the file goes on in a way that cannot be read.
        :raises SourceUnavailable: when it changes while it is read.
        """
        requested_at = self._clock.now()
        part = self._file.next_part()
        return self._page(part, requested_at) if part else None

    def _marked(self, file: FileBytes, limits: Limits) -> ResumableFile:
        mark = self._place.files.get(self._table.name)
        return ResumableFile(file, mark=mark, declared=self._declared, limits=limits, name=self._table.name)

    def _time_of_all(self, file: ResumableFile) -> datetime | None:
        """The moment of the rows of a file without a time column."""
        header = file.header
        if header.has_times or not file.has_more:
            return None
        if self._declared.observed_at:
            return self._declared.observed_at
        return self._place.first_read_at(file.content_sha256(), self._clock.now())

    def _page(self, part: FilePart, requested_at: datetime) -> RawPage:
        self._place.read(self._table.name, part.mark, former=self._file.former)
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

    def _context(self, part: FilePart) -> Context:
        header = self._file.header
        said = {field: getattr(header.settled, field) for field in FormatOptions.__struct_fields__}
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
