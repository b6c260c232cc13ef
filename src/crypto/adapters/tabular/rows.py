"""Read a chunk of a file again at any time, from its bytes and what is kept beside them."""

from datetime import datetime
from decimal import Decimal

import msgspec

from crypto.adapters.tabular.columns import find_columns, require_columns
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.header import Delimiter, split_header
from crypto.adapters.tabular.numbers import number
from crypto.adapters.tabular.records import Record, split_records, text_lines
from crypto.adapters.tabular.times import Times, time_zone
from crypto.adapters.tabular.unreadable import Unreadable
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.quote import MAX_ID_BYTES, Quote
from crypto.domain.rejection import Reason, RecordRejected, Rejection, printable


class Context(Declared, frozen=True, kw_only=True):
    """What the bytes of a chunk do not tell; `observed_at` is the moment of all rows if the file has no times."""

    path: str
    header: str
    delimiter: Delimiter
    first_line: int


def parse_rows(page: RawPage) -> ParsedPage:
    """Each record of the page as a quote or a rejection. Pure, and never raises."""
    try:
        rows = _Rows(page, msgspec.convert(dict(page.context), Context))
    except (Unreadable, msgspec.ValidationError) as error:
        return ParsedPage(rejections=(_unreadable(page, error),))
    return rows.read()


class _Rows:
    """One page's records, read one after the other."""

    def __init__(self, page: RawPage, context: Context) -> None:
        names = split_header(context.header, context.delimiter)
        self._columns = find_columns(names, context.columns)
        require_columns(self._columns, names, context.columns, coin_id=context.coin_id)
        self._page = page
        self._context = context
        self._width = max((place + 1 for place, name in enumerate(names) if name), default=1)
        self._lone_comma = context.delimiter == ","
        self._lines = text_lines(page.body)
        self._all_text = _is_text(page.body)
        zone = time_zone(context.timezone)
        self._labels: tuple[str | None, str | None] | None = None
        self._times = Times(zone=zone, date_format=context.date_format, received_at=page.received_at)

    def read(self) -> ParsedPage:
        quotes: list[Quote] = []
        rejections: list[Rejection] = []
        records = split_records(self._lines, self._context.delimiter)
        for position, record in enumerate(record for record in records if not _is_blank(record)):
            try:
                quotes.append(self._quote(record, position))
            except RecordRejected as error:
                rejections.append(self._rejection(record, position, error))
        return ParsedPage(quotes=tuple(quotes), rejections=tuple(rejections))

    def _quote(self, record: Record, position: int) -> Quote:
        cells = record.cells
        self._check(record)
        name, symbol = self._text(cells, "name"), self._text(cells, "symbol")
        self._check_one_coin(name, symbol)
        return Quote(
            source=self._page.source,
            coin_id=self._coin_id(cells) or "",
            name=name,
            symbol=symbol,
            price_usd=self._number(cells, "price_usd"),
            market_cap=self._number(cells, "market_cap"),
            volume_24h=self._number(cells, "volume_24h"),
            observed_at=self._observed_at(cells),
            ingested_at=self._page.received_at,
            position=position,
        )

    def _check(self, record: Record) -> None:
        if record.problem:
            raise RecordRejected(Reason.BAD_FIELD, record.problem)
        if len(record.cells) < self._width:
            found = f"{len(record.cells)} cells where the header has {self._width}"
            raise RecordRejected(Reason.TOO_FEW_CELLS, found)
        if any(cell.strip() for cell in record.cells[self._width :]):
            found = f"{len(record.cells)} cells where the header has {self._width}"
            raise RecordRejected(Reason.BAD_FIELD, found)
        if not self._all_text and not _is_text(self._bytes(record)):
            raise RecordRejected(Reason.BAD_TEXT, "the row is not UTF-8, or holds a NUL")

    def _check_one_coin(self, name: str | None, symbol: str | None) -> None:
        """A file declared to be of one coin does not name a second one."""
        if "coin_id" in self._columns:
            return
        self._labels = self._labels or (name, symbol)
        if self._labels != (name, symbol):
            first, other = "/".join(filter(None, self._labels)), "/".join(filter(None, (name, symbol)))
            found = f"declared to be all {self._context.coin_id}, but names {first} and {other}"
            raise RecordRejected(Reason.BAD_FIELD, found)

    def _coin_id(self, cells: list[str]) -> str | None:
        return self._text(cells, "coin_id") if "coin_id" in self._columns else self._context.coin_id

    def _text(self, cells: list[str], field: str) -> str | None:
        """The cell as it is, spaces and all; None when nothing else is in it."""
        place = self._columns.get(field)
        if place is None:
            return None
        cell = cells[place]
        text = cell if cell.isascii() else cell.encode("latin-1").decode("utf-8")
        return text if text.strip() else None

    def _number(self, cells: list[str], field: str) -> Decimal | None:
        place = self._columns.get(field)
        return None if place is None else number(cells[place], field=field, lone_comma=self._lone_comma)

    def _observed_at(self, cells: list[str]) -> datetime:
        place = self._columns.get("observed_at")
        if place is not None:
            return self._times(cells[place])
        if self._context.observed_at is None:
            raise RecordRejected(Reason.MISSING_TIME, "the file has no time column and the page no time")
        return self._context.observed_at

    def _rejection(self, record: Record, position: int, error: RecordRejected) -> Rejection:
        return Rejection(
            position=position,
            reason=error.reason,
            detail=printable(f"line {self._context.first_line + record.first}: {error.detail}"),
            excerpt=_excerpt(self._bytes(record)),
            coin_id=self._named_coin(record),
        )

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

    def _bytes(self, record: Record) -> bytes:
        return "".join(self._lines[record.first : record.after]).encode("latin-1")


def _is_blank(record: Record) -> bool:
    return not record.problem and len(record.cells) <= 1 and not "".join(record.cells).strip()


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
