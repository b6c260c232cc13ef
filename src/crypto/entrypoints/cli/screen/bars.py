"""A block of progress bars on a terminal, for as long as a `with` block lasts."""

from types import TracebackType
from typing import Self

from rich.progress import Progress, TaskID


class OnTerminal:
    """The bars, and the task of each name that has one."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        self._bars.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._bars.stop()
