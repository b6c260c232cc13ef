"""A quote as JSON, made by the database: amounts with all their digits, times in UTC with a Z."""

KEY: str = "quote.observed_at, quote.coin_id, quote.source"


def time_json(moment: str) -> str:
    """A time as RFC 3339 has it; `datestyle` is ISO in our sessions."""
    return f"replace((({moment}) AT TIME ZONE 'UTC')::text, ' ', 'T') || 'Z'"


_AS_IT_IS: tuple[str, ...] = (
    *("coin_id", "name", "symbol", "price_usd", "market_cap", "volume_24h"),
    *("source", "version", "page_id", "position"),
)
_STALE: str = "quote.observed_at + (%(max_ages)s::jsonb ->> quote.source)::interval"
_TIMES: tuple[str, ...] = ("observed_at", "ingested_at", "recorded_at")

JSON_COLUMNS: dict[str, str] = {
    **{name: f"quote.{name}" for name in _AS_IT_IS},
    **{name: f"{time_json(f'quote.{name}')} AS {name}" for name in _TIMES},
    **{name: f"{time_json(f'marked.{name}')} AS {name}" for name in ("unseen_since", "below_since")},
    "stale_after": f"{time_json(_STALE)} AS stale_after",
}
"""What may be shown of a quote, by name; `quote` is its row, `marked` what is known of its coin.

`max_ages` says how long a quote of each source is good.
"""

MARKED: str = """
    SELECT CASE WHEN coin.unseen_since <= {as_of} THEN coin.unseen_since END AS unseen_since,
           CASE WHEN coin.below_since <= {as_of} THEN coin.below_since END AS below_since
      FROM latest_crypto_data AS coin
     WHERE coin.source = quote.source
       AND coin.coin_id = quote.coin_id
       AND (coin.unseen_since IS NOT NULL OR coin.below_since IS NOT NULL)
    OFFSET 0
"""
"""Since when a coin is unseen or below, if it was so then: an index of those few is asked for each."""
