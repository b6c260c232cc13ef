"""The statements that list the newest quote of each coin, the largest first; their text is made once a shape."""

from functools import lru_cache

from crypto.adapters.postgres.query.conditions import where
from crypto.adapters.postgres.query.json_list import json_list
from crypto.adapters.postgres.query.quote_list import COLUMNS, SHAPES, whole

KEY: tuple[str, ...] = ("market_cap", "coin_id", "source")
RANK: str = "coalesce(-quote.market_cap, 'Infinity'::numeric)"
"""The largest first, those without a market cap last: the expression of the index."""

ORDER: str = f"{RANK}, quote.coin_id, quote.source"
AFTER = f"""
    ({RANK}, quote.coin_id, quote.source)
        > (coalesce(-%(after_market_cap)s::numeric, 'Infinity'), %(after_coin_id)s, %(after_source)s)
"""
MARKED: str = "SELECT quote.unseen_since, quote.below_since"
FROM: str = "FROM latest_crypto_data AS quote"


@lru_cache(SHAPES)
def page_text(names: tuple[str, ...], fields: tuple[str, ...], *, most: int, after: bool) -> str:
    """One page, as `json_list` gives it, of up to `most` rows. A source's coins are counted, an id's few."""
    conditions = where(names, AFTER) if after else where(names)
    part = f"""
        SELECT {COLUMNS}, quote.unseen_since, quote.below_since
          {FROM} {conditions} ORDER BY {ORDER} LIMIT {most:d}
    """
    counted: str = f"(SELECT count(*) {FROM} {where(names)})"
    is_few = set(names) - {"source"}
    total = counted if is_few else f"CASE WHEN whole.is_counted THEN whole.coins_in_all ELSE {counted} END"
    return json_list(part, fields=fields, key=KEY, marked=MARKED, whole=whole(names), total=total)


def key_text(names: tuple[str, ...], *, skip: int) -> str:
    """The key of the coin after so many others."""
    key = ", ".join([f"quote.{name}" for name in KEY])
    return f"SELECT {key} {FROM} {where(names)} ORDER BY {ORDER} OFFSET {skip:d} LIMIT 1"
