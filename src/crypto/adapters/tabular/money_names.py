"""The money that the name of a column says: `price_usd`, `Close (GBP)`, `price in euro`, `Preis (€)`, `eur`."""

import re

from crypto.adapters.tabular.currency import CODES, DOLLARS, FIAT, SIGNS, STABLE, WORDS
from crypto.adapters.tabular.pairs import moneys_in

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
    words = _words(column)
    if len(words) == 1:
        return _alone(words[0], declared)
    rest, moneys = _last(words, declared)
    if moneys and words[-2:-1] != ["per"] and not (words[-1] in _COINS and words[-2] not in _INNER):
        while rest and rest[-1] in _INNER:
            rest = rest[:-1]
        return "_".join(rest), moneys
    if words and (moneys := _first(words[0], declared)):
        return "_".join(words[1:]), moneys
    return "_".join(words), _traded(column)


def _alone(word: str, declared: str | None) -> tuple[str, Moneys]:
    """A column called `usd` is of dollars; one that is called `btc` or `usdt` is of a coin."""
    moneys = _meant(word, declared) if word.upper() in FIAT or word in SIGNS else NONE
    return ("", moneys) if moneys else (word, NONE)


def _traded(column: str) -> Moneys:
    """Of the pair in a name such as `BTC/EUR close`."""
    told = (moneys_in(each, traded=False) for each in re.split(r"[\s_()\[\],;]+", column))
    return next(filter(None, told), NONE)


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


def _first(word: str, declared: str | None) -> Moneys:
    return _meant(word, declared) if word.upper() in FIAT | STABLE or word in SIGNS else NONE


def _is_dollar(word: str) -> bool:
    return word in {"$", "dollar", "dollars"}


def _meant(word: str, declared: str | None) -> Moneys:
    if _is_dollar(word):
        return frozenset({declared if declared in DOLLARS else "USD"})
    if word.upper() in CODES:
        return frozenset({word.upper()})
    signs = {sign.lower(): moneys for sign, moneys in SIGNS.items()}
    return signs.get(word) or WORDS.get(word) or WORDS.get(word.removesuffix("s"), NONE)
