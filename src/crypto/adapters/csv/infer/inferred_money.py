"""What a file's beginning settles of its money: the columns that tell it, what its name and a lone rate mean."""

from collections.abc import Callable, Sequence
from typing import TypeVar

from msgspec.structs import replace

from crypto.adapters.csv.infer.currency_column import currency_column
from crypto.adapters.csv.infer.inferred import FirstRows
from crypto.adapters.csv.infer.row_money import RowMoney
from crypto.adapters.csv.layout.agreed import Told, UnclearMoney, agreed, currency_and_rate
from crypto.adapters.csv.layout.column_layout import ColumnLayout, find_layout
from crypto.adapters.csv.layout.file_name import told_by_file
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.layout.told_pairs import all_may_be_pairs, mostly_pairs, pair_places
from crypto.adapters.csv.unreadable import Unreadable, setting

Said = TypeVar("Said")


def settled_money(
    declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows, *, path: str
) -> FormatOptions:
    """What was declared, with the columns that tell the money, and the money of rows that do not.

    :raises Unreadable: when nothing tells which money is meant; it names the setting that would.
    """
    if declared.layout != "coin_columns":
        declared = replace(declared, columns=_columns(declared, names, shape, rows))
        shape = find_layout(names, declared)
    told, all_tell = _first_told(declared, names, shape, rows)
    if not all_tell and (by_name := told_by_file(path)):
        declared = _as_named(declared, by_name)
        told = [*told, by_name]
    return _with_rate(declared, told)


def _columns(
    declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows
) -> dict[str, str]:
    taken = list(shape.columns.values())
    columns = {**declared.columns, "currency": currency_column(declared, names, taken, rows)}
    pair = None if "pair" in columns else _pair_column(declared, names, shape, rows)
    return columns if pair is None else {**columns, "pair": pair}


def _pair_column(
    declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows
) -> str | None:
    """The one whose cells are pairs: some surely, or all it seems, where rows are not read as pairs anyhow."""
    traded = RowMoney(declared, names, shape).traded
    for place in pair_places(names, shape.columns):
        texts = rows.texts(place)
        if mostly_pairs(texts) or (place not in traded and all_may_be_pairs(texts)):
            return names[place] if names.count(names[place]) == 1 else f"#{place + 1}"
    return None


def _first_told(
    declared: FormatOptions, names: Sequence[str], shape: ColumnLayout, rows: FirstRows
) -> tuple[list[Told], bool]:
    """What tells the money of the first rows, or of the columns of a wide table; and whether it does for all."""
    money = RowMoney(declared, names, shape)
    if declared.layout == "coin_columns":
        each = [_told(money.told_by_name, names[place]) for place in shape.prices]
    else:
        width = max([*shape.columns.values(), *pair_places(names, shape.columns)], default=-1)
        each = [_told(money.told, cells) for _, cells in rows.rows if len(cells) > width]
    told = [one for several in each for one in several]
    return list(dict.fromkeys(told)), bool(each) and all(each)


def _told(tell: Callable[[Said], list[Told]], said: Said) -> list[Told]:
    try:
        return tell(said)
    except UnclearMoney:
        return []


def _as_named(declared: FormatOptions, told: Told) -> FormatOptions:
    """The file's name counts where nothing in the file says its money, and is not overruled without a word."""
    try:
        code = agreed([told], declared)
    except UnclearMoney as error:
        raise Unreadable(f"{error}, or rename the file") from error
    if declared.currency is None and code != "USD" and not (declared.rate or declared.rates.get(code)):
        raise Unreadable(
            f"{told.by} says that prices are in {code}, and nothing in it says otherwise; set "
            f"{setting('RATES', f'{code}=<US dollars for one {code}>')}, or {currency_and_rate(code)}, or "
            "rename the file"
        )
    if code == declared.currency or (code == "USD" and not declared.currency):
        return declared
    rates = {declared.currency: declared.rate} if declared.currency and declared.rate else {}
    own = declared.rate if not declared.currency and code not in declared.rates else None
    return replace(declared, currency=code, rate=own, rates={**rates, **declared.rates})


def _with_rate(declared: FormatOptions, told: Sequence[Told]) -> FormatOptions:
    """A rate of no named money is for the one other money that the file says; else it is asked for."""
    if declared.rate is None or declared.currency:
        return declared
    if not told:
        raise Unreadable(
            f"nothing says which money {setting('RATE', f'{declared.rate:f}')} is for; set the currency that it "
            f"is for, too: {setting('CURRENCY', '<code>')}"
        )
    others = {code for each in told for code in each.moneys} - {"USD"}
    if len(others) != 1 or any(len(each.moneys) > 1 for each in told):
        return declared
    (code,) = others
    return replace(declared, rates={code: declared.rate, **declared.rates})
