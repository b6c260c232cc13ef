"""The money that the name of a column says: `price_usd`, `Close (GBP)`, `price in euro`, `Preis (€)`, `eur`."""

import re

from crypto.adapters.csv.values.currency import CODES, DOLLARS, FIAT, SIGNS, STABLE, WORDS
from crypto.adapters.csv.values.pairs import moneys_in, pairs_in

Moneys = frozenset[str]
"""The codes of what it may be; none where nothing is said, several where one word or sign stands for several."""

NONE: Moneys = frozenset()

_WORD = re.compile(r"[^\W\d_]+(?=\$)|[^\W\d_]+|[^\w\s()\[\]/.,:;%#+*|&'\"-]+|\d+")
_OWNERS = {
    "us": "USD",
    "american": "USD",
    "australian": "AUD",
    "canadian": "CAD",
    "hong kong": "HKD",
    "singapore": "SGD",
    "zealand": "NZD",
    "taiwan": "TWD",
    "mexican": "MXN",
}
"""Whose dollars: the word before."""

_CASED = re.compile(r"(?<=[a-z])(?=[A-Z])")
_COINS = frozenset({"bitcoin", "ether", "tether"})
_MONEY_WORDS = frozenset(
    {"dollar", "euro", "pound", "sterling", "yen", "yuan", "rupee", "rupiah", "ruble", "zloty"}
)
_INNER = frozenset({"in", "per", "of", "quote", "quoted", "by", "en", "em", "w"})


def moneys_named(column: str, declared: str | None = None) -> Moneys:
    """What a column's name ends or begins with: a code, a sign or a word; a dollar is a US dollar, or as declared.

    A coin at the beginning, as in `BTC price`, is what the price is of.
    """
    return split_name(column, declared)[1]


def moneys_called(text: str, declared: str | None = None) -> Moneys:
    """What a whole text says: `usd`, `US Dollar`, `€`; a word of the form of a code is that code, known or not."""
    text = text.strip()
    if named := _last(_words(text), declared)[1]:
        return named
    return frozenset({text.upper()}) if re.fullmatch(r"[A-Za-z][A-Za-z0-9]{1,9}", text) else NONE


def split_name(column: str, declared: str | None = None) -> tuple[str, Moneys]:
    """What is left of a column's name without its money, in small letters with underscores, and the money."""
    if pair := _pair(column):
        return "_".join(_words(column.replace(pair, " "))), moneys_in(pair, traded=False)
    words = _words(column)
    if len(words) == 1:
        return _alone(words[0], declared)
    rest, moneys = _last(words, declared)
    if moneys and words[-2:-1] != ["per"] and not (words[-1] in _COINS and words[-2] not in _INNER):
        while rest and rest[-1] in _INNER:
            rest = rest[:-1]
        return "_".join(rest), moneys
    for size in range(1, len(words)):
        if _stands_anywhere(words[size - 1]):
            before, moneys = _last(words[:size], declared)
            return "_".join([*before, *words[size:]]), moneys
    return "_".join(words), NONE


def _pair(column: str) -> str | None:
    """The pair in a name such as `BTC/EUR close`."""
    parts = re.split(r"[\s_()\[\],;]+", column)
    return next((part for part in parts if any(pair.known and pair.sure for pair in pairs_in(part))), None)


def _stands_anywhere(word: str) -> bool:
    """Whether a word is money wherever it stands; a coin before other words is what a price is of."""
    named = word in _MONEY_WORDS or word.removesuffix("s") in _MONEY_WORDS
    return named or word.upper() in FIAT | STABLE or word in SIGNS


def _alone(word: str, declared: str | None) -> tuple[str, Moneys]:
    """A column called `usd` is of dollars; one that is called `btc` or `usdt` is of a coin."""
    moneys = _meant(word, declared) if _stands_anywhere(word) and word.upper() not in STABLE else NONE
    return ("", moneys) if moneys else (word, NONE)


def _words(text: str) -> list[str]:
    return [word.lower() for word in _WORD.findall(_CASED.sub(" ", text.replace("_", " ")))]


def _last(words: list[str], declared: str | None) -> tuple[list[str], Moneys]:
    """The words before the money that they end with: `us$` is one of two, `us dollars` of three."""
    if not words:
        return [], NONE
    before, last = words[:-1], words[-1]
    owner = next((size for size in (2, 1) if " ".join(before[-size:]) in _OWNERS and _is_dollar(last)), 0)
    if owner:
        return before[:-owner], frozenset({_OWNERS[" ".join(before[-owner:])]})
    if last == "$" and before and f"{before[-1]}$".upper() in SIGNS:
        return before[:-1], SIGNS[f"{before[-1]}$".upper()]
    return before, _meant(last, declared)


def _is_dollar(word: str) -> bool:
    return word in {"$", "dollar", "dollars"}


def _meant(word: str, declared: str | None) -> Moneys:
    if _is_dollar(word):
        return frozenset({declared if declared in DOLLARS else "USD"})
    if word.upper() in CODES:
        return frozenset({word.upper()})
    signs = {sign.lower(): moneys for sign, moneys in SIGNS.items()}
    return signs.get(word) or WORDS.get(word) or WORDS.get(word.removesuffix("s"), NONE)
