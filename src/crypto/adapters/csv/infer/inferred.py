"""What the first rows of a file settle that nobody declared: the order of its dates, the length of its candles."""

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime

from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.csv.layout.column_layout import ColumnLayout
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.text import words
from crypto.adapters.csv.text.columns import Columns, names_closes
from crypto.adapters.csv.text.dialect import Dialect
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.text.pivot import Long, pivoted
from crypto.adapters.csv.text.records import Record, split_records
from crypto.adapters.csv.times.candle_stamps import are_closes, check_midnights, smallest_step, usual_length
from crypto.adapters.csv.times.candles import DAILY, NONE, holds_candles
from crypto.adapters.csv.times.dates import DateOrder, Moment, common_orders, orders_of
from crypto.adapters.csv.times.moments import TIME_FIELDS, TimeCells, time_cells
from crypto.adapters.csv.times.times import MIDNIGHT, Times
from crypto.adapters.csv.times.unix import EPOCH, is_day_number
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.lost import is_rounded
from crypto.domain.rejection import RecordRejected, printable

DAYS = ("date", "day", *words.DATES)
"""Columns that say which day a row is of."""

Numbered = tuple[int, str]
"""The number of a line, and a cell of it."""


class FirstRows(Struct, frozen=True):
    """The rows in what was read of a file's beginning, each with the number of its line."""

    rows: tuple[tuple[int, list[str]], ...]

    @property
    def first(self) -> tuple[str, ...]:
        """The cells of the first row."""
        return tuple(self.rows[0][1]) if self.rows else ()

    def times(self, columns: Columns) -> list[tuple[int, TimeCells]]:
        """The cells that tell the time of each row that has any."""
        places = [columns.get(field) for field in TIME_FIELDS]
        widest = max(place for place in places if place is not None)
        told = [(line, time_cells(cells, places)) for line, cells in self.rows if widest < len(cells)]
        return [(line, each) for line, each in told if each.day.strip()]

    def column(self, place: int) -> list[Numbered]:
        """The cells of one column that are not empty."""
        return [(line, cells[place]) for line, cells in self.rows if place < len(cells) and cells[place].strip()]

    def texts(self, place: int) -> list[str]:
        """What the cells of one column say, each text once."""
        return list(dict.fromkeys(cell.strip() for _, cell in self.column(place)))


def first_rows(lines: Sequence[str], dialect: Dialect, *, line: int, whole: bool) -> FirstRows:
    """The rows in these lines, of which the first has that number; the last may be cut off if not `whole`."""
    records = split_records(lines if whole else lines[:-1], dialect)
    rows = ((line + record.first, readable(record.cells)) for record in records if "".join(record.cells).strip())
    return FirstRows(tuple(rows))


def pivoted_rows(table: Long, rows: FirstRows) -> tuple[tuple[str, ...], FirstRows]:
    """The columns and the rows of a long table, once each row is of one coin and moment."""
    records = [Record(line, line + 1, cells) for line, cells in rows.rows]
    metrics, wide = pivoted(table, records)
    return table.wide_names(metrics), FirstRows(
        tuple((each.first, each.cells) for each in wide if not each.problem)
    )


def settled(
    declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows, *, line: int
) -> FormatOptions:
    """What was declared, and what the names in that line and the rows settle of the rest.

    :raises Unreadable: when they leave it open; it names the setting that would decide.
    """
    place = shape.columns.get("observed_at")
    if declared.layout == "day_columns":
        return replace(declared, date_order=_order(declared, [(line, names[each]) for each in shape.prices]))
    if place is None:
        return declared
    declared = replace(declared, date_order=_order(declared, rows.column(place)))
    return replace(declared, candle=_candle(declared, names, shape, rows, rows.times(shape.columns)))


def notes_on(names: Sequence[str], shape: ColumnLayout, rows: FirstRows) -> tuple[str, ...]:
    """Notes for the file's owner: digits that a spreadsheet dropped, days that it counted."""
    rounded = ((place, each) for place in shape.amounts if (each := _rounded(rows, place)))
    return _counted_days(names, shape, rows) + tuple(
        f"line {line}: {names[place]} is {printable(cell.strip())}, as a spreadsheet writes what it has rounded: "
        "the digits it dropped are gone"
        for place, (line, cell) in rounded
    )


def _counted_days(names: Sequence[str], shape: ColumnLayout, rows: FirstRows) -> tuple[str, ...]:
    place = shape.columns.get("observed_at")
    counted = [] if place is None else [each for each in rows.column(place) if is_day_number(each[1].strip())]
    return tuple(
        f"line {line}: {names[place or 0]} is {cell.strip()}, counted from 1900 as days of spreadsheets are; "
        "where one counts from 1904, all times are four years and a day too early"
        for line, cell in counted[:1]
    )


