"""A made-up market in the shapes of CoinPaprika and CoinGecko; no real coin, no real price."""

import json
import random
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeAlias

TICKER_CHANGES = (
    *("volume_24h_change_24h", "market_cap_change_24h", "percent_change_15m", "percent_change_30m"),
    *(f"percent_change_{time}" for time in ("1h", "6h", "12h", "24h", "7d", "30d", "1y")),
)
MARKET_NUMBERS = (
    *("fully_diluted_valuation", "high_24h", "low_24h", "price_change_24h", "price_change_percentage_24h"),
    *("market_cap_change_24h", "market_cap_change_percentage_24h", "circulating_supply", "total_supply"),
    *("ath", "ath_change_percentage", "atl", "atl_change_percentage"),
)
"""Fields that are there and that nothing is read from."""

Record: TypeAlias = dict[str, Any]
SchemaDrift: TypeAlias = Callable[[Record], Record]


class Market:
    """So many coins, the largest first; nothing changes until `move` or `restate`.

    The same seed makes the same market. `drift` changes each record as it is sent; `between_pages` is called after
    each page of CoinGecko's list.
    """

    def __init__(self, coins: int, *, seed: int = 1, now: Callable[[], datetime] | None = None) -> None:
        self.drift: SchemaDrift = lambda record: record
        self.between_pages: Callable[[], object] = lambda: None
        self._random = random.Random(seed)
        self._now = now or (lambda: datetime.now(UTC))
        self._coins = [self._made(rank) for rank in range(1, coins + 1)]
        self._made_so_far = coins

    def __len__(self) -> int:
        return len(self._coins)

    def move(self, share: float = 1.0) -> int:
        """Give that share of the coins a new price of this moment; how many."""
        moved = self._some(share)
        stamp = self._now()
        for coin in moved:
            coin["price"] *= self._random.uniform(0.9, 1.1)
            coin["at"] = stamp
        return len(moved)

    def restate(self, share: float = 1.0) -> int:
        """Give that share of the coins another price for the same moment; how many."""
        restated = self._some(share)
        for coin in restated:
            coin["price"] *= 1.01
        return len(restated)

    def shift(self, swaps: int) -> int:
        """Let so many coins of the list change places with the one below them; how many."""
        for _ in range(swaps):
            above = self._random.randrange(len(self._coins) - 1)
            self._coins[above : above + 2] = reversed(self._coins[above : above + 2])
        return swaps

    def list_coin(self, *, at: int | None = None) -> str:
        """Let a new coin enter the list there or somewhere; its id at CoinGecko."""
        self._made_so_far += 1
        coin = self._made(self._made_so_far)
        self._coins.insert(self._random.randrange(len(self._coins)) if at is None else at, coin)
        return _coingecko_id(coin)

    def delist(self, coins: int = 1) -> list[str]:
        """Let so many coins leave the list; their ids at CoinGecko."""
        return [_coingecko_id(self._coins.pop(self._random.randrange(len(self._coins)))) for _ in range(coins)]

    def delist_coin(self, coin_id: str) -> None:
        """Let this coin of CoinGecko leave the list."""
        self._coins = [coin for coin in self._coins if _coingecko_id(coin) != coin_id]

    def turn(self, places: float = 1) -> None:
        """Turn the list by so many places: its first coins become its last."""
        at = round(places) % max(len(self._coins), 1)
        self._coins = self._coins[at:] + self._coins[:at]

    def whole_list(self, source: str) -> bytes:
        """All that a source has, in one page."""
        return _encoded([self.drift(record) for coin in self._coins for record in RECORDS[source](coin)])

    def tickers(self) -> bytes:
        """The one page of CoinPaprika."""
        return self.whole_list("coinpaprika")

    def markets(self, page: int, per_page: int) -> bytes:
        """A page of CoinGecko, from 1; `[]` past the end."""
        start = (page - 1) * per_page
        answer = _encoded([self.drift(_market(coin)) for coin in self._coins[start : start + per_page]])
        self.between_pages()
        return answer

    def markets_of(self, ids: Collection[str], per_page: int) -> bytes:
        """The coins of CoinGecko with these ids, those it knows, the largest first."""
        known = [coin for coin in self._coins if _coingecko_id(coin) in ids]
        return _encoded([self.drift(_market(coin)) for coin in known[:per_page]])

    def coingecko_ids(self) -> list[str]:
        """The ids of CoinGecko's list as it is now."""
        return [_coingecko_id(coin) for coin in self._coins]

    def price(self, index: int) -> float:
        """What the coin at that place costs now, in dollars."""
        return float(self._coins[index]["price"])

    def _some(self, share: float) -> list[Record]:
        return self._random.sample(self._coins, round(share * len(self._coins)))

    def _made(self, rank: int) -> Record:
        price = 10 ** self._random.uniform(-17, 5)
        return {"rank": rank, "price": price, "supply": self._random.uniform(1e6, 1e9), "at": self._now()}


