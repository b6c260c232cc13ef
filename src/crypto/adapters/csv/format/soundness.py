"""Whether numbers can be what the columns that nobody named are taken for: lows lowest, highs highest."""

from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import TypeAlias

from crypto.adapters.csv.format.sample import Row
from crypto.adapters.csv.values.digits import DecimalSign
from crypto.adapters.csv.values.numbers import Money, number
from crypto.domain.rejection import RecordRejected

ENOUGH = Decimal("0.9")
"""Sites have a few candles whose high is below their close; a file of which more are so has other columns."""

ROUNDED = Decimal("0.02")
"""How far a sum of money may lie outside what the coins cost at the low and at the high."""

Candle: TypeAlias = Mapping[str, Decimal]


def are_candles(places: Mapping[str, int], rows: Sequence[Row], style: DecimalSign) -> bool:
    """Whether lows are lowest and highs highest; true of what is not a candle."""
    return _hold(_is_sound, ("open", "high", "low", "close"), places, rows, style)


def cost_agrees(places: Mapping[str, int], rows: Sequence[Row], style: DecimalSign) -> bool:
    """Whether the coins of one volume cost what the other says; true where there is only one."""
    return _hold(_costs, ("low", "high", "volume", "quote_volume"), places, rows, style)


def _hold(
    rule: Callable[[Candle], bool],
    keys: Sequence[str],
    places: Mapping[str, int],
    rows: Sequence[Row],
    style: DecimalSign,
) -> bool:
    """Whether the rule holds for almost all rows whose amounts are known."""
    if not places.keys() >= set(keys):
        return True
    candles = ({key: _number(cells[places[key]], style) for key in keys} for _, cells in rows)
    known = [{key: each for key, each in candle.items() if each is not None} for candle in candles]
    answers = [rule(candle) for candle in known if len(candle) == len(keys)]
    return sum(answers) >= ENOUGH * len(answers)


def _number(cell: str, style: DecimalSign) -> Decimal | None:
    try:
        return number(cell, Money(decimal=style), field="price_usd")
    except RecordRejected:
        return None


def _is_sound(candle: Candle) -> bool:
    ends = (candle["open"], candle["close"])
    return candle["low"] <= min(ends) and max(ends) <= candle["high"]


def _costs(candle: Candle) -> bool:
    coins, cost = candle["volume"], candle["quote_volume"]
    return coins * candle["low"] * (1 - ROUNDED) <= cost <= coins * candle["high"] * (1 + ROUNDED)
