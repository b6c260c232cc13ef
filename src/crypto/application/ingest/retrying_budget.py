"""The budget of requests, asked again when the database that counts did not answer."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import TypeVar

from crypto.application.errors import StoreUnavailable
from crypto.application.ports import Clock, RequestBudget
from crypto.application.retries import retried
from crypto.domain.allowance import Allowance, Grant, Standing

T = TypeVar("T")


class RetryingBudget:
    """A budget that waits for its database; `hear` is told of which source, and of what kept it.

    :raises StoreUnavailable: from each method, when the database was not there in time, or cannot be used.
    """

    def __init__(
        self, budget: RequestBudget, *, clock: Clock, hear: Callable[[str, StoreUnavailable], None]
    ) -> None:
        self._budget = budget
        self._clock = clock
        self._hear = hear

    async def standing(self, allowance: Allowance) -> Standing:
        """How many requests the account of this allowance has sent."""
        return await self._retried(allowance, partial(self._budget.standing, allowance))

    async def take(self, allowance: Allowance, *, discretionary: bool = False) -> Grant:
        """The next turn; one that is granted is counted."""
        return await self._retried(allowance, partial(self._budget.take, allowance, discretionary=discretionary))

    async def pause(self, allowance: Allowance, *, seconds: float) -> None:
        """Let no request of this account be sent for so long."""
        await self._retried(allowance, partial(self._budget.pause, allowance, seconds=seconds))

    async def _retried(self, allowance: Allowance, attempt: Callable[[], Awaitable[T]]) -> T:
        return await retried(self._clock, attempt, hear=partial(self._hear, allowance.source))
