"""From the names of many coins' files, the pattern that tells the coin: `{symbol}USDT-1h-*.zip`."""

import re
from collections.abc import Iterable, Iterator, Sequence

from msgspec import Struct

from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.csv.input.name_pattern import NamePattern
from crypto.adapters.csv.values.currency import CODES

_DATE = re.compile(r"(?<![0-9A-Za-z])(?:19|20)[0-9]{2}(?:[-_]?[0-9]{2}){0,2}(?![0-9A-Za-z])")
_WORDS = re.compile(r"[0-9A-Za-z]+|\*|[^0-9A-Za-z*]+")
_STARS = re.compile(r"\*(?:[-_]\*)+")
_SPECIAL = re.compile(r"[*?\[\]{}]")

Words = Sequence[str]
"""A name taken apart, dates replaced by `*`."""


class Kind(Struct, frozen=True, kw_only=True):
    """Files that differ in their coin: the pattern of their names, and what it tells of each, in order.

    `sure` says that their names tell pairs, such as BTCUSDT: then nothing else is the coin.
    """

    path: str
    names: tuple[str, ...]
    parts: tuple[str, ...]
    sure: bool


def kinds(names: Iterable[str]) -> list[Kind]:
    """The kinds of files among these; none for names that do not show it."""
    alike: dict[object, list[str]] = {}
    for name in sorted(names):
        if not _SPECIAL.search(name):
            alike.setdefault(_shape(_words(name)), []).append(name)
    return [kind for each in alike.values() for kind in _kinds_of(each)]


def _kinds_of(names: list[str]) -> Iterator[Kind]:
    """Of names that are built alike, those that differ in one word with letters, and may in numbers."""
    taken = {name: _words(name) for name in names}
    place = _coin_place(list(taken.values()))
    if place is None:
        return
    groups: dict[object, list[str]] = {}
    for name, words in taken.items():
        coin = words[place]
        others = tuple("" if word == coin or word.isdigit() else word for word in words)
        groups.setdefault(others, []).append(name)
    for each in groups.values():
        if kind := _kind([taken[name] for name in each], each, place):
            yield kind


def _kind(words: list[Words], names: list[str], place: int) -> Kind | None:
    coins = [each[place] for each in words]
    sign, after = _sign(coins)
    parts = [coin.removesuffix(after) if after else coin for coin in coins]
    path = _STARS.sub("*", "".join(_piece(words, at, place, sign + after) for at in range(len(words[0]))))
    told = [NamePattern(path).readings(name) for name in names]
    expected = [[{sign.strip("{}"): part}] for part in parts]
    if len(set(parts)) < 2 or told != expected:
        return None
    sure = FileBlock(path=path).money is not None
    return Kind(path=path, names=tuple(names), parts=tuple(dict.fromkeys(parts)), sure=sure)


def _piece(words: list[Words], at: int, place: int, sign: str) -> str:
    """What stands in the pattern for one word of the names."""
    if all(each[at] == each[place] for each in words):
        return sign
    return words[0][at] if len({each[at] for each in words}) == 1 else "*"


def _coin_place(names: list[Words]) -> int | None:
    """Which word tells the coin: of those with letters that differ the first pair, else the first."""
    differ = [place for place in range(len(names[0])) if len({each[place] for each in names}) > 1]
    lettered = [place for place in differ if not any(each[place].isdigit() for each in names)]
    pairs = [place for place in lettered if _quote([each[place] for each in names])]
    return next(iter(pairs or lettered), None)


def _sign(coins: Sequence[str]) -> tuple[str, str]:
    """What stands for the coin, and which money follows it in the same word."""
    quote = _quote(coins)
    if quote:
        return "{symbol}", quote
    return ("{symbol}" if all(coin.isupper() for coin in coins) else "{coin_id}"), ""


def _quote(coins: Sequence[str]) -> str | None:
    """The code that all end with, as it is written; None when there is none, or two fit (XBTUSD and BATUSD)."""
    ends = [{code for code in CODES if len(coin) > len(code) and coin.upper().endswith(code)} for coin in coins]
    common = set.intersection(*ends)
    written = {coin[-len(code) :] for coin in coins for code in common}
    return written.pop() if len(common) == len(written) == 1 else None


def _words(name: str) -> Words:
    return _WORDS.findall(_DATE.sub("*", name))


def _shape(words: Words) -> tuple[str, ...]:
    return tuple("" if word.isalnum() else word for word in words)
