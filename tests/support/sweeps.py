"""Lists of coins, and what their sweeps left, for the contracts of every store."""

from collections.abc import Iterable
from datetime import datetime

from crypto.domain.market_data import CoinFilter, QuoteFilter, Window
from crypto.domain.run import Run, RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import market
from tests.support.market import Market, Record
from tests.support.stores import Store


def listing(*coins: str) -> list[Record]:
    """A page that names them, each at the same price."""
    return [(coin, 0, "1") for coin in coins]


def knowing(clock: ManualClock, *pages: object, coins: Iterable[str], **options: object) -> Market:
    """A market that can be asked for these coins by id."""
    source = market(clock, *pages, **options)
    source.by_id = {coin: (coin, 0, "1") for coin in coins}
    return source


async def unseen(store: Store) -> set[str]:
    """Coins that a complete sweep no longer named."""
    return {row.coin_id for row in (await store.contents())["latest"] if row.is_unseen}


async def below(store: Store) -> set[str]:
    """Coins below the pages that are read of their list."""
    found = await store.coins.coins(CoinFilter(), Window(limit=1000))
    return {coin.coin_id for coin in found.quotes if coin.below_since}


async def since(store: Store, coin_id: str) -> tuple[datetime | None, datetime | None]:
    """Since when a coin is unseen, and below; told alike with its quote and in the list of coins."""
    (quote,) = (await store.reader.find(QuoteFilter(coin_ids=(coin_id,)), Window(limit=1))).quotes
    (coin,) = (await store.coins.coins(CoinFilter(coin_id=coin_id), Window(limit=1))).quotes
    assert (quote.unseen_since, quote.below_since) == (coin.unseen_since, coin.below_since)
    return coin.unseen_since, coin.below_since


def figures(run: Run) -> tuple[RunStatus, int | None, int | None]:
    """How it ended, how many coins it named, how many it missed."""
    return run.status, run.coins_named, run.coins_missing
