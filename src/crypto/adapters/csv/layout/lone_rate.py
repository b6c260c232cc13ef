"""A rate of no named money is for one money, whichever file says it first: no other file's is converted at it."""

from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.unreadable import Unreadable, setting


class LoneRate:
    """What money a declared `RATE` without a `CURRENCY` was taken to be for, and in which file."""

    def __init__(self) -> None:
        self._money = ""
        self._file = ""

    def take(self, declared: FormatOptions, settled: FormatOptions, *, file: str) -> None:
        """Note the money that the beginning of a file settled for the lone rate.

        :raises Unreadable: when that is another money than in a file before.
        """
        money = _money(declared, settled)
        if money is None:
            return
        if self._money and money != self._money:
            rate, one = setting("RATE", f"{declared.rate:f}"), "<US dollars for one>"
            remedy = setting("RATES", f"{self._money}={one},{money}={one}")
            raise Unreadable(
                f"{rate} cannot be for {money} here and for {self._money} in {self._file}; set {remedy}"
            )
        self._money, self._file = money, file


def _money(declared: FormatOptions, settled: FormatOptions) -> str | None:
    if declared.rate is None or declared.currency:
        return None
    found = [settled.currency] if settled.currency else sorted(settled.rates.keys() - declared.rates.keys())
    return next((code for code in found if code not in declared.rates), None)
