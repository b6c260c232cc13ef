"""Times in tables, as people write them, become moments in UTC."""

from datetime import UTC, datetime, timedelta

import pytest

from crypto.adapters.csv.times.date_format import check_date_format
from crypto.adapters.csv.times.dates import DateOrder
from crypto.adapters.csv.times.zones import time_zone
from crypto.domain.rejection import Reason, RecordRejected
from tests.support.times import ARRIVAL, read


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("2024-12-25T10:00:00Z", datetime(2024, 12, 25, 10, tzinfo=UTC)),
        ("2024-12-25T10:00:00+02:00", datetime(2024, 12, 25, 8, tzinfo=UTC)),
        ("2024-12-25 10:00:00", datetime(2024, 12, 25, 10, tzinfo=UTC)),
        ("2013-04-28 00:00:00 UTC", datetime(2013, 4, 28, tzinfo=UTC)),
        ("2023-08-02 10:26:18 +0000 UTC", datetime(2023, 8, 2, 10, 26, 18, tzinfo=UTC)),
        ("2024-12-25T10:00:00.123Z", datetime(2024, 12, 25, 10, 0, 0, 123000, tzinfo=UTC)),
        ("1512549554", datetime(2017, 12, 6, 8, 39, 14, tzinfo=UTC)),
        ("1512549554.5", datetime(2017, 12, 6, 8, 39, 14, 500000, tzinfo=UTC)),
        ("1701734400123", datetime(2023, 12, 5, 0, 0, 0, 123000, tzinfo=UTC)),
        (" 1701734400 ", datetime(2023, 12, 5, tzinfo=UTC)),
        ("1701734400123456", datetime(2023, 12, 5, 0, 0, 0, 123456, tzinfo=UTC)),
        ("20190411194011", datetime(2019, 4, 11, 19, 40, 11, tzinfo=UTC)),
        ("201904111940", datetime(2019, 4, 11, 19, 40, tzinfo=UTC)),
        ("20190411", datetime(2019, 4, 12, tzinfo=UTC)),
        ("2019/04/11 19:40", datetime(2019, 4, 11, 19, 40, tzinfo=UTC)),
        ("2019-4-1", datetime(2019, 4, 2, tzinfo=UTC)),
        ("2019-04-1", datetime(2019, 4, 2, tzinfo=UTC)),
        ("2019-04-01 1:05:00 PM", datetime(2019, 4, 1, 13, 5, tzinfo=UTC)),
        ("26-Dec-18", datetime(2018, 12, 27, tzinfo=UTC)),
        ("26 December 2018", datetime(2018, 12, 27, tzinfo=UTC)),
        ("Dec 26, 2018", datetime(2018, 12, 27, tzinfo=UTC)),
        ("Sept. 6 2018 1:05 PM", datetime(2018, 9, 6, 13, 5, tzinfo=UTC)),
    ],
)
def test_iso_and_unix_times_are_read_as_they_are(text: str, moment: datetime) -> None:
    assert read(text) == moment


def test_a_time_without_a_zone_is_in_the_declared_one() -> None:
    assert read("2024-07-01 10:00:00", zone="Europe/Berlin") == datetime(2024, 7, 1, 8, tzinfo=UTC)
    assert read("2024-07-01 10:00:00 UTC", zone="Europe/Berlin") == datetime(2024, 7, 1, 10, tzinfo=UTC)


def test_a_date_is_the_end_of_that_day() -> None:
    assert read("2024-01-31") == datetime(2024, 2, 1, tzinfo=UTC)
    assert read("2024-03-30", zone="America/New_York") == datetime(2024, 3, 31, 4, tzinfo=UTC)


def test_the_date_of_a_day_that_is_not_over_is_the_arrival() -> None:
    assert read("2026-11-02") == ARRIVAL


def test_the_date_of_a_day_to_come_stays_in_the_future() -> None:
    assert read("2026-11-03") == datetime(2026, 11, 4, tzinfo=UTC)


def test_the_end_of_a_day_without_a_midnight_is_its_first_instant() -> None:
    assert read("2018-11-03", zone="America/Sao_Paulo") == datetime(2018, 11, 4, 3, tzinfo=UTC)


