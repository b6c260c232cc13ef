"""The requests that providers were asked, counted for all processes together."""

from typing import Protocol

from crypto.domain.allowance import Allowance, Grant, Standing


class BudgetReader(Protocol):
    """Reads how many requests were sent to providers."""

    async def standing(self, allowance: Allowance) -> Standing:
        """How many requests the account of this allowance has sent, in its month and its last minute.

        :raises StoreUnavailable: when the database cannot be used.
        """
        ...


class RequestBudget(BudgetReader, Protocol):
    """Who may ask a provider next, and when: each process takes its turn here, and so does no other."""

    async def take(self, allowance: Allowance, *, discretionary: bool = False) -> Grant:
        """The next turn; one that is granted is counted, whatever becomes of the request.

        :raises StoreContended: when the same can be asked again at once.
        :raises StoreUnavailable: when the database cannot be used.
        """
        ...

    async def pause(self, allowance: Allowance, *, seconds: float) -> None:
        """No request of this account for so long, 15 minutes at most; a longer pause in force stays.

        :raises StoreContended: when the same can be asked again at once.
        :raises StoreUnavailable: when the database cannot be used.
        """
        ...
