"""Ingest one source: fetch its pages from where it stands and write each, whole or not at all."""

from contextlib import aclosing

from crypto.application.errors import (
    CryptoError,
    SourceRateLimited,
    SourceRefused,
    SourceUnavailable,
    SuspiciousPage,
)
from crypto.application.ingest.complete_sweep import CompleteSweep
from crypto.application.ingest.loop_watch import REMEMBERED, LoopWatch
from crypto.application.ingest.plan_sweep import PlanSweep
from crypto.application.ingest.redeclare_pages import RedeclarePages
from crypto.application.ingest.settle_run import Problems, SettleRun
from crypto.application.ingest.write_page import PageWriter
from crypto.application.ports import Claim, Clock, IngestLedger, PageArchive, RunEvents, Source
from crypto.domain.clocks import clocks_apart
from crypto.domain.page import Cursor, ParsedPage, RawPage, fold, format_changed
from crypto.domain.run import Checkpoint, Counters, Run, RunKind


class IngestSource:
    """One run of one source; with `accept_list` a list that shrank to less than half is believed.

    :raises SourceBusy: when someone else ingests it.
    :raises FencedOff: when a newer holder took over in the middle.
    :raises StoreUnavailable: when the database cannot be used.
    """

    def __init__(
        self,
        *,
        ledger: IngestLedger,
        archive: PageArchive,
        events: RunEvents,
        clock: Clock,
        plan_sweep: PlanSweep | None = None,
        accept_list: bool = False,
    ) -> None:
        """Without `plan_sweep` a sweep is not planned."""
        self._ledger = ledger
        self._plan_sweep = plan_sweep
        self._events = events
        self._settle = SettleRun(events=events, clock=clock)
        self._writer = PageWriter(events=events, clock=clock)
        self._complete = CompleteSweep(events=events, writer=self._writer, accept_list=accept_list)
        self._redeclare = RedeclarePages(archive=archive, events=events, writer=self._writer)

    async def __call__(self, source: Source) -> Run:
        """Ingest it to the end of its sweep; the run says how that went. Cancelled, it ends cleanly."""
        held = self._ledger.claim(
            source.profile.feed,
            kind=RunKind.INGEST,
            sweep_lifetime=source.profile.sweep_lifetime,
            hear=self._events.database_away,
        )
        async with held as claim:
            self._events.started(claim.run, claim.checkpoint)
            sweep = _Sweep(source, claim, writer=self._writer, complete=self._complete, redeclare=self._redeclare)
            return await self._settle(claim, self._planned(source, claim, sweep), failed_at=sweep.failed_at)

    async def _planned(self, source: Source, claim: Claim, sweep: "_Sweep") -> Problems:
        """Say what the sweep will cost, then go as far as that reaches."""
        at = claim.checkpoint
        if self._plan_sweep and not at.listed and (plan := await self._plan_sweep(source, at.cursor)):
            self._events.planned(claim.run, plan)
        return await sweep.run()


def _earlier_holes(checkpoint: Checkpoint) -> list[str]:
    holes = checkpoint.sweep_holes
    return [f"hole: earlier runs of this sweep passed over {holes} page(s)"] if holes else []


def _is_page_failure(error: CryptoError) -> bool:
    return isinstance(error, SourceUnavailable) and not isinstance(error, SourceRateLimited)


def _address(page: RawPage) -> object:
    return page.request.get("url") or page.request.get("path")


def _first_reason(parsed: ParsedPage) -> str:
    """Why the first record is not believed; nothing when only the database refused some."""
    first = min(fold(parsed).rejections, key=lambda each: each.position, default=None)
    return f", the first because {first.detail}" if first else ""


