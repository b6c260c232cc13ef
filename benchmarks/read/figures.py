"""What is measured once a round: each figure has a name, so that rounds can take them in any order."""

import random
from collections.abc import Callable, Mapping, Sequence
from statistics import median

from benchmarks.read import lookups
from benchmarks.read.load import Load, ask, pgbench
from benchmarks.read.questions import (
    AT_THE_TOP,
    FIRST_PAGE,
    HEALTH,
    NEWEST,
    PAGE_SIZE,
    Deck,
    coin_pages,
    cursor_pages,
    keyset_script,
    numbered_pages,
)
from benchmarks.read.server_process import Program, status_of
from benchmarks.read.stage import FEW, Stage
from benchmarks.read.statement_times import milliseconds
from benchmarks.read.worker_memory import WorkerMemory
from msgspec import Struct

A_ROUND = 15_000
"""Different questions a round, more than are answered in one; there are enough for 13 rounds."""

PAGES_A_ROUND = 20
BAD_REQUEST = 400


class Figure(Struct, frozen=True, kw_only=True):
    """A value in its unit; None and a note when there is none. `load` has all that was measured with it."""

    value: float | None
    unit: str
    note: str = ""
    load: Load | None = None


Measure = Callable[[], Figure]


def figures(stage: Stage, chance: random.Random, *, soak: int) -> Mapping[str, Measure]:
    """Every figure by its name; nothing is started or made before one is taken."""
    many, most = stage.many, stage.most

    def top(rows: int) -> Deck:
        return Deck(lambda: cursor_pages(rows, AT_THE_TOP, chance, snapshots=NEWEST), A_ROUND, chance)

    top_of_many, top_of_most = top(many), top(most)
    anywhere = Deck(lambda: cursor_pages(most, AT_THE_TOP, chance), A_ROUND, chance)
    coins, coins_of_fastapi, coins_of_litestar = (Deck(coin_pages, A_ROUND, chance) for _ in range(3))
    first_pages = Deck(lambda: list(numbered_pages(1, 200)), PAGES_A_ROUND, chance)
    last_pages = Deck(lambda: list(numbered_pages(max(most // PAGE_SIZE - 199, 1), 200)), PAGES_A_ROUND, chance)
    memory = WorkerMemory(stage, top(many), seconds=soak)
    return {
        "first page, cached": lambda: _rate(stage, stage.ours(many), [FIRST_PAGE]),
        "static bytes": lambda: _rate(stage, stage.static(), [FIRST_PAGE]),
        "first page": lambda: _rate(stage, stage.ours(many), top_of_many.deal()),
        "pgbench": lambda: _of_rate(pgbench(stage.cluster, stage.database(many), keyset_script(many))),
        "first page, FastAPI": lambda: _rate(stage, stage.fastapi(), [FIRST_PAGE]),
        "one coin": lambda: _rate(stage, stage.ours(many), coins.deal()),
        "one coin, FastAPI": lambda: _rate(stage, stage.fastapi(), coins_of_fastapi.deal()),
        "one coin, Litestar": lambda: _rate(stage, stage.litestar(), coins_of_litestar.deal()),
        "health at most": lambda: _latency(stage, stage.ours(most), [HEALTH], "p50_ms"),
        "health at few": lambda: _latency(stage, stage.ours(FEW), [HEALTH], "p50_ms"),
        "last page": lambda: _statements(stage, last_pages.deal()),
        "page 1": lambda: _statements(stage, first_pages.deal()),
        "cursor anywhere": lambda: _latency(stage, stage.ours(most), anywhere.deal(), "p95_ms"),
        "cursor at the top": lambda: _latency(stage, stage.ours(most), top_of_most.deal(), "p95_ms"),
        "worker, idle": lambda: Figure(value=memory.idle.rss, unit="MB", note=f"PSS {memory.idle.pss:.0f}"),
        "worker, loaded": lambda: Figure(value=memory.loaded.rss, unit="MB", note=f"PSS {memory.loaded.pss:.0f}"),
        "Parquet": _not_there_yet,
        "Parquet, memory": _not_there_yet,
        "COPY": _not_there_yet,
        "10,000 look-ups": lambda: _lookups(stage, together=True),
        "look-ups one by one": lambda: _lookups(stage, together=False),
    }


def _rate(stage: Stage, program: Program, questions: Sequence[str]) -> Figure:
    return _of_rate(ask(program, stage.cluster, questions))


def _of_rate(load: Load) -> Figure:
    return _figure(load, load.rate, "/s")


def _latency(stage: Stage, program: Program, questions: Sequence[str], percentile: str) -> Figure:
    """As one client sees it: with more, it would be the time in the queue."""
    load = ask(program, stage.cluster, questions, clients=1)
    return _figure(load, getattr(load, percentile), "ms")


def _figure(load: Load, value: float, unit: str) -> Figure:
    """None when something was refused or broke: a quick refusal is not a quick answer."""
    if load.refused or load.broken or not load.completed:
        note = f"{load.refused} refused, {load.broken} broken of {load.completed}"
        return Figure(value=None, unit=unit, note=note, load=load)
    return Figure(value=value, unit=unit, load=load)


def _not_there_yet() -> Figure:
    """Where the figures of an export belong."""
    return Figure(value=None, unit="", note="not there yet")


def _statements(stage: Stage, questions: Sequence[str]) -> Figure:
    taken = milliseconds(stage.ours_logged(stage.most), stage.cluster, questions)
    if isinstance(taken, int):
        return Figure(value=None, unit="ms", note="refused" if taken == BAD_REQUEST else f"status {taken}")
    return Figure(value=median(taken), unit="ms")


def _lookups(stage: Stage, *, together: bool) -> Figure:
    """Look-ups a second: all in one call of one client, or each in a call of its own of eight clients."""
    program = stage.ours(stage.many)
    status = status_of(program, lookups.PATH, lookups.body(1).encode())
    if status != lookups.OK:
        return Figure(value=None, unit="/s", note=f"not there yet (status {status})")
    number, clients = (lookups.MOST, 1) if together else (1, 8)
    questions = [f"{lookups.PATH} {lookups.body(number, first)}" for first in range(lookups.QUESTIONS)]
    load = ask(program, stage.cluster, questions, clients=clients)
    return _figure(load, load.rate * number, "/s")
