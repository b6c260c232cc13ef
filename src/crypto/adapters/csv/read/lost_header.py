"""What the first line of a table of rows seems to be where it names no price, and the setting for that."""

from collections.abc import Sequence

from crypto.adapters.csv.layout.column_layout import ColumnLayout, find_layout, looks_long, looks_wide
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.preamble import Preamble
from crypto.adapters.csv.text.columns import Columns, find_columns, listed, looks_like_date
from crypto.adapters.csv.text.dialect import DELIMITERS
from crypto.adapters.csv.text.header_line import short, split_if_header
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.numbers import looks_like_number

LINES_BEFORE = 20
"""How far a header is looked for beyond the line that is none, for a message."""


def other_layout(shape: ColumnLayout, names: Sequence[str], top: Preamble) -> str | None:
    """What the header names instead, where it is not of a table with a quote a row; None where it may be."""
    if not _may_be_lost(top) or "price_usd" in shape.columns:
        return None
    if looks_long(names):
        return f"names a row for each metric (it has: {listed(names)}); set {setting('LAYOUT', 'metric_rows')}"
    if looks_wide(names):
        return f"names a column for each day (it has: {listed(names)}); set {setting('LAYOUT', 'day_columns')}"
    return None


def no_header(shape: ColumnLayout, names: Sequence[str], top: Preamble) -> str | None:
    """Why this line is not the header, and what to set: another line is, or none; None where it may be."""
    if not _may_be_lost(top):
        return None
    if "price_usd" in shape.columns:
        return _a_row(names, top) if _is_row(shape.columns["price_usd"], names) else None
    for after, line in enumerate(top.rows[:LINES_BEFORE]):
        if "price_usd" in _names_of(line, top.declared):
            skipped = setting("SKIP_LINES", str(top.first_line + after - 1))
            return f"is not a header ({short(top.text)}), but line {top.first_line + after} is; set {skipped}"
    return _a_row(names, top) if len(names) > 1 and _has_values(names) else None


def _may_be_lost(top: Preamble) -> bool:
    return top.declared.layout == "rows" and not top.declared.headerless


def _is_row(price: int, names: Sequence[str]) -> bool:
    """Whether the column that is declared to be the price is called by an amount, and none by a known name."""
    return looks_like_number(names[price]) and not find_columns(names, {})


def _a_row(names: Sequence[str], top: Preamble) -> str:
    remedy = setting("HEADERLESS", f"<names of its {len(names)} columns, such as observed_at,price_usd,->")
    return f"is not a header but a row ({short(top.text)}); for a file without a header set {remedy}"


def _has_values(cells: Sequence[str]) -> bool:
    """A row, however much a word of it reads like the name of a column."""
    return any(looks_like_number(cell) or looks_like_date(cell) for cell in cells)


def _names_of(line: str, declared: FormatOptions) -> Columns:
    try:
        text = line.encode("latin-1").decode("utf-8").rstrip("\r\n")
        readings = [split_if_header(text, each) for each in DELIMITERS.values()]
        headers = (find_layout(names, declared).columns for names in readings if not _has_values(names))
        return max(headers, key=len, default={})
    except (UnicodeDecodeError, Unreadable):
        return {}
