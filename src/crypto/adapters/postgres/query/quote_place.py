"""The key before a page of a long list: by the counters down to a stretch of a few thousand quotes, then by hand.

So a page costs about as little at the end of the list as at its start, in whatever order the quotes came.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from crypto.adapters.postgres.connection.database import DriverConnection
from crypto.adapters.postgres.connection.fetching import fetch_first, fetch_row, fetch_rows
from crypto.adapters.postgres.query.conditions import where
from crypto.adapters.postgres.query.quote_list import KEY, ORDER, believed
from crypto.adapters.postgres.query.quote_total import below, feeds
from crypto.adapters.postgres.schema.quote_counts import LAST_LEVEL, LEAF, LEVELS, WIDTHS
from crypto.domain.market_data import QuoteKey

COUNTED_BY = frozenset({"source", "observed_from", "observed_to"})
"""The fields of a filter under which the counters know where a page begins."""


class Stretch(NamedTuple):
    """Some time, how many quotes are in it, and how many of them come before the one that is looked for."""

    starts_at: datetime
    ends_at: datetime
    quotes: int
    skip: int


async def key_before(
    connection: DriverConnection, names: tuple[str, ...], values: dict[str, object], *, offset: int, counted: bool
) -> QuoteKey | None:
    """The key of the last of the first `offset` quotes of a list; None when it has not so many."""
    if offset <= LEAF or not counted or set(names) - COUNTED_BY:
        return await _key_at(connection, names, values, skip=offset - 1)
    skip = offset - 1 + await _above(connection, names, values)
    stretch = await _stretch(connection, names, values, skip)
    if stretch is None:
        return None
    narrowed = {**values, "until": stretch.ends_at}
    return await _key_at(connection, names, narrowed, "quote.observed_at < %(until)s", skip=stretch.skip)


async def _key_at(
    connection: DriverConnection,
    names: tuple[str, ...],
    values: dict[str, object],
    *more: str,
    skip: int,
) -> QuoteKey | None:
    key = ", ".join([f"quote.{name}" for name in KEY])
    query = f"""
        SELECT {key} FROM {believed(names)} AS quote {where(names, *more)}
         ORDER BY {ORDER} OFFSET {skip:d} LIMIT 1
    """
    row = await fetch_first(connection, query, values)
    return QuoteKey(*row) if row else None


async def _above(connection: DriverConnection, names: tuple[str, ...], values: dict[str, object]) -> int:
    """How many quotes come before the range, whose list begins at its end."""
    if "observed_to" not in names:
        return 0
    here = below("%(observed_to)s::timestamptz")
    later = f"SELECT coalesce(sum(feed.quotes - {here}), 0)::bigint FROM {feeds(names)}"
    (quotes,) = await fetch_row(connection, later, values)
    return int(quotes)


async def _stretch(
    connection: DriverConnection, names: tuple[str, ...], values: dict[str, object], skip: int
) -> Stretch | None:
    """The shortest counted stretch of time that the quote after `skip` others is in."""
    found: Stretch | None = None
    for level in range(LAST_LEVEL + 1):
        within = {**values, "starts_at": found.starts_at if found else None}
        rows = await fetch_rows(connection, _stretches(names, level), within)
        found = _that_holds(rows, found.skip if found else skip)
        if found is None or found.quotes <= LEAF:
            break
    return found


def _that_holds(rows: Sequence[tuple[Any, ...]], skip: int) -> Stretch | None:
    for starts_at, ends_at, quotes in rows:
        if skip < quotes:
            return Stretch(starts_at=starts_at, ends_at=ends_at, quotes=quotes, skip=skip)
        skip -= quotes
    return None


def _stretches(names: tuple[str, ...], level: int) -> str:
    """The stretches of a level, in the one that starts at `starts_at`, latest first.

    What a source has not split that far is counted by hand: it is no more than a leaf.
    """
    of_source = "AND counts.source = %(source)s" if "source" in names else ""
    width = WIDTHS[level]
    quotes = _within(level, of_source) if level else f"{_COUNTERS} WHERE counts.level = 0 {of_source}"
    return f"""
        WITH {LEVELS}
        SELECT starts_at, starts_at + interval '{width}', sum(quotes)::bigint
          FROM ({quotes}) AS stretch
         GROUP BY starts_at
         ORDER BY starts_at DESC
    """


_COUNTERS: str = "SELECT counts.starts_at, counts.quotes FROM quote_counts AS counts"


def _within(level: int, of_source: str) -> str:
    start: str = "%(starts_at)s::timestamptz"
    end: str = f"{start} + interval '{WIDTHS[level - 1]}'"
    return f"""
        {_COUNTERS}
         WHERE counts.level = {level:d} {of_source} AND counts.starts_at >= {start} AND counts.starts_at < {end}
         UNION ALL
        SELECT date_bin(interval '{WIDTHS[level]}', quote.observed_at, 'epoch'), 1
          FROM levels
          JOIN quote_counts AS counts
            ON counts.level = levels.level AND counts.starts_at = date_bin(levels.width, {start}, 'epoch')
         CROSS JOIN LATERAL (SELECT observed_at
                               FROM unified_crypto_data AS quote
                              WHERE quote.source = counts.source
                                AND quote.observed_at >= {start} AND quote.observed_at < {end}
                             OFFSET 0) AS quote
         WHERE levels.level < {level:d} AND NOT counts.is_split {of_source}
    """
