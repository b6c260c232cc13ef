"""What a person would have declared of a file, had it not been recognised: settings, by their names."""

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from crypto.adapters.csv.format.format import Unit
from crypto.adapters.csv.format.pairs import quoted_in
from crypto.adapters.csv.format.recognition import Recognised
from crypto.adapters.csv.format.soundness import cost_agrees
from crypto.adapters.csv.format.time_steps import are_days
from crypto.adapters.csv.text.columns import NO_COLUMN

Laid: TypeAlias = dict[str, Any]
"""Settings by their names, as JSON holds them."""

UNSAID = ("coin_id", "name", "symbol", "market_cap", "volume_24h")
"""Fields that a known export has in the column that is named for them, or not at all."""

LENGTHS: Mapping[str, str] = {
    "1": "1m",
    "3": "3m",
    "5": "5m",
    "15": "15m",
    "30": "30m",
    "60": "1h",
    "120": "2h",
    "180": "3h",
    "240": "4h",
    "360": "6h",
    "480": "8h",
    "720": "12h",
    "1440": "1d",
    "D": "1d",
    "1D": "1d",
    "d": "1d",
    "W": "1w",
    "1W": "1w",
    "w": "1w",
    "m": "1mo",
}
"""How names of files say the length of a candle, minutes as a number."""


def declarations(found: Recognised) -> Laid:
    """The settings that describe it, as JSON would hold them; they depend on nothing that anybody declared."""
    said = {
        "columns": dict(_columns(found)),
        "delimiter": found.delimiter,
        "currency": money_of(found),
        "candle": found.known.candle or LENGTHS.get(found.told.get("length", "")),
        "date_order": found.known.date_order,
        "date_format": found.known.date_format,
        "decimal": found.decimal,
        "volume": _unit(found),
        **_without_header(found),
    }
    return {name: value for name, value in said.items() if value is not None}


def money_of(found: Recognised) -> str | None:
    """The code of the money that its name or its header tells; None where they do not."""
    quote = found.told.get("quote")
    if quote:
        return quote.upper()
    pair = found.told.get("pair")
    return quoted_in(pair, never_dollars=found.known.never_dollars) if pair else None


def _columns(found: Recognised) -> Iterator[tuple[str, str]]:
    """Our field and the file's column; those that it does not have, it has nowhere."""
    known, column = found.known, found.head.column
    reads = {**known.reads, "price_usd": known.price, **_volume(found)}
    reads |= {"closed_at": known.closed} if known.closed else {"observed_at": known.time}
    yield from ((field, column(key)) for field, key in reads.items())
    yield from ((field, NO_COLUMN) for field in UNSAID if field not in reads and not _is_open(found, field))


def _volume(found: Recognised) -> dict[str, str]:
    column, unit = found.known.volume or ("", None)
    return {"volume_24h": column} if _is_taken(found, unit) else {}


def _unit(found: Recognised) -> str | None:
    """The unit of the volume that is taken, as the setting VOLUME says it; None when none is taken."""
    unit = found.known.volume[1] if found.known.volume else None
    return None if not _is_taken(found, unit) else "usd" if unit == "usd" else "quote"


def _is_taken(found: Recognised, unit: Unit | None) -> bool:
    if unit in {None, "base", "unknown"} or (unit == "pair" and money_of(found) is None):
        return False
    return are_days(found) and cost_agrees(found.head.places, found.rows, found.decimal or "point")


def _is_open(found: Recognised, field: str) -> bool:
    """Whether the file's owner must say what a field is: a volume in coins, or in a unit that nobody knows."""
    return (
        field == "volume_24h" and found.known.volume is not None and found.known.volume[1] in {"unknown", "base"}
    )


def _without_header(found: Recognised) -> Laid:
    """Where no one line is a header: which lines are passed over, and what the columns are called."""
    if found.head.size == 1:
        return {}
    names = [each if each in found.known.columns else NO_COLUMN for each in found.head.names]
    return {"headerless": names, "skip_lines": found.line - 1 + found.head.size}
