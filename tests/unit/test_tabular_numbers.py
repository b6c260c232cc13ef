"""Numbers in tables are exact, and what is not surely a number is not believed."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.adapters.tabular.numbers import MAX_CHARACTERS, Money, in_dollars, is_rounded, number
from crypto.domain.rejection import Reason, RecordRejected

US = Money(decimal="point")


def read(text: str, money: Money = US) -> Decimal | None:
    return number(text, money, field="price_usd")


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
        ("$10,250.02", "10250.02"),
        ("US$5", "5"),
        ("5 USD", "5"),
        ("USD 5.5", "5.5"),
        ("-$5", "-5"),
        ("$ -5", "-5"),
        ("130.46K", "130460"),
        ("$1.5M", "1500000"),
        ("2b", "2000000000"),
        ("1.23T", "1230000000000"),
        ("2.13049E+11", "213049000000"),
        ("$541.43B$541426059990", "541426059990"),
        ("$541.43B$541,426,059,990", "541426059990"),
        (".5", "0.5"),
    ],
)
def test_a_number_is_read_to_its_last_digit(text: str, value: str) -> None:
    assert read(text) == Decimal(value)


@pytest.mark.parametrize("text", ["", "   ", "\t", "-", "--", "\u2014", "n/a", "N/A", "null", "None", " NA ", "?"])
def test_an_empty_cell_is_unknown(text: str) -> None:
    assert read(text) is None


@pytest.mark.parametrize(
    "text",
    [
        "5%",
        "$541.43B$641426059990",
        "1.5M1.4",
        "$5$6",
        "5 apples",
        "5e3K",
        "--5",
        "(5)",
        "NaN",
        "Infinity",
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


@pytest.mark.parametrize(
    ("text", "currency"),
    [
        ("\u20ac5", "EUR"),
        ("R$ 5", "BRL"),
        ("5 EUR", "EUR"),
        ("\u00a55", "JPY"),
        ("C$5", "CAD"),
        ("5 usdt", "USDT"),
    ],
)
def test_a_sign_of_other_money_is_never_taken_for_dollars(text: str, currency: str) -> None:
    with pytest.raises(RecordRejected, match="CRYPTO_SOURCE__CSV__CURRENCY=") as rejected:
        read(text)
    assert rejected.value.reason is Reason.OTHER_CURRENCY
    assert read(text, Money(currency=currency)) == 5


def test_a_dollar_sign_is_the_declared_dollar_and_no_other_money() -> None:
    assert read("$5", Money(currency="AUD")) == 5
    for currency in ("EUR", "BRL", "USDT"):
        with pytest.raises(RecordRejected) as rejected:
            read("$5", Money(currency=currency))
        assert rejected.value.reason is Reason.OTHER_CURRENCY


def test_a_rejected_number_says_what_is_wrong_with_it() -> None:
    with pytest.raises(RecordRejected, match="two numbers in one cell"):
        read("$541.43B$999")
    with pytest.raises(RecordRejected, match="a percentage is no amount"):
        read("5%")


def test_a_decimal_comma_is_declared() -> None:
    german = Money(currency="EUR", decimal="comma")
    assert read("1.234,56 \u20ac", german) == Decimal("1234.56")
    assert read("1,5", german) == Decimal("1.5")
    assert read("1.234", german) == 1234
    assert read("541,43B541.426.059.990", german) == 541426059990


@pytest.mark.parametrize(
    "cell",
    ["k. A.", "1,5.2", "$1.234,5", "5,5%", "541,43B 641.426.059.990", f"{'1.' * 101}", "1,5e99999999999999999K"],
)
def test_a_rejected_cell_is_shown_as_it_is_in_the_file(cell: str) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(cell, Money(currency="EUR", decimal="comma"))
    assert f"price_usd is {cell[:50]!r}" in str(rejected.value)


@pytest.mark.parametrize(
    ("text", "gone"),
    [("2.13049E+11", True), ("1.5E+09", True), ("6.07e-06", False), ("2.130493467380001E+11", False)],
)
def test_what_a_spreadsheet_rounded_is_known_by_its_spelling(text: str, gone: bool) -> None:
    assert is_rounded(text) is gone


@example(Decimal("7" * MAX_CHARACTERS))
@given(st.decimals(min_value=Decimal("1e-20"), max_value=Decimal("1e20"), allow_nan=False, allow_infinity=False))
def test_a_conversion_loses_no_digit(value: Decimal) -> None:
    converted = in_dollars(value, Decimal("0.17346"))
    assert converted is not None
    assert Fraction(converted) == Fraction(value) * Fraction("0.17346")


@pytest.mark.parametrize(("text", "dollars"), [("1234e999999", "24680e999999"), ("9e-999999", "180e-999999")])
def test_a_conversion_of_what_can_be_no_price_does_not_break_off(text: str, dollars: str) -> None:
    assert in_dollars(read(text), Decimal(20)) == Decimal(dollars)


def test_two_numbers_in_one_cell_that_are_far_apart_are_rejected() -> None:
    with pytest.raises(RecordRejected, match="two numbers in one cell, which differ"):
        read("$1B12e999999")


def test_a_lone_comma_is_not_believed_where_it_may_be_a_decimal_one() -> None:
    with pytest.raises(RecordRejected, match="decimal comma"):
        read("1,234", Money())
    assert read("1,234.5", Money()) == Decimal("1234.5")
    assert read("1,234,567", Money()) == 1234567


@given(st.decimals(min_value=Decimal("1e-30"), max_value=Decimal("1e30"), allow_nan=False, allow_infinity=False))
def test_any_decimal_survives_plain_and_scientific(value: Decimal) -> None:
    assert read(f"{value:f}") == value
    assert read(f"{value:e}") == value


@given(st.integers(min_value=1000, max_value=10**20))
def test_any_grouped_number_is_the_ungrouped_one(value: int) -> None:
    assert read(f"{value:,}.25") == Decimal(f"{value}.25")
