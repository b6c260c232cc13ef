"""How long a list of quotes is: by counters wherever they tell, else by counting, else as the planner guesses."""

from psycopg.errors import QueryCanceled

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.connection.fetching import fetch_first, fetch_row
from crypto.adapters.postgres.query.conditions import where
from crypto.adapters.postgres.query.quote_list import believed
from crypto.adapters.postgres.schema.quote_counts import LEVELS
from crypto.domain.market_data import Count

UNKNOWN: str = "NULL::bigint"
ALL: str = "whole.quotes_in_all"

COSTLY = frozenset({"symbol", "ingested_from", "ingested_to", "as_of"})
"""Fields of a filter under which counting may take long; of one coin an index counts."""

EXACT_UP_TO = 10_000
"""An estimated total is exact up to so many."""

LIMIT_COUNT = "SET LOCAL statement_timeout = '2s'"
"""An exact total that takes longer is estimated, and says so."""


def total_of(names: tuple[str, ...]) -> str:
    """The total as an expression beside `whole`, where it costs next to nothing; else null."""
    match set(names):
        case wanted if not wanted - {"source"}:
            return ALL
        case wanted if not wanted - {"source", "observed_from", "observed_to"}:
            return _between(names)
        case wanted if not wanted & COSTLY:
            return f"({count_text(names)})"
        case _:
            return UNKNOWN


def count_text(names: tuple[str, ...], *, most: int | None = None) -> str:
    """Counts the quotes that are wanted, up to so many."""
    listed: str = f"SELECT FROM {believed(names)} AS quote {where(names)}"
    return f"SELECT count(*) FROM ({listed}{'' if most is None else f' LIMIT {most:d}'}) AS listed"


def _between(names: tuple[str, ...]) -> str:
    """The quotes before the end of a range, without those before its start."""
    until = below("%(observed_to)s::timestamptz") if "observed_to" in names else "feed.quotes"
    start = below("%(observed_from)s::timestamptz") if "observed_from" in names else "0"
    return f"(SELECT coalesce(sum({until} - {start}), 0)::bigint FROM {feeds(names)})"


def feeds(names: tuple[str, ...]) -> str:
    """The sources that are asked about, as `feed`, each with all its quotes."""
    of_source = "WHERE source = %(source)s" if "source" in names else ""
    return f"(SELECT source, sum(quotes) AS quotes FROM checkpoints {of_source} GROUP BY source) AS feed"


def below(moment: str) -> str:
    """How many quotes of `feed.source` are observed before a moment: whole stretches by their counters, from the
    largest to the smallest, and what is left of the one that the moment falls in by hand.
    """
    return f"""
        (WITH {LEVELS}
         SELECT coalesce(sum(CASE WHEN counts.starts_at < date_bin(levels.width, {moment}, 'epoch')
                                  THEN counts.quotes
                                  WHEN NOT counts.is_split
                                  THEN (SELECT count(*)
                                          FROM unified_crypto_data AS quote
                                         WHERE quote.source = feed.source
                                           AND quote.observed_at >= counts.starts_at
                                           AND quote.observed_at < {moment})
                             END), 0)
           FROM levels
           LEFT JOIN levels AS parent ON parent.level = levels.level - 1
          CROSS JOIN LATERAL (SELECT starts_at, quotes, is_split
                                FROM quote_counts AS counts
                               WHERE counts.source = feed.source
                                 AND counts.level = levels.level
                                 AND counts.starts_at <= {moment}
                                 AND counts.starts_at >= coalesce(date_bin(parent.width, {moment}, 'epoch'),
                                                                  '-infinity')
                              OFFSET 0) AS counts)
    """


async def counted(
    connection: DriverConnection, names: tuple[str, ...], values: dict[str, object], count: Count
) -> tuple[int, Count]:
    """The total by counting, in the transaction of the page; an estimate where asked for, or counting is slow."""
    most = None if count is Count.EXACT else EXACT_UP_TO + 1
    try:
        async with connection.transaction():
            await connection.execute(LIMIT_COUNT)
            (total,) = await fetch_row(connection, count_text(names, most=most), values)
    except QueryCanceled:
        return await _estimated(connection, names, values), Count.ESTIMATED
    if most is None or total < most:
        return total, Count.EXACT
    return max(most, await _estimated(connection, names, values)), Count.ESTIMATED


async def _estimated(connection: DriverConnection, names: tuple[str, ...], values: dict[str, object]) -> int:
    """How many rows the planner thinks there are."""
    listed: str = f"EXPLAIN (FORMAT JSON) SELECT FROM {believed(names)} AS quote {where(names)}"
    row = await fetch_first(connection, listed, values)
    assert row is not None  # noqa: S101 - a plan
    return int(row[0][0]["Plan"]["Plan Rows"])
