"""Made-up CSV files in every dialect, some without what decides it: what is stored of them is true.

`python -m tests.faults.full --only dialects --seed N --scale S` makes the same files again.
"""

from collections import Counter

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.truth.files import MadeUp, files
from tests.support.truth.judge import Verdict, judged

FILES = 2000


def run(scale: float, number: int) -> PartResult:
    """Read so many files, and count what became of them."""
    seen: Counter[str] = Counter()
    failures: list[str] = []

    @seed(number)
    @settings(
        max_examples=scaled(FILES, scale),
        deadline=None,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(files())
    def judge(made_up: MadeUp) -> None:
        verdict = judged(made_up)
        seen[verdict.outcome] += 1
        if verdict.wrong:
            failures.append(told(made_up, verdict))

    judge()
    return PartResult(
        rounds=seen.total(),
        checked="coin, moment, price and volume of each quote; each other row refused or rejected",
        figures=dict(sorted(seen.items())),
        failures=tuple(failures),
    )


def told(made_up: MadeUp, verdict: Verdict) -> str:
    """What is not true of a file, and the file itself."""
    return f"{made_up.told}: {'; '.join(verdict.wrong)}\n{dict(made_up.settings)}\n{made_up.name}\n{made_up.text}"


PARTS = (
    Part(
        name="dialects",
        rows="CSV",
        goal="2,000 files, 0 stored numbers, coins or moments that are not the true ones",
        run=run,
    ),
)
