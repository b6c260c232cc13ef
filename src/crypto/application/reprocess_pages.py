"""Read stored pages again with the present parser: what it mends is restated, what it drops is withdrawn."""

from collections.abc import AsyncIterator
from datetime import datetime

from crypto.application.ports import Claim, Clock, DeclaredSource, IngestLedger, PageArchive, RunEvents, Source
from crypto.application.settle_run import Problems, SettleRun
from crypto.application.write_page import PageWriter
from crypto.domain.page import RawPage, StoredPage
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
        async with self._ledger.claim(source.name, kind=RunKind.REPROCESS) as claim:
            self._events.started(claim.run, claim.checkpoint)
            return await self._settle(claim, self._reprocess(claim, chosen))

    async def _reprocess(self, claim: Claim, chosen: "_Pages") -> Problems:
        withdrawn = await self._pass(claim, chosen)
        while withdrawn:
            withdrawn = await self._pass(claim, _Pages(chosen.source))
        return ()

    async def _pass(self, claim: Claim, chosen: "_Pages") -> int:
        """Read the pages once, in order of arrival; how many quotes that withdrew."""
        withdrawn = 0
        async for stored in chosen.stored_in(self._archive):
            page = chosen.as_declared(stored.page)
            withdrawn += (await self._writer.reprocess(chosen.source, claim, stored, page=page)).withdrawn
        return withdrawn


class _Pages:
    """The pages to read again; `redeclared` as the settings are now, or as they are kept."""

    def __init__(
        self,
        source: Source,
        received_from: datetime | None = None,
        received_to: datetime | None = None,
        *,
        redeclared: bool = False,
    ) -> None:
        self.source = source
        self._from, self._to = received_from, received_to
        self._redeclared = redeclared

    def stored_in(self, archive: PageArchive) -> AsyncIterator[StoredPage]:
        return archive.stored_pages(self.source.name, received_from=self._from, received_to=self._to)

    def as_declared(self, page: RawPage) -> RawPage:
        if self._redeclared and isinstance(self.source, DeclaredSource):
            return self.source.declared_now(page)
        return page
