"""Show the runs on a terminal while they go: a line a source."""

from rich.console import Console
from rich.progress import BarColumn, SpinnerColumn, Task, TextColumn
from rich.progress import Progress as Bars
from rich.table import Column
from rich.text import Text

from crypto.domain.run import Counters, RunStatus, complete_percent
from crypto.entrypoints.cli.kit.run_events import RunEvent
from crypto.entrypoints.cli.screen.bars import OnTerminal
from crypto.entrypoints.cli.screen.show import cell, percent

MARKS = {RunStatus.SUCCESS: "[green]done[/]", RunStatus.CANCELLED: "[yellow]stopped[/]"}


NAME_WIDTH = 12

ROOMY = 100
"""A terminal that is narrower has short bars: what is told of a run comes first."""


class _Told(TextColumn):
    """The only column that gives way on a narrow terminal, and is cut there: a run has one line."""

    def render(self, task: Task) -> Text:
        text = super().render(task)
        text.no_wrap, text.overflow = True, "ellipsis"
        return text


class Progress(OnTerminal):
    """A block on the terminal that log lines go above of; it stays when it ends."""

    def __init__(self, console: Console | None = None) -> None:
        console = console or Console(stderr=True)
        bars = Bars(
            SpinnerColumn(finished_text=" ", table_column=Column(no_wrap=True)),
            TextColumn("{task.description:<12}", table_column=Column(no_wrap=True, min_width=NAME_WIDTH)),
            BarColumn(bar_width=24 if console.width >= ROOMY else 10, table_column=Column(no_wrap=True)),
            _Told("{task.fields[told]}", table_column=Column()),
            console=console,
        )
        super().__init__(bars)
        self._counted: dict[str, Counters] = {}

    def say(self, text: str) -> None:
        """Print a line above the progress bars, without any markup."""
        self._bars.console.print(text, markup=False, highlight=False, soft_wrap=True)

    def show(self, event: RunEvent) -> None:
        """Bring the progress line of the event's source up to date."""
        task = self._tasks.get(event.source)
        if task is None:
            task = self._bars.add_task(event.source, total=None, told="")
            self._tasks[event.source] = task
        if event.event == "started":
            self._counted[event.source] = Counters()
            self._bars.update(task, told="resuming" if event.resumed else "asking")
        elif event.event == "planned":
            self._bars.update(task, told=_plan(event))
        elif event.event == "page":
            self._counted[event.source] = self._counted.get(event.source, Counters()) + (
                event.counters or Counters()
            )
            self._bars.update(task, told=_counted(self._counted[event.source]))
        elif event.event == "away":
            self._bars.update(task, told="waiting for the database")
        elif event.event == "waiting":
            if not self._bars.tasks[task].finished:
                state = "[red]failed[/]" if event.failed else "ingested"
                self._bars.update(task, total=1, completed=1, told=f"{state}; next at {cell(event.until)}")
        else:
            self._bars.update(task, total=1, completed=1, told=_ending(event))


def _plan(event: RunEvent) -> str:
    if event.falls_short:
        return f"[red]only {event.left} of the {event.requests} requests are left until {cell(event.reset_at)}[/]"
    requests = "1 request" if event.requests == 1 else f"{event.requests} requests"
    return f"{requests}, until about {cell(event.until)}"


def _counted(counters: Counters) -> str:
    rejected = f", {counters.rejected} rejected" if counters.rejected else ""
    others = f", {counters.skipped} skipped" if counters.skipped else ""
    pages = "1 page" if counters.pages == 1 else f"{counters.pages} pages"
    return f"{pages}, {counters.received} records, {counters.inserted} new{rejected}{others}"


def _missing(event: RunEvent) -> str:
    """How complete a sweep is that missed a coin."""
    if not event.coins_missing:
        return ""
    return f", {percent(complete_percent(event.coins_named, event.coins_missing))} complete"


def _ending(event: RunEvent) -> str:
    from rich.markup import escape

    mark = MARKS.get(RunStatus(event.status)) if event.status else None
    reason = f": {escape(cell(event.error))}" if event.error else ""
    counted = _counted(event.counters) + _missing(event) if event.counters else ""
    words = (counted, mark) if mark else ("[red]failed[/]", counted)  # what matters is not what is cut
    return " ".join(filter(None, words)) + reason
