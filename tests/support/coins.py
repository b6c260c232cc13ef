"""Tables of newest quotes, made by writing quotes: random ones, and a way into any store."""

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal

from hypothesis import strategies as st

from crypto.domain.feed import Feed
from crypto.domain.market_data import CoinFilter
from crypto.domain.quote import Quote
from crypto.domain.run import RunKind, RunStatus
from tests.support.api import page, quote
from tests.support.clock import NOON
from tests.support.stores import Store

COINS = ("btc", "BTC", "btc ", "a", "b", "é", "z" * 40)
SOURCES = ("coingecko", "coinpaprika", "csv")
SYMBOLS = ("btc", "BTC", "É", "é", "eth", None)

caps = st.none() | st.sampled_from([Decimal(1), Decimal("1.5"), Decimal("3.84e-18"), Decimal(2201000000000)])
rows = st.tuples(st.sampled_from(SOURCES), st.sampled_from(COINS), st.sampled_from(SYMBOLS), caps)
tables = st.lists(rows, max_size=21, unique_by=lambda row: row[:2])
filters = st.builds(
    CoinFilter,
    source=st.none() | st.sampled_from(SOURCES),
    coin_id=st.none() | st.sampled_from(COINS),
    symbol=st.none() | st.sampled_from(["btc", "Btc", "é", "É", "nosuch"]),
)

Row = tuple[str, str, str | None, Decimal | None]


async def fill(store: Store, table: Iterable[Row]) -> None:
    """A store whose newest quotes are these."""
    of_source: dict[str, list[Quote]] = defaultdict(list)
    for position, (source, coin_id, symbol, market_cap) in enumerate(table):
        row = quote(coin_id, source=source, symbol=symbol, market_cap=market_cap, position=position)
        of_source[source].append(row)
    for source, quotes in of_source.items():
        async with store.ledger.claim(Feed(source=source), kind=RunKind.INGEST) as claim:
            await claim.prepare(NOON, quotes)
            async with claim.page_transaction() as transaction:
                stored = await transaction.keep(page(source), coin_ids=[], parser_version=1)
                await transaction.write_quotes(stored, quotes)
            await claim.finish(RunStatus.SUCCESS, error=None)
