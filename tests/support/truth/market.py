"""What is true: the prices of coins at moments, in some money."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from msgspec import Struct

from crypto.adapters.csv.times.candles import candle_length

RATES = {"USD": Decimal(1), "EUR": Decimal("1.08"), "USDT": Decimal("0.9995"), "BTC": Decimal("42580.5")}
"""US dollars for one of each money."""

ZONES = ("UTC", "UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata")
LENGTHS = ("5m", "1h", "4h", "1d", "1w", "1mo")
DAYS = frozenset({"1d", "1w", "1mo"})


class Coin(Struct, frozen=True):
    """What a source may call a coin."""

    id: str
    symbol: str
    name: str


COINS = (
    Coin("bitcoin", "BTC", "Bitcoin"),
    Coin("ethereum", "ETH", "Ethereum"),
    Coin("basic-attention-token", "BAT", "Basic Attention Token"),
    Coin("pepe", "PEPE", "Pepe"),
)


class Point(Struct, frozen=True):
    """A price in the table's money, known at `end`; a day or a candle begins at `begin`. Times are of the zone.

    `volume` is in coins.
    """

    coin: Coin
    begin: datetime
    end: datetime
    price: Decimal
    volume: Decimal


class Truth(Struct, frozen=True):
    """A table: `candle` is the length of its candles, None where it lists prices; `is_daily` if it is of days."""

    money: str
    zone: str
    candle: str | None
    is_daily: bool
    points: tuple[Point, ...]

    @property
    def coins(self) -> tuple[Coin, ...]:
        """The coins in it, each once."""
        return tuple(dict.fromkeys(point.coin for point in self.points))

    @property
    def rate(self) -> Decimal:
        """US dollars for one of its money."""
        return RATES[self.money]


prices = st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places), st.integers(1, 99_999_999), st.integers(0, 9)
)


@st.composite
def truths(draw: st.DrawFn) -> Truth:
    """Tables of one to three coins, over days, candles or moments that follow each other."""
    candle = draw(st.none() | st.sampled_from(LENGTHS))
    is_daily = candle in DAYS or (candle is None and draw(st.booleans()))
    zone = draw(st.sampled_from(ZONES))
    chosen = draw(st.lists(st.sampled_from(COINS), min_size=1, max_size=3, unique=True))
    moments = _moments(
        candle, zone, is_daily=is_daily, start=draw(st.integers(0, 300)), rows=draw(st.integers(3, 6))
    )
    points = tuple(
        Point(coin, begin, end, draw(prices), Decimal(draw(st.integers(1, 10**6))))
        for begin, end in moments
        for coin in chosen
    )
    return Truth(draw(st.sampled_from(tuple(RATES))), zone, candle, is_daily, points)


def _moments(
    candle: str | None, zone: str, *, is_daily: bool, start: int, rows: int
) -> Sequence[tuple[datetime, datetime]]:
    """When each row begins and ends: days by the clock of the zone, others by the clock of the world."""
    if not is_daily:
        step = candle_length(candle).span if candle else timedelta(minutes=7)
        first = datetime(2024, 3, 9, tzinfo=UTC) + start * step
        ends = [(first + each * step).astimezone(ZoneInfo(zone)) for each in range(rows + 1)]
        return list(pairwise(ends))
    length = candle_length(candle or "1d")
    day = datetime(2024, 1, 1)  # noqa: DTZ001 - a clock on a wall
    clocks = [day + start % 60 * timedelta(days=1)] if candle in {None, "1d"} else [day]
    for _ in range(rows):
        clocks.append(length.after(clocks[-1]))
    days = [each.replace(tzinfo=ZoneInfo(zone)) for each in clocks]
    return list(pairwise(days))
