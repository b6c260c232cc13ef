"""Which coins may have been meant by an id that no source knows."""

from collections.abc import Iterable, Mapping, Sequence
from difflib import get_close_matches

from msgspec import Struct

from crypto.application.ports import CoinReader
from crypto.domain.market_data import CoinFilter, StoredQuote, Window

NEAR = 3
"""So many coins are named that may have been meant."""

LARGEST = 2000
"""So many coins, the largest, are looked through for an id or a name that is spelled alike."""

MOST_SPELLED = 5
"""Of so many unknown ids in one question the spelling is looked at: each takes some 10 ms."""

ALIKE = 0.75
"""The ratio of difflib from which on two spellings are alike."""

BY_BYTE = (
    "an id is compared byte for byte, as its source writes it: see the list, `crypto coins` or /coins, "
    "which takes a symbol, too"
)


class NearCoin(Struct, frozen=True, kw_only=True):
    """A coin that may have been meant, and the source that calls it so."""

    coin_id: str
    source: str


class UnknownId(Struct, frozen=True, kw_only=True):
    """An id that no source knows, and the coins that may have been meant: `total` of them, the first named."""

    coin_id: str
    nearest: tuple[NearCoin, ...]
    total: int

    def __str__(self) -> str:
        """The answer in words: no source knows the coin, and which may have been meant."""
        if not self.nearest:
            return f"no source knows a coin {self.coin_id!r}; {BY_BYTE}"
        named = ", ".join(f"{coin.coin_id!r} ({coin.source})" for coin in self.nearest)
        more = f" or {self.total - NEAR} more" if self.total > NEAR else ""
        return f"no source knows a coin {self.coin_id!r}; did you mean {named}{more}?"


async def near_coins(
    reader: CoinReader, asked: Sequence[str], *, source: str | None = None
) -> tuple[UnknownId, ...]:
    """What each may have been, of this source only, if one is given.

    A symbol, or an id but for its case; or else, of the first few, the id or name of a large coin that is spelled
    alike.

    :raises StoreUnavailable: when the database cannot be used.
    """
    found = [await _but_for_case(reader, each, source) for each in asked]
    unlike = [each.coin_id for each in found if not each.nearest][:MOST_SPELLED]
    if not unlike:
        return tuple(found)
    largest = await reader.coins(CoinFilter(source=source), Window(limit=LARGEST))
    spelled = _by_spelling(largest.quotes)
    return tuple(_spelled_alike(each.coin_id, spelled) if each.coin_id in unlike else each for each in found)


async def _but_for_case(reader: CoinReader, asked: str, source: str | None) -> UnknownId:
    for near in (CoinFilter(source=source, symbol=asked), CoinFilter(source=source, coin_id=asked.lower())):
        found = await reader.coins(near, Window(limit=NEAR))
        if found.quotes:
            return UnknownId(coin_id=asked, nearest=_named(found.quotes), total=found.total or 0)
    return UnknownId(coin_id=asked, nearest=(), total=0)


def _by_spelling(coins: Iterable[StoredQuote]) -> dict[str, list[StoredQuote]]:
    """The coins by their ids and by their names, in small letters."""
    spelled: dict[str, list[StoredQuote]] = {}
    for coin in coins:
        for text in (coin.coin_id, coin.name or ""):
            spelled.setdefault(text.lower(), []).append(coin)
    return spelled


def _spelled_alike(asked: str, spelled: Mapping[str, Sequence[StoredQuote]]) -> UnknownId:
    """The most alike come first."""
    alike = get_close_matches(asked.lower(), spelled, n=NEAR, cutoff=ALIKE)
    nearest = _named(coin for text in alike for coin in spelled[text])
    return UnknownId(coin_id=asked, nearest=nearest[:NEAR], total=len(nearest))


def _named(coins: Iterable[StoredQuote]) -> tuple[NearCoin, ...]:
    """Each once."""
    return tuple(dict.fromkeys(NearCoin(coin_id=each.coin_id, source=each.source) for each in coins))
