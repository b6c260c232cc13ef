"""The table of goals, for people."""

import platform
import subprocess
from collections.abc import Sequence
from os import cpu_count, getloadavg

from benchmarks.read.figures import Figure
from benchmarks.read.rounds import Result, Round
from benchmarks.read.stage import Stage
from rich.console import Console
from rich.table import Table

WIDTH = 180
COLUMNS = ("goal", "ours", "peer", "ratio (range)", "by CPU", "must", "aim", "verdict")


def print_goals(results: Sequence[Result], *, markdown: bool = False) -> None:
    """One row a goal: medians of the figures, and of the ratios of the rounds with their range."""
    rows = [_row(each) for each in results]
    if markdown:
        print(*(f"| {' | '.join(row)} |" for row in (COLUMNS, ["---"] * len(COLUMNS), *rows)), sep="\n")
        return
    table = Table(*COLUMNS)
    for row in rows:
        table.add_row(*row)
    Console(width=WIDTH).print(table)


def _row(result: Result) -> Sequence[str]:
    goal = result.goal
    wanted = [f"{'at most ' if goal.at_most else ''}{bound:g}" for bound in (goal.must, goal.aim)]
    return [
        goal.title,
        _text(result.ours),
        _text(result.peer),
        _ratio(result),
        _short(result.by_cpu),
        *wanted,
        result.verdict,
    ]


def print_figures(rounds: Sequence[Round]) -> None:
    """One row a figure that is of a load: medians over the rounds."""
    table = Table(
        "load", "/s", "p50 ms", "p95 ms", "p99 ms", "program's CPU ms", "PostgreSQL's CPU ms", "answers / CPU s"
    )
    for name in rounds[0]:
        found = [load for load in (taken[name].load for taken in rounds) if load]
        if found:
            load = sorted(found, key=lambda load: load.rate)[len(found) // 2]
            times = (load.p50_ms, load.p95_ms, load.p99_ms, load.program_cpu_ms, load.database_cpu_ms)
            a_second = f"{1000 / load.program_cpu_ms:,.0f}" if load.program_cpu_ms else ""
            table.add_row(name, f"{load.rate:,.1f}", *(f"{each:,.2f}" for each in times), a_second)
    Console(width=WIDTH).print(table)


def machine(stage: Stage) -> str:
    """What it was measured on."""
    wrk = subprocess.run(["wrk", "-v"], check=False, capture_output=True, text=True).stdout.split(" ")[:2]
    load = " ".join(f"{each:.1f}" for each in getloadavg())
    return (
        f"{cpu_count()} CPUs ({platform.machine()}), load {load}; Python {platform.python_version()}, "
        f"PostgreSQL {stage.cluster.binaries.version} with initdb's settings, {' '.join(wrk)}"
    )


def _text(figure: Figure | None) -> str:
    if figure is None:
        return ""
    value = "" if figure.value is None else f"{figure.value:,.{_digits(figure.value)}f} {figure.unit}"
    return f"{value} ({figure.note})" if value and figure.note else value or figure.note


def _ratio(result: Result) -> str:
    if result.ratio is None:
        return "-"
    return f"{_short(result.ratio)} ({_short(result.least)}-{_short(result.most)})"


def _short(value: float | None) -> str:
    return "-" if value is None else f"{value:.{_digits(value)}f}"


def _digits(value: float) -> int:
    """Three digits that say something, at least."""
    return 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
