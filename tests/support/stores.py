"""The stores that must behave alike, with everything in them laid open to compare."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from msgspec.structs import astuple

from crypto.adapters.memory import MemoryDiagnostics, MemoryRequestBudget, MemoryStore
from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.ingest.archive import PostgresArchive
from crypto.adapters.postgres.ingest.ledger import PostgresLedger
from crypto.adapters.postgres.ingest.request_budget import PostgresRequestBudget
from crypto.adapters.postgres.operate.diagnostics import PostgresDiagnostics
from crypto.adapters.postgres.operate.rejection_log import PostgresRejectionLog
from crypto.adapters.postgres.operate.run_log import PostgresRunLog
from crypto.adapters.postgres.operate.schema_drift_log import PostgresSchemaDriftLog
from crypto.adapters.postgres.operate.stored_pages import PostgresStoredPages
from crypto.adapters.postgres.query.changes import PostgresChanges
from crypto.adapters.postgres.query.coins import PostgresCoins
from crypto.adapters.postgres.query.export import PostgresQuoteExport
from crypto.adapters.postgres.query.market_data import PostgresMarketData
from crypto.adapters.postgres.query.price_lookups import PostgresPriceLookups
from crypto.application.ports import (
    ChangeReader,
    CoinReader,
    DatabaseDiagnostics,
    IngestLedger,
    MarketDataReader,
    PageArchive,
    PageReader,
    PriceLookupReader,
    QuoteExport,
    RejectionReader,
    RequestBudget,
    RunReader,
    SchemaDriftReader,
)


class QuoteRow(NamedTuple):
    """What a stored quote says, without when and as which version it was written.

    Of a coin's latest one also whether the last complete sweep did not name the coin.
    """

    coin_id: str
    source: str
    observed_at: datetime
    name: str | None
    symbol: str | None
    price_usd: Decimal
    market_cap: Decimal | None
    volume_24h: Decimal | None
    ingested_at: datetime
    page_id: int
    position: int
    is_unseen: bool | None = None


class RejectionRow(NamedTuple):
    """A record or a field that was not believed."""

    source: str
    page_id: int
    position: int
    reason: str
    detail: str
    excerpt: str
    coin_id: str | None
    field: str
    is_resolved: bool


class DriftRow(NamedTuple):
    """A field that a source's records did not have before, or in another type."""

    source: str
    feed: str
    path: str
    type: str
    first_seen_at: datetime
    page_id: int
    position: int
    example: str


SAID = QuoteRow._fields[:-1]
QUOTE = ", ".join(SAID)
ROWS: Mapping[str, type[Any]] = {
    "unified": QuoteRow,
    "superseded": QuoteRow,
    "latest": QuoteRow,
    "rejections": RejectionRow,
    "drift": DriftRow,
}

TABLES = {
    "unified": f"SELECT {QUOTE} FROM unified_crypto_data ORDER BY observed_at, coin_id, source",
    "superseded": f"""SELECT {QUOTE}
                        FROM superseded_crypto_data ORDER BY recorded_at, superseded_at, coin_id, observed_at""",
    "latest": f"SELECT {QUOTE}, unseen_since IS NOT NULL FROM latest_crypto_data ORDER BY source, coin_id",
    "rejections": """SELECT source, page_id, position, reason, detail, excerpt, coin_id, field,
                            resolved_at IS NOT NULL
                       FROM rejected_records ORDER BY page_id, position, field""",
    "drift": """SELECT source, feed, path, type, first_seen_at, page_id, position, example
                  FROM schema_drift ORDER BY source, path, type COLLATE "C" """,
}

Contents = Mapping[str, list[Any]]
"""The rows of each table, of the kind that ROWS names."""


