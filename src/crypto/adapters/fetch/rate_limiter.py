"""How often a provider is asked: requests take turns in the budget of their account, which all processes share."""

from collections.abc import Mapping
from datetime import timedelta
from hashlib import sha256
from math import ceil
from urllib.parse import urlsplit

from crypto.adapters.fetch.options import HttpOptions
from crypto.application.errors import SourceRateLimited
from crypto.application.ports import Clock, RequestBudget
from crypto.domain.allowance import MONTH, Allowance, Bound, Grant, grant

ACCOUNT_CHARACTERS = 16

REASONS: Mapping[Bound, str] = {
    Bound.PER_MONTH: "the {each.per_month} requests a month of its setting PER_MONTH are used up",
    Bound.DISCRETIONARY: (
        "the {each.discretionary_per_month} requests a month that its schedule can spare are used up"
    ),
    Bound.PAUSED: "the provider asked for a pause",
}
OTHERS_FIRST = "requests of other processes come first"


def allowance_of(source: str, options: HttpOptions, *, sweep_requests: int) -> Allowance:
    """What the settings allow it to ask; `sweep_requests` is what one sweep takes.

    Half of what the schedule leaves of a month may be spared, the other half is for retries.
    """
    return Allowance(
        source=source,
        account=account_of(options),
        pause=timedelta(seconds=options.pause),
        per_minute=options.per_minute,
        per_month=options.per_month,
        discretionary_per_month=_discretionary(options, sweep_requests),
    )


def account_of(options: HttpOptions) -> str:
    """A digest of host and key: another key has a budget of its own, and the key itself is stored nowhere."""
    told = f"{urlsplit(options.base_url).netloc.lower()} {options.api_key or ''}"
    return sha256(told.encode()).hexdigest()[:ACCOUNT_CHARACTERS]


def _discretionary(options: HttpOptions, sweep_requests: int) -> int | None:
    if options.per_month is None:
        return None
    scheduled = ceil(sweep_requests * MONTH.total_seconds() / options.interval)
    return max(0, options.per_month - scheduled) // 2


class RateLimiter:
    """Lets one source's requests pass within its allowance; failed requests count, too."""

    def __init__(self, allowance: Allowance, *, budget: RequestBudget, clock: Clock) -> None:
        self.allowance = allowance
        self._budget = budget
        self._clock = clock

    async def turn(self, *, discretionary: bool = False) -> None:
        """Wait until the next request may be sent; it is counted already.

        :raises SourceRateLimited: when that is too far off.
        :raises StoreUnavailable: when the database that counts cannot be used.
        """
        granted = await self._budget.take(self.allowance, discretionary=discretionary)
        if not granted.granted:
            raise _limited(self.allowance, granted)
        if granted.wait > 0:
            await self._clock.sleep(granted.wait)

    async def may_ask_more(self) -> bool:
        """Whether a request more than the schedule needs could be sent soon."""
        standing = await self._budget.standing(self.allowance)
        return grant(self.allowance, standing, discretionary=True).granted

    async def pause(self, seconds: float) -> None:
        """Let no process send a request of this account for so many seconds."""
        await self._budget.pause(self.allowance, seconds=seconds)


def _limited(allowance: Allowance, refused: Grant) -> SourceRateLimited:
    until = refused.at.replace(microsecond=0)
    reason = REASONS.get(refused.bound, OTHERS_FIRST).format(each=allowance)
    return SourceRateLimited(f"{allowance.source}: rate_limited until {until.isoformat()}: {reason}", until=until)
