"""What one worker of ours holds: when it has answered once, and after so many seconds of load."""

import time

from benchmarks.read.load import ask
from benchmarks.read.processes import Memory, memory, worker_of
from benchmarks.read.questions import FIRST_PAGE, Deck
from benchmarks.read.server_process import status_of
from benchmarks.read.stage import Stage

SETTLE_SECONDS = 2.0
A_TURN = 60
"""Seconds of load between which new questions are dealt."""


class WorkerMemory:
    """Measured once, when first asked for: an hour of load is for once."""

    def __init__(self, stage: Stage, questions: Deck, *, seconds: int) -> None:
        self._stage, self._questions, self._seconds = stage, questions, seconds
        self._found: tuple[Memory, Memory] | None = None

    @property
    def idle(self) -> Memory:
        return self._measured()[0]

    @property
    def loaded(self) -> Memory:
        return self._measured()[1]

    def _measured(self) -> tuple[Memory, Memory]:
        if self._found is None:
            self._found = self._measure()
        return self._found

    def _measure(self) -> tuple[Memory, Memory]:
        with self._stage.fresh() as program:
            status_of(program, FIRST_PAGE)  # what it needs for an answer it has from here on
            time.sleep(SETTLE_SECONDS)
            worker = worker_of(program.pid)
            idle = memory(worker)
            for begun in range(0, self._seconds, A_TURN):
                turn = min(A_TURN, self._seconds - begun)
                ask(program, self._stage.cluster, self._questions.deal(), seconds=turn)
            return idle, memory(worker)
