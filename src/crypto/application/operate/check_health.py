"""Say whether the service is healthy: the database answers, and every source is fresh and succeeding."""

from datetime import datetime

from msgspec import Struct

from crypto.application.errors import StoreUnavailable
from crypto.application.operate.report_run_stats import ReportRunStats, SourceStats
from crypto.application.ports import Clock, HealthProbe
from crypto.domain.freshness import Freshness
from crypto.domain.run import RunStatus

HEALTHY, DEGRADED, UNHEALTHY = "healthy", "degraded", "unhealthy"


class Health(Struct, frozen=True, kw_only=True):
    """`status` is healthy, degraded (a source fails, is stale, frozen or never ran) or unhealthy (no database)."""

    status: str
    database_connected: bool
    problem: str | None
    sources: tuple[SourceStats, ...]
    timestamp: datetime

    @property
    def last_run(self) -> SourceStats | None:
        """The source whose run ended last; None when none ended yet."""
        ended = [each for each in self.sources if each.last_finished_at]
        return max(ended, key=lambda each: each.last_finished_at or self.timestamp, default=None)


class CheckHealth:
    """Judges whether the service is healthy: the database first, then each source."""

    def __init__(self, *, probe: HealthProbe, stats: ReportRunStats, clock: Clock) -> None:
        self._probe = probe
        self._stats = stats
        self._clock = clock

    async def __call__(self) -> Health:
        """Never raises for a database that is away: that is what it reports."""
        now = self._clock.now()
        try:
            await self._probe.ping()
            sources = await self._stats.sources()
        except StoreUnavailable as error:
            return Health(
                status=UNHEALTHY, database_connected=False, problem=str(error), sources=(), timestamp=now
            )
        well = all(is_well(each) for each in sources if each.enabled)
        return Health(
            status=HEALTHY if well else DEGRADED,
            database_connected=True,
            problem=None,
            sources=sources,
            timestamp=now,
        )

    async def ready(self) -> None:
        """See that requests can be answered: the database is there and migrated.

        :raises StoreUnavailable: when they cannot.
        """
        await self._probe.ping()


def is_well(stats: SourceStats) -> bool:
    """Whether a source's last run did not fail, and a live feed's data are fresh: files are as old as they are.

    A first run in progress is well.
    """
    if stats.status not in {RunStatus.RUNNING, RunStatus.SUCCESS}:
        return False
    first_run = stats.status == RunStatus.RUNNING and stats.freshness is None
    return first_run or not stats.live_feed or stats.freshness == Freshness.FRESH
