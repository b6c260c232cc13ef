"""The scenario language: what an upstream does, request by request, one step a line.

    serve 3          the next 3 requests are answered as usual
    429 2            the next 2 get that status, or any answer that the provider fake has a name for (reset...)
    move 0.3         before the next request 30 % of the coins get a new price of that moment
    restate 0.1      ... 10 % get another price for the same moment
    turn 2           ... the list turns by 2 places
    # a remark

When the steps are used up, every request is answered as usual.
"""

import random
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING

from msgspec import Struct

from tests.support.provider_answers import Answer
from tests.support.provider_script import NAMED, named_answer

if TYPE_CHECKING:
    from tests.support.provider_market import Market

AT_ONCE = ("move", "restate", "turn")
"""Steps that change the market and answer nothing."""

SERVE = "serve"
QUICK = ("500", "502", "503", "408", "429", "html", "reset", "hung-up", "cut-length", "cut-chunked", "cut-gzip")
"""Faults that cost no waiting beyond a retry."""


class Step(Struct, frozen=True):
    """One line: for an answer, how often; for a change of the market, how much."""

    word: str
    amount: float = 1.0

    def __str__(self) -> str:
        return f"{self.word} {self.amount:g}"


class Scenario:
    """Steps, played one request at a time."""

    def __init__(self, steps: Sequence[Step] = ()) -> None:
        self._steps = deque(steps)

    def answer(self, market: "Market") -> Answer | None:
        """What the next request gets: an answer of the script, or None for the usual one. Changes the market."""
        while self._steps and self._steps[0].word in AT_ONCE:
            step = self._steps.popleft()
            getattr(market, step.word)(step.amount)
        if not self._steps:
            return None
        step = self._steps.popleft()
        if step.amount > 1:
            self._steps.appendleft(Step(step.word, step.amount - 1))
        return None if step.word == SERVE else named_answer(step.word)


def read(text: str) -> list[Step]:
    """The steps of a scenario.

    :raises ValueError: for a line that is none.
    """
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [_step(words) for words in lines if words]


def _step(words: Sequence[str]) -> Step:
    word, amount = words[0], float(words[1]) if len(words) > 1 else 1.0
    if len(words) > 2 or amount <= 0 or not (word in (*AT_ONCE, SERVE, *NAMED) or word.isdigit()):
        raise ValueError(
            f"{' '.join(words)!r} is not a step; see `python -m tests.faults.upstream.upstream --help`"
        )
    return Step(word, amount)


def written(steps: Sequence[Step]) -> str:
    """The scenario as text."""
    return "\n".join(str(step) for step in steps)


def generated(seed: int, *, steps: int = 20, faults: Sequence[str] = QUICK) -> list[Step]:
    """The scenario of that seed: the same seed gives the same steps."""
    chance = random.Random(seed)
    return [_any_step(chance, faults) for _ in range(steps)]


def _any_step(chance: random.Random, faults: Sequence[str]) -> Step:
    kind = chance.choices(("serve", "fault", "move", "restate", "turn"), weights=(5, 3, 1, 1, 1))[0]
    if kind == "fault":
        return Step(chance.choice(faults))
    if kind == SERVE:
        return Step(SERVE, chance.randint(1, 4))
    return Step(kind, chance.randint(1, 3) if kind == "turn" else round(chance.uniform(0.05, 0.5), 2))
