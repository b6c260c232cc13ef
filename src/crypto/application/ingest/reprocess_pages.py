"""Read stored pages again with the present parser: what it mends is restated, what it drops is withdrawn."""

from collections.abc import AsyncIterator
from datetime import datetime

from crypto.application.ingest.settle_run import Problems, SettleRun
from crypto.application.ingest.write_page import PageWriter
from crypto.application.ports import Claim, Clock, DeclaredSource, IngestLedger, PageArchive, RunEvents, Source
from crypto.application.retries import Hear
from crypto.domain.page import Cursor, RawPage, StoredPage
from crypto.domain.run import Run, RunKind


class ReprocessPages:
    """One re-processing run of one source, in order of arrival, under the same lock as an ingest.

    :raises SourceBusy: when someone else holds the source.
    :raises FencedOff: when a newer holder took over in the middle.
    :raises StoreUnavailable: when the database cannot be used.
    """

    def __init__(self, *, ledger: IngestLedger, archive: PageArchive, events: RunEvents, clock: Clock) -> None:
        self._ledger = ledger
        self._archive = archive
        self._events = events
        self._settle = SettleRun(events=events, clock=clock)
        self._writer = PageWriter(events=events, clock=clock)

    async def __call__(
        self,
        source: Source,
        *,
        received_from: datetime | None = None,
        received_to: datetime | None = None,
        current_settings: bool = False,
    ) -> Run:
        """Re-process the pages received from `received_from` up to but not including `received_to`.

        When that withdraws a quote, all pages are read once more: an earlier one may have said it, too. Each page
        is read as was declared when it arrived, or when it was last redeclared; with `current_settings` these
        pages are redeclared as the settings are now.
        """
        chosen = _Pages(source, received_from, received_to, redeclared=current_settings)
        hear = self._events.database_away
        async with self._ledger.claim(source.profile.feed, kind=RunKind.REPROCESS, hear=hear) as claim:
            self._events.started(claim.run, claim.checkpoint)
            return await self._settle(claim, self._reprocess(claim, chosen))

    async def _reprocess(self, claim: Claim, chosen: "_Pages") -> Problems:
        source, cursor, withdrawn = chosen.source, claim.checkpoint.cursor, 0
        async for stored in chosen.stored_in(self._archive, hear=self._writer.hears(claim)):
            page, to = chosen.as_declared(stored.page, at=cursor)
            outcome = await self._writer.reprocess(source, claim, stored, page=page, at=cursor, to=to)
            withdrawn += outcome.withdrawn
            cursor = to or cursor
        await self._writer.settle_withdrawn(source, claim, self._archive, at=cursor, withdrawn=withdrawn)
        return ()


class _Pages:
    """The pages to read again; `redeclared` as the settings are now, or as they are kept."""

    def __init__(
        self, source: Source, received_from: datetime | None, received_to: datetime | None, *, redeclared: bool
    ) -> None:
        self.source = source
        self._from, self._to = received_from, received_to
        self._redeclared = redeclared

    def stored_in(self, archive: PageArchive, *, hear: Hear) -> AsyncIterator[StoredPage]:
        return archive.stored_pages(
            self.source.profile.feed, received_from=self._from, received_to=self._to, hear=hear
        )

    def as_declared(self, page: RawPage, *, at: Cursor) -> tuple[RawPage, Cursor | None]:
        """The page as it is to be read, and where the source goes on then, if that is not where it stood."""
        if not (self._redeclared and isinstance(self.source, DeclaredSource)):
            return page, None
        now = self.source.declared_now(page)
        return now, None if now is page else self.source.declared_anew(now, at=at)
