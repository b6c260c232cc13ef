"""List the sources: how each stands, and what it has used of what it may ask its provider."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from msgspec.structs import asdict

from crypto.application.operate.report_run_stats import ReportRunStats, SourceStats
from crypto.application.ports import BudgetReader, SchemaDriftReader
from crypto.domain.allowance import Allowance, usage
from crypto.domain.feed import Feed
from crypto.domain.schema_drift import NotedDrift


class SourceListing(SourceStats, frozen=True, kw_only=True):
    """How a source stands, and its requests of the last 31 days and of the last minute, by all processes.

    `stale_coins` have no newer quote than `max_age_seconds` ago.
    Null where nobody counts, as for files, and `..._left` where there is no limit. `requests_reset_at` is when
    more will be left of the month; until `requests_paused_until` the provider wants not to be asked.
    """

    stale_coins: int
    requests_used: int | None = None
    requests_left: int | None = None
    requests_reset_at: datetime | None = None
    requests_used_in_minute: int | None = None
    requests_left_in_minute: int | None = None
    requests_paused_until: datetime | None = None


class ListSources:
    """Reads how sources stand; `allowances` has each source that is switched on and asks a provider."""

    def __init__(
        self,
        *,
        stats: ReportRunStats,
        budget: BudgetReader,
        allowances: Mapping[str, Allowance],
        drift: SchemaDriftReader,
    ) -> None:
        self._stats = stats
        self._drift = drift
        self._budget = budget
        self._allowances = allowances

    async def __call__(self) -> tuple[SourceListing, ...]:
        """All sources, by name.

        :raises StoreUnavailable: when the database cannot be used.
        """
        found, stale = await self._stats.sources(), await self._stats.stale_coins()
        return tuple([await self._listing(stats, stale.get(_named(stats), 0)) for stats in found])

    async def schema_drift(self) -> Sequence[NotedDrift]:
        """What differs from the records that they are known to send, by source, feed and path.

        :raises StoreUnavailable: when the database cannot be used.
        """
        return await self._drift.drift()

    async def _listing(self, stats: SourceStats, stale_coins: int) -> SourceListing:
        allowance = self._allowances.get(stats.source)
        if allowance is None:
            return SourceListing(**asdict(stats), stale_coins=stale_coins)
        used = usage(allowance, await self._budget.standing(allowance))
        return SourceListing(
            **asdict(stats),
            stale_coins=stale_coins,
            requests_used=used.used_in_month,
            requests_left=used.left_in_month,
            requests_reset_at=used.reset_at,
            requests_used_in_minute=used.used_in_minute,
            requests_left_in_minute=used.left_in_minute,
            requests_paused_until=used.paused_until,
        )


def _named(stats: SourceStats) -> str:
    """The feed as people write it."""
    return str(Feed(source=stats.source, name=stats.feed))
