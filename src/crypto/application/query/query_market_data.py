"""Answer a question about the stored quotes, each with how long it is good for."""

from collections.abc import Mapping

from crypto.application.ports import CoinReader, MarketDataReader
from crypto.application.query.near_coins import UnknownId, near_coins
from crypto.application.query.question import check_question
from crypto.application.query.quote_page import (
    FIRST_PAGE,
    QUOTE_FIELDS,
    PageRequest,
    QuoteJsonPage,
    QuotePage,
    max_ages,
    stale_after,
)
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.market_data import QuoteFilter, QuoteKey


class QueryMarketData:
    """Reads quotes; `policies` has each source that is switched on, and so how old its quotes may be."""

    def __init__(
        self, *, reader: MarketDataReader, coins: CoinReader, policies: Mapping[str, FreshnessPolicy]
    ) -> None:
        self._reader = reader
        self._coins = coins
        self._policies = policies
        self._max_ages = max_ages(policies)

    async def __call__(self, wanted: QuoteFilter, part: PageRequest = FIRST_PAGE) -> QuotePage:
        """Part of the list of quotes, newest first; and which of the ids nobody knows.

        :raises BadRequest: for too many coins, an `as_of` too recent, an empty range, a foreign cursor.
        :raises StoreUnavailable: when the database cannot be used.
        """
        await check_question(wanted, self._reader)
        found = await self._reader.find(wanted, part.window(wanted, QuoteKey))
        return QuotePage(
            quotes=found.quotes,
            stale_after=stale_after(found.quotes, self._policies),
            unknown_coin_ids=await self._unknown(wanted, shown=len(found.quotes)),
            **part.of(found, wanted),
        )

    async def as_json(
        self, wanted: QuoteFilter, part: PageRequest = FIRST_PAGE, *, fields: tuple[str, ...] = QUOTE_FIELDS
    ) -> QuoteJsonPage:
        """The same, as the store writes it: with these fields of each quote.

        :raises BadRequest: for too many coins, an `as_of` too recent, an empty range, a foreign cursor.
        :raises StoreUnavailable: when the database cannot be used.
        """
        await check_question(wanted, self._reader)
        window = part.window(wanted, QuoteKey)
        found = await self._reader.find_json(wanted, window, fields=fields, max_ages=self._max_ages)
        return QuoteJsonPage(
            quotes=found.quotes,
            shown=found.shown,
            unknown_coin_ids=await self._unknown(wanted, shown=found.shown),
            **part.of(found, wanted),
        )

    async def _unknown(self, wanted: QuoteFilter, *, shown: int) -> tuple[UnknownId, ...]:
        """The ids that no source knows, or not the one that is asked for, in the order of the question."""
        if not wanted.coin_ids or (len(wanted.coin_ids) == 1 and shown):
            return ()
        known = await self._coins.known_ids(wanted.coin_ids, source=wanted.source)
        unknown = [coin_id for coin_id in dict.fromkeys(wanted.coin_ids) if coin_id not in known]
        return await near_coins(self._coins, unknown, source=wanted.source)
