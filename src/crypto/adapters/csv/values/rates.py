"""What one of another money is worth in US dollars, as its owner declares it."""

from collections.abc import Mapping
from decimal import Decimal

from crypto.adapters.csv.values.tickers import ALIASES

MAX_EXPONENT = 30


def currency_code(said: str) -> str:
    """The code of a currency as codes are compared: `eur` becomes `EUR`, `XBT` becomes `BTC`.

    :raises ValueError: for what is not a code.
    """
    code = said.strip().upper()
    if not (code.isascii() and code.isalnum() and 2 <= len(code) <= 10):
        raise ValueError(f"currency is {said!r}; it takes a code such as USD, EUR or USDT")
    return ALIASES.get(code, code)


def rates_by_code(said: Mapping[str, Decimal]) -> dict[str, Decimal]:
    """The rates by their currencies' codes as codes are compared.

    :raises ValueError: when a rate makes no sense, or two of one money differ.
    """
    rates: dict[str, Decimal] = {}
    for currency, rate in said.items():
        code = currency_code(currency)
        _check_size(f"rates has {code}={rate}", rate)
        if rates.setdefault(code, rate) != rate or (code == "USD" and rate != 1):
            raise ValueError(f"rates has {code}={rate} and {code}={rates[code] if code != 'USD' else 1}")
    return rates


def check_rate(rate: Decimal | None, currency: str | None, rates: Mapping[str, Decimal]) -> None:
    """See that a rate is for other money than US dollars, and is the same among the `rates`.

    :raises ValueError: when it is not.
    """
    if rate is None:
        return
    _check_size(f"rate is {rate}", rate)
    if currency == "USD":
        raise ValueError(f"rate is {rate} and currency USD; set the currency that it is for, too")
    if currency and rates.get(currency, rate) != rate:
        raise ValueError(f"rate is {rate}, and rates has {currency}={rates[currency]}")


def _check_size(said: str, rate: Decimal) -> None:
    if not rate.is_finite() or rate <= 0 or abs(rate.adjusted()) > MAX_EXPONENT:
        raise ValueError(f"{said}; it takes the US dollars for one of the currency, such as 1.08")
