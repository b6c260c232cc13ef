"""In which money a row is: as its own cells tell it, the name of the price's column, or the file."""

from collections.abc import Iterator, Mapping, Sequence
from typing import TypeAlias

from msgspec.structs import replace

from crypto.adapters.csv.layout.agreed import Told, UnclearMoney, agreed
from crypto.adapters.csv.layout.column_layout import ColumnLayout
from crypto.adapters.csv.layout.column_money import told_by_column
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.layout.told_pairs import all_may_be_pairs, mostly_pairs, pair_places, told_by_pair
from crypto.adapters.csv.text.charset import decoded
from crypto.adapters.csv.text.columns import NO_COLUMN
from crypto.adapters.csv.times.candles import holds_candles
from crypto.adapters.csv.unreadable import setting
from crypto.adapters.csv.values.currency import SIGNS
from crypto.adapters.csv.values.money_names import moneys_called, moneys_named
from crypto.domain.rejection import printable

_ALONE = frozenset({"EUR", "GBP", "JPY", "KRW", "INR", "BRL", "AUD", "CAD", "CHF", "CNY", "RUB", *SIGNS})
"""Names of columns that are not a coin's, though nothing else stands beside the money."""

Row: TypeAlias = Sequence[str] | Mapping[int, str]
"""The cells of a row by their places: all of them, or those that tell its money."""


class RowMoney:
    """Reads the money of the rows of a table; of a wide one, that of its columns as well.

    In the places that are `traded`, what may be a pair is one.
    """

    def __init__(self, declared: FormatOptions, names: Sequence[str], shape: ColumnLayout) -> None:
        self._declared = declared
        self._names = names
        columns = shape.columns
        self._currency = columns.get("currency")
        self._pair = columns.get("pair")
        self._may_be_pairs = () if declared.columns.get("pair") == NO_COLUMN else pair_places(names, columns)
        one_coin = declared.layout == "rows" and "coin_id" not in columns
        traded = one_coin or holds_candles(names, columns)
        self.traded = {self._pair, columns.get("symbol") if traded else None}
        price = columns.get("price_usd")
        self._of_price = [] if price is None else told_by_column(names, price, declared)
        self._many = [names[place] for place in shape.prices] if declared.layout == "coin_columns" else []
        self._known: dict[tuple[str, ...], tuple[str, Told | None] | UnclearMoney] = {}
        telling = (self._currency, self._pair, *self._may_be_pairs)
        self._telling = sorted({place for place in telling if place is not None})

    def of(self, row: Sequence[str]) -> tuple[str, Told | None]:
        """The code of a row's money, and what says so; None where it is only declared, or taken for US dollars.

        The characters of its cells are bytes.

        :raises UnclearMoney: when that is not told, though it should be, or told in two ways.
        """
        cells = tuple(row[place] for place in self._telling)
        known = self._known.get(cells)
        if known is None:
            known = self._known[cells] = self.read(dict(zip(self._telling, map(decoded, cells), strict=True)))
        if isinstance(known, UnclearMoney):
            raise known
        return known

    def read(self, row: Row) -> tuple[str, Told | None] | UnclearMoney:
        """The same as `of`, from the texts of a row's cells; what is unclear is returned, not raised."""
        try:
            told = self.told(row)
            if not told:
                self._require_told(row)
            return agreed(told, self._declared), next(iter(told), None)
        except UnclearMoney as error:
            return error

    def of_column(self, name: str) -> tuple[str, Told | None]:
        """The code of the money of a wide table's column that is called by a coin, and what says so.

        :raises UnclearMoney: when the name is money alone, or tells two.
        """
        read = self.read_name(name)
        if isinstance(read, UnclearMoney):
            raise read
        return read

    def read_name(self, name: str) -> tuple[str, Told | None] | UnclearMoney:
        """The same as `of_column`; what is unclear is returned, not raised."""
        try:
            told = self.told_by_name(name)
            return agreed(told, self._declared), next(iter(told), None)
        except UnclearMoney as error:
            return error

    def told(self, row: Row) -> list[Told]:
        """Everything that tells the money of a row, from the texts of its cells; empty where nothing does."""
        return [*self._cells_tell(row), *self._of_price]

    def _cells_tell(self, row: Row) -> Iterator[Told]:
        if self._currency is not None and (cell := row[self._currency].strip()):
            by = f"a row with {self._names[self._currency] or 'currency'} {printable(cell[:50])}"
            moneys = moneys_called(cell, self._declared.currency)
            if not moneys:
                ignored = setting("COLUMNS", f"currency={NO_COLUMN}")
                raise UnclearMoney(f"{by} is in money that is not known; {ignored} would ignore that column")
            yield Told(by=by, moneys=moneys, field="currency")
        for place in self._telling:
            if place != self._currency and (told := told_by_pair(row[place], traded=place in self.traded)):
                yield replace(told, may_be_called=False) if place == self._pair else told

    def _require_told(self, row: Row) -> None:
        """Where a column tells the money of rows, one that does not is not taken to be in US dollars."""
        place = self._pair if self._currency is None else self._currency
        if place is None or self._declared.currency:
            return
        cell = printable(row[place].strip()[:50])
        by = f"{self._names[place] or 'currency'} is {cell!r}" if cell else f"{self._names[place]} is empty"
        raise UnclearMoney(f"{by} and says no money; {setting('CURRENCY', '<code>')} would say it of such rows")

    def told_by_name(self, name: str) -> list[Told]:
        """Everything that the name of a wide table's column tells of its money; empty where it tells nothing.

        :raises UnclearMoney: when it is called by money alone.
        """
        if self._declared.columns.get("pair") == NO_COLUMN:
            return []
        sure = mostly_pairs(self._many)
        if told := told_by_pair(name, traded=sure or all_may_be_pairs(self._many)):
            return [replace(told, may_be_called=told.may_be_called and not sure)]
        if name.upper() in _ALONE:
            coin = setting("COLUMNS", f"pair={NO_COLUMN}")
            raise UnclearMoney(
                f"column {name!r} is called by money, and not by a coin; {coin} would take it for a coin"
            )
        if " " in name or "_" in name or "(" in name:
            moneys = moneys_named(name, self._declared.currency)
            return [Told(by=f"column {name!r}", moneys=moneys)] if moneys else []
        return []
