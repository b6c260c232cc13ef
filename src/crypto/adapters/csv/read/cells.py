"""What the cells of a row say: texts, amounts in US dollars, the moment."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import TypeAlias

from crypto.adapters.csv.infer.row_money import RowMoney
from crypto.adapters.csv.layout.agreed import Told, UnclearMoney, not_dollars
from crypto.adapters.csv.layout.column_layout import ColumnLayout
from crypto.adapters.csv.layout.column_money import other_moneys
from crypto.adapters.csv.layout.context import Context
from crypto.adapters.csv.layout.volume import unit_of
from crypto.adapters.csv.text.charset import decoded
from crypto.adapters.csv.times.moments import TIME_FIELDS, time_cells
from crypto.adapters.csv.times.times import Times
from crypto.adapters.csv.values.digits import DecimalSign
from crypto.adapters.csv.values.lost import is_missing
from crypto.adapters.csv.values.numbers import Money, in_dollars, number
from crypto.domain.amount import amount
from crypto.domain.quote import AMOUNTS
from crypto.domain.rejection import Reason, RecordRejected

SHORT = 24
"""Digits of an amount that needs no look at how large, small or long it is, whatever the rate."""

Row = Sequence[str]
"""The cells of a record, one character a byte of UTF-8."""

RowsMoney: TypeAlias = tuple[str, Told | None]
"""The code of the money that a row's amounts are in, and what in the row says so."""


class Cells:
    """Reads the cells of one page's rows as texts, amounts and moments."""

    def __init__(
        self, context: Context, names: Sequence[str], shape: ColumnLayout, *, received_at: datetime
    ) -> None:
        self._context = context
        self._columns = shape.columns
        self._time_places = [shape.columns.get(field) for field in TIME_FIELDS]
        self._amounts = [shape.columns[field] for field in AMOUNTS if field in shape.columns]
        self._row_money = RowMoney(context, names, shape)
        self._decimal: DecimalSign = context.decimal or "point"
        self._doubted = _doubted(context)
        self._written: dict[str, Money] = {}
        self._other_moneys = other_moneys(names, shape.columns, context)
        volume = shape.columns.get("volume_24h")
        self._volume = None if volume is None else unit_of(volume, names, shape.columns, context)
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

    def says_nothing(self, row: Row) -> bool:
        """Whether no amount of the row is known."""
        return all(is_missing(row[place]) for place in self._amounts)

    def money(self, row: Row) -> RowsMoney:
        """The code of the money that a row's amounts are in, and what in the row says so.

        :raises RecordRejected: when two things say two, or none says it though it should.
        """
        try:
            return self._row_money.of(row)
        except UnclearMoney as error:
            raise RecordRejected(Reason.OTHER_CURRENCY, str(error)) from error

    def column_money(self, name: str) -> RowsMoney:
        """The code of the money of the prices in a column that is called by a coin, and what says so.

        :raises RecordRejected: when two things say two, or none says it though it should.
        """
        try:
            return self._row_money.of_column(name)
        except UnclearMoney as error:
            raise RecordRejected(Reason.OTHER_CURRENCY, str(error)) from error

    def amount(self, row: Row, field: str, money: RowsMoney) -> Decimal | None:
        """The amount that a row has of a field, in US dollars; None if it is unknown.

        :raises RecordRejected: for what is not an amount, or one in other money.
        """
        place = self._columns.get(field)
        if place is None:
            return None
        if own := self._other_moneys.get(place):
            money = own, None
        return self.price(row[place], money, field=field)

    def believed(self, row: Row, field: str, money: RowsMoney) -> Decimal | None:
        """The same as `amount`, and checked to be an amount of money that may be.

        :raises RecordRejected: for one that is negative or absurd, too.
        """
        value = self.amount(row, field, money)
        return value if value is None or _is_short(row[self._columns[field]]) else amount(value, field=field)

    def volume(self, row: Row, money: RowsMoney, *, close: Decimal | None) -> Decimal | None:
        """The volume of a row in US dollars: what was traded, or so many coins at its price; None if unknown.

        :raises RecordRejected: for what is not an amount, or one in other money without a rate.
        """
        value = self._traded(row, money, close)
        if value is None or (self._volume != "base" and _is_short(row[self._columns["volume_24h"]])):
            return value
        return amount(value, field="volume_24h")

    def _traded(self, row: Row, money: RowsMoney, close: Decimal | None) -> Decimal | None:
        if self._volume != "base":
            return self.amount(row, "volume_24h", ("USD", None) if self._volume == "usd" else money)
        coins = self.price(row[self._columns["volume_24h"]], ("USD", None), field="volume_24h")
        return None if close is None else in_dollars(coins, close)

    def price(self, cell: str, money: RowsMoney, *, field: str) -> Decimal | None:
        """The amount in one cell, in US dollars by the declared rate; None if it is unknown.

        :raises RecordRejected: for what is not an amount, or one in other money without a rate.
        """
        code, told = money
        value = number(decoded(cell), self._written.get(code) or self._amounts_in(code), field=field)
        if value is None or code == "USD":
            return value
        rate = self._context.dollars(code)
        if rate is None:
            raise RecordRejected(Reason.OTHER_CURRENCY, self._other_money(field, code, told))
        return in_dollars(value, rate)

    def _amounts_in(self, code: str) -> Money:
        """How amounts in that money are written."""
        return self._written.setdefault(code, Money(currency=code, decimal=self._decimal, doubted=self._doubted))

    def observed_at(self, row: Row) -> datetime:
        """The moment that a row is of, aware and in UTC.

        :raises RecordRejected: when the row has no time, or one that cannot be read.
        """
        day, *parts = self._time_places
        if day is not None:
            said = decoded(row[day])
            return self._times(said if parts == [None, None] else time_cells(_all_decoded(row), self._time_places))
        if self._context.observed_at is None:
            raise RecordRejected(Reason.MISSING_TIME, "the file has no time column and the page no time")
        return self._context.observed_at

    def day(self, name: str) -> datetime:
        """The moment that a column's name says, aware UTC.

        :raises RecordRejected: when it says none.
        """
        return self._times(name)

    def _other_money(self, field: str, code: str, told: Told | None) -> str:
        if told is None:
            return not_dollars(field, code, self._context)
        return not_dollars(told.by, code, self._context, may_be_called=told.may_be_called)


def _all_decoded(row: Row) -> list[str]:
    return [decoded(cell) for cell in row]


def _is_short(cell: str) -> bool:
    """Whether a cell holds few digits and nothing else, so that it is an amount that may be."""
    return len(cell) <= SHORT and cell.replace(".", "", 1).isdecimal()


def _doubted(context: Context) -> str:
    """The signs that alone before three digits may separate thousands or decimals: nothing says which."""
    if context.decimal:
        return ""
    if context.decimal_asked:
        return ".,"
    return "" if context.delimiter == "," else ","
