"""Lists of coins, and what their sweeps left, for the contracts of every store."""

from collections.abc import Iterable

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
    return {row[0] for row in (await store.contents())["latest"] if row[-1]}


def figures(run: Run) -> tuple[RunStatus, int | None, int | None]:
    """How it ended, how many coins it named, how many it missed."""
    return run.status, run.coins_named, run.coins_missing
