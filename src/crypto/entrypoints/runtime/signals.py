"""Run work that a signal ends cleanly: the first cancels it, the second ends the process at once."""

import asyncio
import os
import signal
import sys
import threading
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, TypeVar

from crypto.adapters.platform import HERE

Result = TypeVar("Result")

SIGNALS = HERE.stop_signals
GRACE = 15.0
"""Seconds a process whose parent is gone has to end cleanly."""


def exit_on_signals() -> None:
    """Make a signal end the process with 130 or 143 by unwinding its blocks, so that they clean up."""
    for each in SIGNALS:
        signal.signal(each, _leave)


def _leave(number: int, frame: FrameType | None) -> None:
    for each in SIGNALS:
        signal.signal(each, _leave_at_once)
    sys.exit(128 + number)


def _leave_at_once(number: int, frame: FrameType | None) -> None:
    os._exit(128 + number)


@contextmanager
def told_of_signals(tell: Callable[[], None]) -> Iterator[None]:
    """Within the block `tell` hears, before who hears it already, of a signal that asks the process to end."""
    heard = {each: signal.getsignal(each) for each in SIGNALS}

    def hear(number: int, frame: FrameType | None) -> None:
        tell()
        before = heard[signal.Signals(number)]
        if callable(before):
            before(number, frame)

    for each in SIGNALS:
        signal.signal(each, hear)
    try:
        yield
    finally:
        for each, before in heard.items():
            signal.signal(each, before)


def run_stoppable(work: Coroutine[Any, Any, Result], *, starts_processes: bool = False) -> Result:
    """What the work gives; exits with 130 or 143 when a signal stopped it, after it ended cleanly.

    Not everywhere can the loop that the database driver works in start processes as well.
    """
    stop = Stop()
    try:
        with asyncio.Runner(loop_factory=None if starts_processes else HERE.loop_factory) as runner:
            return runner.run(stop.guard(work))
    except asyncio.CancelledError:
        if not stop.signal:
            raise
    finally:
        exit_on_signals()  # closing the loop took our handlers away, and there may be more to clean up
    sys.exit(128 + stop.signal)


class Stop:
    """Turns signals into cancellation; `signal` is the one that came, or 0."""

    def __init__(self) -> None:
        self.signal = 0
        self._task: asyncio.Task[Any] | None = None

    async def guard(self, work: Coroutine[Any, Any, Result]) -> Result:
        """What the work gives; a signal cancels it."""
        self._task = asyncio.current_task()
        for each in SIGNALS:
            HERE.hear(asyncio.get_running_loop(), each, self._hear)
        return await work

    def _hear(self, number: int) -> None:
        if self.signal:
            os._exit(128 + number)
        self.signal = number
        if self._task:
            self._task.cancel()


def end_with_parent() -> None:
    """Stop this process when its standard input ends: the parent holds the other end and is gone then.

    A process that does not stop is killed after a grace time, with the group it leads.
    """
    threading.Thread(target=_await_end_of_input, daemon=True, name="parent-watch").start()


def _await_end_of_input() -> None:
    while os.read(0, 4096):
        pass
    HERE.ask_ourselves_to_end()
    threading.Event().wait(GRACE)
    HERE.kill_ourselves()
