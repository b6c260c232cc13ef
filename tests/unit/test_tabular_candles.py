"""Candles are told by their columns, and their length by the steps between their times."""

from datetime import datetime, timedelta

import pytest

from crypto.adapters.tabular.candles import candle_length, holds_candles, usual_length
from crypto.adapters.tabular.columns import find_columns
from crypto.adapters.tabular.declared import Declared
from crypto.adapters.tabular.layout import find_shape
from crypto.adapters.tabular.unreadable import Unreadable

START = datetime(2024, 1, 1)  # noqa: DTZ001 - by the clock of the file's zone


@pytest.mark.parametrize(
    ("names", "candles"),
    [
        (("date", "Open", "High", "Low", "Close"), True),
        (("Date", "Price", "Open", "High", "Low"), True),
        (("time", "open", "high", "low", "close", "adj_close"), True),
        (("timestamp", "open", "high", "low", "last"), False),
        (("date", "close"), False),
        (("id", "price", "high_24h", "low_24h"), False),
    ],
)
def test_a_close_beside_open_high_and_low_is_that_of_a_candle(names: tuple[str, ...], candles: bool) -> None:
    assert holds_candles(names, find_columns(names, {})) is candles


@pytest.mark.parametrize(
    ("hours", "length"), [((0, 1, 2), "1h"), ((5, 0, 1, 1), "1h"), ((0, 24), "1d"), ((0, 168, 504), "1w")]
)
def test_the_smallest_step_is_the_length(hours: tuple[int, ...], length: str) -> None:
    assert usual_length([START + timedelta(hours=hour) for hour in hours], line=2) == length


@pytest.mark.parametrize("minutes", [(0,), (0, 0), (0, 7), (0, 120, 300)])
def test_steps_that_do_not_tell_are_refused(minutes: tuple[int, ...]) -> None:
    with pytest.raises(Unreadable, match=r"line 2 is a candle .*CANDLE=1d .*CANDLE=0"):
        usual_length([START + timedelta(minutes=each) for each in minutes], line=2)


def test_a_length_is_said_in_minutes_hours_days_or_weeks() -> None:
    lengths = {"5m": 300, "4h": 14_400, "1d": 86_400, "1w": 604_800, "0": 0}
    assert {text: candle_length(text).total_seconds() for text in lengths} == lengths
    for text in ("", "d", "0d", "1 d", "1D", "1month", "-1d", "\u0661d"):
        with pytest.raises(ValueError, match="such as 1d, 4h or 5m, or 0"):
            candle_length(text)


CANDLE = ("date", "open", "high", "low", "close", "volume")


@pytest.mark.parametrize(
    ("names", "declared", "known"),
    [
        (CANDLE, Declared(candle="1d"), True),
        (CANDLE, Declared(candle="0"), True),
        (CANDLE, Declared(candle="1h"), False),
        (CANDLE, Declared(candle="1w"), False),
        (CANDLE, Declared(candle="1h", columns={"volume_24h": "volume"}), True),
        ((*CANDLE, "Quote asset volume"), Declared(candle="1d"), False),
        ((*CANDLE[:-1], "volume_24h"), Declared(candle="1h"), True),
        (("date", "price", "volume"), Declared(candle="1h"), True),
    ],
)
def test_the_volume_of_another_candle_or_in_coins_is_not_that_of_24_hours(
    names: tuple[str, ...], declared: Declared, *, known: bool
) -> None:
    assert ("volume_24h" in find_shape(names, declared).columns) is known
