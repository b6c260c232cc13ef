"""`crypto data`: the stored quotes, newest first."""

from typing import TYPE_CHECKING

import rich_click as click

from crypto.entrypoints.cli.kit.options import json_option, wide_option
from crypto.entrypoints.cli.kit.quote_filter import quote_filter_options
from crypto.entrypoints.cli.screen.grid import Column

if TYPE_CHECKING:
    from typing_extensions import Unpack

    from crypto.entrypoints.cli.kit.quote_filter import Filters

COLUMNS = (
    Column(name="observed_at", title="observed_at (UTC)"),
    Column(name="coin_id", gives="middle", least=12),
    Column(name="symbol", gives="end", least=6, ease=6, rank=2),
    Column(name="price_usd"),
    Column(name="market_cap", rank=3),
    Column(name="volume_24h", rank=4),
    Column(name="source"),
    Column(name="age", rank=1),
)


@click.command("data")
@quote_filter_options
@click.option("--limit", "page_size", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1), help="Which part of the list, from 1.")
@click.option("--cursor", help="next_cursor of the part before, with the same filters; instead of --page.")
@click.option(
    "--count",
    type=click.Choice(["exact", "estimated", "none"]),
    default="exact",
    show_default=True,
    help="How the length of the whole list is told; an exact one that takes longer than 2 s is estimated.",
)
@wide_option
@json_option
def command(
    page: int | None,
    page_size: int,
    cursor: str | None,
    count: str,
    *,
    wide: bool,
    as_json: bool,
    **filters: "Unpack[Filters]",
) -> None:
    """Show stored quotes, newest first, with every digit; what fits the screen of each, or all with --wide.

    \b
      crypto data --coin bitcoin                     one coin, as CoinGecko names it
      crypto data --coin bitcoin --coin ethereum     any of several
      crypto data --symbol btc --source coinpaprika  by ticker
      crypto data --from 2026-11-01 --to 2026-11-02  one day (UTC)
      crypto data --as-of 2026-11-02T12:00:00Z       what was believed then
      crypto data --limit 1000 --json > quotes.json  for programs
    """
    from crypto.application.query.quote_page import PageRequest
    from crypto.domain.market_data import Count
    from crypto.entrypoints.cli.kit.exits import say
    from crypto.entrypoints.cli.kit.quote_filter import wanted_of
    from crypto.entrypoints.cli.kit.quotes import WIDE_QUOTES, page_as_json, page_as_table
    from crypto.entrypoints.cli.kit.session import asked

    wanted = wanted_of(filters)
    found = asked(lambda container: container.query_market_data()(
        wanted, PageRequest(page=page, page_size=page_size, cursor=cursor, count=Count(count))
    ))  # fmt: skip
    if as_json:
        page_as_json(found, unknown_coin_ids=found.unknown_coin_ids)
    else:
        page_as_table(found, COLUMNS, what="quotes", wide=WIDE_QUOTES if wide else ())
    for unknown in found.unknown_coin_ids:
        say(str(unknown))
