"""How often a provider may be asked: a pause between requests, so many a minute, so many a month."""

from datetime import UTC, datetime, timedelta
from enum import StrEnum
from math import ceil

from msgspec import Struct

MINUTE = timedelta(minutes=1)
MONTH = timedelta(days=31)
"""As long as the longest month, and sliding: no calendar or billing month ever sees more."""

SLACK = timedelta(seconds=1)
"""How much later than granted a request may arrive, and the provider still counts as we do."""

LONGEST_WAIT = timedelta(minutes=10)
"""A request that could be sent only later than this is not granted (a longer PAUSE excepted)."""

LONGEST_PAUSE = timedelta(minutes=15)
"""A provider that asks for a longer pause than this is asked again after it."""

GRAINS_A_SECOND = 4
"""Calls are counted at the next quarter of a second, so that few rows tell of many calls."""


class Bound(StrEnum):
    """The limit that a request has to wait for, if any."""

    NOTHING = "nothing"
    PAUSE = "pause"
    PAUSED = "paused"
    PER_MINUTE = "per_minute"
    PER_MONTH = "per_month"
    DISCRETIONARY = "discretionary"


class Allowance(Struct, frozen=True, kw_only=True):
    """What a source may ask of its provider, under one account: as its settings say, or the provider's plan.

    `account` tells one key at one address from another, and does not give the key away. None: no such limit.
    `discretionary_per_month` is how many of the month's requests may be spent on more than the schedule needs.
    """

    source: str
    account: str
    pause: timedelta
    per_minute: int | None = None
    per_month: int | None = None
    discretionary_per_month: int | None = None

    @property
    def longest_wait(self) -> timedelta:
        """The longest time that a granted request may have to wait."""
        return max(LONGEST_WAIT, self.pause)


class Standing(Struct, frozen=True, kw_only=True):
    """What an account has asked for by `now`, the clock of the store that counts; times aware UTC.

    `next_at` is a pause after the last request. `minute_from` is when the request was granted that was the
    `per_minute`-th newest, None when there were fewer; `month_from` and `discretionary_from` likewise.
    """

    now: datetime
    next_at: datetime | None = None
    paused_until: datetime | None = None
    minute_from: datetime | None = None
    month_from: datetime | None = None
    discretionary_from: datetime | None = None
    oldest: datetime | None = None
    used_in_minute: int = 0
    used_in_month: int = 0
    discretionary_in_month: int = 0


class Grant(Struct, frozen=True, kw_only=True):
    """A request that may be sent at `at`, in `wait` seconds; or, if not `granted`, that is too far off yet."""

    at: datetime
    wait: float
    granted: bool
    bound: Bound


def grant(allowance: Allowance, standing: Standing, *, discretionary: bool = False) -> Grant:
    """When the next request may be sent, and what it has to wait for."""
    bounds: dict[Bound, datetime | None] = {
        Bound.PAUSE: _believed(standing.next_at, standing, allowance.longest_wait + allowance.pause),
        Bound.PAUSED: _believed(standing.paused_until, standing, LONGEST_PAUSE),
        Bound.PER_MINUTE: _after(standing.minute_from, MINUTE),
        Bound.PER_MONTH: _after(standing.month_from, MONTH),
        Bound.DISCRETIONARY: _discretionary_at(allowance, standing) if discretionary else None,
    }
    at, bound = standing.now, Bound.NOTHING
    for each, moment in bounds.items():
        if moment and moment > at:
            at, bound = moment, each
    wait = at - standing.now
    return Grant(at=at, wait=wait.total_seconds(), granted=wait <= allowance.longest_wait, bound=bound)


def paused_until(standing: Standing, *, seconds: float) -> datetime:
    """Until when nothing is sent if the provider asks for so long; a longer pause in force stays."""
    until = standing.now + min(timedelta(seconds=seconds), LONGEST_PAUSE)
    return max(until, _in_force(standing) or until)


def counted_at(at: datetime) -> datetime:
    """The moment at which a request is counted: its own, rounded up, and so never before it."""
    return datetime.fromtimestamp(ceil(at.timestamp() * GRAINS_A_SECOND) / GRAINS_A_SECOND, UTC)


def _believed(moment: datetime | None, standing: Standing, longest: timedelta) -> datetime | None:
    """None for a moment that lies too far ahead: the clock was set back since, and would stop the source."""
    return moment if moment and moment - standing.now <= longest else None


def _after(moment: datetime | None, window: timedelta) -> datetime | None:
    return moment + window + SLACK if moment else None


def _discretionary_at(allowance: Allowance, standing: Standing) -> datetime | None:
    if allowance.discretionary_per_month == 0:
        return standing.now + MONTH
    return _after(standing.discretionary_from, MONTH)


class Usage(Struct, frozen=True, kw_only=True):
    """What was used of an allowance and what is left of it; None where there is no such limit.

    `reset_at` is when more will be left of the month: its oldest request is 31 days old then.
    """

    used_in_month: int
    left_in_month: int | None
    reset_at: datetime | None
    used_in_minute: int
    left_in_minute: int | None
    paused_until: datetime | None


def usage(allowance: Allowance, standing: Standing) -> Usage:
    """How much of an allowance is used, how much is left, and when there will be more."""
    return Usage(
        used_in_month=standing.used_in_month,
        left_in_month=_left(allowance.per_month, standing.used_in_month),
        reset_at=_after(standing.month_from or standing.oldest, MONTH),
        used_in_minute=standing.used_in_minute,
        left_in_minute=_left(allowance.per_minute, standing.used_in_minute),
        paused_until=_in_force(standing),
    )


def _left(limit: int | None, used: int) -> int | None:
    return None if limit is None else max(0, limit - used)


def _in_force(standing: Standing) -> datetime | None:
    until = _believed(standing.paused_until, standing, LONGEST_PAUSE)
    return until if until and until > standing.now else None
