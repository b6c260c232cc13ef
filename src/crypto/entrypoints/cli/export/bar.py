"""Show on a terminal how far an export is."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from crypto.application.query.export_quotes import Export
from crypto.entrypoints.cli.kit.session import on_terminal


@contextmanager
def export_bar(export: Export) -> Iterator[Callable[[], None]]:
    """On a terminal a bar that is told when more is written, and gone when the block ends; else nothing."""
    if not on_terminal():
        yield lambda: None
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("quotes"), BarColumn(bar_width=24), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as bars:
        task = bars.add_task("quotes", total=export.facts.total)
        yield lambda: bars.update(task, completed=export.rows_done)
