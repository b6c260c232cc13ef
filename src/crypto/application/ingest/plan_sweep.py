"""Say before a sweep what it will cost and when it will end, and whether a schedule fits its month."""

from collections.abc import Iterable
from math import ceil

from crypto.application.ports import BudgetReader, Source
from crypto.application.setting_names import setting_name
from crypto.domain.allowance import MONTH
from crypto.domain.page import Cursor
from crypto.domain.sweep_plan import SweepPlan, plan


class PlanSweep:
    """Plans how many requests a source's next sweep will send to its provider, and how long they take."""

    def __init__(self, *, budget: BudgetReader) -> None:
        self._budget = budget

    async def __call__(self, source: Source, cursor: Cursor) -> SweepPlan | None:
        """The plan from `cursor` on; None for a source that asks nobody, or cannot know how often.

        :raises StoreUnavailable: when the database cannot be used.
        """
        allowance, requests = source.profile.allowance, source.requests_from(cursor)
        if allowance is None or not requests:
            return None
        standing = await self._budget.standing(allowance)
        return plan(allowance, standing, requests=requests)


def overbooked(sources: Iterable[Source]) -> list[str]:
    """Warnings for sources whose schedule cannot fit a month: by how much, and which settings would mend it."""
    return [told for source in sources if (told := _overbooked(source))]


def _overbooked(source: Source) -> str | None:
    profile, requests = source.profile, source.requests_from({})
    if not requests or profile.allowance is None or profile.allowance.per_month is None:
        return None
    per_month = profile.allowance.per_month
    needed = ceil(requests * (MONTH / profile.interval))
    if needed <= per_month:
        return None
    seconds = ceil(requests * MONTH.total_seconds() / per_month)
    most = "up to " if profile.followed else ""
    return (
        f"{profile.feed}: its schedule takes {most}{needed} requests in 31 days ({requests} every"
        f" {profile.interval.total_seconds():g} s), its account has {per_month}, and it will stand still"
        f" when they are used up; set {setting_name(profile.source, 'interval')} to {seconds} or more,"
        f" or {setting_name(profile.source, 'per_month')} to what your plan gives"
    )
