"""A moment in any spelling and zone is that moment, a date its day's end, or rejected: never another moment."""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from crypto.adapters.csv.times.dates import DateOrder
from crypto.adapters.csv.times.moments import TimeCells
from crypto.adapters.csv.times.times import Times
from crypto.adapters.csv.times.zones import RepeatedHour
from crypto.domain.rejection import RecordRejected

ARRIVAL = datetime(2026, 11, 2, 12, 0, tzinfo=UTC)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DAY_ZERO = datetime(1899, 12, 30)  # noqa: DTZ001 - of a spreadsheet, which has no zones

FRENCH = ["janv.", "févr.", "mars", "avr.", "mai", "juin", "juil.", "août", "sept.", "oct.", "nov.", "déc."]
RUSSIAN = [
    *("января", "февраля", "марта", "апреля", "мая", "июня"),
    *("июля", "августа", "сентября", "октября", "ноября", "декабря"),
]

Spell = Callable[[datetime], str | TimeCells]
"""How an aware moment is written, by its own clock."""


def micros(moment: datetime) -> int:
    return (moment - EPOCH) // timedelta(microseconds=1)


def day_number(moment: datetime, digits: int) -> str:
    return f"{(moment.replace(tzinfo=None) - DAY_ZERO) / timedelta(days=1):.{digits}f}"


def scientific(moment: datetime, digits: int) -> str:
    return f"{micros(moment) // 1000:.{digits}E}"


ABSOLUTE: Mapping[str, Spell] = {
    "seconds": lambda moment: str(micros(moment) // 1_000_000),
    "milliseconds": lambda moment: str(micros(moment) // 1000),
    "microseconds": lambda moment: str(micros(moment)),
    "nanoseconds": lambda moment: f"{micros(moment)}000",
    "decimal seconds": lambda moment: f"{micros(moment) // 1_000_000}.0",
    "all digits": lambda moment: scientific(moment, 12),
    "iso": lambda moment: moment.isoformat(),
    "iso, basic": lambda moment: moment.strftime("%Y%m%dT%H%M%S%z"),
    "rfc 2822": lambda moment: moment.strftime("%a, %d %b %Y %H:%M:%S %z"),
    "as JavaScript has it": lambda moment: moment.strftime("%a %b %d %Y %H:%M:%S GMT%z (Somewhere Standard Time)"),
    "as Go has it": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S %z XYZ"),
    "two columns and an offset": lambda moment: TimeCells(
        f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}", f"{moment:%z}"
    ),
}

LOCAL: Mapping[str, Spell] = {
    "iso": lambda moment: moment.replace(tzinfo=None).isoformat(" "),
    "comma": lambda moment: moment.strftime("%Y-%m-%d %H:%M:%S,000"),
    "slashes": lambda moment: moment.strftime("%Y/%m/%d %H:%M:%S"),
    "dots": lambda moment: moment.strftime("%d.%m.%Y %H:%M:%S"),
    "half days": lambda moment: moment.strftime("%d/%m/%y %I:%M:%S %p"),
    "digits": lambda moment: moment.strftime("%Y%m%d%H%M%S"),
    "compact": lambda moment: moment.strftime("%Y%m%d;%H%M%S"),
    "the month's name": lambda moment: moment.strftime("%d-%b-%y %H:%M:%S"),
    "ctime": lambda moment: moment.strftime("%a %b %d %H:%M:%S %Y"),
    "French": lambda moment: f"{moment.day} {FRENCH[moment.month - 1]} {moment:%Y %H:%M:%S}",
    "Russian": lambda moment: f"{moment.day} {RUSSIAN[moment.month - 1]} {moment:%Y} г., {moment:%H:%M:%S}",
    "Korean": lambda moment: f"{moment.year}년 {moment.month}월 {moment.day}일 {moment:%H:%M:%S}",
    "days of a spreadsheet": lambda moment: day_number(moment, 10),
    "days with five decimals": lambda moment: day_number(moment, 5),
    "two columns": lambda moment: TimeCells(f"{moment:%Y-%m-%d}", f"{moment:%H:%M:%S}"),
    "two columns of digits": lambda moment: TimeCells(f"{moment:%Y%m%d}", str(int(f"{moment:%H%M%S}")).zfill(5)),
    "a column for the zone": lambda moment: TimeCells(f"{moment:%Y-%m-%d %H:%M:%S}", None, str(moment.tzinfo)),
    "the zone behind it": lambda moment: f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzinfo}",
    "its letters": lambda moment: f"{moment:%Y-%m-%d %H:%M:%S} {moment.tzname()}",
}

DAYS: Mapping[str, Callable[[date], str]] = {
    "iso": lambda day: day.isoformat(),
    "dots": lambda day: f"{day:%d.%m.%Y}",
    "digits": lambda day: f"{day:%Y%m%d}",
    "short": lambda day: f"{day:%d-%b-%y}",
    "French": lambda day: f"{day.day} {FRENCH[day.month - 1]} {day.year}",
    "Japanese": lambda day: f"{day.year}年{day.month}月{day.day}日",
    "days of a spreadsheet": lambda day: str((day - DAY_ZERO.date()).days),
    "24:00 of it": lambda day: f"{day:%Y-%m-%d} 24:00",
}

ZONES = [
    *("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Australia/Lord_Howe", "America/Sao_Paulo"),
    *("Africa/Cairo", "Asia/Beirut", "America/Havana", "Pacific/Apia", "Asia/Kathmandu", "America/St_Johns"),
]

