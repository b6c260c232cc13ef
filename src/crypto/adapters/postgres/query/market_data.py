"""The stored quotes, newest first: one question, one statement where the page is the first or follows a key."""

from collections.abc import Mapping
from datetime import datetime, timedelta

import msgspec

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.connection.fetching import fetch_row, fetch_rows
from crypto.adapters.postgres.query.quote_list import VERSION
from crypto.adapters.postgres.query.quote_question import QuoteQuestion
from crypto.domain.market_data import DataVersion, QuoteFilter, QuoteJson, QuoteKey, QuoteList, StoredQuote, Window

NOW = """
    SELECT coalesce(CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END, clock_timestamp())
"""
VERSIONS = f"SELECT source, {VERSION} FROM checkpoints GROUP BY source"
STORED = StoredQuote.__struct_fields__
QUOTES = msgspec.json.Decoder(tuple[StoredQuote, ...])
NO_AGES: Mapping[str, timedelta] = {}


class PostgresMarketData:
    """Reads stored quotes from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        """The present moment by the database's clock; a replica knows no more than it has replayed."""
        async with self._database.reading() as connection:
            moment: datetime = (await fetch_row(connection, NOW, {}))[0]
        return moment

    async def data_version(self) -> DataVersion:
        """The version of each source's data."""
        async with self._database.reading() as connection:
            return DataVersion.composed(dict(await fetch_rows(connection, VERSIONS, {})))

    async def find(self, wanted: QuoteFilter, window: Window[QuoteKey]) -> QuoteList[QuoteKey]:
        """The part of the list, newest first, and its length."""
        found = await self.find_json(wanted, window, fields=STORED, max_ages=NO_AGES)
        return QuoteList(
            quotes=QUOTES.decode(found.quotes),
            total=found.total,
            count=found.count,
            version=found.version,
            next_after=found.next_after,
        )

    async def find_json(
        self,
        wanted: QuoteFilter,
        window: Window[QuoteKey],
        *,
        fields: tuple[str, ...],
        max_ages: Mapping[str, timedelta],
    ) -> QuoteJson[QuoteKey]:
        """The part of the list as JSON; `max_ages` says how long a quote of each source is good."""
        question = QuoteQuestion(wanted, window, fields=fields, max_ages=max_ages)
        async with self._database.reading() as connection:
            return await question.answer(connection)
