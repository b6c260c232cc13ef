"""A moment is the same however a table spells it, and what is not a moment is rejected with what would help."""

from datetime import UTC, datetime

import pytest

from crypto.domain.rejection import Reason, RecordRejected
from tests.support.times import read

TEN = datetime(2024, 1, 31, 10, tzinfo=UTC)
END_OF_DAY = datetime(2024, 2, 1, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "1706695200",
        "1706695200000",
        "1706695200000000",
        "1706695200000000000",
        "1706695200.0",
        "1.7066952E+12",
        "1.7066952e9",
        "1.7066952E+18",
        "2024-01-31 10:00",
        "2024-01-31 10",
        "2024-01-31T100000Z",
        "2024-01-31 10:00:00,000",
        "2024-01-31T10:00:00.000000000Z",
        "2024-01-31T11:00:00+01:00[Europe/Berlin]",
        "2024-01-31 11:00 Europe/Berlin",
        "2024-01-31 05:00:00 America/New_York",
        "2024-01-31 10:00 AM Africa/Abidjan",
        "2024-01-31 11:00:00 +0100 CET",
        "2024-01-31 11:00 (UTC+1)",
        "2024-01-31 05:00:00 GMT-05:00",
        "2024-01-31 15:45 UTC+5:45",
        "20240131 10:00",
        "20240131 100000",
        "20240131;100000",
        "20240131T100000Z",
        "20240131-10:00:00",
        "20240131100000000",
        "Wed, 31 Jan 2024 10:00:00 GMT",
        "Wed Jan 31 2024 11:00:00 GMT+0100 (Central European Standard Time)",
        "Wed Jan 31 10:00:00 2024",
        "Wed Jan 31 10:00:00 UTC 2024",
        "Jan-31-2024 10:00:00 AM +UTC",
        "2024-01-31 10-AM",
        "31.01.2024 11:00:00.000 GMT+0100",
        "31. Januar 2024 10:00 Uhr",
        "45322.4166666667",
        "45322.41667",
    ],
)
def test_a_moment_may_be_spelled_in_many_ways(text: str) -> None:
    assert read(text, order="dmy") == TEN


@pytest.mark.parametrize(
    "text",
    [
        "45322",
        "45322.0",
        "31 janv. 2024",
        "31 de enero de 2024",
        "31 ene 2024",
        "31-Jan-24",
        "31Jan2024",
        "January 31st, 2024",
        "2024-Jan-31",
        "31. Jänner 2024",
        "31 gennaio 2024",
        "31 Oca 2024",
        "31 stycznia 2024",
        "31 янв. 2024",
        "31 января 2024 г.",
        "31\N{NO-BREAK SPACE}janv.\N{NARROW NO-BREAK SPACE}2024",
        "2024年1月31日",
        "2024년 1월 31일",
        "2024. 1. 31.",
        "2024- 01- 31",
        "31. 01. 2024",
        "2024-01-31Z",
        "2024-01-31 UTC",
        "2024-01-31 24:00:00",
    ],
)
def test_a_day_may_be_spelled_in_many_ways(text: str) -> None:
    assert read(text, order="dmy") == END_OF_DAY


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("45322.5", datetime(2024, 1, 31, 12, tzinfo=UTC)),
        ("45322.4375", datetime(2024, 1, 31, 10, 30, tzinfo=UTC)),
        ("45322.77870", datetime(2024, 1, 31, 18, 41, 20, tzinfo=UTC)),
        ("45322.000011574", datetime(2024, 1, 31, 0, 0, 1, tzinfo=UTC)),
        ("45322.000005787", datetime(2024, 1, 31, 0, 0, 0, 500000, tzinfo=UTC)),
        ("1706695200123456789", datetime(2024, 1, 31, 10, 0, 0, 123456, tzinfo=UTC)),
        ("1.706695200123E+12", datetime(2024, 1, 31, 10, 0, 0, 123000, tzinfo=UTC)),
    ],
)
def test_numbers_are_exact(text: str, moment: datetime) -> None:
    assert read(text) == moment


@pytest.mark.parametrize("text", ["1.7067E+12", "1.70676E+12", "1.706695E+12", "1.7E9", "45322.42", "45322.4167"])
def test_a_moment_that_was_rounded_is_not_believed(text: str) -> None:
    with pytest.raises(RecordRejected, match="rounded it, and the moment is gone") as rejected:
        read(text)
    assert rejected.value.reason is Reason.BAD_TIME
    assert "DATE_FORMAT" not in rejected.value.detail


@pytest.mark.parametrize(
    "text", ["2024-01", "2024", "Q1 2024", "2024-Q1", "2024-W05", "2024-W05-3", "Jan 2024", "Jan-24", "01/2024"]
)
def test_a_month_a_quarter_or_a_week_is_not_a_day(text: str) -> None:
    with pytest.raises(RecordRejected, match="that is not a day"):
        read(text)


@pytest.mark.parametrize("text", ["31 lis 2024", "30 listopada 2024", "31 foo 2024", "10 lip 2024"])
def test_a_month_that_languages_do_not_agree_on_is_not_guessed(text: str) -> None:
    with pytest.raises(RecordRejected, match="is not the name of one month"):
        read(text)


@pytest.mark.parametrize(
    "text",
    [
        "170669520",
        "-1706695200",
        "17066952000",
        "1706695200000000000000",
        "1.5E+09x"[:-1],
        "1.5E+30",
        "39813.5",
        "65001",
    ],
)
def test_no_format_is_proposed_for_a_number_that_none_can_read(text: str) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(text)
    assert "DATE_FORMAT" not in rejected.value.detail or text == "65001"


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("Tue, 31 Jan 2024 10:00:00 GMT", "not a Tue"),
        ("2016-12-31 23:59:60", "leap second"),
        ("2024-01-31 10:00:00 +0100 UTC", "two zones"),
        ("2024-01-31 10:00:00 UTC+15", "how far from UTC"),
        ("2024-01-31-10:00", "how far from UTC"),
        ("2024-01-31 10:00-11:00", "two times of day"),
        ("10:00:00", "without its day"),
        ("10:00 AM", "without its day"),
        ("2024-01-31T10:00:00+02:00Z", "DATE_FORMAT"),
        ("2024-01-31 10:00:0", "DATE_FORMAT"),
        ("2024-02-30 10:00", "DATE_FORMAT"),
    ],
)
def test_what_says_two_things_or_none_is_rejected_with_its_reason(text: str, why: str) -> None:
    with pytest.raises(RecordRejected, match=why) as rejected:
        read(text)
    assert rejected.value.reason is Reason.BAD_TIME