class Store(Protocol):
    """A store under test."""

    ledger: IngestLedger
    archive: PageArchive
    reader: MarketDataReader
    coins: CoinReader
    lookups: PriceLookupReader
    exports: QuoteExport
    changes: ChangeReader
    run_log: RunReader
    drift_log: SchemaDriftReader
    rejections: RejectionReader
    pages: PageReader
    budget: RequestBudget
    diagnostics: DatabaseDiagnostics

    async def contents(self) -> Contents:
        """Every row of the tables that hold quotes, rejections and drift."""
        ...


class InMemory:
    """The store in memory."""

    def __init__(self, memory: MemoryStore) -> None:
        self.memory = memory
        self.ledger: IngestLedger = memory
        self.archive: PageArchive = memory
        self.reader: MarketDataReader = memory
        self.coins: CoinReader = memory
        self.lookups: PriceLookupReader = memory
        self.exports: QuoteExport = memory
        self.changes: ChangeReader = memory
        self.run_log: RunReader = memory
        self.drift_log: SchemaDriftReader = memory
        self.rejections: RejectionReader = memory
        self.pages: PageReader = memory
        self.budget: RequestBudget = MemoryRequestBudget(memory.clock)
        self.diagnostics: DatabaseDiagnostics = MemoryDiagnostics(memory)

    async def contents(self) -> Contents:
        states = {feed.source: state for feed, state in self.memory.feeds.items()}.values()
        quotes = [quote for state in states for quote in state.unified.values()]
        history = [each for state in states for each in state.superseded]
        history.sort(key=lambda each: (each[0].recorded_at, each[1], each[0].coin_id, each[0].observed_at))
        latest = [each for state in states for each in state.latest.values()]
        rejections = [
            RejectionRow(
                source=feed.source,
                page_id=page_id,
                position=position,
                reason=str(each.rejection.reason),
                detail=each.rejection.detail,
                excerpt=each.rejection.excerpt,
                coin_id=each.rejection.coin_id,
                field=field,
                is_resolved=each.resolved_at is not None,
            )
            for feed, state in self.memory.feeds.items()
            for (page_id, position, field), each in state.rejections.items()
        ]
        return {
            "unified": [_row(quote) for quote in sorted(quotes, key=lambda quote: quote.key)],
            "superseded": [_row(quote) for quote, _ in history],
            "latest": sorted(
                (_row(each.quote)._replace(is_unseen=each.unseen_since is not None) for each in latest),
                key=lambda row: (row.source, row.coin_id),
            ),
            "rejections": sorted(rejections, key=lambda row: (row.source, row.page_id, row.position, row.field)),
            "drift": [DriftRow(*astuple(each)) for each in await self.memory.drift()],
        }


def _row(quote: Any) -> QuoteRow:
    return QuoteRow(*(getattr(quote, name) for name in SAID))


class InPostgres:
    """The store in PostgreSQL."""

    def __init__(self, database: Database) -> None:
        self.database = database
        self.ledger: IngestLedger = PostgresLedger(database)
        self.archive: PageArchive = PostgresArchive(database)
        self.reader: MarketDataReader = PostgresMarketData(database)
        self.coins: CoinReader = PostgresCoins(database)
        self.lookups: PriceLookupReader = PostgresPriceLookups(database)
        self.exports: QuoteExport = PostgresQuoteExport(database)
        self.changes: ChangeReader = PostgresChanges(database)
        self.run_log: RunReader = PostgresRunLog(database)
        self.drift_log: SchemaDriftReader = PostgresSchemaDriftLog(database)
        self.rejections: RejectionReader = PostgresRejectionLog(database)
        self.pages: PageReader = PostgresStoredPages(database)
        self.budget: RequestBudget = PostgresRequestBudget(database)
        self.diagnostics: DatabaseDiagnostics = PostgresDiagnostics(database)

    async def contents(self) -> Contents:
        return {table: [ROWS[table](*row) for row in await self.rows(query)] for table, query in TABLES.items()}

    async def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query of the test's own gives."""
        async with self.database.driver_connection() as connection, connection.transaction():
            answer = await connection.execute(query, values or None)
            return await answer.fetchall() if answer.description is not None else []
