"""What is asked: the same again and again, or so many different questions that no cache knows the answer."""

import random
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta

from benchmarks.read.fill import A_SNAPSHOT, COINS, last_moment
from benchmarks.read.programs import DATA
from msgspec.structs import fields

from crypto.application.query.list_cursor import cursor_after
from crypto.domain.market_data import QuoteFilter, QuoteKey, StoredQuote

PAGE_SIZE = 50
FIRST_PAGE = f"{DATA}?page_size={PAGE_SIZE}"
HEALTH = "/api/v1/health"
NEWEST = 20
"""Snapshots that count as the top of the list: what is asked for there is in memory."""

AT_THE_TOP = NEWEST * A_SNAPSHOT
SIZES = range(PAGE_SIZE - 20, PAGE_SIZE + 21)
"""Page sizes around 50, so that there are more questions about a coin than coins."""

OF_COIN = ("unseen_since", "below_since")


class Deck:
    """Different questions, made when first needed and dealt in a random order, so many at a time."""

    def __init__(self, make: Callable[[], Sequence[str]], a_deal: int, chance: random.Random) -> None:
        self._make, self._a_deal, self._chance = make, a_deal, chance
        self._questions: Sequence[str] = ()

    def deal(self) -> Sequence[str]:
        """The next ones; none was dealt before, until there are too few left and all are shuffled again."""
        if len(self._questions) < self._a_deal:
            made = self._make()
            self._questions = self._chance.sample(made, len(made))
        dealt, self._questions = self._questions[: self._a_deal], self._questions[self._a_deal :]
        return dealt


def cursor_pages(rows: int, number: int, chance: random.Random, *, snapshots: int | None = None) -> list[str]:
    """Pages of 50 that begin after different quotes: of the newest snapshots, else anywhere in the list."""
    among = min(rows, (snapshots or rows) * A_SNAPSHOT)
    places = chance.sample(range(among), min(number, among))
    return [f"{FIRST_PAGE}&cursor={cursor_after(_key(place, rows), QuoteFilter())}" for place in places]


def coin_pages() -> list[str]:
    """The newest quotes of every coin, some 50 of each."""
    return [f"{DATA}?coin_id={_coin(coin)}&page_size={size}" for size in SIZES for coin in range(COINS)]


def numbered_pages(first: int, number: int) -> Iterator[str]:
    """Pages of 50 by their number."""
    return (f"{FIRST_PAGE}&page={page}" for page in range(first, first + number))


def keyset_script(rows: int) -> str:
    """What pgbench runs: 50 quotes after a place at the top of the list, with all that our answer says of them.

    It knows no length of the list: that is not to be counted at a request.
    """
    hours = (rows - 1) // A_SNAPSHOT
    names = [field.name for field in fields(StoredQuote)]
    stored = ", ".join(name for name in names if name not in OF_COIN)
    return f"""
\\set hour random({max(hours - NEWEST + 1, 0)}, {hours})
\\set coin random(1, {COINS - 1})
SELECT quote.*, {", ".join(f"latest.{name}" for name in OF_COIN)}
  FROM (SELECT {stored}
          FROM unified_crypto_data
         WHERE (observed_at, coin_id, source) < (timestamptz '2025-01-01 00:00+00' + :hour * interval '1 hour',
                                                 'coin-' || lpad((:coin)::text, 5, '0'), 'coingecko')
         ORDER BY observed_at DESC, coin_id DESC, source DESC
         LIMIT {PAGE_SIZE}) AS quote
  LEFT JOIN latest_crypto_data AS latest ON latest.source = quote.source AND latest.coin_id = quote.coin_id
 ORDER BY quote.observed_at DESC, quote.coin_id DESC, quote.source DESC;
"""


def _key(place: int, rows: int) -> QuoteKey:
    """A place near this one in the list: whose source it is does not matter to where a page begins."""
    moment = last_moment(rows) - timedelta(hours=place // A_SNAPSHOT)
    source = ("coingecko", "coinpaprika")[place % 2]
    return QuoteKey(observed_at=moment, coin_id=_coin(place % A_SNAPSHOT // 2), source=source)


def _coin(number: int) -> str:
    return f"coin-{number:05d}"
