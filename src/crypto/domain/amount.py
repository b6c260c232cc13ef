"""Amounts of money, exact: what a provider may say a price, a market cap or a volume is."""

from decimal import Context, Decimal

from crypto.domain.rejection import Reason, RecordRejected

MAX_DIGITS = 80
"""Significant digits kept of an amount; real ones have up to 19, `numeric` takes 16,383 after the point."""

MAX_EXPONENT = 60
"""Amounts from 1e-60 up to 1e61 are believed; real ones go from 3.84e-18 to 1e13."""

_EXACT = Context(prec=MAX_DIGITS)


def amount(value: Decimal | None, *, field: str) -> Decimal | None:
    """The amount in US dollars, trailing zeros trimmed, no digit lost; None stays None.

    :raises RecordRejected: when it is NaN, infinite, negative, or absurdly large, small or long.
    """
    if value is None:
        return None
    if not value.is_finite():
        raise RecordRejected(Reason.NOT_A_NUMBER, f"{field} is {value}")
    if value.is_zero():
        return Decimal(0)
    if value < 0:
        raise RecordRejected(Reason.NEGATIVE, f"{field} is {value:.6g}")
    if abs(value.adjusted()) > MAX_EXPONENT:
        raise RecordRejected(Reason.OUT_OF_RANGE, f"{field} has {value.adjusted()} as its exponent")
    if len(value.as_tuple().digits) > MAX_DIGITS:
        raise RecordRejected(Reason.OUT_OF_RANGE, f"{field} has more than {MAX_DIGITS} digits")
    return value.normalize(_EXACT)


def plain(value: Decimal | None) -> Decimal | None:
    """The same number, a large one as 2201000000000 and not as 2.201E+12; small ones may keep their exponent."""
    return Decimal(f"{value:f}") if value is not None and "E+" in str(value) else value


def known_amount(value: Decimal | None, *, field: str) -> Decimal | None:
    """The amount, with 0 read as unknown: providers send 0 for a price or market cap they do not have.

    :raises RecordRejected: as `amount` does.
    """
    return amount(value, field=field) or None
