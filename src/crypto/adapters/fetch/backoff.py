"""An attempt at a page that failed: how long to wait before a provider is asked again, and when to give up."""

from collections.abc import Callable
from datetime import UTC, datetime

from tenacity import RetryCallState

from crypto.adapters.fetch.answer import http_date
from crypto.application.errors import SourceRateLimited
from crypto.application.ports import Clock

RUN_SECONDS = 600.0
"""What a run may spend on waiting between failed attempts."""

LONGEST_BACKOFF = 60.0
ABSURD_SECONDS = 31 * 24 * 3600.0
"""A provider that asks to wait longer than a month is not believed."""


class RetryableError(Exception):
    """Ask again: `reason` says what happened, `retry_after` how many seconds the provider asks to wait.

    `beginning` holds the first bytes of what came instead of a page.
    """

    def __init__(
        self,
        reason: str,
        *,
        status: int | None = None,
        retry_after: float | None = None,
        beginning: bytes = b"",
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status
        self.retry_after = retry_after
        self.beginning = beginning


class NoSuchName(RetryableError):
    """The host's name is not known: a resolver may be wrong once or twice, so ask again, but not for long."""


class TooLarge(Exception):
    """The body is larger than any page; asking again would bring it again."""


class Backoff:
    """The waiting of one run: `waited` counts its seconds."""

    def __init__(self, source: str, *, clock: Clock, random: Callable[[], float]) -> None:
        self.waited = 0.0
        self._source = source
        self._clock = clock
        self._random = random

    def __call__(self, state: RetryCallState) -> float:
        """Seconds to wait after a failed attempt: what the provider asks for, else 1, 2, 4 ... 60 with jitter.

        :raises SourceRateLimited: when the provider asks for more than the run has left.
        :raises RetryableError: the attempt's own failure, when the run has no time left for another.
        """
        failure = failure_of(state)
        wait = self._wait(failure, attempt=state.attempt_number)
        if self.waited + wait > RUN_SECONDS:
            raise self.exhausted(failure) from failure
        self.waited += wait
        return wait

    def exhausted(self, failure: RetryableError) -> Exception:
        """The error of a run that cannot wait any longer: the failure, or until when the provider asks to wait."""
        if failure.retry_after is None:
            return failure
        until = datetime.fromtimestamp(self._clock.now().timestamp() + failure.retry_after, UTC)
        when = until.isoformat(timespec="seconds")
        return SourceRateLimited(f"{self._source}: rate_limited until {when} ({failure.reason})", until=until)

    def _wait(self, failure: RetryableError, *, attempt: int) -> float:
        if failure.retry_after is not None:
            return failure.retry_after + self._random()
        backoff = min(LONGEST_BACKOFF, 2.0 ** min(attempt - 1, 10))
        return backoff * (0.5 + self._random() / 2)


def failure_of(state: RetryCallState) -> RetryableError:
    """The failure of the attempt that just ended.

    :raises TypeError: when it did not fail in a way that may pass.
    """
    failure = state.outcome.exception() if state.outcome else None
    if not isinstance(failure, RetryableError):
        raise TypeError(f"waiting is for failed attempts, not for {failure!r}")
    return failure


def retry_after(header: str | None, *, now: datetime) -> float | None:
    """Seconds that a Retry-After header asks for, as a number or a date; None when it says nothing sensible.

    0, the past and the absurd say nothing: providers send `Retry-After: 0` with a 429.
    """
    seconds = _seconds(header.strip(), now) if header else None
    return seconds if seconds and 0 < seconds <= ABSURD_SECONDS else None


def _seconds(header: str, now: datetime) -> float | None:
    if header.isascii() and header.isdigit():
        return float(header[:12])
    moment = http_date(header)
    return moment.timestamp() - now.timestamp() if moment else None
