"""Which columns of a table hold what: a quote or metric a row, or a price a cell with a column a day or coin."""

from collections.abc import Callable, Sequence
from zoneinfo import ZoneInfo

from msgspec import Struct

from crypto.adapters.tabular.candles import DAILY, NONE, holds_candles
from crypto.adapters.tabular.columns import (
    KNOWN_NAMES,
    Columns,
    find_columns,
    listed,
    no_identity,
    plain_name,
    require_columns,
    require_currency,
    require_declared,
)
from crypto.adapters.tabular.dates import orders_of
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.numbers import looks_like_number
from crypto.adapters.tabular.times import Times
from crypto.adapters.tabular.unix import EPOCH, is_day_number
from crypto.adapters.tabular.unreadable import Unreadable, setting
from crypto.domain.rejection import RecordRejected

UTC = ZoneInfo("UTC")

PLAIN_VOLUMES = ("volume", "vol")

QUOTE_VOLUMES = ("quote_asset_volume", "quote_volume")
"""Beside one of these, which is in the price's money, a plain volume is in coins, as in Binance's candles."""

_KEYS = {
    "rows": tuple(field for field in KNOWN_NAMES if field not in {"metric", "value"}),
    "metric_rows": ("coin_id", "name", "symbol", "observed_at", "metric", "value"),
    "day_columns": ("coin_id", "name", "symbol"),
    "coin_columns": ("observed_at",),
}
"""By layout, the fields that have a column of their own."""


class Shape(Struct, frozen=True, kw_only=True):
    """Where our fields are, and in wide tables the columns whose cells are prices."""

    columns: Columns
    prices: tuple[int, ...] = ()

    @property
    def quotes_a_row(self) -> int:
        """How many a row holds at most."""
        return max(1, len(self.prices))


def find_shape(names: Sequence[str], declared: Declared, *, line: int = 1) -> Shape:
    """Where everything is, as far as it is known.

    :raises Unreadable: when two columns bear the name that was chosen.
    """
    found = find_columns(names, declared.columns, line=line)
    columns = {field: place for field, place in found.items() if field in _KEYS[declared.layout]}
    columns = _timed_by_closes(columns, names, declared)
    if "volume_24h" in columns and _is_other_volume(names, columns, declared):
        del columns["volume_24h"]
    return Shape(columns=columns, prices=_prices(names, columns, declared))


def require_shape(shape: Shape, names: Sequence[str], declared: Declared, *, line: int = 1) -> None:
    """Everything is there that a quote needs.

    :raises Unreadable: when it is not; it names the setting that would supply it.
    """
    if declared.layout == "rows":
        require_columns(shape.columns, names, declared.columns, coin_id=declared.coin_id, line=line)
        if not declared.headerless:
            require_currency(shape.columns, names, declared.currency, line=line)
        return
    keys = {field: each for field, each in declared.columns.items() if field in _KEYS[declared.layout]}
    require_declared(shape.columns, names, keys, line=line)
    if declared.layout != "coin_columns" and "coin_id" not in shape.columns and not declared.coin_id:
        raise no_identity(shape.columns, names, line=line)
    if not shape.prices and not {"metric", "value"} <= shape.columns.keys():
        said = setting("LAYOUT", declared.layout)
        raise Unreadable(f"line {line} names no {_wanted(declared)} as {said} says (it has: {listed(names)})")


def looks_long(names: Sequence[str]) -> bool:
    """Whether one column names what another one holds."""
    return {"metric", "value"} <= find_columns(names, {}).keys()


def looks_wide(names: Sequence[str]) -> bool:
    """Whether several columns are called by a day; one that is also called by a number is of a row instead."""
    numbers = any("." in name and looks_like_number(name) for name in names)
    return not numbers and sum(map(_is_day(Declared()), names)) > 1


def _timed_by_closes(columns: Columns, names: Sequence[str], declared: Declared) -> dict[str, int]:
    """The time of a row is that of its close where the file has a column for it and nobody said otherwise."""
    timed = {field: place for field, place in columns.items() if field != "closed_at"}
    closes = columns.get("closed_at")
    if closes is None or declared.candle not in {None, NONE} or "observed_at" in declared.columns:
        return timed
    if holds_candles(names, columns) or "observed_at" not in columns:
        timed["observed_at"] = closes
    return timed


def _is_other_volume(names: Sequence[str], columns: Columns, declared: Declared) -> bool:
    """Whether a plain `volume` is not of 24 hours in the price's money: of another candle, or in coins."""
    if "volume_24h" in declared.columns or plain_name(names[columns["volume_24h"]]) not in PLAIN_VOLUMES:
        return False
    of_candle = declared.candle not in (None, NONE, DAILY) and holds_candles(names, columns)
    return of_candle or any(plain_name(name) in QUOTE_VOLUMES for name in names)


def _prices(names: Sequence[str], columns: Columns, declared: Declared) -> tuple[int, ...]:
    if declared.layout in {"rows", "metric_rows"}:
        return ()
    free = (place for place, name in enumerate(names) if name and place not in columns.values())
    if declared.layout == "day_columns":
        is_day = _is_day(declared)
        return tuple(place for place in free if is_day(names[place]))
    return tuple(place for place in free if plain_name(names[place]) not in KNOWN_NAMES["observed_at"])


def _is_day(declared: Declared) -> Callable[[str], bool]:
    """Whether a column is called by a date, in whichever order of day and month."""
    times = Times(zone=UTC, received_at=EPOCH, date_format=declared.date_format)

    def is_day(name: str) -> bool:
        try:
            return bool(orders_of(name)) or bool(not is_day_number(name) and times.said(name))
        except RecordRejected:
            return False

    return is_day


def _wanted(declared: Declared) -> str:
    wanted = {"day_columns": "day", "coin_columns": "coin", "metric_rows": "metric and value"}
    return wanted[declared.layout]
