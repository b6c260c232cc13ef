"""What the state machine's provider lists, and what each page of it says as it was read last."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct

from tests.support.market import Record

Key: TypeAlias = tuple[str, int]

BY_ID = 9
"""The place of an answer by id: behind every page."""

AT_ONCE = 2
"""Coins asked for by id in one request."""

DRIFT = Decimal("0.2")
"""The share of rejections above which a page's run fails."""


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
    """What a provider lists, and knows by id; how a process reads it, and the page that fails once.

    `fails` has a page's number, or BY_ID for the first answer by id. With `accepts` any list is believed.
    """

    sweep: Sequence[Sequence[Record]]
    by_id: Mapping[str, Record] | None
    reading: Reading
    fails: tuple[int, Exception] | None = None
    accepts: bool = False

    def page(self, number: int) -> Sequence[Record]:
        """Its records; none past the end."""
        return self.sweep[number] if number < len(self.sweep) else ()

    def is_last(self, number: int) -> bool:
        """Whether no page comes after it."""
        return number + 1 >= len(self.sweep)

    def answers(self, coins: Sequence[str]) -> Sequence[Record]:
        """Its records of these coins, if it takes such questions."""
        return [self.by_id[coin] for coin in coins if coin in self.by_id] if self.by_id else []


class Page(Struct, kw_only=True):
    """A page as received: the sweep it came in, how it was read last, and which coins it named on arrival.

    `asked` has the coins that it was asked for by id; None for a page of the list.
    """

    records: Sequence[Record]
    sweep: int
    reading: Reading
    named: frozenset[str] = frozenset()
    asked: Sequence[str] | None = None

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

    def has_drifted(self) -> bool:
        """Whether too many of its records are not believed."""
        return len(self.rejected()) > DRIFT * len(self.read())

    def _contradicts(self, price: str | None, last: Decimal | None) -> bool:
        return (None if price is None else Decimal(price) * self.reading.factor) != last
