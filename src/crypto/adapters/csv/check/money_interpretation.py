"""In which money a table was taken to be and why, and why a volume was left out, for the person who must agree."""

from collections.abc import Iterator, Sequence

from msgspec import Struct

from crypto.adapters.csv.infer.inferred import FirstRows
from crypto.adapters.csv.infer.row_money import RowMoney
from crypto.adapters.csv.layout.agreed import Told, UnclearMoney
from crypto.adapters.csv.layout.column_layout import ColumnLayout
from crypto.adapters.csv.layout.context import Context
from crypto.adapters.csv.layout.file_name import told_by_file
from crypto.adapters.csv.layout.volume import find_volume
from crypto.adapters.csv.text.columns import find_columns
from crypto.adapters.csv.unreadable import setting


class FoundMoney(Struct, frozen=True):
    """The codes that the first rows are in, and what says so; `told` is whether each row itself does."""

    codes: tuple[str, ...]
    why: str


def found_money(context: Context, names: Sequence[str], shape: ColumnLayout, rows: FirstRows) -> FoundMoney:
    """What the rows tell, and what counts for those that do not."""
    read = list(_read(context, names, shape, rows))
    codes = dict.fromkeys(sorted({code for code, told in read if told}))
    whys = list(dict.fromkeys(_said_by(told, names, shape) for _, told in read if told))
    if not read or not all(told for _, told in read):
        codes[context.currency or "USD"] = None
        whys.append(_said_of_all(context))
    return FoundMoney(tuple(codes), ", else ".join(whys))


def money_notes(context: Context, names: Sequence[str], shape: ColumnLayout, rows: FirstRows) -> Iterator[str]:
    """Notes that a declared rate is not applied, and that a volume is not taken; none where all is used."""
    if context.rate and not context.currency and context.rate not in context.rates.values():
        codes = ", ".join(found_money(context, names, shape, rows).codes)
        rate, named = setting("RATE", f"{context.rate:f}"), setting("RATES", "<code>=<rate>")
        yield f"{rate} is not applied: the rows are in {codes}; {named} would name the money that it is for"
    if context.layout == "rows" and (why_not := _why_no_volume(context, names)):
        yield f"volume_24h stays empty: {why_not}"


def _read(
    context: Context, names: Sequence[str], shape: ColumnLayout, rows: FirstRows
) -> Iterator[tuple[str, Told | None]]:
    """The money of each row, or of each column of a wide table; those that are rejected are left out."""
    money = RowMoney(context, names, shape)
    if context.layout == "coin_columns":
        read = (money.read_name(names[place]) for place in shape.prices)
    else:
        read = (money.read(cells) for _, cells in rows.rows if len(cells) >= len(names))
    yield from (each for each in read if not isinstance(each, UnclearMoney))


def _said_by(told: Told, names: Sequence[str], shape: ColumnLayout) -> str:
    columns = {field: f"column {names[place]!r}" for field, place in shape.columns.items()}
    if told.is_pair:
        return f"as the pairs in {columns['pair']} say" if "pair" in columns else "as the pairs say"
    return f"as {columns['currency']} says" if told.field == "currency" else f"as the name of {told.by} says"


def _said_of_all(context: Context) -> str:
    if not context.currency:
        return "as nothing in the file says otherwise"
    named = told_by_file(context.path)
    return f"as {named.by} says" if named and context.currency in named.moneys else "as declared"


def _why_no_volume(context: Context, names: Sequence[str]) -> str:
    columns = find_columns(names, context.columns)
    volume = find_volume(names, columns, context)
    return volume.why_not if volume and not volume.unit else ""
