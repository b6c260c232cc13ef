"""Measure in rounds, in a new random order each: only what was measured side by side is compared."""

import random
from collections.abc import Iterator, Mapping, Sequence
from statistics import median

from benchmarks.read.figures import Figure, Measure
from benchmarks.read.goals import Goal, Verdict
from msgspec import Struct

Round = Mapping[str, Figure]


class Result(Struct, frozen=True, kw_only=True):
    """What came of a goal: medians of both figures, and the median and range of the ratios of each round.

    `by_cpu` is the median of how many times more CPU an answer of the peer takes, where answers a second are
    compared: a busy machine changes it less than the ratio.
    """

    goal: Goal
    ours: Figure
    peer: Figure | None
    ratio: float | None
    least: float | None
    most: float | None
    by_cpu: float | None
    verdict: Verdict


def measured(
    goals: Sequence[Goal], figures: Mapping[str, Measure], *, rounds: int, chance: random.Random
) -> Iterator[Round]:
    """So many rounds, after one that warms up and does not count."""
    names = list(dict.fromkeys(name for goal in goals for name in (goal.ours, goal.peer) if name))
    for number in range(rounds + 1):
        order = chance.sample(names, len(names))
        taken = {name: figures[name]() for name in order}
        if number:
            yield {name: taken[name] for name in names}


def result_of(goal: Goal, rounds: Sequence[Round]) -> Result:
    """The ratio of each round, and what they say of the goal."""
    ratios = [ratio for ratio in (_ratio(goal, each) for each in rounds) if ratio is not None]
    ratio = median(ratios) if ratios else None
    costs = [cost for cost in (_by_cpu(goal, each) for each in rounds) if cost is not None]
    return Result(
        goal=goal,
        ours=_median([each[goal.ours] for each in rounds]),
        peer=_median([each[goal.peer] for each in rounds]) if goal.peer else None,
        ratio=ratio,
        least=min(ratios, default=None),
        most=max(ratios, default=None),
        by_cpu=median(costs) if costs else None,
        verdict=goal.verdict(ratio),
    )


def _ratio(goal: Goal, taken: Round) -> float | None:
    ours = taken[goal.ours].value
    peer = taken[goal.peer].value if goal.peer else 1.0
    return ours / peer if ours is not None and peer else None


def _by_cpu(goal: Goal, taken: Round) -> float | None:
    ours, peer = taken[goal.ours].load, taken[goal.peer].load if goal.peer else None
    if goal.at_most or ours is None or peer is None or not ours.cpu_ms:
        return None
    return peer.cpu_ms / ours.cpu_ms


def _median(found: Sequence[Figure]) -> Figure:
    """The figure in the middle, with all that belongs to it; the last when none has a value."""
    with_value = sorted((each for each in found if each.value is not None), key=lambda each: each.value or 0)
    return with_value[len(with_value) // 2] if with_value else found[-1]
