"""Amounts are exact: no digit is lost, and nonsense is refused at birth."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.domain.amount import MAX_DIGITS, amount, known_amount
from crypto.domain.rejection import Reason, RecordRejected

sane = st.decimals(min_value=Decimal("1e-30"), max_value=Decimal("1e30"), allow_nan=False).filter(
    lambda value: len(value.as_tuple().digits) <= MAX_DIGITS
)


@given(sane)
def test_no_digit_is_lost(value: Decimal) -> None:
    kept = amount(value, field="price_usd")
    assert kept == value


@given(st.integers(1, 10**40), st.integers(-30, 20), st.integers(0, 20))
def test_trailing_zeros_are_trimmed_and_nothing_else(digits: int, exponent: int, zeros: int) -> None:
    plain = amount(Decimal(digits).scaleb(exponent), field="price_usd")
    padded = amount(Decimal(digits * 10**zeros).scaleb(exponent - zeros), field="price_usd")
    assert str(plain) == str(padded)


def test_the_smallest_real_price_survives() -> None:
    assert str(amount(Decimal("3.84e-18"), field="price_usd")) == "3.84E-18"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("NaN", Reason.NOT_A_NUMBER),
        ("-NaN", Reason.NOT_A_NUMBER),
        ("sNaN", Reason.NOT_A_NUMBER),
        ("Infinity", Reason.NOT_A_NUMBER),
        ("-Infinity", Reason.NOT_A_NUMBER),
        ("-0.01", Reason.NEGATIVE),
        ("1e61", Reason.OUT_OF_RANGE),
        ("1e-61", Reason.OUT_OF_RANGE),
        ("1e100000000", Reason.OUT_OF_RANGE),
        ("-1e100000000", Reason.NEGATIVE),
        ("1." + "1" * 80, Reason.OUT_OF_RANGE),
    ],
)
def test_nonsense_is_refused(text: str, reason: Reason) -> None:
    with pytest.raises(RecordRejected) as refusal:
        amount(Decimal(text), field="price_usd")
    assert refusal.value.reason is reason
    assert "price_usd" in refusal.value.detail


def test_zero_is_unknown_only_where_it_cannot_be_real() -> None:
    assert known_amount(Decimal("0.00"), field="market_cap") is None
    assert amount(Decimal("-0.00"), field="volume_24h") == 0
    assert amount(None, field="volume_24h") is None
