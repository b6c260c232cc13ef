"""Report how the ingests of each source went, and what the run log holds."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime

from msgspec import Struct

from crypto.application.errors import UnknownSource
from crypto.application.operate.freshness_report import report_freshness
from crypto.application.ports import Clock, RunReader, SourceRecord
from crypto.domain.feed import PRICES, Feed
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.run import Run, RunStatus

NEVER_RUN = "never_run"


class SourceStats(Struct, frozen=True, kw_only=True):
    """The last ingest of a source and what there is of it. Durations in seconds, times aware UTC.

    `status` is `never_run` before the first run. `fresh_until` is `max_age_seconds` after its newest quote's own
    stamp; `freshness` is fresh, stale or frozen at the moment of the question, `freshness_reason` why it is not
    fresh. `unseen_coins` their source gives no longer, `below_coins` are below the pages read of its list.
    A `live_feed` is one whose quotes must move.
    """

    source: str
    feed: str = PRICES
    enabled: bool
    interval_seconds: int | None
    max_age_seconds: int | None
    live_feed: bool
    status: str
    records_processed: int
    duration_seconds: float | None
    inserted: int
    unchanged: int
    restated: int
    rejected: int
    skipped: int
    last_success_timestamp: datetime | None
    last_failure_timestamp: datetime | None
    error_message: str | None
    fresh_until: datetime | None
    freshness: str | None
    freshness_reason: str | None
    frozen_since: datetime | None
    coins: int
    unseen_coins: int
    below_coins: int
    open_rejections: int
    newest_observed_at: datetime | None
    last_finished_at: datetime | None


class RunStats(Struct, frozen=True, kw_only=True):
    """All sources, by name, and how many quotes are believed now."""

    sources: tuple[SourceStats, ...]
    total_records: int


class RunList(Struct, frozen=True, kw_only=True):
    """Part of the run log, newest first."""

    runs: Sequence[Run]
    total: int


class ReportRunStats:
    """Reads the run log; `policies` has each source that is switched on, `off` names the others that there are.

    Ages are by our clock, as arrivals are.
    """

    def __init__(
        self,
        *,
        reader: RunReader,
        policies: Mapping[str, FreshnessPolicy],
        clock: Clock,
        off: Collection[str] = (),
    ) -> None:
        self._reader = reader
        self._policies = policies
        self._clock = clock
        self._names = {*policies, *off}

    async def __call__(self) -> RunStats:
        """How each source stands, and how many quotes there are.

        :raises StoreUnavailable: when the database cannot be used.
        """
        return RunStats(sources=await self.sources(), total_records=await self._reader.total_records())

    async def sources(self) -> tuple[SourceStats, ...]:
        """How each source stands, by name; neither quotes nor coins are counted for it.

        :raises StoreUnavailable: when the database cannot be used.
        """
        now = self._clock.now()
        records = await self._reader.source_records()
        return tuple(
            _stats(name, records.get(name), self._policies.get(name), now=now)
            for name in sorted({*self._policies, *records})
        )

    async def stale_coins(self) -> Mapping[str, int]:
        """How many coins of each source have no newer quote than `max_age` ago; a source without any is left out.

        :raises StoreUnavailable: when the database cannot be used.
        """
        return await self._reader.stale_coins(self._oldest(self._clock.now()))

    def _oldest(self, now: datetime) -> Mapping[str, datetime]:
        """The oldest moment at which a quote is not stale, by source: quotes are of the prices."""
        feeds = {Feed.called(name): each for name, each in self._policies.items()}
        return {feed.source: now - each.max_age for feed, each in feeds.items() if feed.name == PRICES}

    async def runs(self, *, source: str | None = None, page: int = 1, page_size: int = 20) -> RunList:
        """One part of the run log, newest first; `page` counts the parts from 1.

        :raises UnknownSource: for a source that there is not, and that was never ingested.
        :raises StoreUnavailable: when the database cannot be used.
        """
        await check_known(source, self._names, self._reader)
        offset = (page - 1) * page_size
        runs, total = await self._reader.runs(source=source, limit=page_size, offset=offset)
        return RunList(runs=runs, total=total)


async def check_known(source: str | None, names: Collection[str], reader: RunReader) -> None:
    """See that there is such a source, on or off, where one is asked for.

    :raises UnknownSource: when there is none, and none of this name was ever ingested.
    :raises StoreUnavailable: when the database cannot be used.
    """
    if source is not None and source not in names and source not in await reader.source_records():
        raise UnknownSource(f"there is no source {source!r}; `crypto sources` lists them")


def _stats(
    name: str, record: SourceRecord | None, policy: FreshnessPolicy | None, *, now: datetime
) -> SourceStats:
    feed, run = Feed.called(name), record.last_run if record else None
    told = report_freshness(record, policy, now)
    return SourceStats(
        source=feed.source,
        feed=feed.name,
        enabled=policy is not None,
        interval_seconds=int(policy.interval.total_seconds()) if policy else None,
        max_age_seconds=int(policy.max_age.total_seconds()) if policy else None,
        live_feed=policy is not None and policy.update_cycle is not None,
        status=run.status if run else NEVER_RUN,
        records_processed=run.counters.received if run else 0,
        duration_seconds=run.duration_seconds if run else None,
        inserted=run.counters.inserted if run else 0,
        unchanged=run.counters.unchanged if run else 0,
        restated=run.counters.restated if run else 0,
        rejected=run.counters.rejected if run else 0,
        skipped=run.counters.skipped if run else 0,
        last_success_timestamp=record.last_success_at if record else None,
        last_failure_timestamp=record.last_failure_at if record else None,
        error_message=run.error if run and run.status is not RunStatus.SUCCESS else None,
        fresh_until=told.fresh_until,
        freshness=told.freshness,
        freshness_reason=told.reason,
        frozen_since=record.frozen_since if record else None,
        coins=record.coins if record else 0,
        unseen_coins=record.unseen_coins if record else 0,
        below_coins=record.below_coins if record else 0,
        open_rejections=record.open_rejections if record else 0,
        newest_observed_at=record.newest_observed_at if record else None,
        last_finished_at=run.finished_at if run else None,
    )
