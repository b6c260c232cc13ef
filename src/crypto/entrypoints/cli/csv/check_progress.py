"""Show on a terminal how far a check is: a line a table."""

from typing import Any

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from crypto.domain.page import RawPage
from crypto.entrypoints.cli.screen.bars import OnTerminal


class CheckProgress(OnTerminal):
    """A block on the terminal that is gone when it ends."""

    def __init__(self, console: Console | None = None) -> None:
        bars = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=24),
            DownloadColumn(binary_units=True),
            TimeRemainingColumn(),
            console=console or Console(stderr=True),
            transient=True,
        )
        super().__init__(bars)

    def show(self, page: RawPage) -> None:
        """Bring the progress line of the page's table up to date."""
        name = str(page.context["path"])
        files: Any = page.cursor_after["files"]
        if name not in self._tasks:
            self._tasks[name] = self._bars.add_task(name, total=files[name]["size"])
        self._bars.update(self._tasks[name], completed=files[name]["offset"])