def renamed(field: str) -> SchemaDrift:
    """The field has another name."""
    return lambda record: {(f"{name}_v2" if name == field else name): value for name, value in record.items()}


def missing(field: str) -> SchemaDrift:
    """The field is gone."""
    return lambda record: {name: value for name, value in record.items() if name != field}


def retyped(field: str) -> SchemaDrift:
    """The field is an object."""
    return lambda record: {name: ({"value": value} if name == field else value) for name, value in record.items()}


def as_text(field: str) -> SchemaDrift:
    """The field is a text of what it was."""
    return lambda record: {name: (str(value) if name == field else value) for name, value in record.items()}


def _ticker(coin: Record) -> Record:
    rank, price = coin["rank"], coin["price"]
    return {
        "id": f"c{rank}-fake-coin-{rank}",
        "name": f"Fake coin {rank}",
        "symbol": f"C{rank}",
        "rank": rank,
        "last_updated": coin["at"].strftime("%Y-%m-%dT%H:%M:%SZ"),
        "quotes": {
            "USD": {
                "price": price,
                "volume_24h": price * coin["supply"] / 50,
                "market_cap": round(price * coin["supply"]) if rank % 2 else 0,
                "ath_price": None if rank == 1 else price * 2,
                "ath_date": None if rank == 1 else "2021-11-10T14:24:11Z",
                "percent_from_price_ath": None if rank == 1 else -50,
                **dict.fromkeys(TICKER_CHANGES, -0.800000011920929),
            }
        },
        **dict.fromkeys(("total_supply", "max_supply", "beta_value"), coin["supply"]),
        "first_data_at": "2010-07-17T00:00:00Z",
    }


def _coingecko_id(coin: Record) -> str:
    return f"fake-coin-{coin['rank']}"


def _market(coin: Record) -> Record:
    rank, price = coin["rank"], coin["price"]
    return {
        "id": _coingecko_id(coin),
        "symbol": f"c{rank}",
        "name": f"Fake coin {rank}",
        "current_price": price,
        "market_cap": price * coin["supply"],
        "market_cap_rank": rank,
        "total_volume": price * coin["supply"] / 50,
        "image": f"https://pictures.example/{rank}.png",
        "max_supply": None,
        "roi": {"times": 1.5, "currency": "usd", "percentage": 50} if rank % 7 == 0 else None,
        "ath_date": "2021-11-10T14:24:11.849Z",
        "atl_date": "2013-07-06T00:00:00.000Z",
        **dict.fromkeys(MARKET_NUMBERS, price),
        "last_updated": coin["at"].strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3] + "Z",
    }


def _pairs(coin: Record) -> Iterator[Record]:
    """In dollars; of every third coin also in euros and as a future."""
    rank, price = coin["rank"], f"{Decimal(repr(coin['price'])):f}"
    for currency in ("USD", "EUR", "USD-PERP") if rank % 3 == 0 else ("USD",):
        yield {
            "timestamp": str(int(coin["at"].timestamp())),
            **dict.fromkeys(("open", "high", "low", "last", "vwap", "bid", "ask", "open_24"), price),
            "volume": "50.00000000",
            "side": "0",
            "percent_change_24": "",
            "market_type": "PERPETUAL" if currency.endswith("-PERP") else "SPOT",
            "pair": f"C{rank}/{currency}",
            "market": f"C{rank}/{currency}",
        }


RECORDS: dict[str, Callable[[Record], Iterable[Record]]] = {
    "coinpaprika": lambda coin: [_ticker(coin)],
    "coingecko": lambda coin: [_market(coin)],
    "bitstamp": _pairs,
}
"""By source, the records that it has of a coin."""


def _encoded(records: list[Record]) -> bytes:
    return json.dumps(records, separators=(",", ":")).encode()
