"""A zone is read where it is sure and asked for where it is not; a time counts if clocks there showed it once."""

from datetime import UTC, datetime, timedelta

import pytest

from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.times.moments import TimeCells
from crypto.adapters.csv.times.zones import time_zone
from crypto.domain.rejection import Reason, RecordRejected
from tests.support.times import read

NEW_YORK = "America/New_York"
DAY = timedelta(days=1)


@pytest.mark.parametrize(
    ("zone", "hours"), [("UTC+1", 9), ("GMT-05:00", 15), ("+0200", 8), ("UTC", 10), ("Asia/Tokyo", 1)]
)
def test_a_zone_is_a_name_or_an_offset(zone: str, hours: int) -> None:
    assert read("2024-01-31 10:00", zone=zone) == datetime(2024, 1, 31, hours, tzinfo=UTC)


@pytest.mark.parametrize("letters", ["EST", "CET", "IST", "JST", "BST"])
def test_letters_that_several_zones_share_need_a_declared_zone(letters: str) -> None:
    with pytest.raises(RecordRejected, match="TIMEZONE=<the zone that is meant"):
        read(f"2024-01-31 00:30 {letters}")


def test_letters_are_read_where_clocks_of_the_declared_zone_show_them() -> None:
    assert read("2024-01-31 00:30 EST", zone=NEW_YORK) == datetime(2024, 1, 31, 5, 30, tzinfo=UTC)
    assert read("2024-07-31 00:30 EDT", zone=NEW_YORK) == datetime(2024, 7, 31, 4, 30, tzinfo=UTC)
    with pytest.raises(RecordRejected, match="EST is not what clocks in America/New_York show then"):
        read("2024-07-31 00:30 EST", zone=NEW_YORK)


def test_letters_tell_the_two_times_of_a_repeated_hour_apart() -> None:
    assert read("2024-11-03 01:30 EDT", zone=NEW_YORK) == datetime(2024, 11, 3, 5, 30, tzinfo=UTC)
    assert read("2024-11-03 01:30 EST", zone=NEW_YORK) == datetime(2024, 11, 3, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "zone"),
    [
        ("2024-03-10 02:30:00", NEW_YORK),
        ("2024-03-31 02:00", "Europe/Berlin"),
        ("2017-10-15 00:00:00", "America/Sao_Paulo"),
        ("2024-10-06 02:15", "Australia/Lord_Howe"),
        ("2011-12-30", "Pacific/Apia"),
    ],
)
def test_a_time_that_never_was_is_rejected(text: str, zone: str) -> None:
    with pytest.raises(RecordRejected, match="jumped over that, so it never was") as rejected:
        read(text, zone=zone, repeated_hour="first")
    assert rejected.value.reason is Reason.BAD_TIME


@pytest.mark.parametrize(
    ("text", "zone", "first", "second"),
    [
        ("2024-11-03 01:30:00", NEW_YORK, "05:30", "06:30"),
        ("2024-10-27 02:00:00", "Europe/Berlin", "00:00", "01:00"),
        ("2024-04-07 01:45", "Australia/Lord_Howe", "14:45", "15:15"),
        ("2022-10-29 23:59", "Asia/Beirut", "20:59", "21:59"),
    ],
)
def test_a_time_that_was_twice_is_rejected_until_it_is_said_which(
    text: str, zone: str, first: str, second: str
) -> None:
    with pytest.raises(RecordRejected, match=r"showed that twice; .*REPEATED_HOUR=first or second"):
        read(text, zone=zone)
    assert f"{read(text, zone=zone, repeated_hour='first'):%H:%M}" == first
    assert f"{read(text, zone=zone, repeated_hour='second'):%H:%M}" == second


@pytest.mark.parametrize(
    ("day", "zone", "end"),
    [
        ("2024-03-10", NEW_YORK, datetime(2024, 3, 11, 4, tzinfo=UTC)),
        ("2024-11-03", NEW_YORK, datetime(2024, 11, 4, 5, tzinfo=UTC)),
        ("2017-10-14", "America/Sao_Paulo", datetime(2017, 10, 15, 3, tzinfo=UTC)),
        ("2017-10-15", "America/Sao_Paulo", datetime(2017, 10, 16, 2, tzinfo=UTC)),
        ("2022-03-26", "Asia/Beirut", datetime(2022, 3, 26, 22, tzinfo=UTC)),
        ("2023-04-27", "Africa/Cairo", datetime(2023, 4, 27, 22, tzinfo=UTC)),
        ("2023-11-04", "America/Havana", datetime(2023, 11, 5, 4, tzinfo=UTC)),
    ],
)
def test_a_day_of_23_or_25_hours_ends_with_it(day: str, zone: str, end: datetime) -> None:
    assert read(day, zone=zone) == end
    assert read(f"{day} 00:00", zone=zone, candle=DAY) == end


