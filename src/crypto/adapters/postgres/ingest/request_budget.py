"""Requests counted in the database, by its clock, so that all processes keep one budget."""

from collections.abc import Mapping
from typing import Any

from psycopg.rows import class_row

from crypto.adapters.postgres.connection.database import Database, DriverConnection
from crypto.adapters.postgres.connection.errors import translated
from crypto.domain.allowance import (
    MINUTE,
    MONTH,
    SLACK,
    Allowance,
    Grant,
    Standing,
    counted_at,
    grant,
    paused_until,
)

HOLD = """
    INSERT INTO rate_budgets AS budget (source, account)
    VALUES (%(source)s, %(account)s)
    ON CONFLICT (source, account) DO UPDATE SET account = budget.account
"""
"""Makes the account's row where there is none, and holds it to the end of the transaction."""

STANDING = """
      WITH present AS MATERIALIZED (
               SELECT now, now - %(minute)s AS minute_ago, now - %(month)s AS month_ago,
                      now + %(longest_wait)s AS horizon
                 FROM clock_timestamp() AS now
           ),
           counted AS (
               SELECT granted_at, calls, spare, granted_at <= horizon AS believed,
                      sum(calls) OVER newest_first AS nth,
                      sum(spare) OVER newest_first AS nth_discretionary,
                      sum(calls) FILTER (WHERE granted_at <= horizon) OVER newest_first AS nth_believed
                 FROM rate_budget_calls
                CROSS JOIN present
                WHERE source = %(source)s AND account = %(account)s AND granted_at > month_ago
               WINDOW newest_first AS (ORDER BY granted_at DESC)
           )
    SELECT present.now, next_at, paused_until,
           max(granted_at) FILTER (WHERE believed AND nth_believed >= %(per_minute)s) AS minute_from,
           max(granted_at) FILTER (WHERE nth >= %(per_month)s) AS month_from,
           max(granted_at) FILTER (WHERE nth_discretionary >= %(discretionary_per_month)s) AS discretionary_from,
           min(granted_at) AS oldest,
           coalesce(sum(calls) FILTER (WHERE believed AND granted_at > minute_ago), 0)::int AS used_in_minute,
           coalesce(sum(calls), 0)::int AS used_in_month,
           coalesce(sum(spare), 0)::int AS discretionary_in_month
      FROM present
      LEFT JOIN rate_budgets ON source = %(source)s AND account = %(account)s
      LEFT JOIN counted ON true
     GROUP BY present.now, next_at, paused_until
"""
NEXT = "UPDATE rate_budgets SET next_at = %(next_at)s WHERE source = %(source)s AND account = %(account)s"
COUNT = """
    INSERT INTO rate_budget_calls AS counted (source, account, granted_at, calls, spare)
    VALUES (%(source)s, %(account)s, %(granted_at)s, 1, %(spare)s)
    ON CONFLICT (source, account, granted_at)
    DO UPDATE SET calls = counted.calls + 1, spare = counted.spare + excluded.spare
"""
FORGET = """
    DELETE FROM rate_budget_calls
     WHERE source = %(source)s AND account = %(account)s AND granted_at <= %(month_ago)s
"""
GATHER = """
      WITH taken AS (
               DELETE FROM rate_budget_calls AS each
                WHERE source = %(source)s AND account = %(account)s AND granted_at < %(settled)s
                  AND EXISTS (
                          SELECT
                            FROM rate_budget_calls AS other
                           WHERE other.source = each.source AND other.account = each.account
                             AND other.granted_at >= date_trunc('hour', each.granted_at)
                             AND other.granted_at < date_trunc('hour', each.granted_at) + interval '1 hour'
                             AND other.granted_at < %(settled)s
                             AND other.granted_at <> each.granted_at
                          OFFSET 0  -- looks into the index for each row; as a join it may compare all with all
                      )
               RETURNING granted_at, calls, spare
           )
    INSERT INTO rate_budget_calls (source, account, granted_at, calls, spare)
    SELECT %(source)s, %(account)s, max(granted_at), sum(calls), sum(spare)
      FROM taken
     GROUP BY date_trunc('hour', granted_at)
"""
"""What is out of the minute becomes one row an hour, at its newest moment: counted too long, never too short."""

PAUSE = """
    UPDATE rate_budgets SET paused_until = %(paused_until)s WHERE source = %(source)s AND account = %(account)s
"""
SETTLED = MINUTE + 2 * SLACK


class PostgresRequestBudget:
    """Each turn is one short transaction that holds its account's row."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def standing(self, allowance: Allowance) -> Standing:
        """How many requests the account of this allowance has sent so far."""
        with translated():
            async with self._database.driver_connection() as connection:
                return await _standing(connection, _values(allowance))

    async def take(self, allowance: Allowance, *, discretionary: bool = False) -> Grant:
        """Grant the next request, and count it, in one transaction under the account's lock."""
        values = _values(allowance)
        with translated():
            async with self._database.driver_connection() as connection, connection.transaction():
                await connection.execute(HOLD, values)
                standing = await _standing(connection, values)
                granted = grant(allowance, standing, discretionary=discretionary)
                if granted.granted:
                    await connection.execute(NEXT, {**values, "next_at": granted.at + allowance.pause})
                    call = {"granted_at": counted_at(granted.at), "spare": int(discretionary)}
                    await connection.execute(COUNT, {**values, **call})
                    await connection.execute(FORGET, {**values, "month_ago": standing.now - MONTH - SLACK})
                    await connection.execute(GATHER, {**values, "settled": standing.now - SETTLED})
        return granted

    async def pause(self, allowance: Allowance, *, seconds: float) -> None:
        """Let no request of this account be sent for so many seconds."""
        values = _values(allowance)
        with translated():
            async with self._database.driver_connection() as connection, connection.transaction():
                await connection.execute(HOLD, values)
                until = paused_until(await _standing(connection, values), seconds=seconds)
                await connection.execute(PAUSE, {**values, "paused_until": until})


async def _standing(connection: DriverConnection, values: Mapping[str, Any]) -> Standing:
    async with connection.cursor(row_factory=class_row(Standing)) as cursor:
        await cursor.execute(STANDING, values)
        return (await cursor.fetchall())[0]


def _values(allowance: Allowance) -> dict[str, Any]:
    return {
        "source": allowance.source,
        "account": allowance.account,
        "per_minute": allowance.per_minute,
        "per_month": allowance.per_month,
        "discretionary_per_month": allowance.discretionary_per_month,
        "longest_wait": allowance.longest_wait,
        "minute": MINUTE,
        "month": MONTH + SLACK,
    }
