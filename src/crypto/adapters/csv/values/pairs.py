"""The money that a traded pair is quoted in: `BTC/EUR`, `ETH-BTC`, `BTCUSDT`; and what only looks like a pair."""

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from msgspec import Struct

from crypto.adapters.csv.values.currency import CODES, FIAT, STABLE
from crypto.adapters.csv.values.tickers import ALIASES, COINS, LONG_NAMES, PEGGED

UNSAID = "?"
"""The money of a future such as `BTC-PERP`, which does not say it."""

_MONEYS = {**{code: code for code in CODES}, **ALIASES, **{f"Z{code}": code for code in FIAT}}
_LONGEST = max(map(len, _MONEYS))

_ENDS = """
USD USDT USDC BUSD TUSD FDUSD DAI UST BTC ETH BNB EUR GBP JPY KRW AUD CAD BRL TRY INR IDR RUB UAH ZAR MXN PLN
"""
_SURE_ENDS = frozenset(_ENDS.split())
"""What a pair in one word ends with where nothing says that it is one."""

_EXCHANGE = re.compile(r"[A-Za-z][A-Za-z0-9_.]{0,19}:(?=.{4})|(?:p[if]|f[if]|cmt)_", re.IGNORECASE)
_CONTRACT = re.compile(
    r"(?:[-_.](?:SWAP|PERPETUAL|PERP|P|SPOT|S?UMCBL|[DC]MCBL|UM|CM|FUT|[0-9]{6}|[0-9]{8})|=X)$", re.IGNORECASE
)
_SETTLED = re.compile(r"(?<=/)([A-Za-z]{3,5}):[A-Za-z]{3,5}(?:-[0-9]{6})?$")
_FUTURE = re.compile(r"([A-Z0-9]{2,10})[-_/]?PERP")
_SEPARATED = re.compile(r"([A-Za-z0-9.$]{1,20})([/_\-: ])([A-Za-z0-9]{2,10})")
_GLUED = re.compile(r"[A-Za-z0-9]{5,20}", re.ASCII)
_MANY = re.compile(r"^1(?:0{3,9}|[MK])(?=[A-Z])")


class Pair(Struct, frozen=True, kw_only=True):
    """One way to read a pair: `base` is what the price is of, `money` what it is in.

    `known` is a base that everybody trades. `sure` is what is a pair also where nothing says that there are any:
    no coin is called so.
    """

    base: str
    money: str
    known: bool
    sure: bool


@lru_cache(maxsize=32_768)
def pairs_in(text: str) -> tuple[Pair, ...]:
    """Every way in which a text is a pair; none for what is a coin, several where the base does not settle it."""
    text = text.strip()
    if text.upper() in COINS | CODES:
        return ()
    return tuple(_separated(text) or _marked(text) or _glued(text) or _dressed(text))


def moneys_in(text: str, *, traded: bool) -> frozenset[str]:
    """What a text that may be a pair is quoted in: none for a coin, several where it cannot be told.

    Where rows are `traded`, each way to read it counts, else only what no coin is called.
    """
    return frozenset(pair.money for pair in pairs_in(text) if traded or pair.sure)


def is_known(text: str) -> bool:
    """Whether a text is a coin or money that everybody trades."""
    plain = _MANY.sub("", text.upper())
    return plain in COINS or plain in ALIASES or text.lower() in LONG_NAMES


def outranks(money: str, other: str) -> bool:
    """Whether a market of the two is quoted in the first by custom."""
    return _rank(money) < _rank(other)


def _rank(money: str) -> int:
    coins = ("BTC", "ETH", "BNB")
    return 0 if money in FIAT else 1 if money in STABLE else 2 + coins.index(money) if money in coins else 9


def _marked(text: str) -> list[Pair]:
    """As Bitfinex writes: `tBTCUSD`."""
    return [pair for pair in pairs_in(text[1:]) if pair.known] if re.match("t[A-Z0-9]{5}", text) else []


def _dressed(text: str) -> Iterable[Pair]:
    """A pair with its exchange or its kind of contract: `BINANCE:BTCUSDT`, `BTC-USD-SWAP`, `BTC/USDT:USDT`."""
    if (future := _FUTURE.fullmatch(text)) and is_known(future[1]):
        return [Pair(base=future[1], money=UNSAID, known=True, sure=True)]
    bare = (_EXCHANGE.sub("", text, count=1), _SETTLED.sub(r"\1", text), _CONTRACT.sub("", text))
    return next((pairs_in(each) for each in bare if each != text and pairs_in(each)), ())


def _separated(text: str) -> list[Pair]:
    found = _SEPARATED.fullmatch(text)
    if not found or (found[2] == " " and not is_known(found[1])):
        return []
    first, sign, last = found[1].upper(), found[2], found[3].upper()
    orders = _orders(first, last) if sign in "-_:" else _order(first, last)
    return [_pair(base, money, plain=text == text.upper(), sign=sign) for base, money in orders]


def _pair(base: str, money: str, *, plain: bool, sign: str) -> Pair:
    known = is_known(base)
    sure = plain or sign == "/" or (known and (sign != "-" or money in FIAT))
    return Pair(base=base, money=money, known=known, sure=sure)


def _order(first: str, last: str) -> Iterator[tuple[str, str]]:
    if money := _MONEYS.get(last):
        yield first, money


def _orders(first: str, last: str) -> Iterator[tuple[str, str]]:
    """Most say the money last; `KRW-BTC` and `USDT_XRP` say it first, and nothing tells the two customs apart."""
    yield from _order(first, last)
    before, after = _MONEYS.get(first), _MONEYS.get(last)
    if before and before != after and last in COINS and (not after or outranks(before, after)):
        yield last, before


def _glued(text: str) -> list[Pair]:
    """The splits whose base is known, else all: `XYZTUSD` may be XYZT in USD or XYZ in TUSD."""
    upper = text.upper()
    if not _GLUED.fullmatch(text):
        return []
    ends = ((upper[:-size], upper[-size:]) for size in range(3, min(_LONGEST, len(upper) - 1) + 1))
    splits = [(base, _MONEYS[code]) for base, code in ends if code in _MONEYS]
    one_case = text in (upper, text.lower()) and upper not in PEGGED
    for settles in (is_known, FIAT.__contains__):
        if known := [split for split in splits if settles(split[0])]:
            return [Pair(base=b, money=m, known=True, sure=one_case and m in _SURE_ENDS) for b, m in known]
    if upper in PEGGED:
        return []
    return [Pair(base=base, money=money, known=False, sure=False) for base, money in splits if len(base) > 1]
