"""Read stored pages again with the present parser: what it mends is restated, what it drops is withdrawn."""

from datetime import datetime

from crypto.application.ports import Claim, Clock, IngestLedger, PageArchive, RunEvents, Source
from crypto.application.settle_run import Problems, SettleRun
from crypto.application.write_page import PageWriter
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
        self, source: Source, *, received_from: datetime | None = None, received_to: datetime | None = None
    ) -> Run:
        """Re-process the pages received from `received_from` up to but not including `received_to`.

        When that withdraws a quote, all pages are read once more: an earlier one may have said it, too.
        """
        async with self._ledger.claim(source.name, kind=RunKind.REPROCESS) as claim:
            self._events.started(claim.run, claim.checkpoint)
            return await self._settle(claim, self._reprocess(source, claim, received_from, received_to))

    async def _reprocess(
        self, source: Source, claim: Claim, received_from: datetime | None, received_to: datetime | None
    ) -> Problems:
        withdrawn = await self._pass(source, claim, received_from, received_to)
        while withdrawn:
            withdrawn = await self._pass(source, claim, None, None)
        return ()

    async def _pass(
        self, source: Source, claim: Claim, received_from: datetime | None, received_to: datetime | None
    ) -> int:
        """Read the pages once, in order of arrival; how many quotes that withdrew."""
        withdrawn = 0
        pages = self._archive.stored_pages(source.name, received_from=received_from, received_to=received_to)
        async for stored in pages:
            withdrawn += (await self._writer.reprocess(source, claim, stored)).withdrawn
        return withdrawn
