"""The beginning of a file: how it is written, which columns there are, where its rows begin."""

from collections.abc import Sequence

from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.csv.format.declarations import Laid
from crypto.adapters.csv.infer.decimals import settled_decimal
from crypto.adapters.csv.infer.inferred import FirstRows, first_rows, notes_on, pivoted_rows, settled
from crypto.adapters.csv.infer.inferred_money import settled_money
from crypto.adapters.csv.infer.time_columns import timed
from crypto.adapters.csv.infer.unread_times import open_time, unread_time
from crypto.adapters.csv.layout.column_layout import ColumnLayout, find_layout, require_layout
from crypto.adapters.csv.layout.format_options import FormatOptions, names_said_by
from crypto.adapters.csv.layout.identity import check_identity, coin_name
from crypto.adapters.csv.layout.known import described
from crypto.adapters.csv.layout.volume import require_volume_unit
from crypto.adapters.csv.read.lost_header import no_header, other_layout
from crypto.adapters.csv.read.preamble import MAX_HEADER_BYTES, Preamble
from crypto.adapters.csv.text.columns import Columns
from crypto.adapters.csv.text.dialect import Dialect
from crypto.adapters.csv.text.header_line import has_spaces
from crypto.adapters.csv.text.pivot import Long, long_table
from crypto.adapters.csv.times.moments import TIME_FIELDS
from crypto.adapters.csv.unreadable import Questions, Unreadable, setting


class Header(Struct, frozen=True, kw_only=True):
    """The header as text, without byte order mark and line end (none of a headerless file).

    It is in that `line`; rows begin `size` bytes into the file, with line `first_line`. `settled` is what was
    declared, and what the beginning of the file settles of the rest; `laid` is what is known of it as an export of
    its kind, `timed` the columns of times that its rows showed, `first_cells` its first row, `notes` what its
    owner should know. `long` is where a long table has its metrics, a row each; columns are those of the table
    with a row a coin and moment.
    """

    text: str
    dialect: Dialect
    names: tuple[str, ...]
    shape: ColumnLayout
    size: int
    line: int
    first_line: int
    settled: FormatOptions
    laid: Laid
    timed: dict[str, str]
    first_cells: tuple[str, ...]
    notes: tuple[str, ...]
    long: Long | None = None

    @property
    def columns(self) -> Columns:
        """The place of each of our fields among the file's columns, counted from 0."""
        return self.shape.columns

    @property
    def has_times(self) -> bool:
        """Whether each row, or each column of prices, says of which moment it is."""
        return "observed_at" in self.columns or self.settled.layout == "day_columns"

    @property
    def labels(self) -> tuple[str | None, str | None] | None:
        """How the first row of a file of one coin calls it: name and symbol."""
        if "coin_id" in self.columns or not self.first_cells:
            return None
        return coin_name(self._label("name")), self._label("symbol")

    def _label(self, field: str) -> str | None:
        place = self.columns.get(field, len(self.first_cells))
        cell = self.first_cells[place] if place < len(self.first_cells) else ""
        return cell if cell.strip() else None


def read_header(beginning: bytes, declared: FormatOptions, *, name: str = "") -> Header:
    """The header of a file of that name whose first bytes, up to MAX_HEADER_BYTES, these are.

    :raises Unreadable: when the file is empty, no text, lacks what it needs, or leaves open what must be settled.
    """
    whole = len(beginning) < MAX_HEADER_BYTES
    known = described(beginning, name, declared, whole=whole)
    declared = known.declared
    top = Preamble(beginning, declared)
    delimiter, names, shape = top.best()
    dialect = Dialect(
        delimiter=delimiter, encoding=top.encoding, line_end=top.line_end, spaces=has_spaces(top.text, delimiter)
    )
    rows = first_rows(top.rows, dialect, line=top.first_line, whole=whole)
    _check_width(declared, rows)
    said = replace(declared, delimiter=delimiter, encoding=top.encoding)
    if long := long_table(names, shape.columns):
        names, rows = pivoted_rows(long, rows)
        said = replace(said, layout="rows")
        shape = find_layout(names, said, line=top.line)
    questions = Questions()
    with questions.gather():
        _require(shape, names, said, top)
    with questions.gather():
        known.require_told(line=top.line)
    with questions.gather():
        check_identity(names, shape.columns, said.columns, [row for _, row in rows.rows], line=top.line)
    with questions.gather():
        said = timed(said, names, shape, rows, line=top.line)
        shape = find_layout(names, said, line=top.line)
        if rows.rows and not said.observed_at:
            _require_time(said, names, shape, rows, line=top.line, are_names=not no_header(shape, names, top))
        said = settled(said, names, shape, rows, line=top.line)
    with questions.gather():
        said = replace(said, decimal=said.decimal or settled_decimal(names, shape, rows))
    with questions.gather():
        said = settled_money(said, names, shape, rows, path=name)
    questions.ask()
    shape = find_layout(names, said, line=top.line)
    require_volume_unit(names, shape.columns, said, line=top.line)
    return Header(
        text="" if declared.headerless else top.text,
        dialect=dialect,
        names=names,
        shape=shape,
        size=top.size,
        line=top.line,
        first_line=top.first_line,
        settled=replace(said, layout=declared.layout),
        laid=known.laid,
        timed={each: said.columns[each] for each in TIME_FIELDS if each in said.columns.keys() - declared.columns},
        first_cells=rows.first,
        notes=notes_on(names, shape, rows),
        long=long,
    )


def _require_time(
    said: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows, *, line: int, are_names: bool
) -> None:
    """Where no column says the time, none may; of one that may, the order of its dates is asked for, too.

    Which column it is is not asked where they `are_names` of none.

    :raises Unreadable: when one may.
    """
    if "observed_at" in shape.columns or said.layout == "day_columns":
        return
    is_said = "observed_at" in said.columns
    unread = None if is_said else unread_time(names, rows, shape.columns.values(), shape.prices)
    questions = Questions()
    with questions.gather():
        problem = open_time(names, rows, shape.columns, unread, has=names_said_by(said, line=line))
        if problem and are_names:
            raise problem
    if unread:
        with questions.gather():
            taken = replace(said, columns={**said.columns, "observed_at": unread})
            settled(taken, names, find_layout(names, taken, line=line), rows, line=line)
    questions.ask()


def _check_width(declared: FormatOptions, rows: FirstRows) -> None:
    """A file without a header has no more columns than were named, or all its rows would be rejected.

    :raises Unreadable: when the first row has text in more.
    """
    filled = [place for place, cell in enumerate(rows.first, start=1) if cell.strip()]
    columns, names = max(filled, default=0), len(declared.headerless)
    if names and columns > names:
        said = setting("HEADERLESS", ",".join(declared.headerless))
        raise Unreadable(
            f"line {rows.rows[0][0]} has {columns} columns, and {said} names {names}; name all {columns} in their "
            "order, - for one to leave out"
        )


def _require(shape: ColumnLayout, names: Sequence[str], said: FormatOptions, top: Preamble) -> None:
    """Everything is there that a quote needs, or it is said what the first line seems to be instead."""
    if lost := other_layout(shape, names, top) or no_header(shape, names, top):
        raise Unreadable(f"line {top.line} {lost}")
    require_layout(shape, names, said, line=top.line)
