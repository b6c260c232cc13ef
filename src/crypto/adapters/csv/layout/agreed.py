"""The one money that is told of an amount, however many say it, and what to set where they leave it open."""

from collections.abc import Sequence
from typing import Literal

from msgspec import Struct

from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.unreadable import setting
from crypto.adapters.csv.values.money_names import Moneys
from crypto.adapters.csv.values.pairs import UNSAID

NOT_A_PAIR = setting("COLUMNS", "pair=-")


class Told(Struct, frozen=True, kw_only=True):
    """A thing that tells the money of an amount, and the codes of the currencies that it may mean.

    `field` is what a row has it in, if it does. A pair has its readings in words, `ways`, and a coin
    `may_be_called` so instead.
    """

    by: str
    moneys: Moneys
    ways: str = ""
    field: Literal["currency", "pair"] | None = None
    may_be_called: bool = False

    @property
    def is_pair(self) -> bool:
        """Whether a trading pair, such as BTC/EUR, tells the money."""
        return self.field == "pair"


class UnclearMoney(Exception):
    """Nothing tells the money, or two things tell two; the message says what would help."""


def agreed(told: Sequence[Told], declared: FormatOptions) -> str:
    """The code that all of them say, and the declared currency with them; that, or `USD`, where nothing is told.

    A rate that is declared for what they say counts before a currency that is declared for all.

    :raises UnclearMoney: when they do not agree.
    """
    common = frozenset.intersection(*(each.moneys for each in told)) if told else None
    if common is None:
        return declared.currency or "USD"
    if not common:
        raise UnclearMoney(_disagreement(told))
    if declared.currency in common:
        return str(declared.currency)
    if common == {UNSAID}:
        raise UnclearMoney(f"{told[0].by} does not say in which money it is; {_settings(common)}")
    rated = common & declared.rates.keys()
    if len(common) > 1 and not (len(rated) == 1 and not any(each.is_pair for each in told)):
        raise UnclearMoney(f"{told[0].by} may be {told[0].ways or _either(common)}; {_settings(common)}")
    (code,) = rated if len(common) > 1 else common
    if declared.currency and code not in declared.rates:
        raise UnclearMoney(_contradiction(told[0].by, code, declared.currency))
    return code


def not_dollars(by: str, code: str, declared: FormatOptions, *, may_be_called: bool = False) -> str:
    """What to say of an amount for whose money no rate is declared."""
    rate = f"<US dollars for one {code}>"
    remedy = setting("RATE", rate) if code == declared.currency else setting("RATES", f"{code}={rate}")
    coin = f"; if that is what a coin is called, {NOT_A_PAIR} says so" if may_be_called else ""
    return f"{by} is in {code}, which is not taken for US dollars; {remedy} would convert it{coin}"


def currency_and_rate(code: str) -> str:
    """The settings that declare all amounts of a file to be in it."""
    declares = setting("CURRENCY", code)
    return declares if code == "USD" else f"{declares} and {setting('RATE', f'<US dollars for one {code}>')}"


def _contradiction(by: str, code: str, currency: str) -> str:
    rate = "1" if code == "USD" else f"<US dollars for one {code}>"
    declares, remedy = setting("CURRENCY", currency), setting("RATES", f"{code}={rate}")
    return f"{by} is in {code}, and {declares} says otherwise; {remedy} would convert it all the same"


def _disagreement(told: Sequence[Told]) -> str:
    said = ", but ".join(f"{each.by} is in {_either(each.moneys)}" for each in told)
    remedies = dict.fromkeys(setting("COLUMNS", f"{each.field}=-") for each in told if each.field)
    return f"{said}; {' or '.join(remedies)} would leave one out" if remedies else said


def _settings(moneys: Moneys) -> str:
    codes = sorted(moneys - {UNSAID}, key=lambda code: (code != "USD", code)) or ["USD", "<code>"]
    return f"set {', or '.join(map(currency_and_rate, codes))}"


def _either(moneys: Moneys) -> str:
    return " or ".join("money that it does not say" if code == UNSAID else code for code in sorted(moneys))
