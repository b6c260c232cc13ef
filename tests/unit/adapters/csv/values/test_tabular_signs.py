"""Which money a sign beside an amount stands for: a Tether is not a dollar, and neither is a cent."""

import pytest

from crypto.adapters.csv.values.signs import money_of


@pytest.mark.parametrize(
    ("sign", "currency"),
    [("$", "USD"), ("$", "AUD"), ("US$", "USD"), ("usd", "USD"), ("U$S", "USD"), ("kr", "SEK"), ("Rs.", "INR")],
)
def test_a_sign_may_stand_for_a_currency(sign: str, currency: str) -> None:
    assert currency in (money_of(sign) or ())


@pytest.mark.parametrize("sign", ["USDT", "€", "R$", "C$", "A$", "kr", "Ξ", "₿", "¢", "sats", "gwei", "₡", "doge"])
def test_other_money_is_not_dollars(sign: str) -> None:
    found = money_of(sign)
    assert found is not None
    assert "USD" not in found


@pytest.mark.parametrize("sign", ["apples", "lakh", "crore", "Mrd", "Mio", "x", "#"])
def test_what_is_not_money_is_not_taken_for_money(sign: str) -> None:
    assert money_of(sign) is None


def test_a_dollar_sign_is_not_a_tether() -> None:
    assert "USDT" not in (money_of("$") or ())
