"""Which money a pair is quoted in, as exchanges write it without a sign between: BTCUSDT, XBTUSD, ETHBTC."""

import re
from collections.abc import Iterator

from crypto.adapters.csv.values.currency import CODES

BASES = frozenset(
    {
        "BTC", "XBT", "ETH", "XRP", "LTC", "BCH", "ADA", "SOL", "DOT", "DOGE", "XDG", "LINK", "BNB", "TRX", "AVAX",
        "MATIC", "UNI", "ATOM", "XLM", "ETC", "EOS", "XMR", "XTZ", "ALGO", "SHIB", "BAT", "USDT", "USDC",
    }
)  # fmt: skip
"""Coins by which a pair is split that could be split in two ways: XBT and USD, not XB and TUSD."""

OTHER_NAMES = {"XBT": "BTC"}
"""What Kraken and BitMEX call a coin that others name as its code."""

_SIGN = re.compile(r"[-_/:.]")


def quoted_in(pair: str, *, never_dollars: bool = False) -> str | None:
    """The code of the money, `never_dollars` where the exchange has no market in US dollars; None if not known."""
    pair = pair.upper()
    if _SIGN.search(pair):
        return _known(_SIGN.split(pair)[-1])
    splits = dict(_splits(pair, never_dollars=never_dollars))
    known = [code for code, base in splits.items() if base in BASES]
    if known:
        return _known(known[0]) if len(known) == 1 else None
    return "USD" if "USD" in splits else _known(max(splits, key=len, default=""))


def _known(code: str) -> str | None:
    return OTHER_NAMES.get(code) or (code if code in CODES else None)


def _splits(pair: str, *, never_dollars: bool) -> Iterator[tuple[str, str]]:
    """Each code that the pair may end with, and what is before it."""
    for code in (CODES | OTHER_NAMES.keys()) - ({"USD"} if never_dollars else set()):
        base = pair.removesuffix(code)
        if base != pair and len(base) >= 2:
            yield code, base
