"""What one source's tables must hold, kept in plain lists and dicts: the oracle of the state machine.

What is believed is not written step by step but told of the pages in order of arrival, each as it was read last:
the model shares nothing with the stores but the words.
"""

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from crypto.application.errors import CryptoError, SourceRateLimited, SourceUnavailable
from tests.faults.machine.machine_pages import AT_ONCE, BY_ID, Key, Listing, Page, Reading
from tests.support.market import Record

LIFETIME = timedelta(minutes=20)

Play: TypeAlias = Generator[int, None, str]
"""A run that stops before each page and before its end, and says where; it returns its status, or `fenced`."""


class _Fenced(Exception):
    """A newer run took the source."""


class Model:
    """One source: where it stands, its pages, its runs by number, and the coins that are unseen (None: unsure).

    `figures` has how many coins the sweep named that a run ended, and how many it missed.
    """

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.runs: dict[int, str] = {}
        self.holder: int | None = None
        self.sweeps = self.page_seq = self.holes = 0
        self.cursor: Mapping[str, int] = {}
        self.failed_at: Mapping[str, int] | None = None
        self.sweep_started: datetime | None = None
        self.listed = False
        self.good_sweep: int | None = None
        self.figures: dict[int, tuple[int, int]] = {}
        self.unseen: dict[str, bool] | None = {}

    def ingest(self, listing: Listing, now: datetime) -> Play:
        """A run over the rest of a sweep."""
        run = self._begin()
        self._go_on_or_start(now)
        try:
            status = yield from self._sweep(run, listing)
            self._check(run)
        except _Fenced:
            return "fenced"
        self._end(run, status)
        return status

    def reprocess(self, reading: Reading, *, withdrawn: int) -> None:
        """Every page is read again; once quotes were withdrawn, who was unseen is told anew by the next sweep."""
        run = self._begin()
        for page in self.pages:
            page.reading = reading
        if withdrawn:
            self.unseen = None
        self._end(run, "success")

    def cancel(self, run: int) -> None:
        """The run stops where it is."""
        if run == len(self.runs):
            self._end(run, "cancelled")

    def lose_lock(self) -> None:
        """The holder is gone, or cut off: the source is free."""
        self.holder = None

    def believed(self) -> dict[Key, Decimal | None]:
        """What is believed of each key: what the last page says of it."""
        return {key: price for page in self.pages for key, (_, price) in page.said().items()}

    def rejected(self) -> set[tuple[int, int]]:
        """(page, position) of each record that is not believed."""
        return {(number, at) for number, page in enumerate(self.pages, 1) for at in page.rejected()}

    def _begin(self) -> int:
        self.runs = {run: "interrupted" if status == "running" else status for run, status in self.runs.items()}
        self.holder = len(self.runs) + 1
        self.runs[self.holder] = "running"
        return self.holder

    def _check(self, run: int) -> None:
        if run != len(self.runs):
            raise _Fenced

    def _end(self, run: int, status: str) -> None:
        self.runs[run] = status
        if self.holder == run:
            self.holder = None

    def _go_on_or_start(self, now: datetime) -> None:
        if self.sweep_started is not None and now - self.sweep_started < LIFETIME:
            return
        if self.sweep_started is not None:
            self.cursor = {}
        self.sweeps += 1
        self.sweep_started, self.page_seq, self.holes, self.listed = now, 0, 0, False

    def _close_sweep(self) -> None:
        self.sweep_started, self.failed_at, self.listed = None, None, False
        self.page_seq = self.holes = 0

    def _sweep(self, run: int, listing: Listing) -> Play:
        """The rest of the list, if there is any, and then what it missed."""
        problems = self.holes > 0
        if not self.listed:
            listed = yield from self._list(run, listing)
            if listed == "failure":
                return "failure"
            problems |= listed == "problems"
        completed = yield from self._complete(run, listing)
        return "failure" if problems or completed != "success" else "success"

    def _list(self, run: int, listing: Listing) -> Play:
        failed_before, problems, fails = self.failed_at, False, listing.fails
        number = self.cursor.get("page", 0)
        last_two = [page.records for page in self._of_sweep(self.sweeps) if page.asked is None][-2:]
        while True:
            yield number
            self._check(run)
            if fails and fails[0] == number:
                if not self._passes_over(fails[1], failed_before, listing):
                    return "failure"
                fails, problems, number = None, True, self.cursor["page"]
                continue
            page = self._page(listing, listing.page(number))
            if page.read() and last_two[-2:] == [page.records] * 2:
                return "failure"
            if page.read():
                last_two.append(page.records)
            outcome = self._take(run, page, number, listing)
            if outcome == "empty":
                return "failure"
            problems |= outcome == "drift"
            number += 1
            if self.listed:
                yield number
                return "problems" if problems else "success"

    def _passes_over(self, failure: Exception, failed_before: Mapping[str, int] | None, listing: Listing) -> bool:
        if not isinstance(failure, SourceUnavailable) or isinstance(failure, SourceRateLimited):
            return False
        number = self.cursor.get("page", 0)
        if failed_before != self.cursor or listing.is_last(number):
            self.failed_at = self.cursor
            return False
        self.cursor = {"page": number + 1}
        self.holes += 1
        return True

    def _page(self, listing: Listing, records: Sequence[Record], asked: Sequence[str] | None = None) -> Page:
        page = Page(records=records, sweep=self.sweeps, reading=listing.reading, asked=asked)
        page.named = frozenset(coin for coin, _, _ in page.read().values())
        return page

    def _keep(self, run: int, page: Page) -> None:
        """A lock that was lost is taken again before a page is written."""
        self.holder = run
        self.pages.append(page)

    def _take(self, run: int, page: Page, number: int, listing: Listing) -> str:
        self._keep(run, page)
        if listing.is_last(number) and self.page_seq == 0 and not page.read():
            self._close_sweep()
            return "empty"
        self.page_seq += 1
        self.listed = listing.is_last(number)
        self.cursor = {"page": 0 if self.listed else number + 1}
        return "drift" if page.has_drifted() else "good"

    def _complete(self, run: int, listing: Listing) -> Play:
        """Ask for what the list missed, unless it shrank too much to be believed; then the sweep is over."""
        self._check(run)
        expected, listed = self._expected(), self._named(by_id=False)
        believed = listing.accepts or self.holes > 0 or 2 * len(listed) >= len(expected)
        answers = "success"
        if believed:
            answers = yield from self._ask(run, listing, expected)
            if answers == "crash":
                return "failure"
            self._check(run)
            self._mark_unseen()
        named = self._named(by_id=True)
        self.figures[run] = len(named), len(set(expected) - named)
        if believed and not self.holes:
            self.good_sweep = self.sweeps
        self._close_sweep()
        return answers if believed else "failure"

    def _ask(self, run: int, listing: Listing, expected: Sequence[str]) -> Play:
        """A failure of the provider's own ends the questions, and harms nothing."""
        done = self._named(by_id=True) | self._asked()
        coins = [coin for coin in expected if coin not in done and listing.by_id is not None]
        problems = False
        for start in range(0, len(coins), AT_ONCE):
            yield BY_ID
            self._check(run)
            if listing.fails and listing.fails[0] == BY_ID:
                is_ours = not isinstance(listing.fails[1], CryptoError)
                return "crash" if is_ours else "failure" if problems else "success"
            wanted = coins[start : start + AT_ONCE]
            page = self._page(listing, listing.answers(wanted), wanted)
            self._keep(run, page)
            self.page_seq += 1
            problems |= page.has_drifted()
        return "failure" if problems else "success"

    def _of_sweep(self, sweep: int | None) -> list[Page]:
        return [page for page in self.pages if page.sweep == sweep]

    def _named(self, *, by_id: bool) -> frozenset[str]:
        pages = [page for page in self._of_sweep(self.sweeps) if by_id or page.asked is None]
        return frozenset().union(*(page.named for page in pages)) - {""}

    def _asked(self) -> frozenset[str]:
        return frozenset().union(*(page.asked or () for page in self._of_sweep(self.sweeps)))

    def _expected(self) -> Sequence[str]:
        """What the last good list named, from its top; within a page by name."""
        pages = [page for page in self._of_sweep(self.good_sweep) if page.asked is None]
        return list(dict.fromkeys(coin for page in pages for coin in sorted(page.named - {""})))

    def _mark_unseen(self) -> None:
        named, asked = self._named(by_id=True), self._asked()
        nameless = any("" in page.named for page in self._of_sweep(self.sweeps))
        if self.unseen is None and (self.holes or nameless):
            return
        before, coins = self.unseen or {}, {coin for coin, _ in self.believed()}
        sure = {coin for coin in coins if not nameless and (not self.holes or coin in asked)}
        self.unseen = {coin: coin not in named and (before.get(coin, False) or coin in sure) for coin in coins}
