"""One provider's address, key and budget, and the connections to it."""

import random
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from crypto.adapters.fetch.address import check_key_stays_secret
from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.fetch.pace import Pace
from crypto.application.ports import Clock

if TYPE_CHECKING:
    from crypto.adapters.fetch.session import Session


class PoliteClient:
    """Asks one provider in its pace; the key goes nowhere but into its header.

    `random` gives numbers from 0 to 1 for the jitter of waits.
    """

    def __init__(
        self,
        source: str,
        options: HttpOptions,
        *,
        clock: Clock,
        key_header: Mapping[str, str],
        random: Callable[[], float] = random.random,
    ) -> None:
        self._source = source
        self._options = options
        self._clock = clock
        self._key_header = key_header
        self._random = random
        self._pace = Pace(source, options, clock=clock)

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
        async with connections(self._options, headers=self._key_header) as http:
            yield Session(
                self._source, self._options, http=http, clock=self._clock, pace=self._pace, patience=patience
            )
