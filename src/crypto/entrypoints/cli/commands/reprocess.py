"""`crypto reprocess`: read the stored pages again with the present parser."""

from datetime import datetime
from typing import TYPE_CHECKING, TypedDict, Unpack

import rich_click as click

from crypto.entrypoints.cli.kit.options import MOMENT, SOURCE, json_option

if TYPE_CHECKING:
    from crypto.application.ingest.ingest_sources import SourceResult
    from crypto.application.ports import Source
    from crypto.entrypoints.wiring.container import Container


class Chosen(TypedDict):
    """The options that say which pages are read again, and under which settings."""

    received_from: datetime | None
    received_to: datetime | None
    current_settings: bool


@click.command("reprocess")
@click.argument("names", metavar="[SOURCE]...", nargs=-1, type=SOURCE)
@click.option("--from", "received_from", type=MOMENT, help="Pages that arrived at this moment or later.")
@click.option("--to", "received_to", type=MOMENT, help="Pages that arrived before this moment.")
@click.option("--current-settings", is_flag=True, help="Read CSV pages as the settings declare them now.")
@json_option
def command(
    names: tuple[str, ...],
    received_from: datetime | None,
    received_to: datetime | None,
    *,
    current_settings: bool,
    as_json: bool,
) -> None:
    """Read stored pages again with the present parser; nothing is fetched, and nothing is lost.

    What the parser reads better is restated, what it no longer finds is withdrawn; the old rows stay in history.

    A page of a CSV file is read as was declared when it arrived: coin, currency, columns, times. Where that was
    wrong, mend the settings and say --current-settings: it reads the pages of the files that PATHS or a block of
    crypto.toml names as the settings are now, and they stay so: what a block says counts before the environment.
    Pages of other files keep what was declared of them.

    \b
      crypto reprocess                           every page of every source
      crypto reprocess coingecko                 of one
      crypto reprocess csv --from 2026-11-01     what arrived since then
      CRYPTO_SOURCE__CSV__COIN_ID=bitcoin crypto reprocess csv --current-settings
    """
    from crypto.entrypoints.cli.commands.ingest import events_for
    from crypto.entrypoints.cli.kit.outcome import conclude
    from crypto.entrypoints.cli.kit.session import begin, closing, container_of, migrated_database, narrowed
    from crypto.entrypoints.runtime.signals import run_stoppable

    chosen = Chosen(received_from=received_from, received_to=received_to, current_settings=current_settings)
    settings = narrowed(begin(), names)
    with migrated_database(settings) as url, events_for(settings) as events:
        container = container_of(settings, url, events)

        async def work() -> "list[SourceResult]":
            async with closing(container):
                sources = container.sources().called(names)
                return [await _reprocess(container, each, **chosen) for each in sources]

        results = run_stoppable(work())
    conclude(results, as_json=as_json)


async def _reprocess(container: "Container", source: "Source", **chosen: Unpack[Chosen]) -> "SourceResult":
    from crypto.application.errors import CryptoError
    from crypto.application.ingest.ingest_sources import SourceResult

    try:
        run = await container.reprocess_pages()(source, **chosen)
    except CryptoError as error:
        return SourceResult(source=str(source.profile.feed), error=error)
    return SourceResult(source=str(source.profile.feed), run=run)
