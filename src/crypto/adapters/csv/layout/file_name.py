"""The money that a file's name says, where the pair in it is sure: `BTCUSDT-1h-2024.csv`, `btc-eur-max.csv`."""

import re
from collections.abc import Iterator
from itertools import pairwise

from crypto.adapters.csv.layout.agreed import Told
from crypto.adapters.csv.values.currency import FIAT, STABLE
from crypto.adapters.csv.values.pairs import pairs_in
from crypto.adapters.csv.values.tickers import COINS
from crypto.domain.rejection import printable

ALONE = frozenset({"EUR", "GBP", "JPY", "KRW", "INR", "BRL", "AUD", "CAD", "CHF", "CNY", "RUB", "EURO"})
"""Money that a name says without a coin beside it, as no word is written so: `prices_eur.csv`."""

_ENDINGS = re.compile(r"(?:\.(?:csv|tsv|txt|dat|gz|zip|xz|bz2|tgz|tar|zst|xlsx?))+$", re.IGNORECASE)
_WORD = re.compile(r"[A-Za-z0-9]+")
_ARCHIVE = re.compile(r"\.(?:zip|tar|tgz|gz|xz|bz2)$", re.IGNORECASE)


def told_by_file(path: str) -> Told | None:
    """What the name says, else that of the archive that it is in, else a folder that is called by a pair alone."""
    *folders, name = path.replace("\\", "/").replace("#", "/").split("/")
    archives = [folder for folder in reversed(folders) if _ARCHIVE.search(folder)]
    for each in (name, *archives):
        if moneys := frozenset(_moneys(_ENDINGS.sub("", each))):
            return Told(by=f"its name {printable(each)}", moneys=moneys)
    for folder in reversed(folders):
        if moneys := frozenset(pair.money for pair in pairs_in(folder) if pair.sure and pair.known):
            return Told(by=f"its folder {printable(folder)}", moneys=moneys)
    return None


def _moneys(name: str) -> Iterator[str]:
    """The money of each pair, in one word or two beside each other; else of a money that stands alone."""
    words = _WORD.findall(name)
    found = [*_in_one_word(words), *_in_two_words(words)]
    yield from found or (word.upper()[:3] for word in words if word.upper() in ALONE)


def _in_one_word(words: list[str]) -> Iterator[str]:
    yield from (pair.money for word in words for pair in pairs_in(word) if pair.sure and pair.known)


def _in_two_words(words: list[str]) -> Iterator[str]:
    """Two coins may be a list of coins; they are a pair only where there is no third, and the second is money."""
    several = sum(word.upper() in COINS for word in words) > 2
    for first, last in pairwise(words):
        pairs = pairs_in(f"{first}_{last}".upper())
        coins = len(pairs) == 1 and not several and first.isupper()
        yield from (pair.money for pair in pairs if pair.known and (coins or pair.money in FIAT | STABLE))
