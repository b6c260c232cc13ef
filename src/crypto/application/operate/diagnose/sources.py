"""Checks of the sources: how each stands, whether it answers, and whether its files are there."""

from collections.abc import Mapping, Sequence
from contextlib import aclosing
from datetime import timedelta

from crypto.application.errors import SourceRateLimited, SourceRefused, SourceUnavailable, SuspiciousPage
from crypto.application.formatting import moment, span
from crypto.application.ingest.plan_sweep import overbooked
from crypto.application.operate.list_sources import ListSources, SourceListing
from crypto.application.operate.report_run_stats import NEVER_RUN
from crypto.application.ports import BudgetReader, Clock, Files, PathFacts, Source
from crypto.application.setting_names import setting_name
from crypto.domain.allowance import grant
from crypto.domain.clocks import clocks_apart
from crypto.domain.finding import Area, Finding, Level
from crypto.domain.freshness import Freshness
from crypto.domain.page import RawPage
from crypto.domain.run import RunStatus

LONGEST_WAIT = 5.0
"""Seconds that a request may have to wait for its turn; one that has to wait longer is not sent."""


def _finding(level: Level, source: str, finding: str, remedy: str | None = None) -> Finding:
    return Finding(level=level, area=Area.SOURCE, about=source, finding=finding, remedy=remedy)


class OffCheck:
    """The sources that are off, by why: each with how to switch it on."""

    area, about = Area.SOURCE, "sources"

    def __init__(self, off: Mapping[str, str], on: Sequence[Source]) -> None:
        self._off = off
        self._on = on

    async def __call__(self) -> Sequence[Finding]:
        """A note for each, and what is wrong with the schedule of those that are on."""
        off = [_finding(Level.NOTE, source, why) for source, why in self._off.items()]
        if not self._on:
            off.append(_finding(Level.WARNING, self.about, "none is on", "name some in CRYPTO_SOURCES"))
        return [*off, *(_finding(Level.WARNING, self.about, told) for told in overbooked(self._on))]


class StandingCheck:
    """How each source stands, by what is stored: its last run, its freshness, its budget, what is not believed."""

    area, about = Area.SOURCE, "sources"

    def __init__(self, list_sources: ListSources, clock: Clock) -> None:
        self._list_sources = list_sources
        self._clock = clock

    async def __call__(self) -> Sequence[Finding]:
        """Several findings a source that is on."""
        found: list[Finding] = []
        for each in await self._list_sources():
            if each.enabled:
                found += [self._last_run(each), *_freshness(each), *_budget(each)]
            found += _rejections(each)
        return found

    def _last_run(self, each: SourceListing) -> Finding:
        if each.status == NEVER_RUN:
            return _finding(Level.NOTE, each.source, "was never ingested", f"`crypto ingest {each.source}`")
        last = each.last_success_timestamp
        age = f"last success {moment(last)}, {span(self._clock.now() - last)} ago" if last else "no success so far"
        told = f"{age}; asked every {each.interval_seconds} s"
        if each.status in {RunStatus.SUCCESS, RunStatus.RUNNING}:
            return _finding(Level.OK, each.source, told)
        reason = f": {each.error_message}" if each.error_message else ""
        remedy = f"`crypto runs --source {each.source}` shows them all; `crypto ingest {each.source}` tries again"
        return _finding(
            Level.WARNING, each.source, f"its last run ended as {each.status}{reason} ({told})", remedy
        )


def _freshness(each: SourceListing) -> list[Finding]:
    if each.freshness in {None, Freshness.FRESH}:
        return []
    told = f"{each.freshness}: {each.freshness_reason}"
    if not each.live_feed:
        return [_finding(Level.NOTE, each.source, told, "nothing to do, if its files are meant to be that old")]
    remedy = f"see that `crypto up` runs; `crypto runs --source {each.source}` shows what it got"
    return [_finding(Level.WARNING, each.source, told, remedy)]


def _budget(each: SourceListing) -> list[Finding]:
    if each.requests_used is None:
        return []
    left = "no monthly limit" if each.requests_left is None else f"{each.requests_left} left"
    told = f"{each.requests_used} requests in 31 days, {left}"
    if each.requests_paused_until:
        until = moment(each.requests_paused_until)
        return [_finding(Level.WARNING, each.source, f"{told}; it asked for a pause until {until}", "wait")]
    if each.requests_left == 0:
        interval, per_month = setting_name(each.source, "interval"), setting_name(each.source, "per_month")
        remedy = f"set {interval} to more, or {per_month} to what your plan gives"
        more = f"{told}; more from {moment(each.requests_reset_at)}"
        return [_finding(Level.WARNING, each.source, more, remedy)]
    return [_finding(Level.OK, each.source, told)]


