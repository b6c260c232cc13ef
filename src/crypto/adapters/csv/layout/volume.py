"""Which column is the volume of 24 hours, and its unit: money, or coins that must not be taken for dollars."""

from collections.abc import Callable, Sequence
from typing import TypeAlias

from msgspec import Struct

from crypto.adapters.csv.layout.format_options import FormatOptions, VolumeUnit
from crypto.adapters.csv.text.columns import NO_COLUMN, Columns
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.times.candles import DAILY, NONE, holds_candles
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.money_names import split_name
from crypto.adapters.csv.values.volume_names import EXCHANGE, Kind, kind_of

_BEST_FIRST: tuple[Kind, ...] = ("dollars", "listed", "quote", "money", "plain", "base")


class Volume(Struct, frozen=True, kw_only=True):
    """The column of the volume and its unit; None where it is not taken, and `why_not`."""

    place: int
    unit: VolumeUnit | None = None
    why_not: str = ""


def find_volume(names: Sequence[str], columns: Columns, declared: FormatOptions) -> Volume | None:
    """The volume of 24 hours, or the column that cannot be taken for it; None if there is none.

    `columns` are those found by their known names.
    """
    if "volume_24h" in declared.columns:
        return _declared_volume(names, columns, declared)
    volumes = [
        _taken(place, kind, names, columns, declared)
        for kind in _BEST_FIRST
        for place, name in enumerate(names)
        if kind_of(name, declared.currency) == kind
    ]
    taken = next((volume for volume in volumes if volume.unit), None)
    return taken or next(iter(volumes), None)


def unit_of(place: int, names: Sequence[str], columns: Columns, declared: FormatOptions) -> VolumeUnit:
    """The unit that the volume in this column is counted in."""
    volume = find_volume(names, columns, declared)
    return volume.unit if volume and volume.place == place and volume.unit else "quote"


def _declared_volume(names: Sequence[str], columns: Columns, declared: FormatOptions) -> Volume | None:
    if declared.columns["volume_24h"] == NO_COLUMN or "volume_24h" not in columns:
        return None
    place = columns["volume_24h"]
    kind = kind_of(names[place], declared.currency)
    if kind in {"dollars", "money"} and not (kind == "money" and declared.volume == "base"):
        return Volume(place=place, unit="quote")
    return Volume(place=place, unit="base" if kind == "base" else declared.volume or "quote")


def _taken(place: int, kind: Kind, names: Sequence[str], columns: Columns, declared: FormatOptions) -> Volume:
    """The volume in a column with its unit, or with why it is not taken."""
    unit, why_not = _UNITS[kind](names[place], names, columns, declared)
    if unit and kind != "listed" and (other := _other_length(names[place], names, columns, declared)):
        return Volume(place=place, why_not=other)
    return Volume(place=place, unit=unit, why_not=why_not)


Found: TypeAlias = tuple[VolumeUnit | None, str]


def _unit_of_listed(name: str, names: Sequence[str], columns: Columns, declared: FormatOptions) -> Found:
    strong = {plain_name(each) for each in names} & (EXCHANGE - {"open", "high", "low"})
    if "market_cap" in columns or not (strong or _has_pairs(declared)):
        return "quote", ""
    return _declared_unit(name, declared)


def _unit_of_plain(name: str, names: Sequence[str], columns: Columns, declared: FormatOptions) -> Found:
    """A list of coins has the money of its prices, an exchange's table may have coins."""
    kinds = {kind_of(each, declared.currency) for each in names}
    if kinds & {"quote", "dollars", "money"}:
        return None, f"column {name!r} is in coins, as another is in money"
    if not declared.volume and ("market_cap" in columns or not _is_market(names, columns, declared)):
        return "quote", ""
    return _declared_unit(name, declared)


def _unit_of_quote(name: str, names: Sequence[str], columns: Columns, declared: FormatOptions) -> Found:
    if holds_candles(names, columns):
        return "quote", ""
    return None, f"column {name!r} does not say that it is of 24 hours"