class _Sweep:
    """The rest of a source's sweep."""

    def __init__(
        self,
        source: Source,
        claim: Claim,
        *,
        writer: PageWriter,
        complete: CompleteSweep,
        redeclare: RedeclarePages,
    ) -> None:
        self._cursor: Cursor = claim.checkpoint.cursor
        self._problems = _earlier_holes(claim.checkpoint)
        self._source = source
        self._claim = claim
        self._writer = writer
        self._complete = complete
        self._redeclare = redeclare
        self._pages_in = claim.checkpoint.page_seq
        self._listed = claim.checkpoint.listed
        self._loop_watch = LoopWatch()

    async def run(self) -> Problems:
        """Ingest to the end; what makes the run a failure all the same."""
        if not self._listed:
            await self._read_all_parts()
        if self._listed:
            self._problems += await self._complete(self._source, self._claim, self._take_by_id)
        return self._problems

    def failed_at(self, error: CryptoError) -> Cursor | None:
        """Where the page is that could not be fetched; None when the error is not a page's."""
        return self._cursor if _is_page_failure(error) else None

    async def _read_all_parts(self) -> None:
        """Read the list, or the parts that there are; one that cannot be read keeps no other from its end."""
        try:
            await self._read_list()
        except (SourceRefused, SourceUnavailable):
            await self._redeclare(self._source, self._claim, self._cursor)
            raise
        await self._redeclare(self._source, self._claim, self._cursor)

    async def _read_list(self) -> None:
        if self._source.profile.lists_every_coin and self._pages_in:
            sweep = self._claim.sweep
            digests = await self._writer.with_retries(self._claim, lambda: sweep.last_digests(REMEMBERED))
            self._loop_watch = LoopWatch(digests)
        while not await self._reaches_end():
            pass

    async def _reaches_end(self) -> bool:
        """Ingest up to the end, or up to a page that failed before and is passed over now."""
        try:
            async with aclosing(self._source.pages(self._cursor)) as pages:
                async for page in pages:
                    await self._take(page)
        except SourceUnavailable as error:
            await self._pass_over(error)
            return False
        return True

    async def _take(self, page: RawPage) -> None:
        parsed = self._source.parse(page)
        if self._pages_in == 0 and page.is_last and parsed.is_empty:
            await self._keep_empty(page, parsed)
        if self._source.profile.lists_every_coin:
            self._loop_watch.see(page, parsed, at=self._cursor)
        self._watch_clocks(page)
        await self._write(page, parsed)
        self._cursor = page.cursor_after
        self._pages_in += 1
        self._listed = page.is_last and self._source.profile.lists_every_coin

    async def _take_by_id(self, page: RawPage) -> None:
        await self._write(page, self._source.parse(page))

    async def _write(self, page: RawPage, parsed: ParsedPage) -> None:
        outcome = await self._writer.ingest(self._source, self._claim, page, parsed)
        self._watch_format(page, parsed, outcome)

    async def _keep_empty(self, page: RawPage, parsed: ParsedPage) -> None:
        await self._writer.keep_disbelieved(self._source, self._claim, page, parsed, cursor=self._cursor)
        raise SuspiciousPage("suspicious_empty: the source lists no coin at all; what is stored stays")

    def _watch_clocks(self, page: RawPage) -> None:
        """Said once a run."""
        problem = clocks_apart(page)
        if problem and not any(each.startswith("clock: ") for each in self._problems):
            self._problems.append(problem)

    def _watch_format(self, page: RawPage, parsed: ParsedPage, outcome: Counters) -> None:
        claiming = outcome.received - outcome.skipped
        if format_changed(rejected=outcome.rejected, claiming=claiming):
            share = f"{outcome.rejected} of {claiming} records were rejected"
            where = f" at {_address(page)}{_first_reason(parsed)}"
            self._problems.append(f"format_changed: {share}{where}; see `crypto rejections`")

    async def _pass_over(self, error: SourceUnavailable) -> None:
        past = self._source.cursor_past(self._cursor)
        failed_before = self._claim.checkpoint.failed_cursor == self._cursor
        if not failed_before or past is None or not _is_page_failure(error):
            raise error
        await self._writer.pass_over(self._claim, past)
        self._problems.append(f"hole: the page at {dict(self._cursor)} failed in two runs ({error})")
        self._cursor = past
