"""The column that says in which money each row is, told by its name and by what is in it."""

from collections.abc import Sequence

from crypto.adapters.csv.infer.inferred import FirstRows
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.text.columns import NO_COLUMN
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.unreadable import Unreadable, setting
from crypto.adapters.csv.values.currency import CODES, FIAT, STABLE
from crypto.adapters.csv.values.money_names import moneys_called
from crypto.adapters.csv.values.numbers import looks_like_number
from crypto.adapters.csv.values.pairs import is_known

OF_PRICES = (
    "quote_currency", "quote_asset", "quote_symbol", "quote_coin", "quote_ccy", "quotecurrency", "quoteasset",
    "vs_currency", "vs_currencies", "vscurrency", "tsym", "tosymbol", "to_symbol", "counter_currency",
    "counter_asset", "price_currency", "pricecurrency", "price_unit", "target_currency", "target", "convert",
    "converted_to", "denomination", "denominated_in", "counter", "vs",
)  # fmt: skip
"""Names that only a column of the prices' money has."""

OF_ANYTHING = (
    "quote", "currency", "ccy", "currency_code", "fiat", "fiat_currency", "money", "unit", "base_currency",
)  # fmt: skip
"""Names that a column of coins, of numbers or of something else may have, too."""


def currency_column(declared: FormatOptions, names: Sequence[str], taken: Sequence[int], rows: FirstRows) -> str:
    """How `columns` says which it is; `-` where there is none.

    :raises Unreadable: where a column may be that of the money, or of something else; it names the settings.
    """
    if "currency" in declared.columns:
        return declared.columns["currency"]
    for name in (*OF_PRICES, *OF_ANYTHING):
        places = [place for place, each in enumerate(names) if plain_name(each) == name and place not in taken]
        for place in places:
            if _says_money(names[place], name, rows.texts(place)):
                return names[place] if names.count(names[place]) == 1 else f"#{place + 1}"
    return NO_COLUMN


def _says_money(column: str, name: str, texts: Sequence[str]) -> bool:
    """Whether its cells are those of a column of money.

    :raises Unreadable: when nothing tells them from coins.
    """
    if any(looks_like_number(text) for text in texts) or not all(map(moneys_called, texts)):
        return False
    if name in OF_PRICES or not texts:
        return True
    codes = {code for text in texts for code in moneys_called(text)}
    if name == "base_currency":
        return _or_ask(column, codes, asks=bool(codes & FIAT))
    if codes & FIAT:
        return True
    if codes <= STABLE:
        return True
    return _or_ask(column, codes, asks=codes <= CODES)


def _or_ask(column: str, codes: set[str], *, asks: bool) -> bool:
    if not asks:
        return False
    money, coin, nothing = (setting("COLUMNS", each) for each in _remedies(column))
    coin = f", {coin} if it is the coin" if any(map(is_known, codes)) else ""
    raise Unreadable(
        f"column {column!r} says {' and '.join(sorted(codes)[:5])}: is that what the prices are in? set {money} "
        f"if it is{coin}, or {nothing} if it does not count"
    )


def _remedies(column: str) -> tuple[str, str, str]:
    return f"currency={column}", f"coin_id={column}", f"currency={NO_COLUMN}"