def _rejections(each: SourceListing) -> list[Finding]:
    if not each.open_rejections:
        return []
    remedy = (
        f"`crypto rejections --source {each.source}` says why; `crypto reprocess {each.source}` reads them again"
    )
    return [_finding(Level.NOTE, each.source, f"{each.open_rejections} records are not believed", remedy)]


class DriftCheck:
    """Whether the sources' records are as they are known to be."""

    area, about = Area.SOURCE, "drift"

    def __init__(self, list_sources: ListSources) -> None:
        self._list_sources = list_sources

    async def __call__(self) -> Sequence[Finding]:
        """A note for each source whose records differ."""
        paths: dict[str, list[str]] = {}
        for each in await self._list_sources.schema_drift():
            paths.setdefault(each.source, []).append(f"{each.path} is {each.type}")
        return [
            _finding(Level.NOTE, source, f"fields differ from the known ones: {'; '.join(told[:3])}"
                     f"{f' and {len(told) - 3} more' if len(told) > 3 else ''}", "`crypto sources` shows them")
            for source, told in paths.items()
        ]  # fmt: skip


class AnswerCheck:
    """Whether a provider answers: asked once for its first page, as an ingest would; nothing is stored."""

    area = Area.SOURCE

    def __init__(self, source: Source, *, budget: BudgetReader, clock: Clock, keyed: bool) -> None:
        self.about = source.profile.source
        self._source = source
        self._budget = budget
        self._clock = clock
        self._key = "the key was accepted" if keyed else "asked without a key"

    async def __call__(self) -> Sequence[Finding]:
        """What came back; or why it was not asked."""
        if waiting := await self._must_wait():
            return [_finding(Level.NOTE, self.about, f"not asked: its budget has no request before {waiting}")]
        began = self._clock.now()
        try:
            page = await self._first_page()
        except SourceRateLimited as error:
            return [_finding(Level.WARNING, self.about, str(error), "wait until then")]
        except SourceUnavailable as error:
            remedy = "see that this machine reaches the network, and what the provider's status page says"
            return [_finding(Level.FAILURE, self.about, str(error), remedy)]
        except (SourceRefused, SuspiciousPage) as error:
            return [_finding(Level.FAILURE, self.about, str(error))]
        return self._judged(page, self._clock.now() - began)

    async def _must_wait(self) -> str | None:
        allowance = self._source.profile.allowance
        if allowance is None:
            return None
        granted = grant(allowance, await self._budget.standing(allowance))
        return None if granted.granted and granted.wait <= LONGEST_WAIT else moment(granted.at)

    async def _first_page(self) -> RawPage | None:
        async with aclosing(self._source.pages({})) as pages:
            return await anext(pages, None)

    def _judged(self, page: RawPage | None, took: timedelta) -> Sequence[Finding]:
        if page is None:
            return [_finding(Level.NOTE, self.about, "has nothing to give")]
        parsed = self._source.parse(page)
        told = f"answered in {took.total_seconds():.1f} s with {len(parsed.quotes)} quotes; {self._key}"
        found = [_finding(Level.OK, self.about, told)]
        if not parsed.quotes:
            remedy = f"`crypto ingest {self.about}`, then `crypto rejections --source {self.about}` says why"
            found = [_finding(Level.WARNING, self.about, f"{told}: nothing of it can be read", remedy)]
        apart = clocks_apart(page)
        return [*found, _finding(Level.WARNING, self.about, apart)] if apart else found


class FilesCheck:
    """Whether a source's files are there and can be read."""

    area = Area.SOURCE

    def __init__(self, source: str, paths: Sequence[str], *, files: Files) -> None:
        self.about = source
        self._paths = paths
        self._files = files

    async def __call__(self) -> Sequence[Finding]:
        """A failure for each that cannot; no row is read."""
        return [finding for path in self._paths for finding in self._judged(self._files.look(path))]

    def _judged(self, path: PathFacts) -> list[Finding]:
        found = [_finding(Level.FAILURE, self.about, each) for each in path.obstacles]
        if path.files is None:
            found.append(_finding(Level.NOTE, self.about, f"{path.name}: looked at when it is ingested"))
        elif path.files:
            count = f": {path.files} files" if path.files > 1 else ""
            found.append(_finding(Level.OK, self.about, f"{path.name}{count} can be read"))
        return found
