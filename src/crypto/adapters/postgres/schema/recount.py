"""Count the quotes and coins of the sources that are not counted: of before there were counters, or written for by
an older program since."""

from typing import Any

import psycopg

from crypto.adapters.postgres.schema import quote_counts

UNCOUNTED = "SELECT DISTINCT source FROM checkpoints WHERE counted_version <> version ORDER BY source"
HOLD = "SELECT FROM checkpoints WHERE source = %(source)s ORDER BY feed FOR UPDATE"
COUNTED = """
    UPDATE checkpoints
       SET counted_version = checkpoints.version,
           open_rejections = (SELECT count(*)
                                FROM rejected_records AS rejected
                               WHERE rejected.source = checkpoints.source AND rejected.feed = checkpoints.feed
                                 AND rejected.resolved_at IS NULL),
           quotes = CASE WHEN checkpoints.feed = first.feed THEN first.quotes ELSE 0 END,
           coins = CASE WHEN checkpoints.feed = first.feed THEN first.coins ELSE 0 END
      FROM (SELECT min(feed) AS feed,
                   (SELECT coalesce(sum(quotes), 0) FROM quote_counts
                     WHERE source = %(source)s AND level = 0) AS quotes,
                   (SELECT count(*) FROM latest_crypto_data WHERE source = %(source)s) AS coins
              FROM checkpoints
             WHERE source = %(source)s) AS first
     WHERE source = %(source)s
"""
"""Whose quotes came by which of a source's feeds is not known: their sum is, and that is what is asked for."""


def recount(session: psycopg.Connection[tuple[Any, ...]]) -> None:
    """Count each source that is not counted, in a transaction each; those who write for it wait meanwhile.

    Some seconds for 10 million quotes.

    :raises psycopg.Error: when the database refuses.
    """
    session.autocommit = True
    for (source,) in session.execute(UNCOUNTED).fetchall():
        with session.transaction():
            _count(session, {"source": source})


def _count(session: psycopg.Connection[tuple[Any, ...]], of_source: dict[str, object]) -> None:
    session.execute(HOLD, of_source)
    session.execute(quote_counts.FORGET, of_source)
    written = session.execute(quote_counts.COUNT, of_source)
    while too_large := quote_counts.large(written.fetchall()):
        written = session.execute(quote_counts.SPLIT, of_source | too_large._asdict())
    session.execute(COUNTED, of_source)
