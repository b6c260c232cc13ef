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
        self._reading: asyncio.Task[None] | None = None
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
        came_at = self._elapsed()
        while (known := self._known_since(came_at)) is None:
            await self._read()
        return known

    def _known_since(self, moment: float) -> DataVersion | None:
        """What is known, if it was asked for after this moment or is recent enough."""
        return self._known if self._asked_at >= moment else self.known

    async def _read(self) -> None:
        """Ask, or wait for who asked already: a database that does not answer keeps all waiting only once."""
        if self._reading is None:
            self._reading = asyncio.create_task(self._ask())
            self._reading.add_done_callback(self._has_read)
        await asyncio.shield(self._reading)

    async def _ask(self) -> None:
        asked_at = self._elapsed()  # of the question, not of the answer
        found = await self._reader.data_version()
        self._known, self._asked_at = found, asked_at

    def _has_read(self, done: asyncio.Task[None]) -> None:
        self._reading = None
        if not done.cancelled():
            done.exception()  # seen: also when everybody who waited has gone
