"""What the rest of a sweep will cost in requests, and when it will end."""

from datetime import datetime, timedelta
from math import ceil

from msgspec import Struct

from crypto.domain.allowance import MINUTE, SLACK, Allowance, Standing, grant, usage


class SweepPlan(Struct, frozen=True, kw_only=True):
    """What the rest of a sweep takes: `requests`, of which the month has `left` (None: no such limit).

    `ends_at` is when the last request goes out if none fails; `reset_at` when more will be left of the month.
    """

    requests: int
    ends_at: datetime
    left: int | None
    reset_at: datetime | None

    @property
    def left_after(self) -> int | None:
        """How many requests of the month will be left after the sweep; None where there is no limit."""
        return None if self.left is None else max(0, self.left - self.requests)

    @property
    def falls_short(self) -> bool:
        """Whether the month has fewer requests left than the sweep takes."""
        return self.left is not None and self.left < self.requests


def plan(allowance: Allowance, standing: Standing, *, requests: int) -> SweepPlan:
    """How a sweep of so many requests will go: when it ends, and what it leaves of the month."""
    used = usage(allowance, standing)
    return SweepPlan(
        requests=requests,
        ends_at=grant(allowance, standing).at + _takes(requests, allowance, used.left_in_minute),
        left=used.left_in_month,
        reset_at=used.reset_at,
    )


def _takes(requests: int, allowance: Allowance, left_in_minute: int | None) -> timedelta:
    """From the first request to the last: a pause between two, a minute for those that exceed the minute's."""
    pauses = (requests - 1) * allowance.pause
    if allowance.per_minute is None or left_in_minute is None:
        return pauses
    at_once = left_in_minute or allowance.per_minute  # with none left, the first one waits for a new minute
    return max(pauses, ceil((requests - at_once) / allowance.per_minute) * (MINUTE + SLACK))
