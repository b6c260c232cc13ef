"""Read a chunk of a file again at any time, from its bytes and what is kept beside them."""

from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from functools import partial
from typing import TypeAlias

import msgspec

from crypto.adapters.csv.layout.context import Context, Labels
from crypto.adapters.csv.layout.identity import coin_name
from crypto.adapters.csv.read.cells import Cells
from crypto.adapters.csv.read.page_table import PageTable, page_table
from crypto.adapters.csv.text.records import Record
from crypto.adapters.csv.unreadable import Unreadable
from crypto.adapters.csv.values.lost import is_missing
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import MAX_ID_BYTES, Quote
from crypto.domain.rejection import Reason, RecordRejected, Rejection, printable
from crypto.domain.skip import Skip, SkipReason
from crypto.domain.unread import Unread

Read: TypeAlias = Callable[[Unread], Quote | None]
"""Reads one quote of a record and tells which fields it left unknown; None if it says nothing."""

LONG_EXCERPTS = 500
"""Of so many skipped records of a page the beginning is kept: in a wide table there may be a million."""


def parse_rows(page: RawPage) -> ParsedPage:
    """Each record of the page as a quote or a rejection. Pure, and never raises.

    A row without a price, a market cap and a volume says nothing of its coin: it is skipped. In a wide table a
    record is each cell with a price; a line that is not a row is one rejection.
    """
    try:
        context = msgspec.convert(dict(page.context), Context)
        if context.replaced:
            return ParsedPage()
        return _Rows(page, page_table(page, context)).read()
    except (Unreadable, msgspec.ValidationError) as error:
        return ParsedPage(rejections=(_unreadable(page, error),))


