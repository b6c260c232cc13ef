"""Writing a page's quotes, set by set: what is new, what is known, what the source now says otherwise."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from operator import attrgetter
from typing import Any, LiteralString

from psycopg import sql

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.ingest import quote_sql
from crypto.adapters.postgres.ingest.tally import Tally
from crypto.application.ports import WriteOutcome
from crypto.domain.page import StoredPage
from crypto.domain.parts import PART, contradicted_by
from crypto.domain.quote import Quote
from crypto.domain.rejection import Rejection

FRESH = timedelta(days=2)
"""Quotes stamped within so long of the page's newest are compared together, the stale ones apart."""

_STAGED_OF = attrgetter(*quote_sql.STAGED)


class QuoteWriter:
    """One page's quotes, at most one a key, inside a transaction that holds the source's checkpoint.

    `tally` says what came to the store, and what left it.
    """

    def __init__(
        self,
        connection: DriverConnection,
        stored: StoredPage,
        *,
        recorded_at: datetime,
        version: int,
        rivals: Collection[str] = (),
    ) -> None:
        self._connection = connection
        self._rivals = list(rivals)
        self._refused: list[Rejection] = []
        self.tally = Tally()
        self._values: dict[str, object] = {
            "source": stored.page.source,
            "ingested_at": stored.page.received_at,
            "page_id": stored.page_id,
            "recorded_at": recorded_at,
            "version": version,
        }

    async def write(self, quotes: Sequence[Quote]) -> WriteOutcome:
        """Insert what is new, move to history and replace what is said otherwise, and keep latest true."""
        await self._fill_stage(quotes)
        inserted = set(await self._firsts(quote_sql.INSERT_NEW))
        known = [quote for quote in quotes if quote.position not in inserted]
        restated = await self._restate(known)
        if inserted or restated:
            new = await self._firsts(quote_sql.REFRESH_LATEST, changed=[*inserted, *restated])
            self.tally.coins += sum(new)
        self.tally.came(quote.observed_at for quote in quotes if quote.position in inserted)
        return WriteOutcome(
            inserted=len(inserted),
            restated=len(restated),
            unchanged=len(known) - len(restated) - len(self._refused),
            refused=tuple(self._refused),
        )

    async def _fill_stage(self, quotes: Iterable[Quote]) -> None:
        await self._connection.execute(quote_sql.MAKE_STAGE)
        await self._connection.execute(quote_sql.EMPTY_STAGE)
        async with self._connection.cursor() as cursor, cursor.copy(quote_sql.FILL_STAGE) as copy:
            for quote in quotes:
                await copy.write_row(_STAGED_OF(quote))

    async def _restate(self, known: Sequence[Quote]) -> list[int]:
        """Compare with what is stored, within the page's own bounds as constants: no other partition is read."""
        newest = max((quote.observed_at for quote in known), default=None)
        if newest is None:
            return []
        fresh = [quote for quote in known if quote.observed_at >= newest - FRESH]
        stale = [quote for quote in known if quote.observed_at < newest - FRESH]
        return [position for each in (fresh, stale) if each for position in await self._restate_together(each)]

    async def _restate_together(self, known: Sequence[Quote]) -> list[int]:
        stamps = [quote.observed_at for quote in known]
        bounds = {"first": sql.Literal(min(stamps).isoformat()), "last": sql.Literal(max(stamps).isoformat())}
        positions = [quote.position for quote in known]
        restated = await self._firsts(quote_sql.FIND_RESTATED, bounds, known=positions)
        if restated and self._rivals:
            restated = await self._uncontradicted(known, restated, bounds)
        if restated:
            await self._execute(quote_sql.SUPERSEDE_RESTATED, bounds, restated=restated)
            await self._execute(quote_sql.REPLACE_RESTATED, restated=restated)
        return restated

    async def _uncontradicted(
        self, known: Sequence[Quote], restated: Sequence[int], bounds: dict[str, sql.Literal]
    ) -> list[int]:
        """The restated quotes that no page of another part says otherwise; the rest is refused."""
        values = {"restated": restated, "rivals": self._rivals, "part": PART}
        statement = sql.SQL(quote_sql.FIND_CONTRADICTED).format(**bounds)
        cursor = await self._connection.execute(statement, self._values | values)
        others = {position: str(part) for position, part in await cursor.fetchall()}
        refused = (each for each in known if each.position in others)
        self._refused += [contradicted_by(others[each.position], each) for each in refused]
        return [position for position in restated if position not in others]

    async def withdraw_absent(self, quotes: Sequence[Quote]) -> list[str]:
        """Move to history the stored quotes of this page that are not among these; the coin of each."""
        said = {quote.key for quote in quotes}
        cursor = await self._connection.execute(quote_sql.STORED_OF_PAGE, self._values)
        gone = [row for row in await cursor.fetchall() if (row[0], row[1]) not in said]
        if gone:
            await self._execute(quote_sql.WITHDRAW, absent=[row[2] for row in gone])
        self.tally.left(row[1] for row in gone)
        return [row[0] for row in gone]

    async def settle_latest(self, coin_ids: Sequence[str]) -> None:
        """Make latest true again for coins that lost quotes."""
        self.tally.coins += sum(await self._firsts(quote_sql.RECOMPUTE_LATEST, coin_ids=coin_ids))
        self.tally.coins -= len(await self._firsts(quote_sql.FORGET_LATEST, coin_ids=coin_ids))

    async def _firsts(
        self, query: LiteralString, bounds: dict[str, sql.Literal] | None = None, **values: object
    ) -> list[Any]:
        statement = sql.SQL(query).format(**bounds) if bounds else sql.SQL(query)
        cursor = await self._connection.execute(statement, self._values | values)
        return [row[0] for row in await cursor.fetchall()]

    async def _execute(
        self, query: LiteralString, bounds: dict[str, sql.Literal] | None = None, **values: object
    ) -> None:
        statement = sql.SQL(query).format(**bounds) if bounds else sql.SQL(query)
        await self._connection.execute(statement, self._values | values)
