"""Candles are told by their columns, and their length by the steps between their times."""

from datetime import datetime, timedelta
from decimal import Decimal

import pytest

from crypto.adapters.csv.layout.column_layout import find_layout
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.text.columns import find_columns
from crypto.adapters.csv.times.candle_stamps import are_closes, check_midnights, usual_length
from crypto.adapters.csv.times.candles import Length, candle_length, holds_candles
from crypto.adapters.csv.unreadable import Unreadable

START = datetime(2024, 1, 1)  # noqa: DTZ001 - by the clock of the file's zone


@pytest.mark.parametrize(
    ("names", "candles"),
    [
        (("date", "Open", "High", "Low", "Close"), True),
        (("Date", "Price", "Open", "High", "Low"), True),
        (("observed_at", "open", "high", "low", "price_usd"), True),
        (("time", "open", "high", "low", "close", "adj_close"), True),
        (("time", "low", "high", "close"), True),
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


def test_a_length_is_said_in_minutes_hours_days_weeks_or_months() -> None:
    lengths = {"5m": 300, "4h": 14_400, "1d": 86_400, "1w": 604_800, "0": 0}
    assert {text: candle_length(text).span.total_seconds() for text in lengths} == lengths
    assert candle_length("3mo") == Length(months=3)
    for text in ("", "d", "0d", "1 d", "1D", "1month", "-1d", "\u0661d"):
        with pytest.raises(ValueError, match="such as 1d, 4h, 5m or 1mo, or 0"):
            candle_length(text)


@pytest.mark.parametrize(
    ("days", "length"),
    [
        (("2024-01-01", "2024-01-02"), "1d"),
        (("2024-01-01", "2024-01-08", "2024-01-15"), "1w"),
        (("2024-01-22", "2024-01-01", "2024-01-08"), "1w"),
        (("2023-12-01", "2024-01-01", "2024-02-01"), "1mo"),
        (("2024-01-01", "2024-02-01", "2024-04-01"), "1mo"),
        (("2023-12-31", "2024-01-31", "2024-02-29"), "1d"),
    ],
)
def test_the_step_between_dates_is_the_length_too(days: tuple[str, ...], length: str) -> None:
    assert usual_length([datetime.fromisoformat(day) for day in days], line=2, are_days=True) == length


@pytest.mark.parametrize(
    "days",
    [
        ("2024-01-01",),
        ("2024-01-01", "2024-01-08"),
        ("2024-01-07", "2024-01-14", "2024-01-21"),
        ("2024-01-15", "2024-02-15", "2024-03-15"),
        ("2024-01-01", "2024-04-01", "2024-07-01"),
    ],
)
def test_dates_that_may_be_those_of_the_close_are_asked_for(days: tuple[str, ...]) -> None:
    with pytest.raises(
        Unreadable, match=r"CANDLE=1d \(or 1w, 1mo ...\); 1d also if the dates are those of the close"
    ):
        usual_length([datetime.fromisoformat(day) for day in days], line=2, are_days=True)


@pytest.mark.parametrize(
    ("stamps", "closes"),
    [
        (("2024-01-29T23:59:59.999", "2024-01-30T23:59:59.999"), True),
        (("2024-01-29T23:59:59",), True),
        (("2024-01-29T10:59:59.999999", "2024-01-29T11:59:59.999999"), True),
        (("2024-01-29T23:58:00", "2024-01-30T23:58:00"), True),
        (("2024-01-29T23:58:00", "2024-01-29T23:59:00"), False),
        (("2024-01-29T10:59:00", "2024-01-29T11:59:00"), True),
        (("2024-01-29T10:04:00", "2024-01-29T10:09:00"), True),
        (("2024-01-29T10:30:00", "2024-01-29T11:30:00"), False),
        (("2024-01-29T00:00:00", "2024-01-30T00:00:00"), False),
        (("2024-01-29T10:59:59", "2024-01-29T11:00:00"), False),
    ],
)
def test_stamps_just_before_the_end_of_a_candle_are_those_of_its_close(
    stamps: tuple[str, ...], *, closes: bool
) -> None:
    assert are_closes([datetime.fromisoformat(each) for each in stamps]) is closes


@pytest.mark.parametrize("minute", [7, 50])
def test_stamps_at_which_no_candle_begins_or_ends_are_asked_for(minute: int) -> None:
    with pytest.raises(Unreadable, match="do not tell its length"):
        usual_length([START + timedelta(hours=hour, minutes=minute) for hour in range(4)], line=2)


def test_a_candle_of_days_begins_at_midnight_in_the_zone_of_the_file() -> None:
    check_midnights("1d", [START], line=2, timezone="UTC")
    check_midnights("24h", [START + timedelta(hours=5)], line=2, timezone="UTC")
    with pytest.raises(Unreadable, match=r"in UTC one begins at 05:00; set .*TIMEZONE=.*, or .*CANDLE=24h$"):
        check_midnights("1d", [START + timedelta(hours=5)], line=2, timezone="UTC")
    with pytest.raises(Unreadable, match=r"TIMEZONE=<zone in which it does>$"):
        check_midnights("1mo", [START, START + timedelta(hours=4)], line=2, timezone="UTC")


@pytest.mark.parametrize("hour", [5, 16])
def test_days_that_begin_or_end_at_another_hour_than_midnight_are_asked_for(hour: int) -> None:
    with pytest.raises(Unreadable, match="CANDLE=0 if the times are those of the close"):
        usual_length([START + timedelta(days=day, hours=hour) for day in range(4)], line=2)


CANDLE = ("date", "open", "high", "low", "close", "volume")


@pytest.mark.parametrize(
    ("names", "declared", "known"),
    [
        (CANDLE, FormatOptions(candle="1d"), False),
        (CANDLE, FormatOptions(candle="1d", volume="base"), True),
        (CANDLE, FormatOptions(volume="quote"), True),
        (CANDLE, FormatOptions(candle="0", volume="usd"), False),
        (CANDLE, FormatOptions(candle="0", columns={"volume_24h": "volume"}, volume="usd"), True),
        (CANDLE, FormatOptions(candle="1h"), False),
        (CANDLE, FormatOptions(candle="1w"), False),
        (CANDLE, FormatOptions(candle="1h", columns={"volume_24h": "volume"}), True),
        (CANDLE, FormatOptions(candle="1h", volume="usd"), False),
        ((*CANDLE, "Quote asset volume"), FormatOptions(candle="1d"), True),
        ((*CANDLE, "Quote asset volume"), FormatOptions(candle="1h"), False),
        ((*CANDLE, "Market Cap"), FormatOptions(candle="1d"), True),
        ((*CANDLE[:-1], "Volume BTC", "Volume USD"), FormatOptions(candle="1d"), True),
        ((*CANDLE[:-1], "Volume BTC"), FormatOptions(candle="1d"), False),
        ((*CANDLE[:-1], "Volume USDT"), FormatOptions(candle="1d"), False),
        ((*CANDLE[:-1], "Volume USDT"), FormatOptions(candle="1d", currency="USDT", rate=Decimal(1)), True),
        ((*CANDLE[:-1], "volume_24h"), FormatOptions(candle="1h"), True),
        (("date", "price", "volume"), FormatOptions(candle="1h"), False),
        (("date", "price", "volume"), FormatOptions(candle="1h", volume="usd"), True),
        (("date", "id", "price", "volume"), FormatOptions(), True),
        (("date", "id", "price", "volume", "vwap"), FormatOptions(), False),
        (("date", "id", "close", "volume"), FormatOptions(), False),
        (("date", "price", "volume", "market_cap"), FormatOptions(), True),
    ],
)
def test_a_volume_of_another_length_or_of_a_unit_that_nothing_says_is_not_that_of_24_hours(
    names: tuple[str, ...], declared: FormatOptions, *, known: bool
) -> None:
    assert ("volume_24h" in find_layout(names, declared).columns) is known


def test_a_close_that_is_called_by_its_money_is_timed_by_its_close_too() -> None:
    names = ("id", "date", "close_time", "open", "high", "low", "Close (USD)")
    assert find_layout(names, FormatOptions(candle="0")).columns["observed_at"] == names.index("close_time")
