"""What the cells of a row say: texts, amounts in US dollars, the moment."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal

from crypto.adapters.tabular.candles import holds_candles
from crypto.adapters.tabular.context import Context
from crypto.adapters.tabular.currency import named_in, quoted_in
from crypto.adapters.tabular.layout import Shape
from crypto.adapters.tabular.numbers import Money, in_dollars, number
from crypto.adapters.tabular.times import Times
from crypto.adapters.tabular.unreadable import setting
from crypto.domain.amount import amount
from crypto.domain.rejection import Reason, RecordRejected, printable

Row = Sequence[str]
"""The cells of a record, one character a byte of UTF-8."""


class Cells:
    """Reads the rows of one page."""

    def __init__(self, context: Context, names: Sequence[str], shape: Shape, *, received_at: datetime) -> None:
        self._context = context
        self._columns = shape.columns
        one_coin = context.layout == "rows" and "coin_id" not in shape.columns
        self._traded = one_coin or holds_candles(names, shape.columns)
        self._no_pairs: set[str] = set()
        decimal = context.decimal or ("point" if context.delimiter == "," else None)
        self._money = Money(currency=context.currency, decimal=decimal)
        self._rate = context.dollars
        self._rates = self._rates_by_column(names)
        self._times = Times(
            zone=context.zone,
            received_at=received_at,
            date_format=context.date_format,
            order=context.date_order,
            candle=context.candle_length,
            repeated_hour=context.repeated_hour,
            bare_date=context.bare_date,
        )

    def text(self, row: Row, field: str) -> str | None:
        """The cell as it is, spaces and all; None when nothing else is in it."""
        place = self._columns.get(field)
        text = "" if place is None else decoded(row[place])
        return text if text.strip() else None

    def amount(self, row: Row, field: str) -> Decimal | None:
        """In US dollars, None if unknown.

        :raises RecordRejected: for what is no amount, or one in other money.
        """
        place = self._columns.get(field)
        return None if place is None else self.price(row[place], field=field, place=place)

    def believed(self, row: Row, field: str) -> Decimal | None:
        """As above, where it is an amount of money that may be.

        :raises RecordRejected: for one that is negative or absurd, too.
        """
        return amount(self.amount(row, field), field=field)

    def price(self, cell: str, *, field: str, place: int) -> Decimal | None:
        """As above, of a cell by itself.

        :raises RecordRejected: as above.
        """
        value = number(decoded(cell), self._money, field=field)
        rate = self._rates.get(place, self._rate)
        if value is None or rate == 1:
            return value
        if rate is None:
            raise self._other_money(field, self._context.currency)
        return in_dollars(value, rate)

    def observed_at(self, row: Row) -> datetime:
        """Aware UTC.

        :raises RecordRejected: when the row has no time, or one that cannot be read.
        """
        place = self._columns.get("observed_at")
        if place is not None:
            return self._times(decoded(row[place]))
        if self._context.observed_at is None:
            raise RecordRejected(Reason.MISSING_TIME, "the file has no time column and the page no time")
        return self._context.observed_at

    def day(self, name: str) -> datetime:
        """The moment that a column's name says, aware UTC.

        :raises RecordRejected: when it says none.
        """
        return self._times(name)

    def check_pair(self, symbol: str | None) -> None:
        """A symbol such as `BTC/USDT` says what its price is in.

        :raises RecordRejected: when that is not the declared currency.
        """
        if symbol is None or symbol in self._no_pairs:
            return
        quoted = quoted_in(symbol, traded=self._traded)
        if quoted not in (None, self._context.currency):
            raise self._other_money(printable(symbol), str(quoted))
        self._no_pairs.add(symbol)

    def _rates_by_column(self, names: Sequence[str]) -> Mapping[int, Decimal]:
        """One for each column that holds US dollars by its name, whatever the others are in."""
        if self._context.headerless:
            return {}
        return {place: Decimal(1) for place in self._columns.values() if named_in(names[place]) == "USD"}

    def _other_money(self, what: str, currency: str) -> RecordRejected:
        remedy = setting("RATE", f"<US dollars for one {currency}>")
        if currency != self._context.currency:
            remedy = f"{setting('CURRENCY', currency)} and {remedy}"
        found = f"{what} is in {currency}, which is not taken for US dollars; {remedy} would convert it"
        return RecordRejected(Reason.OTHER_CURRENCY, found)


def decoded(cell: str) -> str:
    """The text of a cell of a row that is all UTF-8."""
    return cell if cell.isascii() else cell.encode("latin-1").decode("utf-8")
