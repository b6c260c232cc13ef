"""How many quotes a source has in each stretch of time: a tree of counters, from 64 days down to a second.

A stretch with more than `LEAF` quotes is split: the stretches of the next level in it are counted, too. So what is
left to count by hand, before any moment, is never more than a leaf, and at the last level one second.
Who writes quotes adds to it (`ADD`, then `SPLIT` until nothing is too large), in the same transaction.
"""

from collections.abc import Iterable
from typing import Any, LiteralString, NamedTuple

LEAF = 4096
"""Quotes: so many are skipped in about half a millisecond."""

WIDTHS: tuple[LiteralString, ...] = ("64 days", "1 day", "1 hour", "1 minute", "1 second")
"""Of a stretch, level by level; each is a whole number of the next, counted from 1970 on."""

LAST_LEVEL = len(WIDTHS) - 1

LEVELS: LiteralString = """
    levels (level, width) AS (
        SELECT (place - 1)::smallint, width::interval
          FROM unnest(ARRAY['{widths}']) WITH ORDINALITY AS level (width, place)
    )
""".replace("{widths}", "', '".join(WIDTHS))
ADD: LiteralString = f"""
    WITH {LEVELS}, added AS (
        SELECT levels.level, date_bin(levels.width, moment, 'epoch') AS starts_at,
               date_bin(parent.width, moment, 'epoch') AS parent_starts_at, sum(quotes) AS quotes
          FROM unnest(%(moments)s::timestamptz[], %(quotes)s::bigint[]) AS written (moment, quotes)
         CROSS JOIN levels
          LEFT JOIN levels AS parent ON parent.level = levels.level - 1
         GROUP BY 1, 2, 3
    )
    INSERT INTO quote_counts AS counts (source, level, starts_at, quotes)
    SELECT %(source)s, level, starts_at, quotes
      FROM added
     WHERE level = 0
        OR EXISTS (SELECT
                     FROM quote_counts AS parent
                    WHERE parent.source = %(source)s
                      AND parent.level = added.level - 1
                      AND parent.starts_at = added.parent_starts_at
                      AND parent.is_split
                   OFFSET 0)
    ON CONFLICT (level, starts_at, source) DO UPDATE
       SET quotes = counts.quotes + excluded.quotes
    RETURNING level, starts_at, quotes, is_split
"""
SPLIT: LiteralString = f"""
    WITH {LEVELS}, split AS (
        UPDATE quote_counts AS counts
           SET is_split = true
          FROM unnest(%(levels)s::smallint[], %(starts)s::timestamptz[]) AS large (level, starts_at)
         WHERE counts.source = %(source)s
           AND counts.level = large.level
           AND counts.starts_at = large.starts_at
        RETURNING counts.level, counts.starts_at
    )
    INSERT INTO quote_counts (source, level, starts_at, quotes)
    SELECT %(source)s, child.level, date_bin(child.width, quote.observed_at, 'epoch') AS child_starts_at, count(*)
      FROM split
      JOIN levels AS parent ON parent.level = split.level
      JOIN levels AS child ON child.level = split.level + 1
     CROSS JOIN LATERAL (SELECT observed_at
                           FROM unified_crypto_data
                          WHERE source = %(source)s
                            AND observed_at >= split.starts_at
                            AND observed_at < split.starts_at + parent.width
                         OFFSET 0) AS quote
     GROUP BY child.level, child_starts_at
    RETURNING level, starts_at, quotes, is_split
"""
FORGET: LiteralString = "DELETE FROM quote_counts WHERE source = %(source)s"
COUNT: LiteralString = f"""
    INSERT INTO quote_counts (source, level, starts_at, quotes)
    SELECT %(source)s, 0, date_bin(interval '{WIDTHS[0]}', observed_at, 'epoch') AS starts_at, count(*)
      FROM unified_crypto_data
     WHERE source = %(source)s
     GROUP BY starts_at
    RETURNING level, starts_at, quotes, is_split
"""
"""Counts a source anew, at the first level."""


class Large(NamedTuple):
    """Stretches that must be split, as `SPLIT` takes them."""

    levels: list[int]
    starts: list[object]


def large(rows: Iterable[tuple[Any, ...]]) -> Large | None:
    """Those of the counters that were just written which are too large to be left as they are."""
    found = [(level, starts) for level, starts, quotes, is_split in rows if _must_split(level, quotes, is_split)]
    return Large([level for level, _ in found], [starts for _, starts in found]) if found else None


def _must_split(level: int, quotes: int, is_split: bool) -> bool:
    return quotes > LEAF and not is_split and level < LAST_LEVEL
