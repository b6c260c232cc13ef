"""How often a provider is asked: each request takes its turn in the budget that all processes share."""

from collections.abc import Mapping

from crypto.application.errors import SourceRateLimited
from crypto.application.ports import Clock, RequestBudget
from crypto.application.retrying import retried
from crypto.domain.allowance import Allowance, Bound, Grant, grant

REASONS: Mapping[Bound, str] = {
    Bound.PER_MONTH: "the {each.per_month} requests a month of its setting PER_MONTH are used up",
    Bound.SPARE: "the {each.spare_per_month} requests a month that its schedule can spare are used up",
    Bound.PAUSED: "the provider asked for a pause",
}
OTHERS_FIRST = "requests of other processes come first"


class Pace:
    """One source's turns; failed requests count."""

    def __init__(self, allowance: Allowance, *, budget: RequestBudget, clock: Clock) -> None:
        self.allowance = allowance
        self._budget = budget
        self._clock = clock

    async def turn(self, *, spare: bool = False) -> None:
        """Wait until the next request may be sent; it is counted already.

        :raises SourceRateLimited: when that is too far off.
        :raises StoreUnavailable: when the database that counts cannot be used.
        """
        granted = await retried(self._clock, lambda: self._budget.take(self.allowance, spare=spare))
        if not granted.granted:
            raise _limited(self.allowance, granted)
        if granted.wait > 0:
            await self._clock.sleep(granted.wait)

    async def may_spare(self) -> bool:
        """Whether a request more than the schedule needs could be sent soon."""
        standing = await retried(self._clock, lambda: self._budget.standing(self.allowance))
        return grant(self.allowance, standing, spare=True).granted

    async def pause(self, seconds: float) -> None:
        """Let no process ask for so long."""
        await retried(self._clock, lambda: self._budget.pause(self.allowance, seconds=seconds))


def _limited(allowance: Allowance, refused: Grant) -> SourceRateLimited:
    until = refused.at.replace(microsecond=0)
    reason = REASONS.get(refused.bound, OTHERS_FIRST).format(each=allowance)
    return SourceRateLimited(f"{allowance.source}: rate_limited until {until.isoformat()}: {reason}", until=until)
