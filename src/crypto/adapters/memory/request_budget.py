"""Requests counted in one process's memory, behind the same port as in PostgreSQL."""

from bisect import bisect_right, insort
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime

from crypto.application.ports import Clock
from crypto.domain.allowance import (
    MINUTE,
    MONTH,
    SLACK,
    Allowance,
    Grant,
    Standing,
    counted_at,
    grant,
    paused_until,
)


@dataclass
class _Account:
    """One moment a request, in order."""

    next_at: datetime | None = None
    paused_until: datetime | None = None
    calls: list[datetime] = field(default_factory=list)
    discretionary: list[datetime] = field(default_factory=list)


class MemoryRequestBudget:
    """Counts requests in memory, by the clock it is given."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._accounts: defaultdict[tuple[str, str], _Account] = defaultdict(_Account)

    async def standing(self, allowance: Allowance) -> Standing:
        """How many requests the account of this allowance has sent so far."""
        account = self._account(allowance)
        now = self._clock.now()
        believed = bisect_right(account.calls, now + allowance.longest_wait)
        return Standing(
            now=now,
            next_at=account.next_at,
            paused_until=account.paused_until,
            minute_from=_newest(account.calls, allowance.per_minute, of=believed),
            month_from=_newest(account.calls, allowance.per_month),
            discretionary_from=_newest(account.discretionary, allowance.discretionary_per_month),
            oldest=account.calls[0] if account.calls else None,
            used_in_minute=believed - bisect_right(account.calls, now - MINUTE),
            used_in_month=len(account.calls),
            discretionary_in_month=len(account.discretionary),
        )

    async def take(self, allowance: Allowance, *, discretionary: bool = False) -> Grant:
        """Grant the next request, and count it."""
        granted = grant(allowance, await self.standing(allowance), discretionary=discretionary)
        if granted.granted:
            account = self._account(allowance)
            account.next_at = granted.at + allowance.pause
            for calls in (account.calls, account.discretionary) if discretionary else (account.calls,):
                insort(calls, counted_at(granted.at))
        return granted

    async def pause(self, allowance: Allowance, *, seconds: float) -> None:
        """Let no request of this account be sent for so many seconds."""
        standing = await self.standing(allowance)
        self._account(allowance).paused_until = paused_until(standing, seconds=seconds)

    def _account(self, allowance: Allowance) -> _Account:
        """The account of an allowance, without what is older than a month."""
        account = self._accounts[allowance.source, allowance.account]
        for calls in (account.calls, account.discretionary):
            del calls[: bisect_right(calls, self._clock.now() - MONTH - SLACK)]
        return account


def _newest(calls: list[datetime], number: int | None, *, of: int | None = None) -> datetime | None:
    """The `number`-th newest of the first `of` (None: all), None when there are fewer or it is not asked for."""
    end = len(calls) if of is None else of
    return calls[end - number] if number and end >= number else None
