"""In which money an amount is: by the sign in its cell, its column's name, or the pair that was traded."""

import re
from collections.abc import Mapping

DOLLARS = frozenset({"USD", "AUD", "CAD", "HKD", "MXN", "NZD", "SGD", "TWD", "ARS", "CLP", "COP"})

SIGNS: Mapping[str, frozenset[str]] = {
    "$": DOLLARS,
    "US$": frozenset({"USD"}),
    "A$": frozenset({"AUD"}),
    "AU$": frozenset({"AUD"}),
    "C$": frozenset({"CAD"}),
    "CA$": frozenset({"CAD"}),
    "HK$": frozenset({"HKD"}),
    "MX$": frozenset({"MXN"}),
    "NT$": frozenset({"TWD"}),
    "NZ$": frozenset({"NZD"}),
    "S$": frozenset({"SGD"}),
    "R$": frozenset({"BRL"}),
    "€": frozenset({"EUR"}),
    "£": frozenset({"GBP"}),
    "¥": frozenset({"JPY", "CNY"}),
    "₹": frozenset({"INR"}),
    "₩": frozenset({"KRW"}),
    "₽": frozenset({"RUB"}),
    "₺": frozenset({"TRY"}),
    "₫": frozenset({"VND"}),
    "₦": frozenset({"NGN"}),
    "฿": frozenset({"THB"}),
    "₴": frozenset({"UAH"}),
    "₱": frozenset({"PHP"}),
    "zł": frozenset({"PLN"}),
    "₿": frozenset({"BTC"}),
    "Ξ": frozenset({"ETH"}),
}
"""What a sign in a cell may stand for; `$` alone is the dollar that the file is declared to be in."""

STABLE = frozenset({"USDT", "USDC", "BUSD", "TUSD", "FDUSD", "USDP", "PYUSD", "DAI"})
"""Coins that follow the dollar, and are none."""

FIAT = DOLLARS.union(*SIGNS.values()) - {"BTC", "ETH"} | {
    "CHF",
    "SEK",
    "NOK",
    "DKK",
    "CZK",
    "HUF",
    "ZAR",
    "ILS",
    "IDR",
}

CODES = FIAT | STABLE | {"BTC", "ETH", "BNB"}

_PAIR = re.compile(r"[^/_\-:\s]{1,20}(?P<sign>[/_\-:])(?P<code>[A-Za-z]{3,5})")


def is_sign(text: str) -> bool:
    """Whether it is the sign or the code of a currency."""
    return text in SIGNS or text.upper() in CODES


def may_stand_for(sign: str, currency: str) -> bool:
    """Whether an amount with this sign can be in this currency."""
    return currency in SIGNS.get(sign, {sign.upper()})


def named_in(column: str) -> str | None:
    """The currency that a column's name ends or begins with: `price_usd`, `Price (INR)`, `Volume BTC`."""
    words = re.findall(r"[A-Z]+", column.upper())
    if len(words) < 2:
        return None
    return next((word for word in (words[-1], words[0]) if word in CODES), None)


def quoted_in(symbol: str, *, traded: bool) -> str | None:
    """The currency that a pair such as `BTC/USDT` is quoted in; None for the symbol of a coin.

    `BTC-USDT` and `BTCUSDT` are pairs only where rows are of one coin that is `traded`: there are coins called so.
    """
    if pair := _PAIR.fullmatch(symbol):
        code = pair["code"].upper()
        return code if code in CODES and (traded or pair["sign"] == "/") else None
    if not traded:
        return None
    upper = symbol.upper()
    ends = (code for code in FIAT | STABLE if upper.endswith(code) and len(upper) >= len(code) + 2)
    return max(ends, key=len, default=None)