def _unit_of_dollars(name: str, names: Sequence[str], columns: Columns, declared: FormatOptions) -> Found:
    return "quote", ""


def _unit_of_money(name: str, names: Sequence[str], columns: Columns, declared: FormatOptions) -> Found:
    """Other money than dollars: a coin that is traded is money only where prices are in it."""
    moneys = split_name(name, declared.currency)[1]
    code = next(iter(moneys))
    coins = code in {"BTC", "ETH", "BNB"} and code != declared.currency
    if coins or len(moneys) > 1 or declared.dollars(code) is None:
        return _unit_of_base(name, names, columns, declared) if coins else (None, _no_rate(name, code))
    return "quote", ""


def _unit_of_base(name: str, names: Sequence[str], columns: Columns, declared: FormatOptions) -> Found:
    if declared.volume == "base":
        return "base", ""
    return None, f"column {name!r} is in coins; {setting('VOLUME', 'base')} would convert it at the close"


_UNITS: dict[Kind, Callable[[str, Sequence[str], Columns, FormatOptions], Found]] = {
    "listed": _unit_of_listed,
    "plain": _unit_of_plain,
    "quote": _unit_of_quote,
    "dollars": _unit_of_dollars,
    "money": _unit_of_money,
    "base": _unit_of_base,
}


def _declared_unit(name: str, declared: FormatOptions) -> Found:
    if declared.volume:
        return declared.volume, ""
    remedy = setting("VOLUME", "base")
    return None, f"nothing says whether column {name!r} is in coins or in money; {remedy} (or quote, or usd) would"


def _no_rate(name: str, code: str) -> str:
    remedy = setting("RATES", f"{code}=<US dollars for one {code}>")
    return f"column {name!r} is in {code}, which is not taken for US dollars; {remedy} would convert it"


def _is_market(names: Sequence[str], columns: Columns, declared: FormatOptions) -> bool:
    """Whether rows may be of an exchange: by what else they hold, or as those of one coin."""
    one_coin = "coin_id" not in columns
    closes = "price_usd" in columns and "close" in plain_name(names[columns["price_usd"]])
    closes = closes or holds_candles(names, columns)
    coins = any(kind_of(name, declared.currency) == "base" for name in names)
    return one_coin or closes or coins or _has_pairs(declared) or not EXCHANGE.isdisjoint(map(plain_name, names))


def _has_pairs(declared: FormatOptions) -> bool:
    return declared.columns.get("pair", NO_COLUMN) != NO_COLUMN


def _other_length(name: str, names: Sequence[str], columns: Columns, declared: FormatOptions) -> str:
    """Why it is not of 24 hours, where candles are not, or do not say that they are."""
    if "24" in name or not holds_candles(names, columns) or declared.candle in {None, DAILY}:
        return ""
    if declared.candle == NONE:
        as_declared = setting("COLUMNS", f"volume_24h={name}")
        unknown = f"nothing says of how long the volume in {name!r} is; {as_declared} takes it as of 24 hours"
        return "" if "market_cap" in columns else unknown
    return f"column {name!r} is of {declared.candle}, not of 24 hours"


def require_volume_unit(names: Sequence[str], columns: Columns, declared: FormatOptions, *, line: int) -> None:
    """A column that is only declared to be the volume of candles is in coins or in money.

    :raises Unreadable: when nothing says in which.
    """
    column = names[columns["volume_24h"]] if "volume_24h" in declared.columns and "volume_24h" in columns else ""
    if declared.volume or "market_cap" in columns or kind_of(column, declared.currency) != "plain":
        return
    if holds_candles(names, columns) and not {"quote", "dollars"} & {
        kind_of(each, declared.currency) for each in names
    }:
        remedies = ", ".join(setting("VOLUME", unit) for unit in ("base", "quote"))
        raise Unreadable(
            f"line {line} has candles, and nothing says whether their volume {column!r} is in coins or in money; "
            f"set {remedies} or {setting('VOLUME', 'usd')}"
        )
