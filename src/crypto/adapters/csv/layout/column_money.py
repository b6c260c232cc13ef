"""What the names of columns say of money: that of the price, and other money than the price is in."""

from collections.abc import Mapping, Sequence

from crypto.adapters.csv.layout.agreed import Told, UnclearMoney, agreed, currency_and_rate
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.text.columns import KNOWN_NAMES, Columns
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.currency import STABLE
from crypto.adapters.csv.values.money_names import split_name
from crypto.domain.quote import AMOUNTS

PRICES = frozenset({"", "closing_price", "kurs", "preis", "precio", "prix", "prezzo", *KNOWN_NAMES["price_usd"]})
"""What a column of prices is called beside its money; by its money alone, too."""


def told_by_column(names: Sequence[str], place: int, declared: FormatOptions) -> list[Told]:
    """What a column's name says of its money; the names of a headerless file are ours, and say nothing."""
    moneys = frozenset[str]() if declared.headerless else split_name(names[place], declared.currency)[1]
    return [Told(by=f"column {names[place]!r}", moneys=moneys)] if moneys else []


def other_moneys(names: Sequence[str], columns: Columns, declared: FormatOptions) -> Mapping[int, str]:
    """The columns of market caps and volumes whose names say a money: it is theirs, whatever the price is in.

    One that leaves it open is of the price's money.
    """
    places = [columns[field] for field in AMOUNTS if field != "price_usd" and field in columns]
    told = ((place, each.moneys) for place in places for each in told_by_column(names, place, declared))
    return {place: next(iter(moneys)) for place, moneys in told if len(moneys) == 1}


def price_place(names: Sequence[str], declared: FormatOptions) -> int | None:
    """The one column of prices that is called by its money, too, and in dollars or at a declared rate."""
    called = prices_by_money(names, declared)
    dollars = [place for place, moneys in called.items() if moneys == {"USD"}]
    rated = [place for place, moneys in called.items() if _has_rate(moneys, declared)]
    alone = list(called) if declared.rate and not declared.currency and len(called) == 1 else []
    return next((places[0] for places in (dollars, rated, alone) if len(places) == 1), None)


def prices_by_money(names: Sequence[str], declared: FormatOptions) -> Mapping[int, frozenset[str]]:
    """The columns that are called by a price and its money: `price_eur`, `Close (GBP)`, `usd`."""
    split = ((place, *split_name(name, declared.currency)) for place, name in enumerate(names) if name)
    return {place: moneys for place, rest, moneys in split if moneys and rest in PRICES}


def require_currency(found: Columns, names: Sequence[str], declared: FormatOptions, *, line: int) -> None:
    """See that no price is in other money by its column's name; a market cap or volume may be in its own.

    :raises Unreadable: when one is, naming the setting that declares the money.
    """
    for field in AMOUNTS:
        for told in told_by_column(names, found[field], declared) if field in found else []:
            _require_rate(field, names[found[field]], told, declared, line=line)
    if "price_usd" in found and not declared.currency:
        _require_no_coin(names[found["price_usd"]], line=line)


def _require_rate(field: str, column: str, told: Told, declared: FormatOptions, *, line: int) -> None:
    base = field == "volume_24h" and declared.volume == "base"
    if base or (field != "price_usd" and _rated(told.moneys, declared)):
        return
    try:
        code = agreed([told], declared)
    except UnclearMoney:
        code = None
    if code and (declared.dollars(code) or (code == declared.currency)):
        return
    if code and declared.rate and not declared.currency:
        return
    moneys = told.moneys if code is None or code not in told.moneys else {code}
    remedy = ", or ".join(currency_and_rate(each) for each in sorted(moneys))
    raise Unreadable(
        f"line {line} calls a column {column!r}: that is not {field} in {declared.currency or 'USD'}; "
        f"set {remedy}, or another column for {setting('COLUMNS', field + '=<column>')}"
    )


def _require_no_coin(column: str, *, line: int) -> None:
    """`BTC price`, or `BTC` alone, is what a bitcoin costs, or what something costs in bitcoin."""
    rest, moneys = split_name(column)
    words = rest.upper().split("_")
    coins = {"BTC", "ETH", "BNB"} | (STABLE if len(words) == 1 else set())
    first = next((word for word in words if word in coins), None)
    if first and not moneys:
        raise Unreadable(
            f"line {line} calls a column {column!r}: is that what {first} costs, or what something costs in "
            f"{first}? set {setting('CURRENCY', 'USD')} (or what it is in), or {currency_and_rate(first)}"
        )


def _has_rate(moneys: frozenset[str], declared: FormatOptions) -> bool:
    return declared.currency in moneys or any(code in declared.rates for code in moneys)


def _rated(moneys: frozenset[str], declared: FormatOptions) -> bool:
    return len(moneys) == 1 and all(declared.dollars(code) is not None for code in moneys)
