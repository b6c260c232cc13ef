"""Say before a sweep what it will cost and when it will end, and whether a schedule fits its month."""

from collections.abc import Iterable
from math import ceil

from crypto.application.ports import BudgetReader, Clock, Source
from crypto.application.retrying import retried
from crypto.application.setting_names import setting_name
from crypto.domain.allowance import MONTH
from crypto.domain.page import Cursor
from crypto.domain.sweep_plan import SweepPlan, plan


class PlanSweep:
    """Plans what a source will ask of its provider."""

    def __init__(self, *, budget: BudgetReader, clock: Clock) -> None:
        self._budget = budget
        self._clock = clock

    async def __call__(self, source: Source, cursor: Cursor) -> SweepPlan | None:
        """The plan from `cursor` on; None for a source that asks nobody, or cannot know how often.

        :raises StoreUnavailable: when the database cannot be used.
        """
        allowance, requests = source.allowance, source.requests_from(cursor)
        if allowance is None or not requests:
            return None
        standing = await retried(self._clock, lambda: self._budget.standing(allowance))
        return plan(allowance, standing, requests=requests)


def overbooked(sources: Iterable[Source]) -> list[str]:
    """For each source whose schedule cannot fit a month: by how much, and which settings would mend it."""
    return [told for source in sources if (told := _overbooked(source))]


def _overbooked(source: Source) -> str | None:
    requests, allowance = source.requests_from({}), source.allowance
    if not requests or allowance is None or allowance.per_month is None:
        return None
    needed = ceil(requests * (MONTH / source.interval))
    if needed <= allowance.per_month:
        return None
    seconds = ceil(requests * MONTH.total_seconds() / allowance.per_month)
    most = "up to " if source.followed else ""
    return (
        f"{source.name}: its schedule takes {most}{needed} requests in 31 days ({requests} every"
        f" {source.interval.total_seconds():g} s), its account has {allowance.per_month}, and it will stand still"
        f" when they are used up; set {setting_name(source.name, 'interval')} to {seconds} or more,"
        f" or {setting_name(source.name, 'per_month')} to what your plan gives"
    )
