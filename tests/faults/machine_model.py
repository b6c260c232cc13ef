"""What one source's tables must hold, kept in plain lists and dicts: the oracle of the state machine.

What is believed is not written step by step but told of the pages in order of arrival, each as it was read last:
the model shares nothing with the stores but the words.
"""

from collections.abc import Generator, Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from crypto.application.errors import SourceRateLimited, SourceUnavailable
from tests.support.market import Record

DRIFT = Decimal("0.2")
LIFETIME = timedelta(minutes=20)

Key: TypeAlias = tuple[str, int]
Play: TypeAlias = Generator[int, None, str]
"""A run that stops before each page and before its end, and says where; it returns its status, or `fenced`."""


class Reading(Struct, frozen=True, kw_only=True):
    """How a parser reads, and what a fix of it may change; see `Market`."""

    shift: int = 0
    factor: Decimal = Decimal(1)
    drops: frozenset[str] = frozenset()
    ceiling: Decimal | None = None

    def rejects(self, coin: str, price: str | None) -> bool:
        """Whether such a record cannot be believed."""
        absurd = price is not None and self.ceiling is not None and Decimal(price) >= self.ceiling
        return not coin or price == "-1" or absurd


class Listing(Struct, frozen=True, kw_only=True):
    """What a provider lists, how a process reads it, and the page that fails once."""

    sweep: Sequence[Sequence[Record]]
    reading: Reading
    fails: tuple[int, Exception] | None = None

    def page(self, number: int) -> Sequence[Record]:
        """Its records; none past the end."""
        return self.sweep[number] if number < len(self.sweep) else ()

    def is_last(self, number: int) -> bool:
        """Whether no page comes after it."""
        return number + 1 >= len(self.sweep)


class Page(Struct, kw_only=True):
    """A page as received: the sweep it came in, how it was read last, and which coins it named on arrival."""

    records: Sequence[Record]
    sweep: int
    reading: Reading
    named: frozenset[str] = frozenset()

    def read(self) -> dict[int, Record]:
        """Its records by position, without those that are not found at all."""
        return {at: each for at, each in enumerate(self.records) if each[0] not in self.reading.drops}

    def said(self) -> dict[Key, tuple[int, Decimal | None]]:
        """What it says of each key, and where: of a key that is there twice the last record counts."""
        return {
            (coin, minutes + self.reading.shift): (
                at,
                None if price is None else Decimal(price) * self.reading.factor,
            )
            for at, (coin, minutes, price) in self.read().items()
            if not self.reading.rejects(coin, price)
        }

    def rejected(self) -> set[int]:
        """Where its records are that are not believed, those among them that a later one contradicts."""
        said = self.said()
        return {
            at
            for at, (coin, minutes, price) in self.read().items()
            if self.reading.rejects(coin, price)
            or self._contradicts(price, said[coin, minutes + self.reading.shift][1])
        }

    def _contradicts(self, price: str | None, last: Decimal | None) -> bool:
        return (None if price is None else Decimal(price) * self.reading.factor) != last


class _Fenced(Exception):
    """A newer run took the source."""


class Model:
    """One source: where it stands, its pages, its runs by number, and the coins that are unseen (None: unsure)."""

    def __init__(self) -> None:
        self.pages: list[Page] = []
        self.runs: dict[int, str] = {}
        self.holder: int | None = None
        self.sweeps = self.page_seq = self.holes = 0
        self.cursor: Mapping[str, int] = {}
        self.failed_at: Mapping[str, int] | None = None
        self.sweep_started: datetime | None = None
        self.unseen: dict[str, bool] | None = {}

    def ingest(self, listing: Listing, now: datetime) -> Play:
        """A run over the rest of a sweep."""
        run = self._begin()
        self._go_on_or_start(now)
        try:
            status = yield from self._pages(run, listing)
            self._check(run)
        except _Fenced:
            return "fenced"
        if status == "success":
            self._close_sweep()
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
        self.sweep_started, self.page_seq, self.holes = now, 0, 0

    def _close_sweep(self) -> None:
        self.sweep_started, self.failed_at = None, None
        self.page_seq = self.holes = 0

    def _pages(self, run: int, listing: Listing) -> Play:
        failed_before, problems = self.failed_at, self.holes > 0
        fails = listing.fails
        number = self.cursor.get("page", 0)
        while True:
            yield number
            self._check(run)
            if fails and fails[0] == number:
                if not self._passes_over(fails[1], failed_before, listing):
                    return "failure"
                fails, problems, number = None, True, self.cursor["page"]
                continue
            outcome = self._take(number, listing)
            if outcome == "empty":
                return "failure"
            problems |= outcome == "drift"
            number += 1
            if listing.is_last(number - 1):
                yield number
                return "failure" if problems else "success"

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

    def _take(self, number: int, listing: Listing) -> str:
        page = Page(records=listing.page(number), sweep=self.sweeps, reading=listing.reading)
        page.named = frozenset(coin for coin, _, _ in page.read().values())
        self.pages.append(page)
        if listing.is_last(number) and self.page_seq == 0 and not page.read():
            self._close_sweep()
            return "empty"
        self.page_seq += 1
        self.cursor = {"page": 0 if listing.is_last(number) else number + 1}
        if listing.is_last(number):
            self._mark_unseen()
            self._close_sweep()
        return "drift" if len(page.rejected()) > DRIFT * len(page.read()) else "good"

    def _mark_unseen(self) -> None:
        named = frozenset().union(*(page.named for page in self.pages if page.sweep == self.sweeps))
        has_gaps = self.holes > 0 or "" in named
        if self.unseen is None and has_gaps:
            return
        before, coins = self.unseen or {}, {coin for coin, _ in self.believed()}
        self.unseen = {coin: coin not in named and (before.get(coin, False) or not has_gaps) for coin in coins}
