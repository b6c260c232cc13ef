"""Numbers in tables are exact, and what is not surely a number is not believed."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crypto.adapters.csv.values.lost import is_rounded
from crypto.adapters.csv.values.numbers import MAX_CHARACTERS, Money, in_dollars, number
from crypto.domain.rejection import Reason, RecordRejected

US = Money()


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
        ("1 234 567.5", "1234567.5"),
        ("42\u00a0000.12", "42000.12"),
        ("42\u202f000.12", "42000.12"),
        ("42\u2009000", "42000"),
        ("42\u2007000", "42000"),
        ("1'234'567.5", "1234567.5"),
        ("1\u2019234\u2019567.5", "1234567.5"),
        ("1_234_567.5", "1234567.5"),
        ("12,34,567.8", "1234567.8"),
        ("1,23,456", "123456"),
        ("US$1,234.50", "1234.50"),
        ("US$ 5", "5"),
        ("US $5", "5"),
        ("USD$5", "5"),
        ("U$S 5", "5"),
        ("$5 USD", "5"),
        ("1.5 US$", "1.5"),
        ("$.5", "0.5"),
        ("1.5 million", "1500000"),
        ("1.5mn", "1500000"),
        ("$1.5bn", "1500000000"),
        ("1.5 Billion USD", "1500000000"),
        ("1.5tn", "1500000000000"),
        ("$0.0\u208459", "0.000059"),
        ("0.0\u2081\u208259", "0.00000000000059"),
        ("1.0\u208459", "1.000059"),
        ("0.0{4}59", "0.000059"),
        ("\uff11\uff12\uff13.\uff15", "123.5"),
        ("\uff041,234.50", "1234.50"),
        ("\u0663", "3"),
        ("\u22125", "-5"),
        ("-1 000", "-1000"),
    ],
)
def test_a_number_is_read_to_its_last_digit(text: str, value: str) -> None:
    assert read(text) == Decimal(value)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\t", "-", "--", "\u2014", "n/a", "N/A", "null", "None", " NA ", "?", "NaN", "nan", "NAN", "-nan",
     "#N/A", "#NUM!", "n.a.", "missing", "<NA>", "NULL", "\u00a0"],
)  # fmt: skip
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
        "Infinity",
        "inf",
        "1,23",
        "1,234,56",
        "0,512",
        "00,512",
        "-0,5",
        "0,512,000",
        "1.234.567",
        "1 234,5",
        "1 23",
        "0 512",
        "1 234 56",
        "1,234 567",
        "1 234'567",
        "1\u00a0234 567",
        "12,34,5678",
        "6,072e-06",
        "1 234e5",
        "0.0\u208059",
        "0.0\u208159",
        "0.\u208459",
        "0.00\u208459",
        "0.0\u2084",
        "0.0{4}",
        "0.0(4)59",
        "0.0{4",
        "5 lakh",
        "5 crore",
        "5 Mrd",
        "5 mio",
        "5 MM",
        "5 billions",
        "5\u066b5",
        "1\u066c234",
        "\u0be9",
        ",123",
        "1.234,56",
        "1__000",
        "0x10",
        "1e5,000",
        "9" * 201,
        "1e99999999999999999999",
    ],
)
def test_anything_else_is_not_a_number(text: str) -> None:
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
        ("5 \u20ac", "EUR"),
        ("\u00a35", "GBP"),
        ("CHF 5", "CHF"),
        ("5 z\u0142", "PLN"),
        ("5 kr", "SEK"),
        ("kr. 5", "DKK"),
        ("Rs.5", "INR"),
        ("Rs 5", "PKR"),
        ("Rp5", "IDR"),
        ("\u20b95", "INR"),
        ("5 K\u010d", "CZK"),
        ("5 Ft", "HUF"),
        ("Fr. 5", "CHF"),
        ("5 \u0440\u0443\u0431.", "RUB"),
        ("\uffe55", "CNY"),
        ("5 BTC", "BTC"),
        ("\u20bf5", "BTC"),
        ("5 ETH", "ETH"),
        ("\u039e5", "ETH"),
        ("5 SOL", "SOL"),
        ("5 \u20aa", "ILS"),
        ("5 sats", "SATS"),
    ],
)
def test_a_sign_of_other_money_is_never_taken_for_dollars(text: str, currency: str) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(text)
    assert rejected.value.reason is Reason.OTHER_CURRENCY
    assert read(text, Money(currency=currency)) == 5


@pytest.mark.parametrize("text", ["5\u00a2", "\u00a25", "5 cents", "5 sats", "5 gwei", "\u20a15", "$5 EUR"])
def test_money_that_no_setting_would_convert_is_other_money_too(text: str) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(text)
    assert rejected.value.reason is Reason.OTHER_CURRENCY


def test_the_remedy_names_the_currency_where_the_sign_is_of_one_only() -> None:
    for text, remedy in (
        ("\u20ac5", "; CRYPTO_SOURCE__CSV__CURRENCY=EUR declares a file"),
        ("5 kr", "CURRENCY=<its code>"),
    ):
        with pytest.raises(RecordRejected, match=re.escape(remedy)):
            read(text)
    with pytest.raises(RecordRejected, match=r"not in USD$"):
        read("5 gwei")


def test_a_dollar_sign_is_the_declared_dollar_and_no_other_money() -> None:
    assert read("$5", Money(currency="AUD")) == 5
    for currency in ("EUR", "BRL", "USDT"):
        with pytest.raises(RecordRejected) as rejected:
            read("$5", Money(currency=currency))
        assert rejected.value.reason is Reason.OTHER_CURRENCY


def test_a_rejected_number_says_what_is_wrong_with_it() -> None:
    with pytest.raises(RecordRejected, match="two numbers in one cell"):
        read("$541.43B$999")
    with pytest.raises(RecordRejected, match="a percentage is not an amount"):
        read("5%")


def test_a_decimal_comma_is_declared() -> None:
    german = Money(currency="EUR", decimal="comma")
    assert read("1.234,56 \u20ac", german) == Decimal("1234.56")
    assert read("1,5", german) == Decimal("1.5")
    assert read("1.234", german) == 1234
    assert read("541,43B541.426.059.990", german) == 541426059990
    assert read("51.794,9", german) == Decimal("51794.9")
    assert read("42\u00a0000,12", german) == Decimal("42000.12")
    assert read("90,25K", german) == 90250
    assert read("0,0\u208459", german) == Decimal("0.000059")
    assert read("5,8e-06", german) == Decimal("0.0000058")


@pytest.mark.parametrize(
    "text", ["0.512", "1.5", "1234.567", "1,234.5", "1,234,567", "5.817e-06", "12,34,567", "1,5 billion", "1,5T"]
)
def test_a_decimal_point_is_not_believed_beside_decimal_commas(text: str) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(text, Money(decimal="comma"))
    assert rejected.value.reason is Reason.NOT_A_NUMBER


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
    [
        ("2.13049E+11", True),
        ("1.5E+09", True),
        ("2,13049E+11", True),
        ("6.07e-06", False),
        ("2.130493467380001E+11", False),
    ],
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
def test_a_conversion_of_what_can_be_not_a_price_does_not_break_off(text: str, dollars: str) -> None:
    assert in_dollars(read(text), Decimal(20)) == Decimal(dollars)


def test_two_numbers_in_one_cell_that_are_far_apart_are_rejected() -> None:
    with pytest.raises(RecordRejected, match="two numbers in one cell, which differ"):
        read("$1B12e999999")


@pytest.mark.parametrize(("text", "ways"), [("1,234", "1234 or 1.234"), ("$1.234M", "1234000 or 1234000000")])
def test_a_lone_sign_is_not_believed_where_nothing_says_what_it_is(text: str, ways: str) -> None:
    with pytest.raises(RecordRejected) as rejected:
        read(text, Money(doubted=".,"))
    assert all(each in str(rejected.value) for each in (*ways.split(" or "), "DECIMAL=point", "DECIMAL=comma"))
    assert read("1,234.5", Money(doubted=".,")) == Decimal("1234.5")
    assert read("1,234,567", Money(doubted=".,")) == 1234567
    assert read("1.2345", Money(doubted=".,")) == Decimal("1.2345")
    assert read("1.234", Money(doubted=",")) == Decimal("1.234")


def test_a_comma_that_only_a_setting_would_explain_names_it() -> None:
    with pytest.raises(RecordRejected, match="DECIMAL=comma"):
        read("0,512", Money(doubted=".,"))
    with pytest.raises(RecordRejected) as rejected:
        read("0,512")
    assert "DECIMAL" not in str(rejected.value)


@given(st.decimals(min_value=Decimal("1e-30"), max_value=Decimal("1e30"), allow_nan=False, allow_infinity=False))
def test_any_decimal_survives_plain_and_scientific(value: Decimal) -> None:
    assert read(f"{value:f}") == value
    assert read(f"{value:e}") == value


@given(st.integers(min_value=1000, max_value=10**20))
def test_any_grouped_number_is_the_ungrouped_one(value: int) -> None:
    assert read(f"{value:,}.25") == Decimal(f"{value}.25")
