"""What is kept beside a chunk of a file, so that it can be read again at any time."""

import msgspec

from crypto.adapters.csv.format.declarations import Laid
from crypto.adapters.csv.layout.format_options import FormatOptions, named_columns
from crypto.adapters.csv.text.dialect import Dialect, LineEnd
from crypto.adapters.csv.text.header_line import split_header

Labels = tuple[str | None, str | None]
"""The name and the symbol in a row."""


class Context(FormatOptions, frozen=True, kw_only=True):
    """What was declared or settled, and where the chunk is from; `header` is empty for a headerless file.

    `laid` is what was known of the file as an export of its kind, by the names of settings.
    `observed_at` is the moment of all rows if the file has no times, `labels` how the first row of a file of one
    coin calls it, `timed` those of `columns` that nobody declared and the first rows showed to be of times. With
    `decimal_asked` the first rows were asked for `decimal`; without it and undeclared, as pages were kept before,
    a point stands before decimals. A `replaced` chunk says nothing any more: its file was read again as it is
    declared now, and the chunk cannot be read so.
    """

    path: str
    header: str
    delimiter: str = ","
    first_line: int
    line_end: LineEnd = "\n"
    spaces: bool = False
    labels: Labels | None = None
    decimal_asked: bool = False
    laid: Laid = msgspec.field(default_factory=dict)
    timed: dict[str, str] = msgspec.field(default_factory=dict)
    replaced: bool = False

    @property
    def dialect(self) -> Dialect:
        """The character set, delimiter and line end that the chunk is written with."""
        encoding = self.encoding or "utf-8"
        return Dialect(delimiter=self.delimiter, encoding=encoding, line_end=self.line_end, spaces=self.spaces)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns, in the order of the file.

        :raises Unreadable: when the header is none.
        """
        if self.headerless:
            return named_columns(self)
        return split_header(self.header, self.delimiter)
