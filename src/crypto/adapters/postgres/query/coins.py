"""The newest quote of each coin of each source, the largest first: one question, one SELECT, one snapshot."""

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Numeric, Select, cast, func, literal_column, select, text, true, tuple_

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.query.market_data import has_symbol
from crypto.adapters.postgres.schema.tables import latest
from crypto.domain.market_data import CoinFilter, CoinKey, QuoteList, StoredQuote, Window

KNOWN_IDS = text("""
    SELECT wanted.coin_id
      FROM unnest(CAST(:coin_ids AS text[])) AS wanted (coin_id)
     CROSS JOIN LATERAL (SELECT
                           FROM checkpoints
                          WHERE (CAST(:source AS text) IS NULL OR checkpoints.source = :source)
                            AND (EXISTS (SELECT
                                           FROM latest_crypto_data AS latest
                                          WHERE latest.source = checkpoints.source
                                            AND latest.coin_id = wanted.coin_id COLLATE "C")
                                 OR EXISTS (SELECT
                                              FROM superseded_crypto_data AS superseded
                                             WHERE superseded.coin_id = wanted.coin_id COLLATE "C"
                                               AND superseded.source = checkpoints.source))
                          LIMIT 1) AS known
""")
"""Each is looked up by its key, source by source."""

FIELDS = StoredQuote.__struct_fields__


class PostgresCoins:
    """Reads the newest quote of each coin from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def coins(self, wanted: CoinFilter, window: Window[CoinKey]) -> QuoteList:
        """The part of the list, the largest first, and its length."""
        async with self._database.connection() as connection:
            rows = (await connection.execute(statement(wanted, window))).all()
        quotes = tuple(
            StoredQuote(**dict(zip(FIELDS, row[1:], strict=True))) for row in rows if row.coin_id is not None
        )
        return QuoteList(quotes=quotes, total=rows[0].total)

    async def known_ids(self, coin_ids: Collection[str], *, source: str | None = None) -> frozenset[str]:
        """Which of these ids there are, now or in history."""
        async with self._database.connection() as connection:
            rows = await connection.execute(KNOWN_IDS, {"coin_ids": list(coin_ids), "source": source})
        return frozenset(row.coin_id for row in rows)


def statement(wanted: CoinFilter, window: Window[CoinKey]) -> Select[Any]:
    """The length of the list beside each row of the part; one row of nulls when the part is empty."""
    total = select(func.count().label("total")).select_from(latest).where(*_conditions(wanted)).subquery("whole")
    part = _part(wanted, window).subquery("part")
    rows = total.outerjoin(part, true())
    columns = [part.c[name] for name in FIELDS]
    return select(total.c.total, *columns).select_from(rows).order_by(*_key(part.c))


def _part(wanted: CoinFilter, window: Window[CoinKey]) -> Select[Any]:
    part = select(*(latest.c[name] for name in FIELDS)).where(*_conditions(wanted)).order_by(*_key(latest.c))
    if window.after is not None:
        market_cap, *ids = window.after
        part = part.where(tuple_(*_key(latest.c)) > tuple_(_rank(cast(market_cap, Numeric)), *ids))
    return part.limit(window.limit).offset(window.offset)


def _key(row: Any) -> tuple[ColumnElement[Any], ...]:
    """All ascending, so that one comparison of rows, which an index answers, says what comes after a row."""
    return _rank(row.market_cap), row.coin_id, row.source


def _rank(market_cap: ColumnElement[Any]) -> ColumnElement[Any]:
    """The largest first, those without a market cap last: the expression of the index."""
    return func.coalesce(-market_cap, literal_column("'Infinity'::numeric"))


def _conditions(wanted: CoinFilter) -> list[ColumnElement[bool]]:
    asked = (
        (wanted.source, latest.c.source.__eq__),
        (wanted.coin_id, latest.c.coin_id.__eq__),
        (wanted.symbol, lambda symbol: has_symbol(latest.c, symbol)),
    )
    return [condition(value) for value, condition in asked if value is not None]
