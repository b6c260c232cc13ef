"""The sign before decimals is what a file's amounts prove, and asked for where they do not."""

from decimal import Decimal
from pathlib import Path

import pytest

from crypto.adapters.csv.infer.decimals import Cell, decimal_sign
from crypto.adapters.csv.unreadable import Unreadable
from crypto.domain.rejection import Reason
from tests.support.csv_files import Ingested, ingest


def cells(*texts: str) -> list[Cell]:
    return [Cell(line, text) for line, text in enumerate(texts, start=2)]


def columns(*texts: str) -> list[list[Cell]]:
    return [cells(*texts)]


def file(path: Path, *prices: str, **declared: object) -> Ingested:
    """A file delimited by commas with these prices, one a day."""
    rows = [f'a,"{price}",2024-01-{day:02d}' for day, price in enumerate(prices, start=1)]
    return written(path, "id,price,date", *rows, **declared)


def written(path: Path, *lines: str, **declared: object) -> Ingested:
    (path / "a.csv").write_text("\n".join(lines) + "\n")
    return ingest(path / "a.csv", declared=declared)


def prices(run: Ingested) -> list[str]:
    assert run.error is None
    return [f"{quote.price_usd:f}" for quote in run.quotes]


@pytest.mark.parametrize(
    "proof",
    ["0,512", "00,512", "-0,5", "1,23", "12,3456", "1234,567", "1.234,56", "1.234.567", "1 234,5", "1'234,567",
     "90,25K", "€ 5,5", "6,072e-06", "0,0₄59", ",5", "$541,43B$541426059990"],
)  # fmt: skip
def test_one_amount_can_prove_a_decimal_comma(proof: str) -> None:
    assert decimal_sign(columns("1,234", "5", proof), []) == "comma"


@pytest.mark.parametrize(
    "proof",
    ["0.512", "1.5", "12.3456", "1234.567", "1,234.56", "1,234,567", "1 234.5", "1,23,456", "130.46K", "$ .5",
     "6.072e-06", "0.0₄59"],
)  # fmt: skip
def test_one_amount_can_prove_a_decimal_point(proof: str) -> None:
    assert decimal_sign(columns("1,234", "5", proof), []) == "point"


@pytest.mark.parametrize(
    "text", ["5", "1 234", "1'234'567", "1_000", "-", "n/a", "5%", "5 apples", "1.2.3", "1,2,3"]
)
def test_what_is_written_alike_under_both_signs_proves_none(text: str) -> None:
    assert decimal_sign(columns(text), []) is None


@pytest.mark.parametrize(("first", "second"), [("1.5", "1,5"), ("0,512", "1,234.5"), ("1.234.567", "1,234,567")])
def test_amounts_that_contradict_each_other_are_asked_about(first: str, second: str) -> None:
    with pytest.raises(Unreadable, match="contradict each other") as refused:
        decimal_sign(columns("1", first, second), [])
    assert all(each in str(refused.value) for each in ("line 3", "line 4", "DECIMAL=comma", "DECIMAL=point"))


@pytest.mark.parametrize("open_ones", [["1,234"], ["1.234"], ["1,234", "5"], ["51.794", "49.733"], ["$1,234K"]])
def test_what_no_amount_settles_is_asked_for(open_ones: list[str]) -> None:
    with pytest.raises(Unreadable, match="thousands or decimals") as refused:
        decimal_sign(columns(*open_ones), [])
    assert all(each in str(refused.value) for each in ("line 2", "DECIMAL=comma", "DECIMAL=point"))


def test_columns_that_are_not_read_settle_what_those_that_are_leave_open() -> None:
    assert decimal_sign(columns("51.794"), [cells("14.02.2024"), cells("4,14%", "-"), cells("note")]) == "comma"
    assert decimal_sign(columns("1,234"), [cells("0.5")]) == "point"
    assert decimal_sign(columns("1.5", "1,234"), [cells("4,14%")]) == "point"


def test_columns_that_are_not_read_settle_nothing_where_they_differ_or_hold_words() -> None:
    for beside in ([cells("1,5"), cells("1.5")], [cells("1,5", "words")], [cells("1,234")]):
        with pytest.raises(Unreadable):
            decimal_sign(columns("1,234"), beside)


def test_thousands_without_a_sign_settle_the_lone_points_of_their_column_and_no_commas() -> None:
    assert decimal_sign(columns("1.234", "42000"), []) == "point"
    for read in (columns("1,234", "42000"), [*columns("51.794"), *columns("850000000")]):
        with pytest.raises(Unreadable):
            decimal_sign(read, [])


