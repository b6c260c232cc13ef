"""Read stored pages again with the present parser: what it mends is restated, what it drops is withdrawn."""

import asyncio
from datetime import datetime

from crypto.application.ports import Claim, Clock, IngestLedger, PageArchive, RunEvents, Source
from crypto.application.write_page import PageWriter
from crypto.domain.run import Run, RunKind, RunStatus


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
        self._writer = PageWriter(events=events, clock=clock)

    async def __call__(
        self, source: Source, *, received_from: datetime | None = None, received_to: datetime | None = None
    ) -> Run:
        """Re-process the pages received from `received_from` up to but not including `received_to`."""
        async with self._ledger.claim(source.name, kind=RunKind.REPROCESS) as claim:
            self._events.started(claim.run, claim.checkpoint)
            run = await self._settle(source, claim, received_from, received_to)
        self._events.finished(run)
        return run

    async def _settle(
        self, source: Source, claim: Claim, received_from: datetime | None, received_to: datetime | None
    ) -> Run:
        pages = self._archive.stored_pages(source.name, received_from=received_from, received_to=received_to)
        try:
            async for stored in pages:
                await self._writer.reprocess(source, claim, stored)
        except asyncio.CancelledError:
            self._events.finished(await claim.finish(RunStatus.CANCELLED, error="stopped by a signal"))
            raise
        return await claim.finish(RunStatus.SUCCESS, error=None)
