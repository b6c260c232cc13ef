"""Markets whose list shifts while it is paged, and whose runs may lose their process at any step."""

from collections.abc import AsyncGenerator, Callable, Collection, Iterator, Sequence
from typing import Any

from crypto.domain.page import Cursor, RawPage
from tests.support.clock import ManualClock
from tests.support.market import Market, Record


class Killed(BaseException):
    """The process of a run is gone: nothing of ours hears of it."""


class Mortal(Market):
    """Kills its run at step `dies_at`: even ones are when a page was fetched, odd ones when it was written."""

    dies_at: int | None = None

    async def pages(self, cursor: Cursor) -> AsyncGenerator[RawPage, None]:
        async for page in self._mortal(super().pages(cursor)):
            yield page

    async def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        async for page in self._mortal(super().pages_of(coin_ids)):
            yield page

    async def _mortal(self, pages: AsyncGenerator[RawPage, None]) -> AsyncGenerator[RawPage, None]:
        async for page in pages:
            self._step()
            yield page
            self._step()

    def _step(self) -> None:
        if self.dies_at is None:
            return
        self.dies_at -= 1
        if self.dies_at < 0:
            self.dies_at = None
            raise Killed


class Shifting(Mortal):
    """A ranked list of coins, read `per_page` a page; `coins` is the list as it is now, `fetched` counts pages.

    Any coin of the list can be asked for by id, if it answers by id at all.
    """

    def __init__(
        self,
        clock: ManualClock,
        coins: Sequence[str],
        *,
        per_page: int,
        most_pages: int,
        answers_by_id: bool = True,
    ) -> None:
        super().__init__(clock, [[]] * most_pages, name="coingecko")
        self.coins = list(coins)
        self.most_pages = most_pages
        self.fetched = 0
        self._per_page = per_page
        self._happenings: Iterator[Happening] = iter(())
        self._answers_by_id = answers_by_id

    def restless(self, happenings: Iterator["Happening"]) -> None:
        """From now on one of these happens before each page."""
        self._happenings = happenings

    def page(self, records: Sequence[Record], number: int = 0) -> RawPage:
        """As the list is now; the records given are those of an answer by id."""
        self.fetched += 1
        if number < len(self.sweep):
            next(self._happenings, _nothing)(self.coins)
            records = self._told(self.coins[number * self._per_page :][: self._per_page])
        return super().page(records, number)

    async def pages_of(self, coin_ids: Collection[str]) -> AsyncGenerator[RawPage, None]:
        """As the list is when it is asked."""
        self.by_id = {each[0]: each for each in self._told(self.coins)} if self._answers_by_id else None
        async for page in super().pages_of(coin_ids):
            yield page

    def _told(self, coins: Sequence[str]) -> list[Record]:
        """Each page of a moment of its own: prices move, too."""
        return [(coin, self.fetched, "1") for coin in coins]


Happening = Callable[[list[str]], Any]


def _nothing(coins: list[str]) -> None:
    """The list stands still."""


def swapped(*places: int) -> Happening:
    """Each of these coins and the one below it change places."""

    def happen(coins: list[str]) -> None:
        for place in places:
            above = place % (len(coins) - 1)
            coins[above], coins[above + 1] = coins[above + 1], coins[above]

    return happen


def listed(place: int, coin: str) -> Happening:
    """A new coin enters the list there."""
    return lambda coins: coins.insert(place % (len(coins) + 1), coin)


def delisted(place: int) -> Happening:
    """A coin leaves the list; the last one never does."""
    return lambda coins: coins.pop(place % len(coins)) if len(coins) > 2 else None
