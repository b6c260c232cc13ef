"""List the coins, each with the newest quote of each source, the largest first."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from crypto.application.errors import UnknownCoin
from crypto.application.ports import CoinReader
from crypto.application.query.list_cursor import cursor_after
from crypto.application.query.near_coins import near_coins
from crypto.application.query.quote_page import (
    DEFAULT_PAGE_SIZE,
    MAX_PAGE_SIZE,
    QuotePage,
    check_text,
    page_of,
    stale_after,
    window_of,
)
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.market_data import CoinFilter, CoinKey, StoredQuote, Window


class Coin(Struct, frozen=True, kw_only=True):
    """What each source that knows this id says of it now; `stale_after` stands beside each quote."""

    quotes: tuple[StoredQuote, ...]
    stale_after: tuple[datetime | None, ...]


class ListCoins:
    """Reads newest quotes; `policies` has each source that is switched on, and so how old its quotes may be."""

    def __init__(self, *, reader: CoinReader, policies: Mapping[str, FreshnessPolicy]) -> None:
        self._reader = reader
        self._policies = policies

    async def __call__(
        self,
        wanted: CoinFilter,
        *,
        page: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        cursor: str | None = None,
    ) -> QuotePage:
        """The `page`-th part of the list (from 1), or the one after `cursor`.

        A coin whose market cap changes meanwhile may move past a cursor, in either direction.

        :raises BadRequest: for a foreign cursor, a page out of reach.
        :raises StoreUnavailable: when the database cannot be used.
        """
        check_text(wanted)
        window = window_of(wanted, CoinKey, page=page, page_size=page_size, cursor=cursor)
        found = await self._reader.coins(wanted, window)
        return page_of(
            found,
            window,
            policies=self._policies,
            cursor_of=lambda coin: cursor_after(coin.coin_key, wanted),
        )

    async def of_id(self, coin_id: str) -> Coin:
        """The coin, or the coins, of this id: one of each source that has it.

        :raises UnknownCoin: when none has; the message says which may have been meant.
        :raises BadRequest: for an id that none can have.
        :raises StoreUnavailable: when the database cannot be used.
        """
        wanted = CoinFilter(coin_id=coin_id)
        check_text(wanted)
        quotes = (await self._reader.coins(wanted, Window(limit=MAX_PAGE_SIZE))).quotes
        if not quotes:
            (unknown,) = await near_coins(self._reader, [coin_id])
            raise UnknownCoin(str(unknown))
        return Coin(quotes=quotes, stale_after=stale_after(quotes, self._policies))