def test_a_candle_of_several_days_ends_at_midnight_of_its_zone() -> None:
    assert read("2024-03-04 00:00", zone=NEW_YORK, candle=7 * DAY) == datetime(2024, 3, 11, 4, tzinfo=UTC)


def test_hourly_candles_across_a_change_last_an_hour_each() -> None:
    hour = timedelta(hours=1)
    assert read("2024-03-10 01:00", zone=NEW_YORK, candle=hour) == datetime(2024, 3, 10, 7, tzinfo=UTC)
    assert read("2024-03-10 03:00", zone=NEW_YORK, candle=hour) == datetime(2024, 3, 10, 8, tzinfo=UTC)


def test_a_zone_in_a_cell_of_its_own_counts_for_its_row_unless_the_time_has_one() -> None:
    assert read(TimeCells("2024-01-31 10:00", None, "Europe/Berlin")) == datetime(2024, 1, 31, 9, tzinfo=UTC)
    assert read(TimeCells("2024-01-31 10:00", None, "-5")) == datetime(2024, 1, 31, 15, tzinfo=UTC)
    assert read(TimeCells("1706695200", None, "Europe/Berlin")) == datetime(2024, 1, 31, 10, tzinfo=UTC)
    assert read(TimeCells("2024-01-31", None, "Europe/Berlin")) == datetime(2024, 1, 31, 23, tzinfo=UTC)
    with pytest.raises(RecordRejected, match="TIMEZONE"):
        read(TimeCells("2024-01-31 10:00", None, "EST"))


def test_a_declared_moment_is_not_one_of_two() -> None:
    twice = datetime.fromisoformat("2024-11-03T01:30:00")
    with pytest.raises(ValueError, match="showed that twice"):
        FormatOptions(observed_at=twice, timezone=NEW_YORK)
    declared = FormatOptions(observed_at=twice, timezone=NEW_YORK, repeated_hour="second").observed_at
    assert declared
    assert declared.astimezone(UTC) == datetime(2024, 11, 3, 6, 30, tzinfo=UTC)


@pytest.mark.parametrize("name", ["UTC+15", "UTC-13", "UTC+1:07", "EST5", "+"])
def test_an_offset_that_no_zone_has_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="UTC"):
        time_zone(name)


@pytest.mark.parametrize(
    ("cells", "moment"),
    [
        (("2024-01-31", "10:00:00"), datetime(2024, 1, 31, 10, tzinfo=UTC)),
        (("2024.01.31", "10:00"), datetime(2024, 1, 31, 10, tzinfo=UTC)),
        (("31/01/2024", "10:00 AM"), datetime(2024, 1, 31, 10, tzinfo=UTC)),
        (("20240131", "100000"), datetime(2024, 1, 31, 10, tzinfo=UTC)),
        (("20240131", "93000"), datetime(2024, 1, 31, 9, 30, tzinfo=UTC)),
        (("2024-01-31 00:00:00", "10:00"), datetime(2024, 1, 31, 10, tzinfo=UTC)),
        (("2024-01-31", "10:00 UTC+1"), datetime(2024, 1, 31, 9, tzinfo=UTC)),
        (("45322", "10:00"), datetime(2024, 1, 31, 10, tzinfo=UTC)),
        (("2024-01-31", "24:00"), datetime(2024, 2, 1, tzinfo=UTC)),
    ],
)
def test_a_day_and_a_time_of_day_are_one_moment(cells: tuple[str, str], moment: datetime) -> None:
    assert read(TimeCells(*cells), order="dmy") == moment


def test_a_declared_format_is_of_the_day_or_of_both() -> None:
    day, clock = "31_01_2024", "10h30"
    assert read(TimeCells(day, clock), date_format="%d_%m_%Y %Hh%M") == datetime(2024, 1, 31, 10, 30, tzinfo=UTC)
    assert read(TimeCells(day, "10:30"), date_format="%d_%m_%Y") == datetime(2024, 1, 31, 10, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("2024-01-31", ""), Reason.MISSING_TIME),
        (("", "10:00"), Reason.MISSING_TIME),
        (("2024-01-31 10:00", "11:00"), Reason.BAD_TIME),
        (("1706695200", "10:00"), Reason.BAD_TIME),
        (("2024-01-31", "soon"), Reason.BAD_TIME),
    ],
)
def test_half_a_moment_or_two_are_rejected(cells: tuple[str, str], reason: Reason) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(TimeCells(*cells))
    assert rejected.value.reason is reason


def test_a_date_among_times_is_its_midnight_where_that_is_declared() -> None:
    assert read("2024-01-31", bare_date="midnight") == datetime(2024, 1, 31, tzinfo=UTC)
    assert read("45322", bare_date="midnight", zone="UTC+1") == datetime(2024, 1, 30, 23, tzinfo=UTC)
    assert read("2024-01-31", bare_date="midnight", candle=timedelta(hours=1)) == datetime(
        2024, 1, 31, 1, tzinfo=UTC
    )
