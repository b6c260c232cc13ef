"""Which column of a file holds the coin's id, its price, the time: by known names, or as the user declares."""

import re
from collections.abc import Mapping, Sequence

from crypto.adapters.tabular.unreadable import Unreadable, setting

KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "coin_id": ("coin_id", "id", "coingecko_id", "coinpaprika_id"),
    "name": ("name", "coin", "coin_name"),
    "symbol": ("symbol", "ticker", "ticker_symbol"),
    "price_usd": (
        "price_usd",
        "usd_price",
        "current_price",
        "price",
        "price_value",
        "last_price",
        "lastprice",
        "last",
        "close",
    ),
    "market_cap": ("market_cap", "market_cap_usd", "usd_market_cap", "marketcap", "mkt_cap"),
    "volume_24h": (
        "volume_24h",
        "24h_volume_usd",
        "volume_24h_usd",
        "total_volume",
        "24h_volume",
        "volume",
        "vol",
    ),
    "observed_at": (
        "observed_at",
        "unix",
        "unix_time",
        "unix_timestamp",
        "last_update_timestamp",
        "last_updated_at",
        "last_updated",
        "last_update",
        "source_updated_at",
        "updated_at",
        "snapped_at",
        "timestamp",
        "datetime",
        "date_time",
        "date",
        "time",
    ),
}
"""Our fields and the names other people give them, best first; our own name always wins, unix before dates.

A price in another currency (`price_btc`, `price_eur`) and a volume counted in coins are not among them.
"""

_TIME_WORD = re.compile(
    r"date|time|day|month|year|stamp|when|created|updated|recorded|snapshot|as_?of", re.IGNORECASE
)
_DATE = re.compile(r"\d[-/.]\d{1,2}[-/.]\d|\d[- ][A-Za-z]{3,9}[- ,]|[A-Za-z]{3,9} \d{1,2},|\d:\d\d")
"""What a date or a time of day looks like in a cell, and no price, volume or id does."""

Columns = Mapping[str, int]
"""Our field -> its place in a row, from 0."""


def find_columns(names: Sequence[str], declared: Mapping[str, str]) -> Columns:
    """Where each of our fields is; a declared column counts before the known names.

    :raises Unreadable: when two columns bear the name that was chosen.
    """
    return {field: place for field in KNOWN_NAMES if (place := _find(names, field, declared)) is not None}


def _find(names: Sequence[str], field: str, declared: Mapping[str, str]) -> int | None:
    if field in declared:
        return _declared_place(names, declared[field])
    places = (_place(names, known) for known in KNOWN_NAMES[field])
    return next((place for place in places if place is not None), None)


def _declared_place(names: Sequence[str], wanted: str) -> int | None:
    return names.index(wanted) if names.count(wanted) == 1 else _place(names, wanted)


def _place(names: Sequence[str], wanted: str) -> int | None:
    alike = [place for place, name in enumerate(names) if _plain(name) == _plain(wanted)]
    if len(alike) > 1:
        raise Unreadable(f"line 1 names two columns {wanted!r}; rename one of them")
    return alike[0] if alike else None


def _plain(name: str) -> str:
    return "_".join(name.replace("_", " ").lower().split())


def require_columns(
    found: Columns, names: Sequence[str], declared: Mapping[str, str], *, coin_id: str | None
) -> None:
    """A declared column is there, and so are a price and a coin id.

    :raises Unreadable: when one is not; it names the setting that would supply it.
    """
    there = _listed(names)
    for field, column in declared.items():
        if field not in found:
            remedy = setting("COLUMNS", f"{field}={column}")
            raise Unreadable(f"line 1 has no column {column!r} as {remedy} says (it has: {there})")
    if "price_usd" not in found:
        remedy = setting("COLUMNS", "price_usd=<column>")
        raise Unreadable(f"line 1 has no known price column (it has: {there}); name it with {remedy}")
    if "coin_id" not in found and not coin_id:
        raise Unreadable(_no_identity(found, names))


def may_be_time(names: Sequence[str], cells: Sequence[str]) -> str | None:
    """The first column that may hold the time under a name that is not known: by its name, or its first cell."""
    named = (name for name in names if _TIME_WORD.search(name))
    dated = (name for name, cell in zip(names, cells, strict=False) if _DATE.search(cell))
    return next(named, None) or next(dated, None)


def _no_identity(found: Columns, names: Sequence[str]) -> str:
    """A symbol or name is never taken for an identity, but the user may declare that it is one."""
    labels = [names[found[field]] for field in ("symbol", "name") if field in found]
    one = setting("COIN_ID", "<id>")
    many = setting("COLUMNS", f"coin_id={labels[0] if labels else '<column>'}")
    lacks = f"line 1 has no coin id column (it has: {_listed(names)})"
    return f"{lacks}; set {one} for a file of one coin, or {many} if that tells coins apart"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(name for name in names if name)[:300] or "none"
