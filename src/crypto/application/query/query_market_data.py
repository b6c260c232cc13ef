"""Answer a question about the stored quotes, each with how long it is good for."""

from collections.abc import Collection, Mapping
from datetime import datetime, timedelta

from msgspec.structs import replace

from crypto.application.errors import EmptyRange, OutOfBounds, TooRecent
from crypto.application.ports import CoinReader, MarketDataReader
from crypto.application.query.list_cursor import cursor_after
from crypto.application.query.near_coins import UnknownId, near_coins
from crypto.application.query.quote_page import DEFAULT_PAGE_SIZE, QuotePage, check_text, page_of, window_of
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.market_data import QuoteFilter, QuoteKey

OPEN_PAGES = timedelta(seconds=60)
"""A page transaction lasts less: what was believed earlier than this ago can no longer change."""


MOST_COINS = 50
"""The most coins that one question may ask for."""


class QueryMarketData:
    """Reads quotes; `policies` has each source that is switched on, and so how old its quotes may be."""

    def __init__(
        self, *, reader: MarketDataReader, coins: CoinReader, policies: Mapping[str, FreshnessPolicy]
    ) -> None:
        self._reader = reader
        self._coins = coins
        self._policies = policies

    async def __call__(
        self,
        wanted: QuoteFilter,
        *,
        page: int | None = None,
        page_size: int = DEFAULT_PAGE_SIZE,
        cursor: str | None = None,
    ) -> QuotePage:
        """The `page`-th part of the list (from 1), or the one after `cursor`; and which of the ids nobody knows.

        :raises BadRequest: for too many coins, an `as_of` too recent, an empty range, a foreign cursor, a page out
            of reach.
        :raises StoreUnavailable: when the database cannot be used.
        """
        check_text(wanted)
        _check_coins(wanted.coin_ids)
        await self._check_as_of(wanted.as_of)
        _check_range(wanted.observed_from, wanted.observed_to, "observed_to")
        _check_range(wanted.ingested_from, wanted.ingested_to, "ingested_to")
        window = window_of(wanted, QuoteKey, page=page, page_size=page_size, cursor=cursor)
        found = await self._reader.find(wanted, window)
        part = page_of(
            found,
            window,
            policies=self._policies,
            cursor_of=lambda quote: cursor_after(quote.key, wanted),
        )
        return replace(part, unknown_coin_ids=await self._unknown(wanted))

    async def _unknown(self, wanted: QuoteFilter) -> tuple[UnknownId, ...]:
        """The ids that no source knows, or not the one that is asked for, in the order of the question."""
        if not wanted.coin_ids:
            return ()
        known = await self._coins.known_ids(wanted.coin_ids, source=wanted.source)
        unknown = [coin_id for coin_id in dict.fromkeys(wanted.coin_ids) if coin_id not in known]
        return await near_coins(self._coins, unknown, source=wanted.source)

    async def _check_as_of(self, as_of: datetime | None) -> None:
        if as_of and as_of > await self._reader.now() - OPEN_PAGES:
            seconds = int(OPEN_PAGES.total_seconds())
            raise TooRecent(f"as_of must be at least {seconds} seconds ago", parameter="as_of")


def _check_coins(coin_ids: Collection[str]) -> None:
    if len(coin_ids) > MOST_COINS:
        raise OutOfBounds(
            f"ask for at most {MOST_COINS} coins at once, not for {len(coin_ids)}", parameter="coin_id"
        )


def _check_range(start: datetime | None, end: datetime | None, parameter: str) -> None:
    if start and end and start >= end:
        raise EmptyRange(
            "the range ends before it begins (it includes its start, not its end)", parameter=parameter
        )
