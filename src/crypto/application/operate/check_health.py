"""Say whether the service is healthy: the database answers, and every source is fresh and succeeding."""

from datetime import datetime, timedelta

from msgspec import Struct

from crypto.application.errors import ReplicaBehind, StoreUnavailable
from crypto.application.operate.report_run_stats import ReportRunStats, SourceStats
from crypto.application.ports import Clock, HealthProbe
from crypto.domain.freshness import Freshness
from crypto.domain.run import RunStatus

HEALTHY, DEGRADED, UNHEALTHY = "healthy", "degraded", "unhealthy"


NOTABLE_LAG = timedelta(seconds=30)
"""A replica that is further behind is told of."""

MAX_LAG = timedelta(minutes=5)


class Health(Struct, frozen=True, kw_only=True):
    """`status` is healthy, degraded (a source fails, is stale, frozen or never ran, or the replica that is read is
    far behind) or unhealthy (no database). `lag` is how far it is behind at most; None: there is none.
    """

    status: str
    database_connected: bool
    problem: str | None
    sources: tuple[SourceStats, ...]
    timestamp: datetime
    lag: timedelta | None = None

    @property
    def last_run(self) -> SourceStats | None:
        """The source whose run ended last; None when none ended yet."""
        ended = [each for each in self.sources if each.last_finished_at]
        return max(ended, key=lambda each: each.last_finished_at or self.timestamp, default=None)


class CheckHealth:
    """Judges whether the service is healthy: the database first, then each source.

    A replica may be `max_lag` behind: then this service is not ready.
    """

    def __init__(
        self, *, probe: HealthProbe, stats: ReportRunStats, clock: Clock, max_lag: timedelta = MAX_LAG
    ) -> None:
        self._probe = probe
        self._stats = stats
        self._clock = clock
        self._max_lag = max_lag

    async def __call__(self) -> Health:
        """Never raises for a database that is away: that is what it reports."""
        now = self._clock.now()
        try:
            lag = await self._probe.ping()
            sources = await self._stats.sources()
        except StoreUnavailable as error:
            return Health(
                status=UNHEALTHY, database_connected=False, problem=str(error), sources=(), timestamp=now
            )
        well = all(is_well(each) for each in sources if each.enabled) and not is_notable(lag)
        return Health(
            status=HEALTHY if well else DEGRADED,
            database_connected=True,
            problem=None,
            sources=sources,
            timestamp=now,
            lag=lag,
        )

    async def ready(self) -> timedelta | None:
        """See that requests can be answered: the database is there, migrated, and not too old; how old it is.

        :raises StoreUnavailable: when they cannot.
        :raises ReplicaBehind: when the replica is further behind than it may be.
        """
        lag = await self._probe.ping()
        if lag is not None and lag > self._max_lag:
            allowed = f"it may be {self._max_lag.total_seconds():g} s (CRYPTO_MAX_REPLICA_LAG)"
            raise ReplicaBehind(f"the replica is up to {lag.total_seconds():.0f} s behind, {allowed}")
        return lag


def is_notable(lag: timedelta | None) -> bool:
    """Whether a replica is so far behind that it should be told."""
    return lag is not None and lag > NOTABLE_LAG


def is_well(stats: SourceStats) -> bool:
    """Whether a source's last run did not fail, and a live feed's data are fresh: files are as old as they are.

    A first run in progress is well.
    """
    if stats.status not in {RunStatus.RUNNING, RunStatus.SUCCESS}:
        return False
    first_run = stats.status == RunStatus.RUNNING and stats.freshness is None
    return first_run or not stats.live_feed or stats.freshness == Freshness.FRESH
