"""Which columns of a table hold what: a quote or metric a row, or a price a cell with a column a day or coin."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from crypto.adapters.csv.layout.column_money import price_place, prices_by_money, require_currency
from crypto.adapters.csv.layout.format_options import FormatOptions, names_said_by
from crypto.adapters.csv.layout.volume import find_volume
from crypto.adapters.csv.text.columns import (
    FIELDS,
    KNOWN_NAMES,
    Columns,
    find_columns,
    listed,
    no_identity,
    require_columns,
    require_declared,
)
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.times.candles import NONE, holds_candles
from crypto.adapters.csv.times.dates import orders_of
from crypto.adapters.csv.times.times import Times
from crypto.adapters.csv.times.unix import EPOCH, is_day_number
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.numbers import looks_like_number
from crypto.domain.quote import AMOUNTS
from crypto.domain.rejection import RecordRejected

UTC = ZoneInfo("UTC")

_KEYS = {
    "rows": tuple(field for field in FIELDS if field not in {"metric", "value"}),
    "metric_rows": ("coin_id", "name", "symbol", "currency", "pair", "observed_at", "metric", "value"),
    "day_columns": ("coin_id", "name", "symbol", "currency", "pair"),
    "coin_columns": ("observed_at", "time_of_day", "time_zone"),
}
"""The fields that have a column of their own, by layout."""


class ColumnLayout(Struct, frozen=True, kw_only=True):
    """Where our fields are, and in wide tables the columns whose cells are prices."""

    columns: Columns
    prices: tuple[int, ...] = ()

    @property
    def amounts(self) -> tuple[int, ...]:
        """The columns whose cells are amounts that are read."""
        places = {self.columns[field] for field in AMOUNTS if field in self.columns}
        return tuple(sorted(places.union(self.prices)))

    @property
    def quotes_a_row(self) -> int:
        """How many quotes one row holds at most."""
        return max(1, len(self.prices))


def find_layout(names: Sequence[str], declared: FormatOptions, *, line: int = 1) -> ColumnLayout:
    """The places of our fields and prices by the names of the columns, as far as they are known.

    :raises Unreadable: when two columns bear the name that was chosen.
    """
    found = find_columns(names, declared.columns, has=names_said_by(declared, line=line))
    columns = {field: place for field, place in found.items() if field in _KEYS[declared.layout]}
    if declared.layout == "rows":
        columns = _with_amounts(names, columns, declared)
    columns = _timed_by_closes(columns, names, declared)
    return ColumnLayout(columns=columns, prices=_prices(names, columns, declared))


def require_layout(shape: ColumnLayout, names: Sequence[str], declared: FormatOptions, *, line: int = 1) -> None:
    """See that a layout has all the columns that a quote needs.

    :raises Unreadable: when it is not; it names the setting that would supply it.
    """
    has = names_said_by(declared, line=line)
    if declared.layout == "rows":
        _require_price(shape, names, declared, line=line)
        require_columns(shape.columns, names, declared.columns, coin_id=declared.coin_id, has=has)
        require_currency(shape.columns, names, declared, line=line)
        return
    keys = {field: each for field, each in declared.columns.items() if field in _KEYS[declared.layout]}
    require_declared(shape.columns, names, keys, has=has)
    if declared.layout != "coin_columns" and "coin_id" not in shape.columns and not declared.coin_id:
        raise no_identity(shape.columns, names, has=has)
    if not shape.prices and not {"metric", "value"} <= shape.columns.keys():
        said = setting("LAYOUT", declared.layout)
        raise Unreadable(f"line {line} names no {_wanted(declared)} as {said} says (it has: {listed(names)})")


def looks_long(names: Sequence[str]) -> bool:
    """Whether one column names what another one holds."""
    return {"metric", "value"} <= find_columns(names, {}).keys()


def _require_price(shape: ColumnLayout, names: Sequence[str], declared: FormatOptions, *, line: int) -> None:
    """If prices are in other money only, by their columns' names, it is said at which rate one would be taken."""
    called = {} if declared.headerless or "price_usd" in shape.columns else prices_by_money(names, declared)
    if not called or "price_usd" in declared.columns:
        return
    there = ", ".join(f"{names[place]!r} in {' or '.join(sorted(moneys))}" for place, moneys in called.items())
    codes = sorted(next(iter(called.values())))
    remedy = " or ".join(setting("RATES", f"{code}=<US dollars for one {code}>") for code in codes)
    raise Unreadable(
        f"line {line} has no known price column in US dollars, but {there}; set {remedy} to convert it"
    )


def looks_wide(names: Sequence[str]) -> bool:
    """Whether several columns are called by a day; one that is also called by a number is of a row instead."""
    numbers = any("." in name and looks_like_number(name) for name in names)
    return not numbers and sum(map(_is_day(FormatOptions()), names)) > 1


def _timed_by_closes(columns: Columns, names: Sequence[str], declared: FormatOptions) -> dict[str, int]:
    """The time of a row is that of its close where the file has a column for it and nobody said otherwise."""
    timed = {field: place for field, place in columns.items() if field != "closed_at"}
    closes = columns.get("closed_at")
    if closes is None or declared.candle not in {None, NONE} or "observed_at" in declared.columns:
        return timed
    if holds_candles(names, columns) or "observed_at" not in columns:
        timed["observed_at"] = closes
    return timed


def _with_amounts(names: Sequence[str], columns: Columns, declared: FormatOptions) -> dict[str, int]:
    """The columns with a price that is called by its money, and with the volume if its unit is known."""
    found = {field: place for field, place in columns.items() if field != "volume_24h"}
    if "price_usd" not in declared.columns and "price_usd" not in found and not declared.headerless:
        place = price_place(names, declared)
        found = found if place is None else {**found, "price_usd": place}
    known = {**found, "volume_24h": columns["volume_24h"]} if "volume_24h" in columns else found
    volume = find_volume(names, known, declared)
    if volume and volume.unit:
        found["volume_24h"] = volume.place
    return {field: found[field] for field in FIELDS if field in found}


def _prices(names: Sequence[str], columns: Columns, declared: FormatOptions) -> tuple[int, ...]:
    if declared.layout in {"rows", "metric_rows"}:
        return ()
    free = (place for place, name in enumerate(names) if name and place not in columns.values())
    if declared.layout == "day_columns":
        is_day = _is_day(declared)
        return tuple(place for place in free if is_day(names[place]))
    return tuple(place for place in free if plain_name(names[place]) not in KNOWN_NAMES["observed_at"])


def _is_day(declared: FormatOptions) -> Callable[[str], bool]:
    """Whether a column is called by a date, in whichever order of day and month."""
    times = Times(zone=UTC, received_at=EPOCH, date_format=declared.date_format)

    def is_day(name: str) -> bool:
        try:
            return bool(orders_of(name)) or bool(not is_day_number(name) and times.said(name))
        except RecordRejected:
            return False

    return is_day


def _wanted(declared: FormatOptions) -> str:
    wanted = {"day_columns": "day", "coin_columns": "coin", "metric_rows": "metric and value"}
    return wanted[declared.layout]
