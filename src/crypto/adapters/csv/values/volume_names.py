"""What the name of a column says of it as a volume: whether it is one, and what it counts."""

from typing import Literal, TypeAlias

from crypto.adapters.csv.text import words
from crypto.adapters.csv.text.columns import KNOWN_NAMES
from crypto.adapters.csv.text.names import plain_name
from crypto.adapters.csv.values.money_names import split_name
from crypto.adapters.csv.values.pairs import is_known

PLAIN = frozenset({"volume", "vol", *words.VOLUMES})

_QUOTE = """
quote_asset_volume quote_volume quotevolume quoteassetvolume volume_quote quote_vol volumeto volume_to turnover
volume_(currency) volume_(quote) quote_asset_vol vol_quote
"""
QUOTE = frozenset(_QUOTE.split())
"""Names of volumes that are in the price's money."""

BASE = frozenset({"base_volume", "basevolume", "volume_base", "volumefrom", "volume_from", "volume_(base)"})
"""Names of volumes that are in coins."""

_EXCHANGE = """
vwap trades trade_count tradecount number_of_trades num_trades trades_count bid ask best_bid best_ask bid_price
ask_price side trade_id tid qty quantity is_buyer_maker taker_side open_interest exchange open high low
weighted_price
"""
EXCHANGE = frozenset(_EXCHANGE.split())
"""What stands beside a volume in an exchange's tables, and in no list of coins."""

Kind: TypeAlias = Literal["listed", "plain", "quote", "base", "dollars", "money"]


def kind_of(name: str, currency: str | None) -> Kind | None:
    """What a column's name says of it as a volume; `money` is other money than US dollars."""
    plain = plain_name(name)
    if plain in PLAIN:
        return "plain"
    if plain in QUOTE or plain in BASE:
        return "quote" if plain in QUOTE else "base"
    rest, moneys = split_name(name, currency)
    if plain in KNOWN_NAMES["volume_24h"]:
        return "dollars" if moneys == {"USD"} else "listed"
    if rest not in PLAIN | {"volume_24_h", "24_h_volume", "vol_24_h", "24_h_vol"}:
        return "base" if _counts_coins(name) else None
    return "dollars" if moneys == {"USD"} else "money" if moneys else None


def _counts_coins(name: str) -> bool:
    """As `Volume XRP` does."""
    words = plain_name(name).replace("(", "").replace(")", "").split("_")
    return len(words) == 2 and words[0] in {"volume", "vol"} and is_known(words[1])