PUT_BACK: Mapping[str, str] = {
    "America/New_York": "2024-11-03T06:00Z",
    "Europe/Berlin": "2024-10-27T01:00Z",
    "Australia/Lord_Howe": "2024-04-06T15:00Z",
    "America/Havana": "2023-11-05T05:00Z",
    "Asia/Beirut": "2022-10-29T21:00Z",
    "America/Sao_Paulo": "2018-02-18T02:00Z",
}
"""When clocks were put back, by half an hour or more."""

FORWARD = ("2024-03-10T07:00Z", "2024-03-31T01:00Z", "2017-10-15T03:00Z", "2011-12-30T10:00Z")

zones = st.sampled_from(ZONES).map(ZoneInfo)
seconds = st.integers(1_231_000_000, int(ARRIVAL.timestamp()) - 1)
changes = st.sampled_from([*PUT_BACK.values(), *FORWARD]).map(datetime.fromisoformat)
near = st.builds(lambda at, second: at + timedelta(seconds=second), changes, st.integers(-7200, 7200))
moments = st.one_of(seconds.map(lambda second: datetime.fromtimestamp(second, UTC)), near)
of_two = st.sampled_from(sorted(PUT_BACK)).flatmap(
    lambda name: st.builds(
        lambda second: (datetime.fromisoformat(PUT_BACK[name]) + timedelta(seconds=second)).astimezone(
            ZoneInfo(name)
        ),
        st.integers(-1800, 1799),
    )
)


SOMETIMES = {"its letters", "the zone behind it", "a column for the zone"}
"""Ways that need a zone with letters, or that is called in a way that is sure."""


def is_bare_date(local: datetime, how: str) -> bool:
    """A spreadsheet's midnight is a whole number, as its days are."""
    return "days" in how and "half" not in how and local.time() == time()


def end_of(local: datetime) -> datetime:
    return min(
        datetime.combine(local.date() + timedelta(days=1), time(), tzinfo=local.tzinfo).astimezone(UTC), ARRIVAL
    )


def read(said: str | TimeCells, zone: ZoneInfo, **declared: object) -> datetime | None:
    """The moment, or None where it is rejected."""
    order: DateOrder = "dmy"
    repeated_hour: RepeatedHour | None = declared.get("repeated_hour")  # type: ignore[assignment]
    try:
        return Times(zone=zone, received_at=ARRIVAL, order=order, repeated_hour=repeated_hour)(said)
    except RecordRejected:
        return None


@given(moments, zones, zones, st.sampled_from(sorted(ABSOLUTE)))
def test_a_moment_that_says_its_zone_is_that_moment(
    moment: datetime, own: ZoneInfo, zone: ZoneInfo, how: str
) -> None:
    assert read(ABSOLUTE[how](moment.astimezone(own)), zone) == moment


@given(moments, zones, st.sampled_from(sorted(LOCAL)))
def test_a_moment_by_the_clock_of_its_zone_is_that_moment_or_rejected(
    moment: datetime, zone: ZoneInfo, how: str
) -> None:
    local = moment.astimezone(zone)
    said = read(LOCAL[how](local), zone)
    was_twice = local.replace(fold=0).utcoffset() != local.replace(fold=1).utcoffset()
    if is_bare_date(local, how):
        assert said == end_of(local)
    elif was_twice:
        assert said is None or (how == "its letters" and said == moment)
    else:
        assert said == moment or (said is None and how in SOMETIMES)


@given(of_two, st.sampled_from(sorted(LOCAL.keys() - {"its letters"})))
def test_of_a_time_that_was_twice_the_declared_one_is_read(local: datetime, how: str) -> None:
    zone = ZoneInfo(str(local.tzinfo))
    assume(not is_bare_date(local, how))
    assert read(LOCAL[how](local), zone) is None
    which = "second" if local.fold else "first"
    assert read(LOCAL[how](local), zone, repeated_hour=which) == local.astimezone(UTC)


@given(moments, zones, st.sampled_from(sorted(DAYS)))
def test_a_date_is_its_days_end_or_rejected(moment: datetime, zone: ZoneInfo, how: str) -> None:
    day = moment.astimezone(zone).date()
    end = datetime.combine(day + timedelta(days=1), time(), tzinfo=zone).astimezone(UTC)
    assume(end < ARRIVAL)
    assert read(DAYS[how](day), zone) in ({end} if how != "24:00 of it" else {end, None})
    assert (end - timedelta(microseconds=1)).astimezone(zone).date() == day


@given(moments, st.sampled_from([4, 5, 6, 7]))
def test_a_rounded_moment_is_rejected_or_whole(moment: datetime, digits: int) -> None:
    """As a cell by itself: a minute, an hour or a midnight that no other one rounds to."""
    whole = moment.replace(second=0)
    for step, fewest in ((timedelta(minutes=1), 7), (timedelta(hours=1), 6), (timedelta(days=1), 4)):
        true = EPOCH + (whole - EPOCH) // step * step
        if digits >= fewest:
            assert read(scientific(true, digits), ZoneInfo("UTC")) in {true, None}


@pytest.mark.parametrize("how", sorted(ABSOLUTE))
def test_each_spelling_is_read(how: str) -> None:
    moment = datetime(2024, 1, 31, 10, 0, tzinfo=UTC)
    assert read(ABSOLUTE[how](moment), ZoneInfo("Europe/Berlin")) == moment
