"""Records as providers send them, spelled byte by byte, and what each must come to: believed so, or rejected."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import TypeAlias

from msgspec import Struct
from msgspec.structs import replace

Tokens: TypeAlias = dict[str, bytes]
"""The JSON of each field by our own name for it, in the order in which they are sent."""


class Said(Struct, frozen=True, kw_only=True):
    """What a believable record says; a price or market cap of 0 says nothing."""

    coin_id: str
    name: str | None
    symbol: str | None
    price_usd: Decimal | None
    market_cap: Decimal | None
    volume_24h: Decimal | None
    observed_at: datetime


class Record(Struct, frozen=True, kw_only=True):
    """One record of a list: its bytes, and what it says; None when nothing of it can be believed."""

    text: bytes
    said: Said | None


def spelled(source: str, tokens: Mapping[str, bytes]) -> bytes:
    """The record as its provider nests and names it."""
    if source == "coingecko":
        return _object({GECKO.get(name, name): token for name, token in tokens.items()})
    dollars = {name: token for name, token in tokens.items() if name in DOLLARS}
    rest = {name: token for name, token in tokens.items() if name not in DOLLARS}
    return _object({**rest, "quotes": _object({"USD": _object(dollars)})})


DOLLARS = ("price", "volume_24h", "market_cap")
GECKO = {"price": "current_price", "volume_24h": "total_volume"}


def _object(tokens: Mapping[str, bytes]) -> bytes:
    return b"{" + b",".join(b'"%s":%s' % (name.encode(), token) for name, token in tokens.items()) + b"}"


def quoted(text: str) -> bytes:
    """A JSON text, every character as itself."""
    return b'"' + text.replace("\\", "\\\\").replace('"', '\\"').encode() + b'"'


def stamp(moment: datetime) -> bytes:
    """A time as providers write it, to the millisecond."""
    return b'"' + moment.strftime("%Y-%m-%dT%H:%M:%S.%f")[:-3].encode() + b'Z"'


def _without(field: str) -> Callable[[Tokens], Tokens]:
    return lambda tokens: {name: token for name, token in tokens.items() if name != field}


def _with(field: str, token: bytes) -> Callable[[Tokens], Tokens]:
    return lambda tokens: {**tokens, field: token}


REJECTED: Mapping[str, Callable[[Tokens], Tokens]] = {
    "no id": _without("id"),
    "id null": _with("id", b"null"),
    "id empty": _with("id", b'""'),
    "id a number": _with("id", b"17"),
    "id with NUL": _with("id", rb'"a\u0000b"'),
    "id with half a surrogate pair": _with("id", rb'"a\ud800"'),
    "id of 600 bytes": _with("id", b'"%s"' % (b"i" * 600)),
    "name with half a surrogate pair": _with("name", rb'"\udfff"'),
    "name no UTF-8": _with("name", b'"caf\xe9"'),
    "symbol with a control character": _with("symbol", b'"a\x01"'),
    "no price": _without("price"),
    "price NaN": _with("price", b"NaN"),
    "price Infinity": _with("price", b"-Infinity"),
    "price negative": _with("price", b"-0.5"),
    "price 1e400": _with("price", b"1e400"),
    "price 1e999999999": _with("price", b"1e999999999"),
    "price 1e-400": _with("price", b"1e-400"),
    "price of 90 digits": _with("price", b"1." + b"7" * 89),
    "price of 1,000 digits": _with("price", b"3" * 1000),
    "price a text with a sign": _with("price", b'"$12.5"'),
    "price NaN as text": _with("price", b'"NaN"'),
    "price an object": _with("price", b'{"value":1}'),
    "no time": _without("last_updated"),
    "time null": _with("last_updated", b"null"),
    "time a number": _with("last_updated", b"1767225600"),
    "time in words": _with("last_updated", b'"yesterday"'),
    "time without offset": _with("last_updated", b'"2026-11-01T00:00:00"'),
    "time of next year": _with("last_updated", b'"2027-11-01T00:00:00Z"'),
    "time before Bitcoin": _with("last_updated", b'"2008-01-01T00:00:00Z"'),
    "time in year 0": _with("last_updated", b'"0000-01-01T00:00:00Z"'),
    "time of 31 February": _with("last_updated", b'"2026-02-31T00:00:00Z"'),
}
"""Damages that leave nothing to believe."""

NO_RECORDS = (b"null", b"17", b'"text"', b"[]", b"{}", b"true", b"NaN", rb'"\ud800"', b"-0", b"1e999")
"""What may stand in a list in place of a record."""

FORTY_DIGITS = b"1.234567890123456789012345678901234567891"

Mended: TypeAlias = tuple[Callable[[Tokens], Tokens], Callable[[Said], Said]]

KEPT: Mapping[str, Mended] = {
    "price null": (_with("price", b"null"), lambda said: replace(said, price_usd=None)),
    "price empty": (_with("price", b'""'), lambda said: replace(said, price_usd=None)),
    "price 0": (_with("price", b"0.000"), lambda said: replace(said, price_usd=None)),
    "price -0": (_with("price", b"-0.0"), lambda said: replace(said, price_usd=None)),
    "price of 40 digits": (
        _with("price", FORTY_DIGITS), lambda said: replace(said, price_usd=Decimal(FORTY_DIGITS.decode()))
    ),
    "price 1e-30": (_with("price", b"1e-30"), lambda said: replace(said, price_usd=Decimal("1e-30"))),
    "price a text": (_with("price", b'"12.5"'), lambda said: replace(said, price_usd=Decimal("12.5"))),
    "market cap a text": (_with("market_cap", b'"7e9"'), lambda said: replace(said, market_cap=Decimal("7e9"))),
    "market cap true": (_with("market_cap", b"true"), lambda said: replace(said, market_cap=None)),
    "market cap -1": (_with("market_cap", b"-1"), lambda said: replace(said, market_cap=None)),
    "market cap NaN": (_with("market_cap", b"NaN"), lambda said: replace(said, market_cap=None)),
    "volume a list": (_with("volume_24h", b"[1]"), lambda said: replace(said, volume_24h=None)),
    "volume of 90 digits": (_with("volume_24h", b"7" * 90), lambda said: replace(said, volume_24h=None)),
    "name a list": (_with("name", b'["a"]'), lambda said: replace(said, name=None)),
    "name of 1,500 characters": (
        _with("name", b'"%s"' % (b"n" * 1500)), lambda said: replace(said, name=None)
    ),
    "no market cap": (_without("market_cap"), lambda said: replace(said, market_cap=None)),
    "volume 0": (_with("volume_24h", b"0e7"), lambda said: replace(said, volume_24h=Decimal(0))),
    "volume null": (_with("volume_24h", b"null"), lambda said: replace(said, volume_24h=None)),
    "id with spaces": (
        lambda tokens: {**tokens, "id": b'" ' + tokens["id"].strip(b'"') + b' "'},
        lambda said: replace(said, coin_id=f" {said.coin_id} "),
    ),
    "name right to left, and an emoji": (
        _with("name", quoted("\u202eniocteb\u200b \U0001f680")),
        lambda said: replace(said, name="\u202eniocteb\u200b \U0001f680"),
    ),
    "name escaped": (_with("name", rb'"\u0042\ud83d\ude80\/"'), lambda said: replace(said, name="B\U0001f680/")),
    "a new field": (_with("extra", b'{"a":[[[1e5,{"b":null}]]]}'), lambda said: said),
    "a deep field": (_with("deep", b"[" * 60 + b"]" * 60), lambda said: said),
}  # fmt: skip
"""Oddities that must come in exactly as they are, or without the one field that cannot be read."""


def elsewhere(moment: datetime) -> bytes:
    """The same moment, said in another time zone."""
    local = moment.astimezone(timezone(timedelta(hours=5, minutes=30)))
    return b'"' + local.isoformat(timespec="milliseconds").encode() + b'"'


def twice(text: bytes) -> bytes:
    """The record with its id there twice: the last one counts."""
    return b'{"id":"an-earlier-id",' + text[1:]
