"""A made-up market that moves, and lists its coins as records whose meaning is known."""

import random
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from msgspec import Struct

from tests.faults.chaos.chaos_records import (
    KEPT,
    NO_RECORDS,
    REJECTED,
    Record,
    Said,
    Tokens,
    elsewhere,
    quoted,
    spelled,
    stamp,
    twice,
)

PER_PAGE = 15
PAGES = 4


class Coin(Struct, kw_only=True):
    """A coin as it is now; numbers as they are spelled."""

    coin_id: str
    name: str
    price: str
    market_cap: str
    volume: str
    at: datetime


class ChaosMarket:
    """The coins of one source, the largest first; the same seed makes the same market and the same history."""

    def __init__(self, source: str, chance: random.Random, now: Callable[[], datetime]) -> None:
        self.source = source
        self._chance = chance
        self._now = now
        self._coins = [self._made(rank) for rank in range(PER_PAGE * PAGES - 5)]

    def move(self) -> None:
        """Some coins get a price of this moment, some another price for the moment they had."""
        for coin in self._chance.sample(self._coins, 12):
            coin.price = self._amount()
            if self._chance.random() < 0.7:
                coin.at = self._now()

    def shift(self) -> None:
        """Coins change places, so that pages overlap and miss some; one leaves, another is listed."""
        first, second = self._chance.sample(range(len(self._coins)), 2)
        self._coins[first], self._coins[second] = self._coins[second], self._coins[first]
        self._coins.insert(0, self._coins.pop())
        self._coins[-1] = self._made(self._chance.randrange(1000, 2000))

    def page(self, number: int) -> list[Record]:
        """A page of CoinGecko, or all of CoinPaprika."""
        if self.source == "coinpaprika":
            return [self.record(coin) for coin in self._coins]
        return [self.record(coin) for coin in self._coins[(number - 1) * PER_PAGE : number * PER_PAGE]]

    def of(self, ids: Sequence[str]) -> list[Record]:
        """Those of these coins that there are."""
        return [self.record(coin) for coin in self._coins if coin.coin_id in ids]

    def record(self, coin: Coin) -> Record:
        """A right record of a coin."""
        return Record(text=spelled(self.source, self._tokens(coin)), said=_said(coin))

    def damaged(self, how: str) -> Record:
        """A coin's record that nothing of can be believed."""
        tokens = REJECTED[how](self._tokens(self._any()))
        return Record(text=spelled(self.source, tokens), said=None)

    def odd(self, how: str) -> Record:
        """A coin's record that is unusual, and right."""
        coin = self._any()
        damage, meaning = KEPT[how]
        return Record(text=spelled(self.source, damage(self._tokens(coin))), said=meaning(_said(coin)))

    def odd_in_time_or_keys(self) -> Record:
        """A coin's record with its time in another zone and its id there twice."""
        coin = self._any()
        text = spelled(self.source, {**self._tokens(coin), "last_updated": elsewhere(coin.at)})
        return Record(text=twice(text), said=_said(coin))

    def no_record(self) -> Record:
        """Something else in a record's place."""
        return Record(text=self._chance.choice(NO_RECORDS), said=None)

    def renamed(self, records: Sequence[Record]) -> list[Record]:
        """Every record as after a change of the format: the price has another name."""
        old = b'"current_price":' if self.source == "coingecko" else b'"price":'
        return [Record(text=each.text.replace(old, b'"price_v2":'), said=None) for each in records]

    def _any(self) -> Coin:
        return self._chance.choice(self._coins)

    def _tokens(self, coin: Coin) -> Tokens:
        return {
            "id": quoted(coin.coin_id),
            "symbol": quoted(coin.coin_id[:4]),
            "name": quoted(coin.name),
            "price": coin.price.encode(),
            "market_cap": coin.market_cap.encode(),
            "volume_24h": coin.volume.encode(),
            "last_updated": stamp(coin.at),
        }

    def _made(self, rank: int) -> Coin:
        at = self._now() - timedelta(seconds=self._chance.randrange(3600))
        amounts = {"price": self._amount(), "market_cap": self._amount(), "volume": self._amount()}
        return Coin(coin_id=f"{rank}-made-up", name=f"Made up {rank} Ä\u00a0β", at=at, **amounts)

    def _amount(self) -> str:
        """A number in one of the spellings that providers use."""
        digits = self._chance.randrange(1, 10 ** self._chance.choice((3, 9, 19)))
        spelling = self._chance.choice(("{}", "{}.50", "0.000{}", "{}e-20", "{}E+3", "0.{}00"))
        return spelling.format(digits)


def _said(coin: Coin) -> Said:
    milliseconds = coin.at.microsecond // 1000 * 1000
    return Said(
        coin_id=coin.coin_id,
        name=coin.name,
        symbol=coin.coin_id[:4],
        price_usd=Decimal(coin.price),
        market_cap=Decimal(coin.market_cap),
        volume_24h=Decimal(coin.volume),
        observed_at=coin.at.replace(microsecond=milliseconds),
    )
