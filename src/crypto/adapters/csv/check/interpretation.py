"""How a table was read: in words for the person who must say whether that is what was meant."""

from datetime import datetime
from decimal import Decimal
from itertools import islice
from typing import Literal

import msgspec

from crypto.adapters.csv.check.money_interpretation import found_money, money_notes
from crypto.adapters.csv.format.registry import FORMATS
from crypto.adapters.csv.infer.inferred import FirstRows, notes_on, readable
from crypto.adapters.csv.layout.context import Context
from crypto.adapters.csv.layout.volume import unit_of
from crypto.adapters.csv.read.page_table import PageTable, page_table
from crypto.adapters.csv.text.charset import decoded
from crypto.adapters.csv.text.dialect import delimiter_word
from crypto.adapters.csv.times.moments import TIME_FIELDS, time_cells
from crypto.adapters.csv.times.time_names import zone_named
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import Quote

MOST_ROWS = 1000
"""How far into a page it is looked for the first quote, to show its time, and for notes."""

LINE_ENDS = (("\r\n", "CRLF"), ("\n", "LF"), ("\r", "CR"))


class Interpretation(msgspec.Struct, frozen=True, kw_only=True):
    """How a table was read, as its first page has it; what nobody declared was settled by its first rows.

    `columns` maps our field to the file's column, `prices` are the columns of a wide table's prices, `ignored` are
    the others; one without a name is called by its number. `format` is the
    known export that it was read as. `coin_id` is that of all rows, if no column says it.
    `decimal` is the sign before decimals, declared or of the first rows, which may have none.
    `currency` are the codes of the money that the first rows are in, with commas between, `currency_from` what
    says so, and `rates` what one of each other money is in US dollars. `volume_unit` is that of the volume that is
    taken: coins (base), the price's money (quote) or usd. `observed_at` is the moment of all rows of a table
    without times; else `time_cell` is what the first quote's time looks like in the file, and `time_read` what it
    was taken for, and `timezone_by` what says where times without a zone are. `notes` say what the file has lost
    already.
    """

    format: str | None
    encoding: str
    line_end: str
    delimiter: str
    layout: str
    has_header: bool
    first_line: int
    columns: dict[str, str]
    prices: tuple[str, ...]
    ignored: tuple[str, ...]
    coin_id: str | None
    decimal: str | None
    decimal_declared: bool
    currency: str
    currency_from: str
    rates: dict[str, Decimal]
    volume_unit: str | None
    timezone: str
    timezone_by: Literal["setting", "column", "default"]
    date_order: str | None
    candle: str | None
    observed_at: datetime | None
    time_cell: str | None
    time_read: datetime | None
    notes: tuple[str, ...]


def understood(page: RawPage, parsed: ParsedPage) -> Interpretation:
    """How the table was read that this is the first page of.

    :raises Unreadable: when the page has no header, which a page of a table always has.
    """
    context = msgspec.convert(dict(page.context), Context)
    table = page_table(page, context, most_lines=MOST_ROWS)
    shape, names = table.shape, [name or f"#{place}" for place, name in enumerate(table.names, start=1)]
    taken = {*shape.columns.values(), *shape.prices}
    rows = FirstRows(tuple((context.first_line + each.first, readable(each.cells)) for each in table))
    first = parsed.quotes[0] if parsed.quotes else None
    money = found_money(table.context, table.names, shape, rows)
    volume = shape.columns.get("volume_24h")
    has_times = "observed_at" in shape.columns or context.layout == "day_columns"
    return Interpretation(
        format=_title(context.format),
        encoding=context.dialect.encoding,
        line_end=next((name for end, name in LINE_ENDS if "".join(table.lines[:1]).endswith(end)), "LF"),
        delimiter=delimiter_word(context.delimiter),
        layout=context.layout,
        has_header=not context.headerless,
        first_line=context.first_line,
        columns={field: names[place] for field, place in shape.columns.items()},
        prices=tuple(names[place] for place in shape.prices),
        ignored=tuple(name for place, name in enumerate(names) if place not in taken),
        coin_id=None if "coin_id" in shape.columns or context.layout == "coin_columns" else context.coin_id,
        decimal=context.decimal,
        decimal_declared=not context.decimal_asked,
        currency=", ".join(money.codes),
        currency_from=money.why,
        rates={code: rate for code in money.codes if code != "USD" and (rate := context.dollars(code))},
        volume_unit=None if volume is None else unit_of(volume, table.names, shape.columns, context),
        timezone=context.timezone or "UTC",
        timezone_by=_timezone_by(context, table),
        date_order=context.date_order,
        candle=context.candle,
        observed_at=None if has_times else context.observed_at,
        time_cell=_time_cell(first, table) if first and has_times else None,
        time_read=first.observed_at if first and has_times else None,
        notes=(*notes_on(names, shape, rows), *money_notes(table.context, table.names, shape, rows)),
    )


def _timezone_by(context: Context, table: PageTable) -> Literal["setting", "column", "default"]:
    """What says the zone of times without one."""
    if context.timezone is None:
        return "default"
    places = [table.shape.columns.get(field) for field in TIME_FIELDS]
    zones = [str(zone_named(table.names[place])) for place in places if place is not None]
    return "column" if str(context.zone) in zones else "setting"


def _time_cell(first: Quote, table: PageTable) -> str | None:
    """What the time of the first quote is written like."""
    row, column = divmod(first.position, table.shape.quotes_a_row)
    place = table.shape.columns.get("observed_at")
    if place is None:
        return table.names[table.shape.prices[column]]
    record = next(islice(table, row, row + 1), None)
    if record is None:
        return None
    places = [table.shape.columns.get(field) for field in TIME_FIELDS]
    return time_cells([decoded(cell) for cell in record.cells], places).text


def _title(name: str | None) -> str | None:
    known = FORMATS.get(name or "")
    return known.title if known else None
