"""How often a provider is asked: a pause between requests, so many a minute, so many a month."""

from collections import deque
from datetime import datetime, timedelta

from crypto.adapters.fetch.options import HttpOptions
from crypto.application.errors import SourceRateLimited
from crypto.application.ports import Clock

MINUTE = timedelta(minutes=1)
MONTH = timedelta(days=31)


class Pace:
    """A budget of requests, kept by this process for one source; failed requests count."""

    def __init__(self, source: str, options: HttpOptions, *, clock: Clock) -> None:
        self._source = source
        self._clock = clock
        self._pause = timedelta(seconds=options.pause)
        self._per_minute = options.per_minute
        self._per_month = options.per_month
        self._sent: deque[datetime] = deque(maxlen=max(options.per_minute or 1, options.per_month or 1))

    async def turn(self) -> None:
        """Wait until the next request may be sent, and count it.

        :raises SourceRateLimited: when the month's requests are used up.
        """
        self._check_month()
        await self._wait_until(self._earliest())
        self._sent.append(self._clock.now())

    def _check_month(self) -> None:
        until = self._free_again(self._per_month, MONTH)
        if until is None or until <= self._clock.now():
            return
        raise SourceRateLimited(
            f"{self._source}: rate_limited until {until.isoformat(timespec='seconds')}: the {self._per_month}"
            f" requests a month of its setting PER_MONTH are used up",
            until=until,
        )

    def _earliest(self) -> datetime:
        after_pause = self._sent[-1] + self._pause if self._sent else self._clock.now()
        return max(after_pause, self._free_again(self._per_minute, MINUTE) or after_pause)

    def _free_again(self, limit: int | None, window: timedelta) -> datetime | None:
        """When the oldest of the last `limit` requests leaves the window; None when fewer were sent."""
        if limit is None or len(self._sent) < limit:
            return None
        return self._sent[-limit] + window

    async def _wait_until(self, moment: datetime) -> None:
        wait = min(moment - self._clock.now(), max(MINUTE, self._pause))
        if wait > timedelta(0):
            await self._clock.sleep(wait.total_seconds())
