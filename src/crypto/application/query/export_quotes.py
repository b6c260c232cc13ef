"""Give all quotes that are asked for as one file, piece by piece, so that memory does not grow with it."""

import asyncio
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack, aclosing, suppress

from crypto.application.errors import BadRequest, TooManyExports
from crypto.application.ports import (
    ExportFacts,
    FileFormat,
    FileWriter,
    MarketDataReader,
    QuoteExport,
    QuoteRows,
)
from crypto.application.query.question import check_question
from crypto.domain.market_data import QuoteFilter

AT_ONCE = 2
"""How many exports of one process run at once: each keeps a connection and a snapshot for as long as it lasts."""

BLOCK_BYTES = 4 * 1024 * 1024
"""How much of the rows is converted at once: about 30,000 of them."""

CUT = "this file is not whole: it ends before its last row; ask for it again"


class Export:
    """A file that can be had piece by piece, once. It must be closed, whether it was read or not."""

    def __init__(self, rows: QuoteRows, writer: FileWriter, held: AsyncExitStack) -> None:
        self._rows = rows
        self._writer = writer
        self._held = held
        self.rows_done = 0
        """How many rows were read already."""

    @property
    def facts(self) -> ExportFacts:
        """What is known of the file before its first byte."""
        return self._rows.facts

    async def pieces(self) -> AsyncGenerator[bytes, None]:
        """The bytes of the file; while one piece is converted the rows of the next are read.

        :raises StoreUnavailable: when the database is lost; where the format can say so, the last piece does.
        """
        try:
            async with aclosing(self._whole()) as pieces:
                async for piece in pieces:
                    if piece:
                        yield piece
        except Exception:
            if told := self._writer.broken(CUT):
                yield told
            raise

    async def _whole(self) -> AsyncGenerator[bytes, None]:
        last = asyncio.ensure_future(asyncio.to_thread(self._writer.begin))
        try:
            async with aclosing(_gathered(self._rows.blocks())) as blocks:
                async for block in blocks:
                    yield await last
                    self.rows_done = min(self.rows_done + block.count(b"\n"), self.facts.total)
                    last = asyncio.ensure_future(asyncio.to_thread(self._writer.rows, block))
            yield await last
            yield await asyncio.to_thread(self._writer.end)
        finally:
            await _ended(last)

    async def aclose(self) -> None:
        """Let go of the snapshot, whether all of it was read or not."""
        await self._held.aclose()


class ExportQuotes:
    """Opens exports in these formats; `AT_ONCE` of them run at once, so that other questions find a database."""

    def __init__(
        self, *, quotes: QuoteExport, reader: MarketDataReader, formats: Mapping[str, FileFormat]
    ) -> None:
        self.formats = formats
        self._quotes = quotes
        self._reader = reader
        self._running = 0

    async def __call__(self, wanted: QuoteFilter, *, form: str) -> Export:
        """A file of all these quotes in a format of this name; whoever asks for it has to close it.

        :raises BadRequest: as for a list of quotes, and for a format that there is not.
        :raises TooManyExports: when others have to end first.
        :raises StoreUnavailable: when the database cannot be used.
        """
        wanted_format = self._format(form)
        await check_question(wanted, self._reader)
        async with AsyncExitStack() as stack:
            self._begin(stack)
            rows = await stack.enter_async_context(self._quotes.open(wanted, measured=wanted_format.is_typed))
            return Export(rows, wanted_format.writer(rows.facts), stack.pop_all())
        raise AssertionError("a block that opens an export returns it")  # pragma: no cover

    def _format(self, name: str) -> FileFormat:
        if name not in self.formats:
            raise BadRequest(
                f"there is no format {name!r}; there are {', '.join(self.formats)}", parameter="format"
            )
        return self.formats[name]

    def _begin(self, stack: AsyncExitStack) -> None:
        if self._running >= AT_ONCE:
            raise TooManyExports(f"{self._running} exports run, as many as may at once; ask again when one ended")
        self._running += 1
        stack.callback(self._end)

    def _end(self) -> None:
        self._running -= 1


async def _gathered(blocks: AsyncGenerator[bytes, None]) -> AsyncGenerator[bytes, None]:
    """Whole rows, in blocks that are worth a thread's while."""
    parts: list[bytes] = []
    size = 0
    async with aclosing(blocks):
        async for part in blocks:
            parts.append(part)
            size += len(part)
            if size >= BLOCK_BYTES:
                yield b"".join(parts)
                parts, size = [], 0
    if size:
        yield b"".join(parts)


async def _ended(work: "asyncio.Future[bytes]") -> None:
    """Nobody waits for it any more; a thread cannot be stopped, and its outcome is not asked for."""
    work.cancel()
    with suppress(asyncio.CancelledError, Exception):
        await work
