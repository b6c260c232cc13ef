"""What may be asked of the stored quotes, whoever answers it: a part of a list, or the whole of it as a file."""

from collections.abc import Collection
from datetime import datetime, timedelta

from crypto.application.errors import EmptyRange, OutOfBounds, TooRecent
from crypto.application.ports import MarketDataReader
from crypto.application.query.quote_page import check_text
from crypto.domain.market_data import QuoteFilter

OPEN_PAGES = timedelta(seconds=60)
"""A page transaction lasts less: what was believed earlier than this ago can no longer change."""

MOST_COINS = 50
"""The most coins that one question may ask for."""


async def check_question(wanted: QuoteFilter, reader: MarketDataReader) -> None:
    """See that these quotes can be asked for.

    :raises BadRequest: for too many coins, an `as_of` too recent, an empty range, text that no database takes.
    :raises StoreUnavailable: when the database cannot say what time it is.
    """
    check_text(wanted)
    _check_coins(wanted.coin_ids)
    await _check_as_of(wanted.as_of, reader)
    _check_range(wanted.observed_from, wanted.observed_to, "observed_to")
    _check_range(wanted.ingested_from, wanted.ingested_to, "ingested_to")


async def _check_as_of(as_of: datetime | None, reader: MarketDataReader) -> None:
    if as_of and as_of > await reader.now() - OPEN_PAGES:
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
