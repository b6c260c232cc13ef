"""A provider that answers by the cards of a seeded deck, and remembers what each of its pages must come to."""

import hashlib
import random
from collections import Counter
from collections.abc import Callable
from datetime import datetime

from tests.faults.chaos.chaos_answers import Given, Hand, deck
from tests.faults.chaos.chaos_market import ChaosMarket
from tests.faults.chaos.chaos_records import Record
from tests.support.provider import Request
from tests.support.provider_answers import Answer


class Script:
    """The answers of one source, in the order of their requests: the same seed gives the same ones."""

    def __init__(self, source: str, *, seed: int, now: Callable[[], datetime]) -> None:
        self.names: list[str] = []
        self.pages: dict[bytes, tuple[Record, ...]] = {}
        self.served: Counter[bytes] = Counter()
        self._chance = random.Random(f"{seed} {source}")
        self._market = ChaosMarket(source, self._chance, now)
        self._cards = deck(self._chance)
        self._before: tuple[Record, ...] = ()
        self._now = now

    def __call__(self, request: Request) -> Answer:
        if not self._cards:
            self._cards = deck(self._chance)
        name, card = self._cards.pop()
        given = card(
            Hand(
                market=self._market,
                chance=self._chance,
                now=self._now(),
                number=int(request.params.get("page", "1")),
                ids=tuple(request.params["ids"].split(",")) if "ids" in request.params else None,
                before=self._before,
            )
        )
        self._remember(name, given)
        return given.answer

    def _remember(self, name: str, given: Given) -> None:
        self.names.append(name)
        if given.records is not None:
            digest = hashlib.sha256(given.body).digest()
            self.pages[digest] = self._before = given.records
            self.served[digest] += 1
