"""What the first rows of a file showed of its times is kept with each page, and old pages mean what they meant."""

from pathlib import Path

import msgspec

from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.redeclaration import redeclared
from crypto.adapters.csv.read.rows import parse_rows
from crypto.adapters.csv.times.moments import TIME_FIELDS
from crypto.domain.page import RawPage
from tests.support.csv_files import ingest
from tests.unit.adapters.csv.read.test_csv_parse import page

CONTENT = "id,Date(UTC+1),Time,price\nbtc,2024-01-31,10:00,1.5\nbtc,2024-01-31,11:00,1.6\n"


def read(path: Path, content: str = CONTENT) -> RawPage:
    path.write_text(content)
    (first, *_) = ingest(path).pages
    return first


def columns_of_times(page: RawPage) -> dict[str, str]:
    columns = msgspec.convert(page.context["columns"], dict[str, str])
    return {field: columns[field] for field in TIME_FIELDS if field in columns}


def hours(page: RawPage) -> list[str]:
    return [f"{quote.observed_at:%H:%M}" for quote in parse_rows(page).quotes]


def test_a_page_far_from_the_first_rows_is_read_like_them(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(CONTENT)
    pages = ingest(path, records=1).pages
    assert [hours(each) for each in pages] == [["09:00"], ["10:00"]]
    assert pages[1].context["timed"] == {"observed_at": "Date(UTC+1)", "time_of_day": "Time"}
    assert pages[1].context["timezone"] == "UTC+01:00"


def test_what_was_found_stays_when_something_else_is_declared(tmp_path: Path) -> None:
    first = read(tmp_path / "a.csv")
    again = redeclared(first, FormatOptions(name="Bitcoin"))
    assert again.context["columns"] == first.context["columns"]
    assert hours(again) == hours(first)


def test_a_time_that_is_declared_anew_stands_alone(tmp_path: Path) -> None:
    first = read(tmp_path / "a.csv", CONTENT.replace("Time", "Other").replace("10:00", "x").replace("11:00", "y"))
    assert hours(first) == ["23:00", "23:00"]
    other = redeclared(read(tmp_path / "b.csv"), FormatOptions(columns={"observed_at": "Time"}))
    assert columns_of_times(other) == {"observed_at": "Time"}


def test_an_old_page_without_a_time_column_keeps_the_moment_it_was_given() -> None:
    old = page(b"btc,1.5,1612137600000\n", header="coin_id,price,ts", observed_at="2024-05-01T00:00:00Z")
    (quote,) = parse_rows(old).quotes
    assert quote.observed_at == msgspec.convert("2024-05-01T00:00:00Z", type=type(quote.observed_at))


def test_an_old_page_of_a_day_and_a_time_of_day_is_of_the_day_as_it_was() -> None:
    old = page(b"btc,2024-01-01,10:00,1.5\n", header="id,date,time,price", timezone="UTC")
    assert [f"{each.observed_at:%d %H:%M}" for each in parse_rows(old).quotes] == ["02 00:00"]