def _rounded(rows: FirstRows, place: int) -> Numbered | None:
    return next((each for each in rows.column(place) if is_rounded(each[1])), None)


def _order(declared: FormatOptions, cells: Sequence[Numbered]) -> DateOrder | None:
    if declared.date_order or declared.date_format:
        return declared.date_order
    orders = common_orders(cell for _, cell in cells)
    if orders is None:
        return None
    if len(orders) == 1:
        return next(iter(orders))
    line, cell = next(each for each in cells if orders_of(each[1].strip()))
    ways = " or ".join(setting("DATE_ORDER", order) for order in sorted(orders or {"dmy", "mdy"}))
    open_question = "the first rows do not settle it" if orders else "the first rows contradict each other"
    raise Unreadable(f"line {line} has the time {cell.strip()!r}: day or month first? {open_question}; set {ways}")


def _candle(
    declared: FormatOptions,
    names: Sequence[str],
    shape: ColumnLayout,
    rows: FirstRows,
    cells: Sequence[tuple[int, TimeCells]],
) -> str | None:
    """How long after its time a row's price is known; None for a time that is the price's own, and for days."""
    said = list(_said(declared, cells))
    stamps = [_by_the_clock(each) for each in said]
    if declared.candle is not None:
        check_midnights(declared.candle, stamps, line=rows.rows[0][0], timezone=declared.timezone or "UTC")
        return declared.candle
    are_days = bool(said) and not any(isinstance(each, datetime) for each in said)
    if not holds_candles(names, shape.columns):
        has_days = _are_days(stamps) and _has_dates(declared, names, shape, rows)
        return DAILY if stamps and not are_days and has_days else None
    if names_closes(names[shape.columns["observed_at"]], declared.columns):
        return _of_closes(names[shape.columns["observed_at"]], line=rows.rows[0][0], are_days=are_days)
    if stamps and not are_days and are_closes(stamps):
        return NONE
    return usual_length(_evenly(said), line=rows.rows[0][0], are_days=are_days) if stamps else None


def _of_closes(column: str, *, line: int, are_days: bool) -> str:
    if are_days:
        length = setting("CANDLE", DAILY)
        raise Unreadable(
            f"line {line} says when a candle closed by a date alone ({column!r}), which may be its last day or "
            f"the day after; set {length} (or 1w, 4h ...), how long it is after the time at which it began"
        )
    return NONE


def _said(declared: FormatOptions, cells: Sequence[tuple[int, TimeCells]]) -> Iterator[Moment]:
    """The days and moments in these cells, as far as they can be read."""
    times = _times(declared)
    for _, cell in cells:
        try:
            yield times.said(cell)
        except RecordRejected:
            continue


def _by_the_clock(said: Moment) -> datetime:
    """A moment by the clock of the file's zone; a day is its midnight."""
    return datetime.combine(said, said.time() if isinstance(said, datetime) else MIDNIGHT)


def _evenly(said: Sequence[Moment]) -> list[datetime]:
    """Moments by the clock of the file's zone or of UTC, whichever makes no step shorter as clocks change."""
    in_utc = [
        each.astimezone(UTC).replace(tzinfo=None) if isinstance(each, datetime) else _by_the_clock(each)
        for each in said
    ]
    local = [_by_the_clock(each) for each in said]
    return max(local, in_utc, key=smallest_step)


def _are_days(stamps: Sequence[datetime]) -> bool:
    return all(stamp.time() == MIDNIGHT for stamp in stamps)


def _has_dates(declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows) -> bool:
    """Whether a column beside the time says which day a row is of: then 00:00 is that day, not its beginning."""
    taken = shape.columns.values()
    beside = [place for place, name in enumerate(names) if plain_name(name) in DAYS and place not in taken]
    times = _times(declared)
    return any(all(_is_day(times, cell) for _, cell in rows.column(place)) for place in beside)


def _is_day(times: Times, cell: str) -> bool:
    try:
        return not isinstance(times.said(cell), datetime)
    except RecordRejected:
        return False


def _times(declared: FormatOptions) -> Times:
    return Times(
        zone=declared.zone,
        received_at=EPOCH,
        date_format=declared.date_format,
        order=declared.date_order,
        repeated_hour=declared.repeated_hour,
        bare_date=declared.bare_date,
    )


def readable(cells: Sequence[str]) -> list[str]:
    """The text of cells with one character a byte of UTF-8, as far as it is text."""
    return [cell if cell.isascii() else cell.encode("latin-1").decode("utf-8", "replace") for cell in cells]
