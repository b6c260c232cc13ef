"""The stored quotes, newest first: one question, one SELECT, one snapshot."""

from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select, text, true, tuple_, union_all

from crypto.adapters.postgres.connection.database import Database
from crypto.adapters.postgres.schema.tables import latest, superseded, unified
from crypto.domain.market_data import QuoteFilter, QuoteKey, QuoteList, StoredQuote, Window
from crypto.domain.quote import CLOCK_TOLERANCE

NOW = text("""
    SELECT coalesce(CASE WHEN pg_is_in_recovery() THEN pg_last_xact_replay_timestamp() END, clock_timestamp())
""")
OF_COIN = ("unseen_since", "below_since")
STORED = tuple(name for name in StoredQuote.__struct_fields__ if name not in OF_COIN)
FIELDS = (*STORED, *OF_COIN)


class PostgresMarketData:
    """Reads stored quotes from the database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def now(self) -> datetime:
        """The present moment by the database's clock; a replica knows no more than it has replayed."""
        async with self._database.connection() as connection:
            moment: datetime = (await connection.execute(NOW)).scalar_one()
        return moment

    async def find(self, wanted: QuoteFilter, window: Window[QuoteKey]) -> QuoteList:
        """The part of the list, newest first, and its length."""
        async with self._database.connection() as connection:
            rows = (await connection.execute(statement(wanted, window))).all()
        quotes = tuple(
            StoredQuote(**dict(zip(FIELDS, row[1:], strict=True))) for row in rows if row.coin_id is not None
        )
        return QuoteList(quotes=quotes, total=rows[0].total)


def statement(wanted: QuoteFilter, window: Window[QuoteKey]) -> Select[Any]:
    """The length of the list beside each row of the part; one row of nulls when the part is empty.

    What is known of a coin is looked up for the rows of the part only.
    """
    total = select(func.count().label("total")).select_from(_listed(wanted).subquery()).subquery("whole")
    part = _part(wanted, window).subquery("part")
    order = [part.c.observed_at.desc(), part.c.coin_id.desc(), part.c.source.desc()]
    columns = [part.c[name] for name in STORED]
    rows = total.outerjoin(part, true())
    known = [_since(name, part.c, wanted) for name in OF_COIN]
    return select(total.c.total, *columns, *known).select_from(rows).order_by(*order)


def _since(name: str, row: Any, wanted: QuoteFilter) -> ColumnElement[Any]:
    """Since when a coin is unseen or below; null if it was not yet at the moment that is asked about."""
    of_coin = (latest.c.source == row.source) & (latest.c.coin_id == row.coin_id)
    since = select(latest.c[name]).where(of_coin)
    if wanted.as_of is not None:
        since = since.where(latest.c[name] <= wanted.as_of)
    return since.scalar_subquery().label(name)


def _part(wanted: QuoteFilter, window: Window[QuoteKey]) -> Select[Any]:
    listed = _listed(wanted).subquery("listed")
    key = tuple_(listed.c.observed_at, listed.c.coin_id, listed.c.source)
    part = select(*listed.c).order_by(listed.c.observed_at.desc(), listed.c.coin_id.desc(), listed.c.source.desc())
    if window.after is not None:
        part = part.where(key < tuple_(*window.after))
    return part.limit(window.limit).offset(window.offset)


def _listed(wanted: QuoteFilter) -> Select[Any]:
    """Every quote that is wanted."""
    now = select(*(unified.c[name] for name in STORED)).where(*_conditions(unified.c, wanted))
    if wanted.as_of is None:
        return now
    before = select(*(superseded.c[name] for name in STORED)).where(
        *_conditions(superseded.c, wanted), superseded.c.superseded_at > wanted.as_of
    )
    believed = union_all(now, before).subquery("believed")
    return select(*believed.c)


def has_symbol(row: Any, symbol: str) -> ColumnElement[bool]:
    """The condition that a quote has this symbol, whatever its case in ASCII; an index answers it."""
    return func.lower(row.symbol.collate("C")) == symbol.encode().lower().decode()


def _is_one_of(coin_id: ColumnElement[str], wanted: tuple[str, ...]) -> ColumnElement[bool]:
    """A list of one is a comparison: then an index gives the coin's quotes in their order."""
    first, *others = wanted
    return coin_id.in_(wanted) if others else coin_id == first


def _conditions(row: Any, wanted: QuoteFilter) -> list[ColumnElement[bool]]:
    asked = (
        (wanted.source, row.source.__eq__),
        (wanted.coin_ids or None, lambda coin_ids: _is_one_of(row.coin_id, coin_ids)),
        (wanted.symbol, lambda symbol: has_symbol(row, symbol)),
        (wanted.observed_from, row.observed_at.__ge__),
        (wanted.observed_to, row.observed_at.__lt__),
        (wanted.ingested_from, row.ingested_at.__ge__),
        (wanted.ingested_to, row.ingested_at.__lt__),
        (wanted.as_of, row.recorded_at.__le__),
        (wanted.as_of and wanted.as_of + CLOCK_TOLERANCE, row.observed_at.__le__),
    )
    return [condition(value) for value, condition in asked if value is not None]
