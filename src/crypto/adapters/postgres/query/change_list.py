"""The statements that read what changed; `rest`: some of it was read before, `coins`: few coins are wanted."""

from functools import lru_cache

from crypto.adapters.postgres.query.quote_json import JSON_COLUMNS, time_json
from crypto.adapters.postgres.query.quote_list import COLUMNS, SHAPES
from crypto.application.ports.queries import CHANGED_FIELDS

LAST: str = """
    SELECT feed.source,
           coalesce((SELECT max(log.change)
                       FROM quote_changes AS log
                      WHERE log.source = feed.source), 0) AS change,
           pg_is_in_recovery()
      FROM (SELECT DISTINCT source
              FROM checkpoints
             WHERE %(source)s::text IS NULL OR source = %(source)s) AS feed
     ORDER BY feed.source
"""
"""The number of the last change of each source, and whether this server replays those of another."""

LOG: str = """
    SELECT change, version, page_id, ingested_at
      FROM quote_changes
     WHERE source = %(source)s AND change > %(change)s
     ORDER BY change
     LIMIT %(limit)s
"""
REST: str = """
    quote.observed_at >= %(after_observed_at)s
    AND (quote.observed_at, quote.coin_id) > (%(after_observed_at)s, %(after_coin_id)s)
"""
_OF_COINS: str = 'quote.coin_id = ANY (%(coin_ids)s::text[] COLLATE "C")'
_ORDER: str = "ORDER BY quote.observed_at, quote.coin_id LIMIT %(limit)s"
_NOTHING: str = ", ".join([f"NULL::{kind}" for kind in ("text", "text", *["numeric"] * 3, "timestamptz")])
_SHOWN: str = ", ".join([JSON_COLUMNS[name] for name in CHANGED_FIELDS])


@lru_cache(SHAPES)
def listed_text(*, coins: bool, rest: bool) -> str:
    """The quotes of a source that are believed now, in the order of their keys."""
    conditions = _and("quote.source = %(source)s", REST if rest else "")
    if not coins:
        return _as_json(f"""
            SELECT {COLUMNS}, true AS is_believed FROM unified_crypto_data AS quote WHERE {conditions} {_ORDER}
        """)
    return _as_json(f"""
        SELECT quote.*
          FROM unnest(%(coin_ids)s::text[]) AS coin (coin_id)
         CROSS JOIN LATERAL (SELECT {COLUMNS}, true AS is_believed
                               FROM unified_crypto_data AS quote
                              WHERE quote.coin_id = coin.coin_id AND {conditions}
                              {_ORDER}) AS quote
        {_ORDER}
    """)


@lru_cache(SHAPES)
def changed_text(*, coins: bool, rest: bool) -> str:
    """What one change of the log did: quotes that it wrote, and those it withdrew, as far as both still is so."""
    more = _and(_OF_COINS if coins else "", REST if rest else "")
    of_page = _and("quote.source = %(source)s AND quote.page_id = %(page_id)s", more)
    return _as_json(f"""
        SELECT *
          FROM (SELECT {COLUMNS}, true AS is_believed
                  FROM unified_crypto_data AS quote
                 WHERE quote.ingested_at = %(ingested_at)s AND quote.version = %(version)s AND {of_page}
                 UNION ALL
                SELECT quote.coin_id, quote.source, quote.observed_at, {_NOTHING}, quote.superseded_at,
                       quote.version, quote.page_id, quote.position, false
                  FROM superseded_crypto_data AS quote
                 WHERE quote.withdrawn_version = %(version)s
                   AND {of_page}
                   AND NOT EXISTS (SELECT
                                     FROM unified_crypto_data AS believed
                                    WHERE believed.coin_id = quote.coin_id
                                      AND believed.source = quote.source
                                      AND believed.observed_at = quote.observed_at)) AS quote
        {_ORDER}
    """)


def _as_json(part: str) -> str:
    """One row: the first `size` as JSON without brackets, how many there are, the key of the last shown."""
    return f"""
        SELECT string_agg(row_to_json(shown)::text, ',' ORDER BY place) FILTER (WHERE place <= %(size)s),
               count(*),
               max(quote.observed_at) FILTER (WHERE place = %(size)s),
               max(quote.coin_id) FILTER (WHERE place = %(size)s)
          FROM (SELECT *, row_number() OVER (ORDER BY observed_at, coin_id) AS place
                  FROM ({part}) AS quote) AS quote
          LEFT JOIN LATERAL (SELECT {_SHOWN} WHERE quote.is_believed) AS said ON true
         CROSS JOIN LATERAL (SELECT CASE WHEN quote.is_believed THEN 'upsert' ELSE 'withdraw' END AS change,
                                    quote.source, quote.coin_id,
                                    {time_json("quote.observed_at")} AS observed_at,
                                    {time_json("quote.recorded_at")} AS recorded_at,
                                    said AS quote) AS shown
    """


def _and(*conditions: str) -> str:
    return " AND ".join([each for each in conditions if each])
