"""Which coins may have been meant by an id that no source knows."""

from msgspec import Struct

from crypto.application.ports import CoinReader
from crypto.domain.market_data import CoinFilter, Window

NEAR = 3
"""So many coins are named that may have been meant."""

BY_BYTE = "an id is compared byte for byte, as its source writes it: ask for its symbol, or see the list"


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
        """As it is told to people."""
        if not self.nearest:
            return f"no source knows a coin {self.coin_id!r}; {BY_BYTE}"
        named = ", ".join(f"{coin.coin_id!r} ({coin.source})" for coin in self.nearest)
        more = f" or {self.total - NEAR} more" if self.total > NEAR else ""
        return f"no source knows a coin {self.coin_id!r}; did you mean {named}{more}?"


async def near_coins(reader: CoinReader, asked: str, *, source: str | None = None) -> UnknownId:
    """What it may have been: a symbol, or an id but for its case; of this source only, if one is given.

    :raises StoreUnavailable: when the database cannot be used.
    """
    for near in (CoinFilter(source=source, symbol=asked), CoinFilter(source=source, coin_id=asked.lower())):
        found = await reader.coins(near, Window(limit=NEAR))
        if found.quotes:
            nearest = tuple(NearCoin(coin_id=each.coin_id, source=each.source) for each in found.quotes)
            return UnknownId(coin_id=asked, nearest=nearest, total=found.total)
    return UnknownId(coin_id=asked, nearest=(), total=0)
