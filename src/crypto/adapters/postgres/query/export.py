"""Whole results, straight from COPY: one snapshot, a connection of its own, and nothing kept in memory."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from typing import TypeAlias

from psycopg import errors, pq
from psycopg.abc import PQGen
from psycopg.generators import fetch_many
from psycopg.waiting import WAIT_R

from crypto.adapters.postgres.connection.database import EXPORTING, Database, DriverConnection
from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.connection.timeouts import TimedConnection
from crypto.adapters.postgres.query.export_sql import facts_statement, rows_statement
from crypto.application.ports.exports import AMOUNT_COLUMNS, Digits, ExportFacts
from crypto.domain.market_data import QuoteFilter

BEGIN = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"

ONE_AFTER_THE_OTHER = "SET LOCAL max_parallel_workers_per_gather = 0"
"""Rows of parallel workers come in another order each time."""

READ_BYTES = 65_536
"""How much is taken at once: what other requests wait for meanwhile is half a millisecond."""

Part: TypeAlias = tuple[bytes, bool]
"""Whole rows, and whether they were the last."""


class PatientConnection(TimedConnection):
    """Counting and measuring a large table takes its time, in which nothing arrives."""

    patience = 600.0


class PostgresQuoteExport:
    """Opens snapshots of the stored quotes, each on a connection of its own, outside every pool."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @asynccontextmanager
    async def open(self, wanted: QuoteFilter, *, measured: bool) -> AsyncIterator["PostgresQuoteRows"]:
        """The quotes that are wanted, as they are now; the connection is gone at the end of the block.

        :raises StoreUnavailable: when the database cannot be used.
        """
        connection = await self._database.session("crypto-export", limits=EXPORTING, kind=PatientConnection)
        try:
            with translated():
                await connection.execute(BEGIN)
                facts = await _facts(connection, wanted, measured=measured)
            yield PostgresQuoteRows(connection, wanted, facts)
        finally:
            connection.pgconn.finish()  # no farewell: it would wait for what nobody reads


class PostgresQuoteRows:
    """The quotes of an open snapshot."""

    def __init__(self, connection: DriverConnection, wanted: QuoteFilter, facts: ExportFacts) -> None:
        self.facts = facts
        self._connection = connection
        self._wanted = wanted

    async def blocks(self) -> AsyncGenerator[bytes, None]:
        """The rows as COPY gives them.

        :raises StoreUnavailable: when the database cannot be used any more.
        """
        statement, values = rows_statement(self._wanted)
        with translated():
            await self._connection.execute(ONE_AFTER_THE_OTHER)
            async with self._connection.cursor().copy(statement.encode(), values):
                is_last = False
                while not is_last:
                    rows, is_last = await self._part()
                    yield rows

    async def _part(self) -> Part:
        """The rows that come next; others have their turn before them."""
        await asyncio.sleep(0)
        return await self._connection.wait(_part(self._connection.pgconn))


def _part(connection: pq.abc.PGconn) -> PQGen[Part]:
    """Rows as they came, many at once: psycopg itself gives one at a time, for five times the time.

    What the socket holds already is taken without a wait.
    """
    rows: list[bytes] = []
    size, is_dry = 0, False
    while size < READ_BYTES:
        length, row = connection.get_copy_data(1)
        if length > 0:
            rows.append(bytes(row))  # views are tracked by the garbage collector, which would run a thousand times
            size, is_dry = size + length, False
        elif length < 0:
            yield from _end(connection)
            return b"".join(rows), True
        elif is_dry and rows:
            break
        else:
            if is_dry:
                while not (yield WAIT_R):
                    continue
            connection.consume_input()
            is_dry = True
    return b"".join(rows), False


def _end(connection: pq.abc.PGconn) -> PQGen[None]:
    """See that the rows ended because there are no more.

    :raises psycopg.Error: when they ended for another reason.
    """
    for result in (yield from fetch_many(connection)):
        if result.status != pq.ExecStatus.COMMAND_OK:
            raise errors.error_from_result(result)


async def _facts(connection: DriverConnection, wanted: QuoteFilter, *, measured: bool) -> ExportFacts:
    statement, values = facts_statement(wanted, measured=measured)
    cursor = await connection.execute(statement.encode(), values)
    found = await cursor.fetchone()
    assert found is not None  # noqa: S101 - an aggregate gives one row
    total, taken_at, *measures = found
    pairs = zip(measures[::2], measures[1::2], strict=True)
    digits = {name: _digits(*pair) for name, pair in zip(AMOUNT_COLUMNS, pairs, strict=measured)}
    return ExportFacts(total=total, taken_at=taken_at, digits=digits)


def _digits(largest: Decimal | None, decimals: int | None) -> Digits:
    """How long amounts are, of which there may be none."""
    return Digits(before=max(largest.adjusted() + 1, 0) if largest else 0, after=decimals or 0)
