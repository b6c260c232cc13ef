"""Know which version the stored data are of, asking no more than some times a second."""

import asyncio
from collections.abc import Callable
from datetime import timedelta

from crypto.application.ports import DataVersionReader
from crypto.domain.market_data import DataVersion

BOUND = timedelta(milliseconds=250)
"""What is known is at most so old: then it is asked for again. No message from the database is relied on."""


class WatchData:
    """Reads the data's version when it is asked for and what is known is too old; who asks meanwhile waits for it.

    `elapsed` gives the seconds that passed since any moment, by a clock that never goes back.
    """

    def __init__(self, *, reader: DataVersionReader, elapsed: Callable[[], float]) -> None:
        self._reader = reader
        self._elapsed = elapsed
        self._reading = asyncio.Lock()
        self._known: DataVersion | None = None
        self._asked_at = 0.0

    @property
    def known(self) -> DataVersion | None:
        """The version, if it is known for less than `BOUND`."""
        return self._known if self._elapsed() - self._asked_at < BOUND.total_seconds() else None

    async def __call__(self) -> DataVersion:
        """The version, as it was at most `BOUND` ago.

        :raises StoreUnavailable: when the database cannot be used.
        """
        return self.known or await self._read()

    async def _read(self) -> DataVersion:
        async with self._reading:
            if known := self.known:  # somebody else asked while we waited
                return known
            asked_at = self._elapsed()  # of the question, not of the answer
            found = await self._reader.data_version()
            self._known, self._asked_at = found, asked_at
            return found
