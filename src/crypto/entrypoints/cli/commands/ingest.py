"""`crypto ingest`: fetch what the sources have and store it."""

from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from functools import partial
from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.options import SOURCE, json_option

if TYPE_CHECKING:
    from crypto.application.ingest.ingest_sources import SourceResult
    from crypto.entrypoints.cli.kit.run_events import RunEventPublisher
    from crypto.entrypoints.settings import Settings


@click.command("ingest")
@click.argument("names", metavar="[SOURCE]...", nargs=-1, type=SOURCE)
@click.option("--schedule", is_flag=True, help="Go on: each source at its own interval, until Ctrl-C.")
@click.option("--accept-list", is_flag=True, help="Believe the named sources' lists, though they shrank.")
@click.option("--with-parent", is_flag=True, hidden=True, help="End when standard input does.")
@json_option
def command(
    names: tuple[str, ...], *, schedule: bool, accept_list: bool, with_parent: bool, as_json: bool
) -> None:
    """Ingest every source once, side by side; one that fails stops no other.

    A run that is stopped goes on at its next page; fetching again never makes a second row. A list that lost
    more than half of its coins is not believed, unless you say that it is right.

    \b
      crypto ingest                      all that are switched on
      crypto ingest coingecko csv        just these
      crypto ingest --json               the outcome for programs
      crypto ingest coingecko --accept-list
      crypto ingest --schedule           again and again, until Ctrl-C
    """
    from crypto.entrypoints.cli.kit import session

    if accept_list and (schedule or not names):
        raise click.UsageError("--accept-list takes sources by name, and no --schedule")
    settings = session.narrowed(session.begin(), names)
    with session.with_parent(settings) if with_parent else nullcontext():
        if schedule:
            _on_schedule(settings, as_json=as_json)
        else:
            _once(settings, names, accept_list=accept_list, as_json=as_json)


def _once(settings: "Settings", names: tuple[str, ...], *, accept_list: bool, as_json: bool) -> None:
    from crypto.entrypoints.cli.kit.outcome import conclude
    from crypto.entrypoints.cli.kit.session import closing, container_of, migrated_database, switched_on
    from crypto.entrypoints.runtime.signals import run_stoppable

    with migrated_database(settings) as url, events_for(settings) as events:
        container = container_of(settings, url, events)
        sources = switched_on(container, settings, names=names)

        async def work() -> "list[SourceResult]":
            async with closing(container):
                ingest_source = container.ingest_source(accept_list=accept_list)
                return await container.ingest_sources(ingest_source=ingest_source)(sources)

        results = run_stoppable(work())
    conclude(results, as_json=as_json)


def _on_schedule(settings: "Settings", *, as_json: bool) -> None:
    from loguru import logger

    from crypto.application.ingest.plan_sweep import overbooked
    from crypto.entrypoints.cli.kit.run_events import RunEventPublisher, log_event, print_event
    from crypto.entrypoints.cli.kit.session import (
        check_repeatable,
        closing,
        container_of,
        migrated_database,
        switched_on,
    )
    from crypto.entrypoints.runtime.signals import run_stoppable

    check_repeatable(settings)
    log = partial(log_event, page_level="DEBUG" if settings.log_format == "text" else "INFO")
    events = RunEventPublisher(log, print_event) if as_json else RunEventPublisher(log)
    with migrated_database(settings) as url:
        container = container_of(settings, url, events)
        sources = switched_on(container, settings)
        for warning in overbooked(sources):
            logger.warning(warning)

        async def work() -> None:
            async with closing(container):
                await container.run_schedule()(sources)

        run_stoppable(work())


@contextmanager
def events_for(settings: "Settings") -> "Iterator[RunEventPublisher]":
    """Who hears of a run: the log, and on a terminal the progress bars."""
    from crypto.entrypoints.cli.kit.run_events import RunEventPublisher, log_event
    from crypto.entrypoints.cli.kit.session import on_terminal

    if not on_terminal() or settings.log_format == "json":
        yield RunEventPublisher(log_event)
        return
    from crypto.entrypoints.cli.kit.progress import Progress

    with Progress() as progress:
        yield RunEventPublisher(partial(log_event, page_level="DEBUG"), progress.show)
