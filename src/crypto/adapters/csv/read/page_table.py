"""The table that a page holds, with a quote a row or prices a row, from its bytes and what is kept beside them."""

from collections.abc import Iterator, Sequence
from itertools import islice

from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.csv.layout.column_layout import ColumnLayout, find_layout, require_layout
from crypto.adapters.csv.layout.context import Context
from crypto.adapters.csv.text.charset import decoded, to_utf8
from crypto.adapters.csv.text.dialect import Dialect
from crypto.adapters.csv.text.pivot import long_table, pivoted
from crypto.adapters.csv.text.records import Record, split_records, text_lines
from crypto.domain.page import RawPage


class PageTable(Struct, frozen=True, kw_only=True):
    """The columns and records of a page; cells have one character a byte of UTF-8, as `lines` have.

    `is_long` says that each record was made of several rows of the page, a row a metric.
    """

    context: Context
    names: tuple[str, ...]
    shape: ColumnLayout
    lines: Sequence[str]
    records: Sequence[Record] | None = None

    @property
    def is_long(self) -> bool:
        """Whether the page is of a long table, with a row a metric."""
        return self.records is not None

    def __iter__(self) -> Iterator[Record]:
        """The records that are not a blank line; their places are what positions of quotes are counted by."""
        if self.records is not None:
            return iter(self.records)
        return rows_of(self.lines, self.context.dialect)


def page_table(page: RawPage, context: Context, *, most_lines: int | None = None) -> PageTable:
    """The table in a stored page, or in its first lines.

    :raises Unreadable: when the page lacks what each quote needs.
    """
    text = to_utf8(page.body, context.dialect.encoding)
    lines = list(islice(text_lines(text, context.line_end), most_lines))
    shape = find_layout(context.names, context)
    require_layout(shape, context.names, context)
    long = long_table(context.names, shape.columns)
    if not long:
        return PageTable(context=context, names=context.names, shape=shape, lines=lines)
    metrics, records = pivoted(long, rows_of(lines, context.dialect))
    names = long.wide_names([decoded(each) for each in metrics])
    flat = replace(context, layout="rows")
    return PageTable(context=flat, names=names, shape=find_layout(names, flat), lines=lines, records=records)


def rows_of(lines: Sequence[str], dialect: Dialect) -> Iterator[Record]:
    """The records of a page, without those that are a blank line."""
    return (record for record in split_records(lines, dialect) if not _is_blank(record))


def _is_blank(record: Record) -> bool:
    return not record.problem and len(record.cells) <= 1 and not "".join(record.cells).strip()
