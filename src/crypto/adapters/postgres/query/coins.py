"""The newest quote of each coin of each source, the largest first: one question, one statement, one snapshot."""

from collections.abc import Collection, Mapping
from datetime import timedelta

from crypto.adapters.postgres.connection.database import Database, DriverConnection
from crypto.adapters.postgres.connection.fetching import as_intervals, fetch_first, fetch_row, fetch_rows
from crypto.adapters.postgres.query.coin_list import key_text, page_text
from crypto.adapters.postgres.query.conditions import asked, values_of
from crypto.adapters.postgres.query.json_list import at_most
from crypto.adapters.postgres.query.market_data import NO_AGES, QUOTES, STORED
from crypto.domain.market_data import CoinFilter, CoinKey, Count, QuoteJson, QuoteList, Window
from crypto.domain.quote import MAX_ID_BYTES

KNOWN_IDS = """
    SELECT wanted.coin_id
      FROM unnest(%(coin_ids)s::text[]) AS wanted (coin_id)
     CROSS JOIN LATERAL (SELECT
                           FROM checkpoints
                          WHERE (%(source)s::text IS NULL OR checkpoints.source = %(source)s)
                            AND (EXISTS (SELECT
                                           FROM latest_crypto_data AS latest
                                          WHERE latest.source = checkpoints.source
                                            AND latest.coin_id = wanted.coin_id COLLATE "C")
                                 OR EXISTS (SELECT
                                              FROM superseded_crypto_data AS superseded
                                             WHERE superseded.coin_id = wanted.coin_id COLLATE "C"
                                               AND superseded.source = checkpoints.source))
                          LIMIT 1) AS known
"""
"""Each is looked up by its key, source by source."""


END_OF_LIST = CoinKey(None, "\U0010ffff" * MAX_ID_BYTES, "")
"""A key that no coin comes after: no id is so long."""


class PostgresCoins:
    """Reads the newest quote of each coin from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def coins(self, wanted: CoinFilter, window: Window[CoinKey]) -> QuoteList[CoinKey]:
        """The part of the list, the largest first, and its length."""
        found = await self.coins_json(wanted, window, fields=STORED, max_ages=NO_AGES)
        rest = {name: getattr(found, name) for name in ("total", "count", "version", "next_after")}
        return QuoteList(quotes=QUOTES.decode(found.quotes), **rest)

    async def coins_json(
        self,
        wanted: CoinFilter,
        window: Window[CoinKey],
        *,
        fields: tuple[str, ...],
        max_ages: Mapping[str, timedelta],
    ) -> QuoteJson[CoinKey]:
        """The part of the list as JSON; `max_ages` says how long a quote of each source is good."""
        async with self._database.reading() as connection:
            if not window.offset:
                return await _page(connection, wanted, window, window.after, fields, max_ages)
            async with connection.transaction():
                after = await _key_before(connection, wanted, window.offset)
                return await _page(connection, wanted, window, after, fields, max_ages)

    async def known_ids(self, coin_ids: Collection[str], *, source: str | None = None) -> frozenset[str]:
        """Which of these ids there are, now or in history."""
        async with self._database.reading() as connection:
            rows = await fetch_rows(connection, KNOWN_IDS, {"coin_ids": list(coin_ids), "source": source})
        return frozenset(coin_id for (coin_id,) in rows)


async def _page(
    connection: DriverConnection,
    wanted: CoinFilter,
    window: Window[CoinKey],
    after: CoinKey | None,
    fields: tuple[str, ...],
    max_ages: Mapping[str, timedelta],
) -> QuoteJson[CoinKey]:
    text = page_text(asked(wanted), fields, most=at_most(window.limit), after=after is not None)
    values = values_of(wanted) | {"max_ages": as_intervals(max_ages), "size": window.limit} | _as_values(after)
    quotes, found, *key, version, _, _, _, total = await fetch_row(connection, text, values)
    return QuoteJson(
        quotes=(quotes or "[]").encode(),
        shown=min(found, window.limit),
        next_after=CoinKey(*key) if found > window.limit else None,
        version=version,
        total=total,
        count=Count.EXACT,
    )


async def _key_before(connection: DriverConnection, wanted: CoinFilter, offset: int) -> CoinKey:
    """The key of the last of the first `offset` coins; one that ends the list, when there are not so many."""
    query = key_text(asked(wanted), skip=offset - 1)
    row = await fetch_first(connection, query, values_of(wanted))
    return CoinKey(*row) if row else END_OF_LIST


def _as_values(after: CoinKey | None) -> dict[str, object]:
    return {f"after_{name}": value for name, value in after._asdict().items()} if after else {}
