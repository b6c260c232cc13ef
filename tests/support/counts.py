"""Whether the counters of quotes and coins are what counting says, and split no coarser than they promise."""

from typing import Any

import psycopg

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.schema.quote_counts import LAST_LEVEL, LEAF, LEVELS

MISCOUNTED = f"""
    WITH {LEVELS}, said AS (
        SELECT source, 'quotes' AS counted, sum(quotes) AS said,
               (SELECT count(*) FROM unified_crypto_data AS quote WHERE quote.source = checkpoints.source) AS are
          FROM checkpoints
         GROUP BY source
         UNION ALL
        SELECT source, 'coins', sum(coins),
               (SELECT count(*) FROM latest_crypto_data AS coin WHERE coin.source = checkpoints.source)
          FROM checkpoints
         GROUP BY source
         UNION ALL
        SELECT source, 'open rejections of ' || feed, open_rejections,
               (SELECT count(*)
                  FROM rejected_records AS rejected
                 WHERE rejected.source = checkpoints.source AND rejected.feed = checkpoints.feed
                   AND resolved_at IS NULL)
          FROM checkpoints
         UNION ALL
        SELECT source, format('from %s on, for %s', starts_at, width), quotes,
               (SELECT count(*)
                  FROM unified_crypto_data AS quote
                 WHERE quote.source = counts.source
                   AND quote.observed_at >= starts_at AND quote.observed_at < starts_at + width)
          FROM quote_counts AS counts
          JOIN levels USING (level)
         UNION ALL
        SELECT source, format('the first level'), sum(quotes) FILTER (WHERE level = 0),
               (SELECT count(*) FROM unified_crypto_data AS quote WHERE quote.source = counts.source)
          FROM quote_counts AS counts
         GROUP BY source
         UNION ALL
        SELECT source, format('split at %s, level %s', starts_at, level),
               (SELECT sum(quotes)
                  FROM quote_counts AS child
                 WHERE child.source = counts.source AND child.level = counts.level + 1
                   AND child.starts_at >= counts.starts_at AND child.starts_at < counts.starts_at + width),
               quotes
          FROM quote_counts AS counts
          JOIN levels USING (level)
         WHERE is_split
         UNION ALL
        SELECT source, format('unsplit, too large at %s, level %s', starts_at, level), 0, quotes
          FROM quote_counts
         WHERE NOT is_split AND quotes > {LEAF} AND level < {LAST_LEVEL}
    )
    SELECT source, counted, said, are
      FROM said
     WHERE said IS DISTINCT FROM are
       AND NOT EXISTS (SELECT FROM checkpoints AS one
                        WHERE one.source = said.source AND one.counted_version <> one.version)
"""


def miscounted(database_url: str) -> list[tuple[Any, ...]]:
    """Every counter that is not right, with what it says and what there is."""
    with psycopg.connect(conninfo(database_url)) as connection:
        return connection.execute(MISCOUNTED).fetchall()