class _Rows:
    """One page's records, read one after the other."""

    def __init__(self, page: RawPage, table: PageTable) -> None:
        self._page = page
        self._table = table
        self._context = table.context
        self._names = table.names
        self._shape = table.shape
        self._columns = table.shape.columns
        used = {*self._columns.values(), *(place for place, name in enumerate(self._names) if name)}
        self._width = max(used, default=0) + 1
        self._widest = max(self._width, len(self._context.headerless))
        self._all_text = _is_text(self._bytes_of(table.lines))
        self._labels = self._context.labels
        self._cells = Cells(self._context, self._names, table.shape, received_at=page.received_at)

    def read(self) -> ParsedPage:
        quotes: list[Quote] = []
        rejections: list[Rejection] = []
        skips: list[Skip] = []
        lost: list[Rejection] = []
        for position, record, read in self._each():
            unread = Unread()
            try:
                quote = read(unread)
            except RecordRejected as error:
                rejections.append(self._rejection(record, position, error))
                continue
            if not quote:
                skips.append(self._skip(record, position, is_long=len(skips) < LONG_EXCERPTS))
                continue
            quotes.append(quote)
            lost += [self._rejection(record, position, why, field=field) for field, why in unread.fields]
        return ParsedPage(
            quotes=tuple(quotes), rejections=tuple(rejections), unread=tuple(lost), skips=tuple(skips)
        )

    def _each(self) -> Iterator[tuple[int, Record, Read]]:
        """What may be a quote: its position, its record, and how it is read."""
        for place, record in enumerate(self._table):
            first = place * self._shape.quotes_a_row
            if self._context.layout == "rows" or len(record.cells) < self._width:
                yield first, record, partial(self._quote, record, first)
                continue
            for after, column in enumerate(self._shape.prices):
                if record.cells[column].strip():
                    yield first + after, record, partial(self._cell, record, first + after, column)

    def _quote(self, record: Record, position: int, unread: Unread) -> Quote | None:
        row, cells = record.cells, self._cells
        self._check(record)
        if cells.says_nothing(row):
            return None
        money = cells.money(row)
        price = cells.amount(row, "price_usd", money)
        market_cap = unread.or_none("market_cap", lambda: cells.believed(row, "market_cap", money))
        volume = unread.or_none("volume_24h", lambda: cells.volume(row, money, close=price))
        if not price and not self._says_something(unread, market_cap, volume):
            return None
        name, symbol = cells.text(row, "name"), cells.text(row, "symbol")
        if "coin_id" not in self._columns:
            name = coin_name(name)
            self._check_one_coin((name, symbol))
            name, symbol = self._context.name or name, self._context.symbol or symbol
        return Quote(
            source=self._page.source,
            coin_id=self._coin_id(row) or "",
            name=name,
            symbol=symbol,
            price_usd=price,
            market_cap=market_cap,
            volume_24h=volume,
            observed_at=cells.observed_at(row),
            ingested_at=self._page.received_at,
            position=position,
        )

    def _says_something(self, unread: Unread, *others: Decimal | None) -> bool:
        """Whether a row without a price says anything else.

        :raises RecordRejected: when that cannot be read, or belongs to a price that is elsewhere.
        """
        for _, why in unread.fields:
            raise why
        if self._table.is_long and any(others):
            raise RecordRejected(Reason.BAD_FIELD, "no price of its coin and moment stands near")
        return any(others)

    def _cell(self, record: Record, position: int, column: int, _: Unread) -> Quote | None:
        """A price of a wide table, of the coin or the day that its column is called by."""
        row, cells = record.cells, self._cells
        self._check(record)
        if is_missing(row[column]):
            return None
        by_day = self._context.layout == "day_columns"
        money = cells.money(row) if by_day else cells.column_money(self._names[column])
        price = cells.price(row[column], money, field="price_usd")
        if not price:
            return None
        coin_id = self._coin_id(row) if by_day else self._names[column]
        symbol = cells.text(row, "symbol") if by_day else None
        return Quote(
            source=self._page.source,
            coin_id=coin_id or "",
            name=cells.text(row, "name") if by_day else None,
            symbol=symbol,
            price_usd=price,
            market_cap=None,
            volume_24h=None,
            observed_at=cells.day(self._names[column]) if by_day else cells.observed_at(row),
            ingested_at=self._page.received_at,
            position=position,
        )

    def _check(self, record: Record) -> None:
        if record.problem:
            raise RecordRejected(Reason.BAD_FIELD, record.problem)
        if len(record.cells) < self._width:
            found = f"{len(record.cells)} cells for {self._width} columns"
            raise RecordRejected(Reason.TOO_FEW_CELLS, found)
        if any(cell.strip() for cell in record.cells[self._widest :]):
            found = f"{len(record.cells)} cells for {self._widest} columns"
            raise RecordRejected(Reason.BAD_FIELD, found)
        if not self._all_text and not _is_text(self._bytes(record)):
            encoding = self._context.dialect.encoding.upper()
            raise RecordRejected(Reason.BAD_TEXT, f"the row is not {encoding}, or holds a NUL")

    def _check_one_coin(self, labels: Labels) -> None:
        """A file declared to be of one coin does not name a second one."""
        self._labels = self._labels or labels
        if self._labels != labels:
            first, other = ("/".join(filter(None, each)) for each in (self._labels, labels))
            found = f"declared to be all {self._context.coin_id}, but names {first} and {other}"
            raise RecordRejected(Reason.BAD_FIELD, found)

    def _coin_id(self, row: list[str]) -> str | None:
        return self._cells.text(row, "coin_id") if "coin_id" in self._columns else self._context.coin_id

    def _rejection(
        self, record: Record, position: int, error: RecordRejected, *, field: str | None = None
    ) -> Rejection:
        return Rejection(
            position=position,
            reason=error.reason,
            detail=printable(f"line {self._context.first_line + record.first}: {error.detail}"),
            excerpt=_excerpt(self._bytes(record)),
            coin_id=self._named_coin(record),
            field=field,
        )

    def _skip(self, record: Record, position: int, *, is_long: bool) -> Skip:
        sent = _excerpt(self._bytes(record)) if is_long else ""
        return Skip(position=position, reason=SkipReason.NO_AMOUNT, excerpt=sent)

    def _named_coin(self, record: Record) -> str | None:
        """The coin of a rejected row, if it can be told and stored."""
        place = self._columns.get("coin_id", -1)
        if place >= len(record.cells):
            return None
        try:
            coin_id = self._coin_id(record.cells) or ""
            storable = len(coin_id.encode("utf-8")) <= MAX_ID_BYTES and "\x00" not in coin_id
        except UnicodeError:
            return None
        return coin_id if coin_id and storable else None

    @staticmethod
    def _bytes_of(lines: Sequence[str]) -> bytes:
        return "".join(lines).encode("latin-1")

    def _bytes(self, record: Record) -> bytes:
        return self._bytes_of(self._table.lines[record.first : record.after])


def _is_text(data: bytes) -> bool:
    try:
        return "\x00" not in data.decode("utf-8")
    except UnicodeDecodeError:
        return False


def _unreadable(page: RawPage, error: Exception) -> Rejection:
    return Rejection(
        position=0,
        reason=Reason.NOT_A_RECORD,
        detail=printable(f"the page cannot be read: {error}"),
        excerpt=_excerpt(page.body),
    )


def _excerpt(data: bytes) -> str:
    return printable(data[:4096].decode("utf-8", "surrogateescape"))
