"""`crypto coins`: the newest quote of each coin, the largest first."""

from typing import TYPE_CHECKING, TypedDict

import rich_click as click

from crypto.entrypoints.cli.kit.options import SOURCE, json_option, wide_option
from crypto.entrypoints.cli.screen.grid import Column

if TYPE_CHECKING:
    from typing_extensions import Unpack

COLUMNS = (
    Column(name="coin_id", gives="middle", least=12),
    Column(name="name", gives="end", rank=3),
    Column(name="symbol", gives="end", least=6, ease=6),
    Column(name="price_usd"),
    Column(name="market_cap", rank=1),
    Column(name="volume_24h", rank=2),
    Column(name="source"),
    Column(name="age"),
    Column(name="state", unless=("-",)),
)


class Part(TypedDict):
    """The options that say which coins, and which part of their list."""

    source: str | None
    symbol: str | None
    page: int | None
    cursor: str | None


@click.command("coins")
@click.argument("coin_id", required=False)
@click.option("--source", type=SOURCE, help="Of this source only.")
@click.option("--symbol", help="The ticker, in any case: every coin that has it is shown.")
@click.option("--limit", "page_size", type=click.IntRange(1, 1000), default=20, show_default=True)
@click.option("--page", type=click.IntRange(1), help="Which part of the list, from 1.")
@click.option("--cursor", help="next_cursor of the part before, with the same filters; instead of --page.")
@wide_option
@json_option
def command(coin_id: str | None, page_size: int, *, wide: bool, as_json: bool, **part: "Unpack[Part]") -> None:
    """Show the newest quote of each coin of each source, the largest market cap first.

    COIN_ID is the id that a source gives a coin, byte for byte; with it, one row for each source that has it.
    A coin that its source gives no longer is unseen; a price that is too old to be current is stale. (The exact
    moments, unseen_since and stale_after, are in --wide and --json.) Coins below the pages that are read of a list
    are named below the table (below_since in --json).

    \b
      crypto coins                         the largest; those of unknown size last
      crypto coins bitcoin                 one coin, as CoinGecko names it
      crypto coins --symbol btc            all that share a ticker
      crypto coins --source coinpaprika --limit 1000 --json > coins.json
    """
    from crypto.entrypoints.cli.kit.quotes import WIDE_COINS, as_table, rows_of, say_below
    from crypto.entrypoints.cli.kit.session import asked
    from crypto.entrypoints.cli.screen.show import show_json

    if coin_id is None:
        _show_list(page_size, wide=wide, as_json=as_json, **part)
        return
    if given := [name for name, value in part.items() if value is not None]:
        raise click.UsageError(f"--{given[0]} is for the list of coins: leave it out, or leave out {coin_id!r}")
    coin = asked(lambda container: container.list_coins().of_id(coin_id))
    if as_json:
        show_json({"data": rows_of(coin), "total": len(coin.quotes)})
    else:
        as_table(coin, COLUMNS, wide=WIDE_COINS if wide else ())
        say_below(coin)


def _show_list(page_size: int, *, wide: bool, as_json: bool, **part: "Unpack[Part]") -> None:
    from crypto.adapters.registry import SOURCES
    from crypto.application.query.quote_page import PageRequest
    from crypto.domain.market_data import CoinFilter
    from crypto.entrypoints.cli.kit.quotes import WIDE_COINS, page_as_json, page_as_table, say_below
    from crypto.entrypoints.cli.kit.session import asked, check_source

    if part["source"] is not None:
        check_source(part["source"], SOURCES)
    wanted = CoinFilter(source=part["source"], symbol=part["symbol"])
    found = asked(lambda container: container.list_coins()(
        wanted, PageRequest(page=part["page"], page_size=page_size, cursor=part["cursor"])
    ))  # fmt: skip
    if as_json:
        page_as_json(found)
    else:
        page_as_table(found, COLUMNS, what="coins", wide=WIDE_COINS if wide else ())
        say_below(found)
