"""The made-up provider of the state machine: it can be paused before each answer, and fails once where told."""

import asyncio
from collections.abc import AsyncGenerator, Collection
from contextlib import suppress
from typing import ClassVar

from crypto.application.ports import Clock
from crypto.domain.page import Cursor, RawPage
from crypto.domain.run import Run
from tests.faults.machine.machine_pages import AT_ONCE, BY_ID, Listing
from tests.support.market import Market


class Unsteady(Market):
    """A market whose list ends with an empty page for those who ask past its end, as CoinGecko's does."""

    NAME: ClassVar[str] = "coingecko"

    def __init__(self, clock: Clock, listing: Listing) -> None:
        super().__init__(clock, listing.sweep, name=self.NAME)
        reading = listing.reading
        self.shift, self.factor = reading.shift, reading.factor
        self.drops, self.ceiling = reading.drops, reading.ceiling
        self.by_id = None if listing.by_id is None else dict(listing.by_id)
        self.at_once = AT_ONCE
        self._listing = listing
        self._fails = listing.fails

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        number = int(str(cursor.get("page", 0)))
        is_last = False
        while not is_last:
            await self._hold(number)
            self._fail(number)
            page = self.page(self._listing.page(number), number)
            yield page
            number, is_last = number + 1, page.is_last
        await self._hold(number)

    async def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        async for page in super().pages_of(coin_ids):
            await self._hold(BY_ID)
            self._fail(BY_ID)
            yield page

    def wake(self, pause_at: int | None) -> None:
        """Go on from now on, up to the page `pause_at`."""
        self.held_at = pause_at
        self.waiting.clear()
        self.go_on.set()

    async def pauses_or_ends(self, task: "asyncio.Task[Run]") -> None:
        """Let the run go on until it pauses or ends."""
        pause = asyncio.create_task(self.waiting.wait())
        await asyncio.wait({task, pause}, return_when=asyncio.FIRST_COMPLETED)
        pause.cancel()
        with suppress(asyncio.CancelledError):
            await pause

    async def _hold(self, number: int) -> None:
        if number == self.held_at:
            self.go_on.clear()
            await super()._hold(number)

    def _fail(self, number: int) -> None:
        if self._fails and self._fails[0] == number:
            failure, self._fails = self._fails[1], None
            raise failure
