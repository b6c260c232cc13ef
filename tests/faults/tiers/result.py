"""What a part of the fault suite is, and what it found."""

from collections.abc import Callable, Mapping

from msgspec import Struct


class PartResult(Struct, frozen=True, kw_only=True):
    """What so many rounds of a part gave.

    `checked` says in words what was looked at in each round, `figures` what was measured, by name; a failure is a
    sentence that names seed, scenario and kill point, so that it can be had again.
    `not_run` is why nothing was done.
    """

    rounds: int
    checked: str
    figures: Mapping[str, float | int | str] = {}
    failures: tuple[str, ...] = ()
    not_run: str = ""


class Part(Struct, frozen=True, kw_only=True):
    """One row of the fault suite's table: `run(scale, seed)`, where scale 1 is what the goal asks for.

    `rows` are the rows of the fault matrix that it is about.
    """

    name: str
    rows: str
    goal: str
    run: Callable[[float, int], PartResult]


class Line(Struct, frozen=True, kw_only=True):
    """A line of the table."""

    part: str
    rows: str
    goal: str
    seed: int
    scale: float
    git: str
    seconds: float
    result: PartResult


def scaled(rounds: int, scale: float, *, least: int = 1) -> int:
    """How many rounds that is at this scale."""
    return max(least, round(rounds * scale))
