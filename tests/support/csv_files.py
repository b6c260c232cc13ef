"""Ingest CSV files in a test as a run does: page by page, the cursor through JSON, up to a stop or an error."""

import asyncio
from collections.abc import Mapping
from contextlib import aclosing
from pathlib import Path

import msgspec

from crypto.adapters.csv.text.records import Limits
from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.application.errors import CryptoError
from crypto.domain.page import Cursor, RawPage
from crypto.domain.quote import Quote
from crypto.domain.rejection import Reason, Rejection
from tests.support.clock import ManualClock

HEADER = b"coin_id,name,symbol,price_usd,market_cap,volume_24h,observed_at\n"


def row(coin_id: str = "btc", price: str = "1.5", day: int = 1) -> bytes:
    return f"{coin_id},Name,SYM,{price},10,20,2024-01-{day:02d}T00:00:00Z\n".encode()


class Ingested(msgspec.Struct):
    """What one run brought, `empty` rows that say nothing; `error` ended it after its last page."""

    pages: list[RawPage]
    quotes: list[Quote]
    rejections: list[Rejection]
    empty: int
    unread: list[Rejection]
    cursor: Cursor
    error: CryptoError | None

    @property
    def body(self) -> bytes:
        return b"".join(page.body for page in self.pages)

    @property
    def reasons(self) -> dict[Reason, int]:
        found = [rejection.reason for rejection in self.rejections]
        return {reason: found.count(reason) for reason in found}


def ingest(
    *paths: Path | str,
    cursor: Mapping[str, object] | None = None,
    records: int = 10_000,
    size: int = 4 * 1024 * 1024,
    stop_after: int | None = None,
    clock: ManualClock | None = None,
    declared: Mapping[str, object] | None = None,
) -> Ingested:
    """One run over the files from `cursor`, stopped after so many pages; `declared` are the other settings."""
    options = msgspec.convert({"paths": [str(path) for path in paths], **(declared or {})}, Options)
    source = CsvFiles(options, clock=clock or ManualClock(), limits=Limits(records=records, size=size))
    return asyncio.run(run_of(source, cursor, stop_after=stop_after))


async def run_of(
    source: CsvFiles, cursor: Mapping[str, object] | None = None, *, stop_after: int | None = None
) -> Ingested:
    """One run of a source that is set up already."""
    pages, error = await _take(source, dict(cursor or {}), stop_after)
    parsed = [source.parse(page) for page in pages]
    return Ingested(
        pages=pages,
        quotes=[quote for each in parsed for quote in each.quotes],
        rejections=[rejection for each in parsed for rejection in each.rejections],
        empty=sum(each.skipped for each in parsed),
        unread=[rejection for each in parsed for rejection in each.unread],
        cursor=_through_json(pages[-1].cursor_after) if pages else dict(cursor or {}),
        error=error,
    )


async def _take(
    source: CsvFiles, cursor: Cursor, stop_after: int | None
) -> tuple[list[RawPage], CryptoError | None]:
    pages: list[RawPage] = []
    async with aclosing(source.pages(cursor)) as coming:
        try:
            async for page in coming:
                pages.append(page)
                if len(pages) == stop_after:
                    break
        except CryptoError as error:
            return pages, error
    return pages, None


def _through_json(cursor: Cursor) -> Cursor:
    restored: Cursor = msgspec.json.decode(msgspec.json.encode(cursor))
    return restored
