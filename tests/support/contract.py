"""What the contract tests of stores share: a market, prices as a test reads them, a holder that dies."""

from decimal import Decimal

from crypto.domain.market_data import QuoteFilter, QuoteKey, Window
from tests.support.clock import ManualClock
from tests.support.market import Market, minute
from tests.support.stores import InMemory, InPostgres, Store

EVERYTHING: Window[QuoteKey] = Window(limit=1000)


def market(clock: ManualClock, *sweep: object, **options: object) -> Market:
    return Market(clock, sweep, name="coingecko", **options)  # type: ignore[arg-type]


async def crash(store: Store, name: str) -> None:
    """The holder's process dies: in memory it lets go; in PostgreSQL its session is gone."""
    if isinstance(store, InMemory):
        store.memory.crash()
        return
    assert isinstance(store, InPostgres)
    holders = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE %s"
    await store.rows(holders, f"crypto-ingest:{name}%")


async def prices(store: Store, wanted: QuoteFilter | None = None) -> dict[tuple[str, int], Decimal | None]:
    found = await store.reader.find(wanted or QuoteFilter(), EVERYTHING)
    start = minute(0)
    return {
        (quote.coin_id, int((quote.observed_at - start).total_seconds() // 60)): quote.price_usd
        for quote in found.quotes
    }