def test_a_declared_format_comes_first_and_known_ways_still_count() -> None:
    assert read("26-Dec-18", date_format="%d-%b-%y") == datetime(2018, 12, 27, tzinfo=UTC)
    assert read("05-12-2025 17:43:10", date_format="%d-%m-%Y %H:%M:%S") == datetime(
        2025, 12, 5, 17, 43, 10, tzinfo=UTC
    )
    assert read("20190411194011", date_format="%Y%m%d%H%M%S") == datetime(2019, 4, 11, 19, 40, 11, tzinfo=UTC)
    assert read("2024-01-31", date_format="%d-%b-%y") == datetime(2024, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "soon",
        "2024-13-01",
        "2024-01-01x10:00",
        "9999-12-31",
        "29/02/2023",
        "32-Dec-18",
        "Dec 26, 2018 13:05 PM",
        "0000-00-00",
        "٢٠٢٤-٠١-٠١",
        "2024-01-01" * 10,
    ],
)
def test_other_ways_are_rejected_and_name_the_setting(text: str) -> None:
    with pytest.raises(RecordRejected, match="CRYPTO_SOURCE__CSV__DATE_FORMAT") as rejected:
        read(text)
    assert rejected.value.reason is Reason.BAD_TIME


@pytest.mark.parametrize(
    ("text", "order", "moment"),
    [
        ("11/01/2024", "mdy", datetime(2024, 11, 2, tzinfo=UTC)),
        ("11/01/2024", "dmy", datetime(2024, 1, 12, tzinfo=UTC)),
        ("5.3.24", "dmy", datetime(2024, 3, 6, tzinfo=UTC)),
        ("24/03/05", "ymd", datetime(2024, 3, 6, tzinfo=UTC)),
        ("02/01/24 13:05", "dmy", datetime(2024, 1, 2, 13, 5, tzinfo=UTC)),
        ("1/2/2024 9:05", "mdy", datetime(2024, 1, 2, 9, 5, tzinfo=UTC)),
        ("1/2/2024 12:05:01 AM", "mdy", datetime(2024, 1, 2, 0, 5, 1, tzinfo=UTC)),
        ("05-12-2025 17:43:10", "dmy", datetime(2025, 12, 5, 17, 43, 10, tzinfo=UTC)),
    ],
)
def test_a_date_that_needs_an_order_is_read_in_it(text: str, order: DateOrder, moment: datetime) -> None:
    assert read(text, order=order) == moment


def test_without_an_order_it_is_rejected_and_names_the_setting() -> None:
    with pytest.raises(RecordRejected, match="CRYPTO_SOURCE__CSV__DATE_ORDER=dmy") as rejected:
        read("11/01/2024")
    assert rejected.value.reason is Reason.BAD_TIME
    with pytest.raises(RecordRejected, match="not a date with CRYPTO_SOURCE__CSV__DATE_ORDER=dmy"):
        read("10/31/2024", order="dmy")


def test_a_candle_is_of_the_moment_it_ends() -> None:
    hour, day = timedelta(hours=1), timedelta(days=1)
    assert read("2024-01-01 10:00:00", candle=hour) == datetime(2024, 1, 1, 11, tzinfo=UTC)
    assert read("1704067200", candle=day) == datetime(2024, 1, 2, tzinfo=UTC)
    assert read("2024-03-30 00:00:00", candle=day, zone="Europe/Berlin") == datetime(2024, 3, 30, 23, tzinfo=UTC)
    assert read("2024-03-31 00:00:00", candle=day, zone="Europe/Berlin") == datetime(2024, 3, 31, 22, tzinfo=UTC)
    assert read("2024-01-01", candle=hour) == datetime(2024, 1, 2, tzinfo=UTC)
    assert read("2024-01-01", candle=7 * day) == datetime(2024, 1, 8, tzinfo=UTC)


def test_a_candle_that_is_not_over_is_of_its_arrival() -> None:
    assert read("2026-11-02 11:30:00", candle=timedelta(hours=1)) == ARRIVAL
    assert read("2026-11-02 12:30:00", candle=timedelta(hours=1)) == datetime(2026, 11, 2, 13, 30, tzinfo=UTC)


def test_a_row_without_a_time_is_missing_one() -> None:
    with pytest.raises(RecordRejected) as rejected:
        read("  ")
    assert rejected.value.reason is Reason.MISSING_TIME


@pytest.mark.parametrize("name", ["Mars/Olympus", "", "../etc/passwd", "America", "\x00", "/etc/hosts"])
def test_an_unknown_zone_is_named(name: str) -> None:
    with pytest.raises(ValueError, match="not an IANA time zone"):
        time_zone(name)


@pytest.mark.parametrize("date_format", ["%Q", "%", "%d %d"])
def test_a_format_that_strptime_does_not_take_is_refused(date_format: str) -> None:
    with pytest.raises(ValueError, match="not a strptime format"):
        check_date_format(date_format)
