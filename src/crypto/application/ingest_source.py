"""Ingest one source: fetch its pages from where it stands and write each, whole or not at all."""

import asyncio
from contextlib import aclosing

from crypto.application.errors import (
    CryptoError,
    FencedOff,
    SourceRateLimited,
    SourceUnavailable,
    StoreUnavailable,
    SuspiciousPage,
)
from crypto.application.ports import Claim, Clock, IngestLedger, RunEvents, Source
from crypto.application.write_page import PageWriter
from crypto.domain.page import Cursor, ParsedPage, RawPage
from crypto.domain.rejection import printable
from crypto.domain.run import Counters, Run, RunKind, RunStatus

DRIFT = 0.2
"""A page with a larger share of rejections is kept, and its run fails: the provider changed its format."""

ERROR_CHARACTERS = 2000


class IngestSource:
    """One run of one source.

    :raises SourceBusy: when someone else ingests it.
    :raises FencedOff: when a newer holder took over in the middle.
    :raises StoreUnavailable: when the database cannot be used.
    """

    def __init__(self, *, ledger: IngestLedger, events: RunEvents, clock: Clock) -> None:
        self._ledger = ledger
        self._events = events
        self._writer = PageWriter(events=events, clock=clock)

    async def __call__(self, source: Source) -> Run:
        """Ingest it to the end of its sweep; the run says how that went. Cancelled, it ends cleanly."""
        held = self._ledger.claim(source.name, kind=RunKind.INGEST, sweep_lifetime=source.sweep_lifetime)
        async with held as claim:
            self._events.started(claim.run, claim.checkpoint)
            sweep = _Sweep(source, claim, self._writer)
            run = await self._settle(claim, sweep)
        self._events.finished(run)
        return run

    async def _settle(self, claim: Claim, sweep: "_Sweep") -> Run:
        try:
            await sweep.run()
        except asyncio.CancelledError:
            self._events.finished(await claim.finish(RunStatus.CANCELLED, error="stopped by a signal"))
            raise
        except (FencedOff, StoreUnavailable):
            raise
        except CryptoError as error:
            failed = sweep.cursor if _is_page_failure(error) else None
            return await claim.finish(RunStatus.FAILURE, error=_told(str(error)), failed_cursor=failed)
        except Exception as error:  # noqa: BLE001 - the boundary that isolates one source from the next
            self._events.crashed(claim.run, error)
            return await claim.finish(RunStatus.FAILURE, error=_told(f"{type(error).__name__}: {error}"))
        if sweep.problems:
            return await claim.finish(RunStatus.FAILURE, error=_told("; ".join(sweep.problems)))
        return await claim.finish(RunStatus.SUCCESS, error=None)


def _told(error: str) -> str:
    """What is kept of an error: providers' words may be long, and hold what no database takes."""
    return printable(error, characters=ERROR_CHARACTERS)


def _is_page_failure(error: CryptoError) -> bool:
    return isinstance(error, SourceUnavailable) and not isinstance(error, SourceRateLimited)


class _Sweep:
    """The rest of a source's sweep: `cursor` is where it stands, `problems` what makes its run a failure."""

    def __init__(self, source: Source, claim: Claim, writer: PageWriter) -> None:
        self.cursor: Cursor = claim.checkpoint.cursor
        self.problems: list[str] = []
        self._source = source
        self._claim = claim
        self._writer = writer
        self._pages_in = claim.checkpoint.page_seq

    async def run(self) -> None:
        while not await self._reaches_end():
            pass

    async def _reaches_end(self) -> bool:
        """Ingest up to the end, or up to a page that failed before and is passed over now."""
        try:
            async with aclosing(self._source.pages(self.cursor)) as pages:
                async for page in pages:
                    await self._take(page)
        except SourceUnavailable as error:
            await self._pass_over(error)
            return False
        return True

    async def _take(self, page: RawPage) -> None:
        parsed = self._source.parse(page)
        if self._pages_in == 0 and page.is_last and not parsed.received:
            await self._keep_empty(page, parsed)
        outcome = await self._writer.ingest(self._source, self._claim, page, parsed)
        self.cursor = page.cursor_after
        self._pages_in += 1
        self._watch_for_drift(page, outcome)

    async def _keep_empty(self, page: RawPage, parsed: ParsedPage) -> None:
        await self._writer.keep_disbelieved(self._source, self._claim, page, parsed, cursor=self.cursor)
        raise SuspiciousPage("suspicious_empty: the source lists no coin at all; what is stored stays")

    def _watch_for_drift(self, page: RawPage, outcome: Counters) -> None:
        if outcome.rejected > DRIFT * outcome.received:
            share = f"{outcome.rejected} of {outcome.received} records were rejected"
            self.problems.append(f"drift: {share} at {dict(page.request)}; see `crypto sources`")

    async def _pass_over(self, error: SourceUnavailable) -> None:
        past = self._source.cursor_past(self.cursor)
        failed_before = self._claim.checkpoint.failed_cursor == self.cursor
        if not failed_before or past is None or not _is_page_failure(error):
            raise error
        await self._claim.pass_over(past)
        self.problems.append(f"hole: the page at {dict(self.cursor)} failed in two runs ({error})")
        self.cursor = past
