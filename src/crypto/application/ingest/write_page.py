"""Write one page: raw bytes, quotes, rejections, cursor and counters in one transaction."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from crypto.application.ports import Claim, Clock, PageArchive, PageTransaction, RunEvents, Source, WriteOutcome
from crypto.application.retries import Hear, retried
from crypto.domain.page import Cursor, FoldedPage, ParsedPage, RawPage, StoredPage, fold
from crypto.domain.parts import rivals
from crypto.domain.run import Counters

T = TypeVar("T")


class PageWriter:
    """Writes pages for the holder of a claim, and tells of each that is in."""

    def __init__(self, *, events: RunEvents, clock: Clock) -> None:
        self._events = events
        self._clock = clock

    async def ingest(self, source: Source, claim: Claim, page: RawPage, parsed: ParsedPage) -> Counters:
        """Store a new page and its quotes, and move the cursor past it; gives what became of its records."""
        return await self._write(_NewPage(source, page, parsed), claim)

    async def keep_disbelieved(
        self, source: Source, claim: Claim, page: RawPage, parsed: ParsedPage, *, cursor: Cursor
    ) -> None:
        """Keep a page's bytes without going on: the cursor stays, and the sweep that began so is over."""
        await self._write(_NewPage(source, page, parsed, stay_at=cursor), claim)

    async def pass_over(self, claim: Claim, cursor: Cursor) -> None:
        """Record the page that cannot be fetched as a hole, and go on at `cursor`."""
        await self.with_retries(claim, lambda: claim.pass_over(cursor))

    async def reprocess(
        self,
        source: Source,
        claim: Claim,
        stored: StoredPage,
        *,
        page: RawPage,
        at: Cursor,
        to: Cursor | None = None,
    ) -> Counters:
        """Write what the present parser finds in a stored page; no raw page.

        With `page` as that page is to be read from now on: its bytes, maybe under another context. The source
        stands `at` this cursor, and goes on from there unless that is moved `to` another.
        """
        return await self._write(_OldPage(source, stored, page, at=at, to=to), claim)

    async def settle_withdrawn(
        self, source: Source, claim: Claim, archive: PageArchive, *, at: Cursor, withdrawn: int
    ) -> None:
        """When so many quotes were withdrawn, read all pages once more: an earlier one may have said them, too."""
        while withdrawn:
            withdrawn = 0
            async for stored in archive.stored_pages(source.profile.feed, hear=self.hears(claim)):
                outcome = await self.reprocess(source, claim, stored, page=stored.page, at=at)
                withdrawn += outcome.withdrawn

    async def move(self, claim: Claim, cursor: Cursor) -> None:
        """Move the cursor without storing a page."""
        await self.with_retries(claim, lambda: _move(claim, cursor))

    async def with_retries(self, claim: Claim, attempt: Callable[[], Awaitable[T]]) -> T:
        """What an attempt gives, once no other transaction is in the way and the database is there.

        :raises StoreUnavailable: when it was not there in time, or cannot be used.
        """
        return await retried(self._clock, attempt, hear=self.hears(claim))

    def hears(self, claim: Claim) -> Hear:
        """Who hears that the run of a claim waits for the database."""
        return partial(self._events.database_away, claim.run)

    async def _write(self, work: "_NewPage | _OldPage", claim: Claim) -> Counters:
        stored, counters = await self.with_retries(claim, lambda: _attempt(work, claim))
        self._events.page_committed(claim.run, stored, counters)
        return counters


async def _attempt(work: "_NewPage | _OldPage", claim: Claim) -> tuple[StoredPage, Counters]:
    await claim.prepare(work.page.received_at, work.folded.quotes)
    return await _in_one_transaction(work, claim)


async def _move(claim: Claim, cursor: Cursor) -> None:
    async with claim.page_transaction() as transaction:
        await transaction.move_cursor(cursor)


async def _in_one_transaction(work: "_NewPage | _OldPage", claim: Claim) -> tuple[StoredPage, Counters]:
    async with claim.page_transaction() as transaction:
        stored = await work.keep(transaction)
        withdrawn = await work.withdraw(transaction, stored)
        outcome = await transaction.write_quotes(stored, work.folded.quotes, rivals=work.rivals)
        await transaction.write_rejections(stored, work.folded.open_rejections(outcome.refused))
        await transaction.note_drift(stored, work.drift)
        counters = _count(work.folded, outcome, withdrawn)
        await transaction.count(counters)
        await work.move(transaction)
    return stored, counters


def _count(folded: FoldedPage, outcome: WriteOutcome, withdrawn: int) -> Counters:
    rejected = len(folded.rejections) + len(outcome.refused)
    return Counters(
        pages=1,
        received=len(folded.quotes) + len(folded.rejections) + folded.repeated + folded.skipped,
        inserted=outcome.inserted,
        unchanged=outcome.unchanged + folded.repeated,
        restated=outcome.restated,
        rejected=rejected,
        withdrawn=withdrawn,
    )


class _NewPage:
    """A page that just arrived."""

    def __init__(
        self, source: Source, page: RawPage, parsed: ParsedPage, *, stay_at: Cursor | None = None
    ) -> None:
        self.page = page
        self.rivals = rivals(page, page.cursor_after)
        self.folded = fold(parsed)
        self.drift = parsed.drift
        self._source = source
        self._coin_ids = parsed.coin_ids
        self._stay_at = stay_at

    async def keep(self, transaction: PageTransaction) -> StoredPage:
        version = self._source.profile.parser_version
        return await transaction.keep(self.page, coin_ids=self._coin_ids, parser_version=version)

    async def withdraw(self, transaction: PageTransaction, stored: StoredPage) -> int:
        return 0

    async def move(self, transaction: PageTransaction) -> None:
        if self._stay_at is not None:
            await transaction.move_cursor(self._stay_at, sweep_complete=True)
            return
        last, reconciled = self.page.is_last, self._source.profile.lists_every_coin
        await transaction.move_cursor(
            self.page.cursor_after, listed=last and reconciled, sweep_complete=last and not reconciled
        )
        cycle = self._source.profile.update_cycle
        if last and cycle is not None:
            await transaction.watch_feed(arrived_at=self.page.received_at, update_cycle=cycle)


class _OldPage:
    """A page that was kept before; redeclared, if its context is another one by now."""

    def __init__(
        self, source: Source, stored: StoredPage, page: RawPage, *, at: Cursor, to: Cursor | None
    ) -> None:
        self.page = page
        self.rivals = rivals(page, at)
        self._to = to
        parsed = source.parse(page)
        self.folded = fold(parsed)
        self.drift = parsed.drift
        self._coin_ids = parsed.coin_ids
        self._stored = StoredPage(page_id=stored.page_id, page=page)
        self._is_redeclared = page.context != stored.page.context

    async def keep(self, transaction: PageTransaction) -> StoredPage:
        if self._is_redeclared:
            await transaction.redeclare(self._stored, coin_ids=self._coin_ids)
        return self._stored

    async def withdraw(self, transaction: PageTransaction, stored: StoredPage) -> int:
        return await transaction.withdraw_absent(stored, self.folded.quotes)

    async def move(self, transaction: PageTransaction) -> None:
        if self._to is not None:
            await transaction.move_cursor(self._to)
