"""One provider's address, key and budget, and the connections to it."""

import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from types import MappingProxyType
from typing import TYPE_CHECKING

from crypto.adapters.fetch.account import allowance_of
from crypto.adapters.fetch.address import check_key_stays_secret
from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.fetch.pace import Pace
from crypto.application.ports import Clock, RequestBudget
from crypto.domain.allowance import Allowance

if TYPE_CHECKING:
    from crypto.adapters.fetch.session import Session

NO_ADVICE: Mapping[int, str] = MappingProxyType({})


class PoliteClient:
    """Asks one provider in its pace; the key goes nowhere but into its header.

    `sweep_requests` is what one sweep takes; `advice` what to do about the provider's own codes of errors, and
    about statuses of it; `random` gives numbers from 0 to 1 for the jitter of waits.
    """

    def __init__(
        self,
        source: str,
        options: HttpOptions,
        *,
        clock: Clock,
        budget: RequestBudget,
        key_header: Mapping[str, str],
        sweep_requests: int = 1,
        advice: Mapping[int, str] = NO_ADVICE,
        random: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._options = options
        self._clock = clock
        self._key_header = key_header
        self._advice = advice
        self._random = random
        allowance = allowance_of(source, options, sweep_requests=sweep_requests)
        self._pace = Pace(allowance, budget=budget, clock=clock)

    @property
    def allowance(self) -> Allowance:
        """How often the provider may be asked."""
        return self._pace.allowance

    async def may_spare(self) -> bool:
        """Whether the budget allows a request more than the schedule needs; then ask with `spare=True`.

        :raises StoreUnavailable: when the database that counts cannot be used.
        """
        return await self._pace.may_spare()

    @asynccontextmanager
    async def session(self) -> AsyncIterator["Session"]:
        """Connections for one run, closed at its end.

        :raises SourceRefused: when the key would travel in the clear.
        """
        from crypto.adapters.fetch.connections import connections  # httpx: 0.1 s that only a fetch needs
        from crypto.adapters.fetch.patience import Patience
        from crypto.adapters.fetch.session import Session

        check_key_stays_secret(self._source, self._options)
        patience = Patience(self._source, clock=self._clock, random=self._random)
        async with connections(timeout=self._options.timeout, headers=self._key_header) as http:
            yield Session(
                self._source,
                self._options,
                http=http,
                clock=self._clock,
                pace=self._pace,
                patience=patience,
                advice=self._advice,
            )
