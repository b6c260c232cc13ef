"""Numbers in tables are exact, and what is not surely a number is not believed."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.tabular.numbers import number
from crypto.domain.rejection import Reason, RecordRejected


def read(text: str, *, lone_comma: bool = True) -> Decimal | None:
    return number(text, field="price_usd", lone_comma=lone_comma)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("0.1", "0.1"),
        (" 5 ", "5"),
        ("6.072127902657534e-06", "0.000006072127902657534"),
        ("3.84E-18", "0.00000000000000000384"),
        ("1,234,567.89", "1234567.89"),
        ("3,819.67", "3819.67"),
        ("67,292,819,465", "67292819465"),
        ("1,234", "1234"),
        ("9223372036854775808", "9223372036854775808"),
    ],
)
def test_a_number_is_read_to_its_last_digit(text: str, value: str) -> None:
    assert read(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "   ", "\t"])
def test_an_empty_cell_is_unknown(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "$5",
        "5%",
        "130K",
        "-",
        "n/a",
        "1,23",
        "12,34,567",
        "1,234,56",
        ",123",
        "1.234,56",
        "1_000",
        "٣",
        "1 234",
        "0x10",
        "1e5,000",
        "9" * 201,
        "1e99999999999999999999",
    ],
)
def test_anything_else_is_no_number(text: str) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(text)
    assert rejected.value.reason is Reason.NOT_A_NUMBER


def test_a_lone_comma_is_not_believed_where_it_may_be_a_decimal_one() -> None:
    with pytest.raises(RecordRejected, match="decimal comma"):
        read("1,234", lone_comma=False)
    assert read("1,234.5", lone_comma=False) == Decimal("1234.5")
    assert read("1,234,567", lone_comma=False) == 1234567


@given(st.decimals(min_value=Decimal("1e-30"), max_value=Decimal("1e30"), allow_nan=False, allow_infinity=False))
def test_any_decimal_survives_plain_and_scientific(value: Decimal) -> None:
    assert read(f"{value:f}") == value
    assert read(f"{value:e}") == value


@given(st.integers(min_value=1000, max_value=10**20))
def test_any_grouped_number_is_the_ungrouped_one(value: int) -> None:
    assert read(f"{value:,}.25") == Decimal(f"{value}.25")