@pytest.mark.parametrize(
    ("file_prices", "right"),
    [
        (["0,512", "1,234", "0,498"], ["0.512", "1.234", "0.498"]),
        (["1,234", "00,512"], ["1.234", "0.512"]),
        (["1,234", "1,5"], ["1.234", "1.5"]),
        (["51.794", "49.733,7"], ["51794", "49733.7"]),
        (["1,234", "1,234.5"], ["1234", "1234.5"]),
        (["1,234", "1,234,567"], ["1234", "1234567"]),
        (["1,234", "0.331757"], ["1234", "0.331757"]),
        (["1.234", "0.5"], ["1.234", "0.5"]),
    ],
)
def test_one_amount_settles_the_others_of_its_file(
    tmp_path: Path, file_prices: list[str], right: list[str]
) -> None:
    assert prices(file(tmp_path, *file_prices)) == right


@pytest.mark.parametrize("price", ["1,234", "1.234", "$1,234"])
@pytest.mark.parametrize(("decimal", "is_thousands"), [("comma", "."), ("point", ",")])
def test_the_settings_that_a_refusal_names_work(
    tmp_path: Path, price: str, decimal: str, is_thousands: str
) -> None:
    assert f"DECIMAL={decimal}" in str(file(tmp_path, price).error)
    right = "1234" if is_thousands in price else "1.234"
    assert prices(file(tmp_path, price, decimal=decimal)) == [right]


def test_what_was_settled_is_kept_with_each_page(tmp_path: Path) -> None:
    run = file(tmp_path, "0,512", "1,234")
    assert [(page.context["decimal"], page.context["decimal_asked"]) for page in run.pages] == [("comma", True)]
    declared = file(tmp_path, "0,512", decimal="comma")
    assert [page.context["decimal_asked"] for page in declared.pages] == [False]


@pytest.mark.parametrize(
    ("first", "later", "right"),
    [
        ("1.5", "0,512", None),
        pytest.param("1.5", "1,5", None, marks=pytest.mark.long),
        pytest.param("1.5", "1.234.567", None, marks=pytest.mark.long),
        pytest.param("1,5", "0.512", None, marks=pytest.mark.long),
        ("1,5", "1,234.5", None),
        pytest.param("1,5", "1.234", "1234", marks=pytest.mark.long),
        pytest.param("5", "1,234", None, marks=pytest.mark.long),
        ("5", "0,512", None),
        pytest.param("5", "1.234", None, marks=pytest.mark.long),
        ("5", "1.5", "1.5"),
        pytest.param("5", "1,234.5", "1234.5", marks=pytest.mark.long),
    ],
)
def test_what_comes_after_the_first_rows_is_rejected_where_it_contradicts_them(
    tmp_path: Path, first: str, later: str, right: str | None
) -> None:
    rows = [f'a,"{price}",2024-01-01' for price in (first, *["5"] * 20_000, later)]
    run = written(tmp_path, "id,price,date", *rows)
    found = [] if right is None else [Decimal(right)]
    assert run.error is None
    assert [quote.price_usd for quote in run.quotes[20_001:]] == found
    assert run.reasons == ({Reason.NOT_A_NUMBER: 1} if right is None else {})


def test_every_column_of_prices_of_a_wide_table_is_asked(tmp_path: Path) -> None:
    run = written(tmp_path, "date;a;b", "2024-01-01;1,234;0,5", layout="coin_columns")
    assert prices(run) == ["1.234", "0.5"]
    run = written(tmp_path, "id;2024-01-01;2024-01-02", "a;1,234;1.234,5", layout="day_columns")
    assert prices(run) == ["1.234", "1234.5"]


def test_a_volume_or_market_cap_settles_the_price(tmp_path: Path) -> None:
    header = "id,price,market_cap,volume_24h,date"
    run = written(tmp_path, header, 'a,"1,234","5,5",5,2024-01-01')
    assert prices(run) == ["1.234"]
    run = written(tmp_path, header, 'a,"1,234",5,5.5,2024-01-01')
    assert prices(run) == ["1234"]


def test_a_localised_export_is_read_by_the_columns_beside_its_price(tmp_path: Path) -> None:
    run = written(
        tmp_path,
        '"Datum","Preis","Vol","Änderung"',
        '"2024-02-14","51.794","90,25K","4,14%"',
        coin_id="bitcoin",
        columns={"price_usd": "Preis", "observed_at": "Datum"},
    )
    assert prices(run) == ["51794"]


def test_it_is_asked_for_together_with_whatever_else_is_open(tmp_path: Path) -> None:
    run = written(tmp_path, "id,price,date", 'a,"1,234",01/02/2024')
    assert all(each in str(run.error) for each in ("DECIMAL=comma", "DATE_ORDER=dmy"))
