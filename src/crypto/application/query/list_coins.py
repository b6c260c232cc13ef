"""List the coins, each with the newest quote of each source, the largest first."""

from collections.abc import Mapping
from datetime import datetime

from msgspec import Struct

from crypto.application.errors import UnknownCoin
from crypto.application.ports import CoinReader
from crypto.application.query.near_coins import near_coins
from crypto.application.query.quote_page import (
    FIRST_PAGE,
    MAX_PAGE_SIZE,
    QUOTE_FIELDS,
    PageRequest,
    QuoteJsonPage,
    QuotePage,
    check_text,
    max_ages,
    stale_after,
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
        self._max_ages = max_ages(policies)

    async def __call__(self, wanted: CoinFilter, part: PageRequest = FIRST_PAGE) -> QuotePage:
        """Part of the list of coins. One whose market cap changes meanwhile may move past a cursor, either way.

        :raises BadRequest: for a foreign cursor, text that no coin can have.
        :raises StoreUnavailable: when the database cannot be used.
        """
        check_text(wanted)
        found = await self._reader.coins(wanted, part.window(wanted, CoinKey))
        quotes = found.quotes
        return QuotePage(quotes=quotes, stale_after=stale_after(quotes, self._policies), **part.of(found, wanted))

    async def as_json(
        self, wanted: CoinFilter, part: PageRequest = FIRST_PAGE, *, fields: tuple[str, ...] = QUOTE_FIELDS
    ) -> QuoteJsonPage:
        """The same, as the store writes it: with these fields of each quote.

        :raises BadRequest: for a foreign cursor, text that no coin can have.
        :raises StoreUnavailable: when the database cannot be used.
        """
        check_text(wanted)
        window = part.window(wanted, CoinKey)
        found = await self._reader.coins_json(wanted, window, fields=fields, max_ages=self._max_ages)
        return QuoteJsonPage(quotes=found.quotes, shown=found.shown, **part.of(found, wanted))

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
