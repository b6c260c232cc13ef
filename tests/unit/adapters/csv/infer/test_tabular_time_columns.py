"""Columns of times are found by their names and cells, in any language; what may be one is never passed over."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.support.csv_files import Ingested, ingest

CANDLES = "{},open,high,low,close\n{},1,1,1,1.5\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a.csv"


def read(path: Path, content: str, **declared: object) -> Ingested:
    path.write_text(content, encoding="utf-8")
    return ingest(path, declared={"coin_id": "btc", **declared})


def moments(run: Ingested) -> list[str]:
    assert run.error is None, run.error
    assert not run.rejections
    return [f"{quote.observed_at:%Y-%m-%d %H:%M:%S}" for quote in run.quotes]


def refused(run: Ingested) -> str:
    assert not run.quotes
    assert run.error is not None
    return str(run.error)


UNIX = ["1706695200", "1706695200000", "1706695200000000", "1706695200000000000", "1.7066952E+12"]
SPELLED = [
    *UNIX,
    "2024-01-31 10:00:00",
    "2024-01-31T10:00:00Z",
    "20240131100000",
    "45322.41667",
    "31 janv. 2024 10:00",
]


@pytest.mark.parametrize(
    "name", ["ts", "MTS", "t", "T", "epoch", "Epoch_ms", "unixtime", "Time Stamp", "utc", "data", "Datum"]
)
@pytest.mark.parametrize("cell", SPELLED)
def test_a_column_that_is_called_like_a_time_and_holds_times_is_read(path: Path, name: str, cell: str) -> None:
    assert moments(read(path, f"price,{name}\n1.5,{cell}\n")) == ["2024-01-31 10:00:00"]


@pytest.mark.parametrize(
    "name", ["Datum", "Fecha", "Дата", "日付", "날짜", "data", "Zeit", "Tarih", "Jour", "<DATE>"]
)
def test_a_day_is_known_by_its_name_in_many_languages(path: Path, name: str) -> None:
    assert moments(read(path, f"{name},price\n2024-01-31,1.5\n")) == ["2024-02-01 00:00:00"]


@pytest.mark.parametrize("name", ["k", "stunde null", "when", "Day", "created_at", "date_added", "x"])
@pytest.mark.parametrize("cell", [*UNIX, "2024-01-31 10:00:00", "20240131", "31 Jan 2024", "2024年1月31日"])
def test_a_column_of_another_name_that_may_hold_times_is_asked_for(path: Path, name: str, cell: str) -> None:
    content = f"{name},price\n{cell},1.5\n"
    assert f"COLUMNS=observed_at={name}," in refused(read(path, content))
    assert len(moments(read(path, content, columns={"observed_at": name}))) == 1


@pytest.mark.parametrize(
    ("content", "column"),
    [
        ("price,n\n1.5,45322\n1.6,45323\n1.7,45324\n", "n"),
        ("price,n\n1.5,45322\n1.6,45322\n", "n"),
        ("price,n\n1.5,45324\n1.6,45317\n", "n"),
        ("price,seen\n1.5,2 hours ago\n", "seen"),
        ("price,k\n1.5,\n1.6,1706695200\n", "k"),
        ("price,\n1.5,1706695200\n", "#2"),
        ("price,trade time\n1.5,\n", "trade time"),
        ("price,data\n1.5,free text\n", ""),
        ("price,ts\n1.5,\n", "ts"),
        ("price,time\n1.5,21.5\n", ""),
    ],
)
def test_what_may_be_a_time_is_never_of_now(path: Path, content: str, column: str) -> None:
    run = read(path, content)
    assert not run.quotes
    assert not column or f"observed_at={column}," in refused(run)


@pytest.mark.parametrize(
    "others",
    [
        "supply\n19614543",
        "sentiment\n0.7",
        "update_count\n12",
        "percent_change_7days\n-1.5",
        "high,low\n45322,44100",
        "num_trades\n45322",
        "max_supply\n21000000",
        "cap\n186728504422",
        "t\n21.5",
    ],
)
def test_what_cannot_be_a_time_leaves_a_file_of_the_moment_of_its_arrival(path: Path, others: str) -> None:
    names, _, cells = others.partition("\n")
    run = read(path, f"price,{names}\n1.5,{cells}\n")
    assert [quote.observed_at for quote in run.quotes] == [run.pages[0].received_at]


def test_nobody_is_asked_who_said_that_no_column_is_the_time(path: Path) -> None:
    content = "price,k\n1.5,1706695200\n"
    assert len(read(path, content, columns={"observed_at": "-"}).quotes) == 1
    assert moments(read(path, content, observed_at="2024-01-01T00:00:00Z")) == ["2024-01-01 00:00:00"]


def test_candles_without_a_time_are_never_of_now(path: Path) -> None:
    content = "open,high,low,close\n1,1,1,1.5\n"
    for declared in ({}, {"columns": {"observed_at": "-"}}):
        assert "has candles (open, high, low, close) and no time" in refused(read(path, content, **declared))
    assert moments(read(path, content, observed_at="2024-01-01T00:00:00Z")) == ["2024-01-01 00:00:00"]


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        ("Date,Time", "2024-01-31,10:00:00"),
        ("Date,Time", "31.01.2024,10:00"),
        ("<DATE>,<TIME>", "2024.01.31,10:00:00"),
        ("<DATE>,<TIME>", "20240131,100000"),
        ("date,hour", "2024-01-31,10"),
        ("Datum,Uhrzeit", "31.01.2024,10:00"),
        ("Fecha,Hora", "31/01/2024,10:00:00"),
        ("Дата,Время", "31.01.2024,10:00:00"),
        ("日付,時刻", "2024年1月31日,10:00"),
        ("time,date", "10:00 AM,2024-01-31"),
        ("Date,Time", "2024-01-31 00:00:00,10:00:00"),
        ("Date,Time(UTC+1)", "2024-01-31,11:00"),
        ("Date,Time,tz", "2024-01-31,11:00,Europe/Berlin"),
        ("timestamp,timezone", "2024-01-31 05:00:00,-05:00"),
        ("timestamp,utc_offset", "2024-01-31 11:00:00,+1"),
        ("timestamp,tz", "1706695200,Europe/Berlin"),
    ],
)
def test_a_day_a_time_of_day_and_a_zone_are_one_moment(path: Path, names: str, cells: str) -> None:
    assert moments(read(path, f"{names},price\n{cells},1.5\n")) == ["2024-01-31 10:00:00"]


def test_a_time_of_day_is_declared_where_it_is_called_otherwise(path: Path) -> None:
    content = "D,K,price\n2024-01-31,10:00,1.5\n"
    columns = {"observed_at": "D", "time_of_day": "K"}
    assert "COLUMNS=observed_at=D,time_of_day=K, or time_of_day=-" in refused(
        read(path, content, columns={"observed_at": "D"})
    )
    assert moments(read(path, content, columns=columns)) == ["2024-01-31 10:00:00"]
    columns["time_of_day"] = "-"
    assert moments(read(path, content, columns=columns)) == ["2024-02-01 00:00:00"]


def test_a_time_of_day_in_digits_of_many_lengths_is_not_guessed(path: Path) -> None:
    content = "date,time,price\n20240131,100000,1.5\n20240131,500,1.6\n"
    assert "time_of_day=time" in refused(read(path, content))


def test_times_of_day_without_a_day_are_not_times(path: Path) -> None:
    assert "COLUMNS=observed_at=<column of the days>,time_of_day=time" in refused(
        read(path, "time,price\n10:00:00,1.5\n")
    )


def test_a_row_without_its_time_of_day_is_rejected(path: Path) -> None:
    run = read(path, "date,time,price\n2024-01-31,10:00,1.5\n2024-01-31,,1.6\n")
    assert [each.detail for each in run.rejections] == ["line 3: the row has no time of day"]


def test_moments_count_before_days_beside_them(path: Path) -> None:
    assert moments(read(path, "date,ts,price\n2024-01-31,1706695200,1.5\n")) == ["2024-01-31 10:00:00"]


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        ("unix,date", "1706695200,2023-01-31"),
        ("unix,date", "1706695200,2024-01-31 10:07:13"),
        ("timestamp,ts", "1706695200,1706698800"),
        ("timestamp,time", "2024-01-31 10:00:00,2024-01-29 10:00:00"),
    ],
)
def test_two_times_of_a_row_that_differ_are_not_chosen_between(path: Path, names: str, cells: str) -> None:
    content = f"{names},price\n{cells},1.5\n"
    first, second = names.split(",")
    said = refused(read(path, content))
    assert "which are not the same" in said
    assert f"COLUMNS=observed_at={first}" in said
    assert f"COLUMNS=observed_at={second}" in said
    assert len(moments(read(path, content, columns={"observed_at": second}))) == 1


@pytest.mark.parametrize(
    ("names", "cells"),
    [
        ("unix,date", "1706695200,2024-01-31"),
        ("unix,date", "1706695200,2024-02-01"),
        ("unix,datetime", "1706695200,2024-01-31 11:00:00"),
        ("unix,datetime", "1706695200,2024-01-31 10:00"),
        ("last_updated,date_added", "2024-01-31T10:00:00Z,2013-04-28T00:00:00Z"),
        ("timestamp,created_at", "1706695200,1367107200"),
    ],
)
def test_times_that_say_the_same_or_another_thing_are_let_be(path: Path, names: str, cells: str) -> None:
    assert moments(read(path, f"{names},price\n{cells},1.5\n")) == ["2024-01-31 10:00:00"]


NAMED: Mapping[str, str] = {
    "Date(UTC+1)": "09:00",
    "Time (GMT-05:00)": "15:00",
    "timestamp [Europe/Berlin]": "09:00",
    "Date (US/Eastern)": "15:00",
    "date_utc": "10:00",
    "UTC time": "10:00",
    "timestampUTC": "10:00",
    "Datetime (GMT+2)": "08:00",
    "Gmt time": "10:00",
}


@pytest.mark.parametrize("name", NAMED)
def test_a_zone_in_the_name_of_a_column_is_its_zone(path: Path, name: str) -> None:
    content = f"{name},price\n2024-01-31 10:00:00,1.5\n"
    expected = [f"2024-01-31 {NAMED[name]}:00"]
    assert moments(read(path, content)) == expected
    assert moments(read(path, content, columns={"observed_at": name})) == expected


@pytest.mark.parametrize("name", ["Time (EST)", "time_jst", "Date CET", "Date (ET)", "Local time", "Datum (MEZ)"])
def test_letters_in_a_name_are_asked_for_and_the_declared_zone_must_fit(path: Path, name: str) -> None:
    content = f"{name},price\n2024-01-31 10:00:00,1.5\n"
    if name == "Local time":
        assert moments(read(path, content, timezone="Asia/Tokyo")) == ["2024-01-31 01:00:00"]
        return
    assert "several zones are called" in refused(read(path, content))
    assert "is not the zone that" in refused(read(path, content, timezone="UTC"))


def test_the_declared_zone_is_believed_where_the_letters_may_mean_it(path: Path) -> None:
    for name, zone, hour in (
        ("Time (EST)", "America/New_York", "15:00"),
        ("Date (ET)", "America/New_York", "15:00"),
        ("time_jst", "Asia/Tokyo", "01:00"),
        ("Date SGT", "Asia/Singapore", "02:00"),
    ):
        content = f"{name},price\n2024-01-31 10:00:00,1.5\n"
        assert moments(read(path, content, timezone=zone)) == [f"2024-01-31 {hour}:00"]


def test_a_declared_zone_and_a_named_one_must_be_the_same(path: Path) -> None:
    content = "Date(UTC+1),price\n2024-01-31 10:00:00,1.5\n"
    assert "which is not the zone that" in refused(read(path, content, timezone="Europe/Berlin"))
    assert moments(read(path, content, timezone="Etc/GMT-1")) == ["2024-01-31 09:00:00"]
    unix = "Date(UTC+1),price\n1706695200,1.5\n"
    assert moments(read(path, unix, timezone="Europe/Berlin")) == ["2024-01-31 10:00:00"]


def test_letters_in_a_column_of_zones_need_a_declared_zone(path: Path) -> None:
    content = "time,tz,price\n2024-01-31 10:00:00,EST,1.5\n"
    (rejection,) = read(path, content).rejections
    assert "TIMEZONE=<the zone that is meant" in rejection.detail
    assert moments(read(path, content, timezone="America/New_York")) == ["2024-01-31 15:00:00"]


def test_a_midnight_that_lost_its_hour_is_not_the_end_of_its_day(path: Path) -> None:
    content = "time,price\n2024-01-30 23:00:00,1\n2024-01-31,2\n2024-01-31 01:00:00,3\n"
    assert "BARE_DATE=midnight or end_of_day" in refused(read(path, content))
    assert moments(read(path, content, bare_date="midnight"))[1] == "2024-01-31 00:00:00"
    assert moments(read(path, content, bare_date="end_of_day"))[1] == "2024-02-01 00:00:00"
    days = "time,price\n45321.5,1\n45322,2\n"
    assert "BARE_DATE=midnight" in refused(read(path, days))


def test_a_file_whose_scientific_times_were_rounded_is_refused(path: Path) -> None:
    rounded = [f"{1706659200000 + hour * 3600000:.5e}".replace("e+12", "E+12") for hour in range(48)]
    content = "timestamp,price\n" + "".join(f"{each},1\n" for each in rounded)
    assert "rounded it, and the moment is gone" in refused(read(path, content))
    exact = [f"{1706659200000 + hour * 86400000:.7e}" for hour in range(48)]
    content = "timestamp,price\n" + "".join(f"{each},1\n" for each in exact)
    assert moments(read(path, content))[0] == "2024-01-31 00:00:00"


@pytest.mark.parametrize(
    ("cells", "remedy"),
    [
        (["2024-01-02", "2024-13-02"], "DATE_FORMAT=%Y-%d-%m"),
        (["2024/31/01", "2024/01/02"], "DATE_FORMAT=%Y/%d/%m"),
        (["24-Jan-09", "24-Jan-05"], "DATE_ORDER=ymd"),
    ],
)
def test_dates_in_an_order_that_one_cell_gives_away_are_asked_about(
    path: Path, cells: list[str], remedy: str
) -> None:
    content = "date,price\n" + "".join(f"{cell},1.5\n" for cell in cells)
    assert remedy in refused(read(path, content))
    name, _, value = remedy.partition("=")
    assert len(moments(read(path, content, **{name.lower(): value}))) == 2


@pytest.mark.parametrize("date_format", ["%Y-%m", "%d.%m.%Y %I:%M", "%d.%m.%Y %H:%M %Z", "%Y"])
def test_a_format_that_does_not_say_the_moment_is_refused(path: Path, date_format: str) -> None:
    said = refused(read(path, "date,price\n2024-01,1.5\n", date_format=date_format))
    assert f"DATE_FORMAT={date_format}" in said


def test_a_coin_called_like_a_time_is_a_coin(path: Path) -> None:
    path.write_text("date,t,btc\n2024-01-31,0.02,42000\n")
    assert [quote.coin_id for quote in ingest(path, declared={"layout": "coin_columns"}).quotes] == ["t", "btc"]


def test_a_time_beside_coins_is_not_one_of_them(path: Path) -> None:
    path.write_text("ts,eth,btc\n1706695200000,2300,42000\n")
    run = ingest(path, declared={"layout": "coin_columns"})
    assert moments(run) == ["2024-01-31 10:00:00"] * 2
    path.write_text("k,eth,btc\n1706695200000,2300,45322\n")
    assert "COLUMNS=observed_at=k" in refused(ingest(path, declared={"layout": "coin_columns"}))


@pytest.mark.parametrize("step", [3600, 86400])
def test_candles_with_a_time_of_day_of_their_own_end_when_they_do(path: Path, step: int) -> None:
    content = "Date,Time,Open,High,Low,Close\n2024-01-30,00:00,1,1,1,1\n"
    content += "2024-01-30,01:00,1,1,1,2\n" if step == 3600 else "2024-01-31,00:00,1,1,1,2\n"
    expected = ["2024-01-30 01:00:00", "2024-01-30 02:00:00"]
    assert moments(read(path, content)) == (
        expected if step == 3600 else ["2024-01-31 00:00:00", "2024-02-01 00:00:00"]
    )


@pytest.mark.parametrize(
    ("zone", "hours"), [("Europe/Berlin", 2), ("Europe/Berlin", 4), ("Australia/Lord_Howe", 1)]
)
def test_candles_of_unix_times_are_as_long_where_the_declared_clock_is_put_back(
    path: Path, zone: str, hours: int
) -> None:
    changes = {"Europe/Berlin": 1729990800, "Australia/Lord_Howe": 1712415600}
    stamps = [changes[zone] + 3600 * hours * step for step in range(-4, 5)]
    content = "unix,open,high,low,close\n" + "".join(f"{stamp},1,1,1,{stamp}\n" for stamp in stamps)
    ends = [int(quote.observed_at.timestamp()) for quote in read(path, content, timezone=zone).quotes]
    assert ends == [stamp + 3600 * hours for stamp in stamps]


def test_candles_by_a_local_clock_are_as_long_where_it_changes(path: Path) -> None:
    days = ["2024-03-09", "2024-03-10", "2024-03-11"]
    content = "time,open,high,low,close\n" + "".join(f"{day} 00:00:00,1,1,1,1\n" for day in days)
    expected = ["2024-03-10 05:00:00", "2024-03-11 04:00:00", "2024-03-12 04:00:00"]
    assert moments(read(path, content, timezone="America/New_York")) == expected


def test_a_date_in_several_columns_is_not_passed_over(path: Path) -> None:
    said = refused(read(path, "price,year,month,day\n1.5,2024,1,31\n"))
    assert "a date in several columns" in said
    assert "COLUMNS" not in said
