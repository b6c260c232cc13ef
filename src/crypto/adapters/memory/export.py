"""Whole results from memory, as the same text as from PostgreSQL."""

from collections.abc import AsyncGenerator, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from crypto.application.ports.exports import AMOUNT_COLUMNS, COLUMNS, Digits, ExportFacts
from crypto.domain.market_data import StoredQuote


class MemoryQuoteRows:
    """Quotes that were in memory at one moment."""

    def __init__(self, quotes: Sequence[StoredQuote], *, taken_at: datetime) -> None:
        digits = {name: _digits([getattr(each, name) for each in quotes]) for name in AMOUNT_COLUMNS}
        self.facts = ExportFacts(total=len(quotes), taken_at=taken_at, digits=digits)
        self._quotes = quotes

    async def blocks(self, rows_at_once: int = 100) -> AsyncGenerator[bytes, None]:
        """The rows, so many at a time."""
        for start in range(0, len(self._quotes), rows_at_once):
            yield b"".join(map(row_text, self._quotes[start : start + rows_at_once]))


def row_text(quote: StoredQuote) -> bytes:
    """A quote as a line of `QuoteRows`."""
    return (",".join(_cell(getattr(quote, name)) for name in COLUMNS) + "\n").encode()


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case Decimal():
            return f"{value:f}"
        case datetime():
            return value.astimezone(UTC).isoformat(sep=" ").removesuffix(":00")
        case str() if not value or any(each in value for each in '",\r\n'):
            return '"{}"'.format(value.replace('"', '""'))
        case _:
            return str(value)


def _digits(amounts: Sequence[Decimal | None]) -> Digits:
    plain = [f"{amount:f}".partition(".") for amount in amounts if amount is not None]
    whole = (len(before.lstrip("0")) for before, _, _ in plain)
    return Digits(before=max(whole, default=0), after=max((len(after) for _, _, after in plain), default=0))
