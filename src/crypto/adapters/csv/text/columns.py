"""Which column of a file holds the coin's id, its price, the time: by known names, or as the user declares."""

import re
from collections.abc import Mapping, Sequence

from crypto.adapters.csv.text import words
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.unreadable import Questions, Unreadable, setting

KNOWN_NAMES: Mapping[str, tuple[str, ...]] = {
    "coin_id": ("coin_id", "id", "coingecko_id", "coinpaprika_id"),
    "name": ("name", "coin", "coin_name", *words.NAMES),
    "symbol": ("symbol", "ticker", "ticker_symbol", *words.SYMBOLS),
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
        *words.CLOSES,
        *words.PRICES,
    ),
    "market_cap": ("market_cap", "market_cap_usd", "usd_market_cap", "marketcap", "mkt_cap", *words.MARKET_CAPS),
    "volume_24h": (
        "volume_24h",
        "24h_volume_usd",
        "volume_24h_usd",
        "total_volume",
        "24h_volume",
        "volume(24h)",
        "volume",
        "vol",
        *words.VOLUMES,
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
        "open_time",
        "opentime",
        "time_open",
        "timeopen",
        "timestamp",
        "datetime",
        "date_time",
        "date",
        "time",
        *words.TIMES,
        *words.DATES,
    ),
    "closed_at": (
        "closed_at",
        "close_time",
        "closetime",
        "time_close",
        "timeclose",
        "close_timestamp",
        "end_time",
        "period_end",
        "time_period_end",
    ),
    "metric": ("metric", "metric_name", "variable", "measure", "indicator", "attribute", "field"),
    "value": ("value", "metric_value", "val"),
}
"""Our fields and the names other people give them, best first; our own name always wins, unix before dates.

`closed_at` is when a candle ended: where a file says it, that is when its close is known. `metric` and `value` are
of long tables, a row a metric.

A price in another currency (`price_btc`, `price_eur`) and a volume counted in coins are not among them.
"""

TELLING = ("currency", "pair")
"""Fields that say in which money a row is: found by what is in their columns, or declared."""

BESIDE_A_DAY = ("time_of_day", "time_zone")
"""Fields that complete a time: found by what is in their columns, too."""

FIELDS = (*KNOWN_NAMES, *TELLING, *BESIDE_A_DAY)

_DATE = re.compile(r"\d[-/.]\d{1,2}[-/.]\d|\d[- ][A-Za-z]{3,9}[- ,]|[A-Za-z]{3,9} \d{1,2},|\d:\d\d")
"""What a date or a time of day looks like in a cell, and no price, volume or id does."""

NO_COLUMN = "-"
"""What is declared of a field that no column says, whatever they are called; in `headerless`, of such a column."""

_NUMBER = re.compile(r"#([1-9][0-9]{0,4})", re.ASCII)

Columns = Mapping[str, int]
"""Our field -> its place in a row, from 0."""


LINE_1 = "line 1 has"


def find_columns(names: Sequence[str], declared: Mapping[str, str], *, has: str = LINE_1) -> Columns:
    """The place of each of our fields among these names; a declared column counts before the known names.

    `has` is how a message begins that says what the names are, or what is not among them.

    :raises Unreadable: when two columns bear the name that was chosen.
    """
    found = {field: _find(names, field, declared, has) for field in FIELDS}
    return {field: place for field, place in found.items() if place is not None}


def _find(names: Sequence[str], field: str, declared: Mapping[str, str], has: str) -> int | None:
    if declared.get(field) == NO_COLUMN:
        return None
    if field in declared:
        return _declared_place(names, declared[field], has)
    places = (_place(names, known, has) for known in KNOWN_NAMES.get(field, ()))
    return next((place for place in places if place is not None), None)


def _declared_place(names: Sequence[str], wanted: str, has: str) -> int | None:
    """The place of a declared column: by its name, to the letter or about, or by its number, `#1`."""
    if names.count(wanted) == 1:
        return names.index(wanted)
    place = _place(names, wanted, has)
    if place is None and (number := _NUMBER.fullmatch(wanted)) and int(number[1]) <= len(names):
        return int(number[1]) - 1
    return place


def _place(names: Sequence[str], wanted: str, has: str) -> int | None:
    alike = [place for place, name in enumerate(names) if plain_name(name) == plain_name(wanted)]
    if len(alike) > 1:
        raise Unreadable(f"{has} two columns {wanted!r}; rename one of them")
    return alike[0] if alike else None


def names_closes(name: str, declared: Mapping[str, str]) -> bool:
    """Whether a column so called says when a candle ended, by its known name or as declared."""
    known = (declared["closed_at"],) if "closed_at" in declared else KNOWN_NAMES["closed_at"]
    return plain_name(name) in map(plain_name, known)


def require_columns(
    found: Columns, names: Sequence[str], declared: Mapping[str, str], *, coin_id: str | None, has: str = LINE_1
) -> None:
    """A declared column is there, and so are a price and a coin id.

    :raises Unreadable: when one is not; it names the setting that would supply it.
    """
    questions = Questions()
    with questions.gather():
        require_declared(found, names, declared, has=has)
    if "price_usd" not in found and declared.get("price_usd", NO_COLUMN) == NO_COLUMN:
        with questions.gather():
            raise _no_price(names, has=has)
    if "coin_id" not in found and declared.get("coin_id", NO_COLUMN) == NO_COLUMN and not coin_id:
        with questions.gather():
            raise no_identity(found, names, has=has)
    questions.ask()


def _no_price(names: Sequence[str], *, has: str) -> Unreadable:
    remedy = setting("COLUMNS", "price_usd=<column>")
    return Unreadable(
        f"{has} no known price column (it has: {listed(names)}); name it with {remedy}",
        columns={"price_usd": "<column>"},
    )


def require_declared(found: Columns, names: Sequence[str], declared: Mapping[str, str], *, has: str) -> None:
    """See that each declared column is among those that were found.

    :raises Unreadable: when one is not.
    """
    for field, column in declared.items():
        if field not in found and column != NO_COLUMN and _declared_place(names, column, has) is None:
            remedy = setting("COLUMNS", f"{field}={column}")
            there = listed(names)
            raise Unreadable(f"{has} no column {column!r} as {remedy} says (it has: {there})")


def looks_like_date(cell: str) -> bool:
    """Whether a text may be a date or a time of day, and is not a price, volume or id."""
    return _DATE.search(cell) is not None


def no_identity(found: Columns, names: Sequence[str], *, has: str) -> Unreadable:
    """A symbol or name is never taken for an identity, but the user may declare that it is one."""
    labels = [names[found[field]] for field in ("symbol", "name") if field in found]
    column = labels[0] if labels else "<column>"
    one, many = setting("COIN_ID", "<id>"), setting("COLUMNS", f"coin_id={column}")
    lacks = f"{has} no coin id column (it has: {listed(names)})"
    return Unreadable(
        f"{lacks}; set {one} for a file of one coin, or {many} if that tells coins apart",
        columns={"coin_id": column},
    )


def listed(names: Sequence[str]) -> str:
    """The names in one line, for a message."""
    return ", ".join(name for name in names if name)[:300] or "none"
