"""Which coin the name of a file tells of: `BTCUSDT-1h-2024-01.csv`, `eth-usd-max.csv`, `Kraken_XBTUSD.csv`."""

import re
from collections.abc import Iterable, Iterator, Mapping
from itertools import pairwise

from crypto.adapters.csv.unreadable import Unreadable

QUOTES = ("USDT", "USDC", "FDUSD", "BUSD", "TUSD", "USD", "EUR", "GBP", "JPY", "KRW")
"""Money that coins are traded for, and that few other words end with."""

SAME: Mapping[str, str] = {"XBT": "BTC", "XXBT": "BTC", "XETH": "ETH", "XDG": "DOGE", "XXRP": "XRP"}
"""One coin's other tickers, as Kraken and BitMEX have them."""

SHORTEST, LONGEST_WORD, LONGEST = 2, 5, 10
"""Characters of a ticker: at least, in a word of its own, and where its money follows at once."""


def coins_named(name: str) -> frozenset[str]:
    """The tickers that a pair in the name may begin with: XBTUSD is XBT for dollars, or XB for TUSD."""
    words = re.split(r"[^A-Z0-9]+", name.rpartition("/")[2].upper())
    return frozenset(_apart(words)) or frozenset(_joined(words))


def require_one_coin(name: str, others: Iterable[str], *, coin_id: str | None) -> None:
    """A file that is declared to be of one coin, as others are, tells of no other coin than they do by its name.

    :raises Unreadable: when it does.
    """
    coins = coins_named(name)
    for other in others:
        known = coins_named(other)
        if coins and known and coins.isdisjoint(known):
            raise Unreadable(
                f"it and {other} are both declared to be {coin_id}, but are called after two coins,"
                f" {min(coins)} and {min(known)}; give each file its own COIN_ID in [[source.csv.file]]"
            )


def _apart(words: Iterable[str]) -> Iterator[str]:
    for word, money in pairwise(words):
        if money in QUOTES and SHORTEST <= len(word) <= LONGEST_WORD and not word.isdigit():
            yield SAME.get(word, word)


def _joined(words: Iterable[str]) -> Iterator[str]:
    for word in words:
        coins = (word.removesuffix(money) for money in QUOTES if word.endswith(money))
        yield from (SAME.get(coin, coin) for coin in coins if SHORTEST <= len(coin) <= LONGEST)
