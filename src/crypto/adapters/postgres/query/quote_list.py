"""The statements that list quotes, newest first: their text is made once for each shape of question.

`names` are the fields of the filter that are set (`conditions.asked`); all are answered by an index in its order.
"""

from functools import lru_cache

from crypto.adapters.postgres.query.conditions import where
from crypto.adapters.postgres.query.json_list import json_list
from crypto.adapters.postgres.query.quote_json import MARKED

COLUMNS: str = (
    "quote.coin_id, quote.source, quote.observed_at, quote.name, quote.symbol, quote.price_usd, quote.market_cap,"
    " quote.volume_24h, quote.ingested_at, quote.recorded_at, quote.version, quote.page_id, quote.position"
)
KEY: tuple[str, ...] = ("observed_at", "coin_id", "source")
ORDER: str = "quote.observed_at DESC, quote.coin_id DESC, quote.source DESC"
AFTER: str = """
    quote.observed_at <= %(after_observed_at)s
    AND (quote.observed_at, quote.coin_id, quote.source)
        < (%(after_observed_at)s, %(after_coin_id)s, %(after_source)s)
"""
"""What comes after a key; the first line lets whole partitions be left out."""

VERSION: str = "coalesce(string_agg(concat_ws(' ', source, feed, version, marks), ',' ORDER BY source, feed), '')"
"""Of the checkpoints: it is another one whenever a quote, or what is known of a coin, has changed."""

NOW: str = "unified_crypto_data"
THEN = f"""
    (SELECT {COLUMNS} FROM unified_crypto_data AS quote
      UNION ALL
     SELECT {COLUMNS} FROM superseded_crypto_data AS quote WHERE quote.superseded_at > %(as_of)s)
"""

SHAPES = 512
"""So many texts are kept, of some 3 kB each."""


@lru_cache(SHAPES)
def page_text(names: tuple[str, ...], fields: tuple[str, ...], *, most: int, after: bool, total: str) -> str:
    """One page, as `json_list` gives it, of up to `most` rows."""
    return json_list(
        part(names, limit=most, after=after),
        fields=fields,
        key=KEY,
        marked=MARKED.format(as_of="%(as_of)s" if "as_of" in names else "'infinity'"),
        whole=whole(names),
        total=total,
    )


def part(names: tuple[str, ...], *, limit: int, after: bool = False) -> str:
    """The first quotes of a list, or those after a key."""
    more: tuple[str, ...] = (AFTER,) if after else ()
    if "coin_ids" in names:
        return _of_coins(names, more, limit)
    conditions = where(names, *more)
    return f"SELECT {COLUMNS} FROM {believed(names)} AS quote {conditions} ORDER BY {ORDER} LIMIT {limit:d}"


def _of_coins(names: tuple[str, ...], more: tuple[str, ...], limit: int) -> str:
    """Each coin's of each source on its own, by the index that has them in order; then the first of all."""
    rest = tuple(name for name in names if name not in {"coin_ids", "source"})
    conditions = where(rest, "quote.coin_id = coin.coin_id", "quote.source = feed.source", *more)
    return f"""
        SELECT quote.*
          FROM unnest(%(coin_ids)s::text[]) AS coin (coin_id)
         CROSS JOIN (SELECT DISTINCT source FROM checkpoints {_of_source(names)}) AS feed
         CROSS JOIN LATERAL (SELECT {COLUMNS} FROM {believed(names)} AS quote {conditions}
                              ORDER BY quote.observed_at DESC LIMIT {limit:d}) AS quote
         ORDER BY {ORDER} LIMIT {limit:d}
    """


def believed(names: tuple[str, ...]) -> str:
    """What is listed: the quotes that are believed now, or were then."""
    return THEN if "as_of" in names else NOW


def whole(names: tuple[str, ...]) -> str:
    """What the checkpoints say of the data that a list is taken from: version, whether it is counted, how much."""
    return f"""
        SELECT {VERSION} AS version,
               coalesce(bool_and(counted_version = version), true) AS is_counted,
               coalesce(sum(quotes), 0)::bigint AS quotes_in_all,
               coalesce(sum(coins), 0)::bigint AS coins_in_all
          FROM checkpoints {_of_source(names)}
    """


def _of_source(names: tuple[str, ...]) -> str:
    return "WHERE source = %(source)s" if "source" in names else ""
