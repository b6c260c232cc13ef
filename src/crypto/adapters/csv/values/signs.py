"""Which money the signs and codes beside an amount stand for."""

import unicodedata
from collections.abc import Mapping

from crypto.adapters.csv.values.currency import CODES, SIGNS

WORDS: Mapping[str, frozenset[str]] = {
    "USD$": frozenset({"USD"}),
    "US $": frozenset({"USD"}),
    "U$S": frozenset({"USD"}),
    "U.S.$": frozenset({"USD"}),
    "kr": frozenset({"SEK", "NOK", "DKK", "ISK"}),
    "Kč": frozenset({"CZK"}),
    "Ft": frozenset({"HUF"}),
    "Fr": frozenset({"CHF"}),
    "SFr": frozenset({"CHF"}),
    "Rs": frozenset({"INR", "PKR", "LKR", "NPR"}),
    "Rp": frozenset({"IDR"}),
    "RM": frozenset({"MYR"}),
    "R": frozenset({"ZAR"}),
    "TL": frozenset({"TRY"}),
    "₪": frozenset({"ILS"}),
    "lei": frozenset({"RON"}),
    "лв": frozenset({"BGN"}),
    "руб": frozenset({"RUB"}),
    "р": frozenset({"RUB"}),
    "元": frozenset({"CNY", "TWD", "HKD"}),
    "円": frozenset({"JPY"}),
    "원": frozenset({"KRW"}),
    "zl": frozenset({"PLN"}),
    "euro": frozenset({"EUR"}),
}
"""As `SIGNS`, of words that are written for a sign; a point at their end is theirs."""

ELSEWHERE = frozenset({"AED", "KZT", "SAR", "XAU", "XAG", "ADA", "BCH", "DOGE", "LTC", "SOL", "TRX", "XMR", "XRP"})
"""Codes that only a cell names."""

PARTS = frozenset({"¢", "ct", "cts", "cent", "cents", "sat", "sats", "satoshi", "satoshis", "gwei", "wei", "mbtc"})
"""Fractions of a coin or of a dollar, in small letters: an amount in them is in no currency that has a code."""

_CODES = CODES.union(ELSEWHERE, *WORDS.values())
_MONEY: Mapping[str, frozenset[str]] = {sign.casefold(): codes for sign, codes in [*SIGNS.items(), *WORDS.items()]}


def money_of(sign: str) -> frozenset[str] | None:
    """The currencies that it may stand for: none for money that has no code here; None for what is not money."""
    plain = sign.removesuffix(".").casefold()
    if plain in _MONEY:
        return _MONEY[plain]
    if sign.upper() in _CODES:
        return frozenset({sign.upper()})
    is_money = plain in PARTS or any(unicodedata.category(each) == "Sc" for each in sign)
    return frozenset() if is_money else None
