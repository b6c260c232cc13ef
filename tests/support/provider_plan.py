"""A provider's plan, enforced: so many requests a second, a minute and a month, and 429 for every one beyond."""

import random
from bisect import bisect_right
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from msgspec import Struct

from tests.support import provider_answers as answers
from tests.support.provider import Provider, Request
from tests.support.provider_answers import Answer


class Window(Struct, frozen=True, kw_only=True):
    """At most so many calls in any stretch of this length."""

    calls: int
    length: timedelta


class Plan:
    """Counts every call, failed ones too; of those within the plan a share fails at random."""

    def __init__(
        self,
        provider: Provider,
        source: str,
        *windows: Window,
        now: Callable[[], datetime],
        failing: float = 0.0,
        seed: int = 1,
    ) -> None:
        self.calls: list[datetime] = []
        self.limited = 0
        self.failed = 0
        self._provider = provider
        self._windows = windows
        self._now = now
        self._failing = failing
        self._random = random.Random(seed)
        provider.always(self._answer, source=source)

    def _answer(self, request: Request) -> Answer:
        now = self._now()
        self.calls.append(now)
        if any(in_window(self.calls, now, window.length) > window.calls for window in self._windows):
            self.limited += 1
            return answers.limited("60")
        if self._random.random() < self._failing:
            self.failed += 1
            return self._random.choice(FAULTS)
        return self._provider.usual(request)


FAULTS = (answers.status(500), answers.status(503), answers.html(), answers.hung_up(), answers.cut_gzip(b"[]"))


def in_window(calls: Sequence[datetime], end: datetime, length: timedelta) -> int:
    """How many calls, in order of time, lie in the stretch that ends then."""
    return bisect_right(calls, end) - bisect_right(calls, end - length)
