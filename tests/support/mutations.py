"""Recorded pages changed in one place, and by which rule each change must show."""

import json
from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any

from msgspec import Struct

Object = dict[str, Any]
Path = tuple[str, ...]

READ: Mapping[str, Mapping[Path, str]] = {
    "coingecko": {
        ("id",): "key", ("last_updated",): "key", ("name",): "label", ("symbol",): "label",
        ("current_price",): "price", ("market_cap",): "cap", ("total_volume",): "volume",
    },
    "coinpaprika": {
        ("id",): "key", ("last_updated",): "key", ("name",): "label", ("symbol",): "label",
        ("quotes",): "key", ("quotes", "USD"): "key", ("quotes", "USD", "price"): "price",
        ("quotes", "USD", "market_cap"): "cap", ("quotes", "USD", "volume_24h"): "volume",
    },
}  # fmt: skip
"""The fields that something is read from: without a key there is no quote, without another one it says less."""

AMOUNTS = {"price", "cap", "volume"}
LEFT_OUT = ("_in_currency", "circulating_supply")
"""Ends of names that may be missing: what is asked for, or paid for."""

NEVER_NULL = {("id",), ("symbol",), ("name",), ("image",), ("last_updated",)}
TOKENS = {"string": '"7"', "number": "7", "boolean": "true", "array": "[1]", "object": '{"a":1}'}


class Token(str):
    """JSON text as it is to be sent."""

    __slots__ = ()


class Twin(str):
    """A name that is there twice."""

    __slots__ = ()

    __hash__ = object.__hash__

    def __eq__(self, other: object) -> bool:
        return self is other


class Expected(Struct, frozen=True, kw_only=True):
    """What a change must lead to: coins without the quote they had, rejections of records and of fields, drift, or
    no page at all."""

    changed: frozenset[str] = frozenset()
    rejected: int = 0
    unread: int = 0
    drift: frozenset[tuple[str, str]] = frozenset()
    no_page: bool = False

    @property
    def outcome(self) -> str:
        """In a word or two."""
        if self.no_page:
            return "page error"
        parts = {
            "rejected": self.rejected,
            "unread": self.unread,
            "other quotes": self.changed and not self.rejected,
            "drift": self.drift,
        }
        return " + ".join(name for name, there in parts.items() if there) or "SILENT"


def records_of(body: bytes, most: int) -> list[Object]:
    """The first records of a page, their numbers as sent."""
    records: list[Object] = json.loads(body, parse_float=Token, parse_int=Token)[:most]
    return records


def encoded(value: Any) -> bytes:
    """JSON again."""
    return b"".join(_encoded(value))


def _encoded(value: Any) -> Iterator[bytes]:
    if isinstance(value, Token):
        yield value.encode("latin-1")
    elif isinstance(value, dict):
        pairs = (json.dumps(str(name)).encode() + b":" + encoded(each) for name, each in value.items())
        yield b"{" + b",".join(pairs) + b"}"
    elif isinstance(value, list):
        yield b"[" + b",".join(map(encoded, value)) + b"]"
    else:
        yield json.dumps(value, ensure_ascii=False).encode()


class Mutant:
    """One page, about to be changed at one place of one record."""

    def __init__(self, source: str, records: list[Object], dice: Random) -> None:
        self.source, self.records, self.dice = source, records, dice
        self.position = dice.randrange(len(records))
        self.record = records[self.position]
        self.coin = frozenset({str(self.record["id"])})

    @property
    def body(self) -> bytes:
        return encoded(self.records)

    def pick(self, *roles: str, nullable: bool | None = None) -> Path:
        """A field of one of these roles; `other` are those that nothing is read from."""
        fits = [path for path in _paths(self.record) if self.role(path) in (roles or {self.role(path)})]
        if nullable is not None:
            fits = [path for path in fits if self.is_nullable(path) == nullable]
        return self.dice.choice(fits)

    def role(self, path: Path) -> str:
        return READ[self.source].get(path, "other")

    def is_nullable(self, path: Path) -> bool:
        if self.source == "coingecko":
            return path not in NEVER_NULL
        return "ath" in path[-1]

    def value(self, path: Path) -> Any:
        return self.parent(path)[path[-1]]

    def parent(self, path: Path) -> Object:
        found = self.record
        for name in path[:-1]:
            found = found[name]
        return found

    def put(self, path: Path, value: Any) -> None:
        self.parent(path)[path[-1]] = value

    def is_unknown(self, path: Path) -> bool:
        """Whether nothing is read there as it is."""
        value = self.value(path)
        return value is None or (self.role(path) in {"price", "cap"} and float(value) == 0)

    def without(self, path: Path, *drift: tuple[str, str]) -> Expected:
        """What it must lead to that a field says nothing any more."""
        role = self.role(path)
        gone = role == "key" or (role != "other" and not self.is_unknown(path))
        return self.expected(drift, rejected=role == "key", changed=gone)

    def unreadable(self, path: Path, *drift: tuple[str, str]) -> Expected:
        """What it must lead to that a field holds nonsense."""
        role = self.role(path)
        if role in {"key", "price"}:
            return self.expected(drift, rejected=True)
        read = role != "other"
        changed = self.coin if read and not self.is_unknown(path) else frozenset[str]()
        return Expected(changed=changed, unread=int(read), drift=frozenset(drift))

    def expected(
        self, drift: tuple[tuple[str, str], ...] = (), *, rejected: bool, changed: bool = True
    ) -> Expected:
        coins = self.coin if changed else frozenset[str]()
        return Expected(changed=coins, rejected=int(rejected), drift=frozenset(drift))


def _paths(record: Object, above: Path = ()) -> Iterator[Path]:
    """All fields but those below one that may be null."""
    for name, value in record.items():
        if not name.endswith(LEFT_OUT):
            yield (*above, name)
        if isinstance(value, dict) and name != "roi":
            yield from _paths(value, (*above, name))


def _kind(value: Any) -> str:
    if isinstance(value, Token):
        return "number"
    return {str: "string", dict: "object", type(None): "null"}[type(value)]


def _known(mutant: Mutant, path: Path) -> set[str]:
    kinds = {_kind(mutant.value(path))} | ({"null"} if mutant.is_nullable(path) else set())
    if kinds == {"null"}:
        return {"null", "number", "object"}  # what else it may be cannot be told from this record
    return kinds | ({"object"} if path[-1] == "roi" else set())


def dropped(mutant: Mutant) -> Expected:
    path = mutant.pick()
    expected = mutant.without(path, (".".join(path), "missing"))
    expected = _price_is_missed(mutant, path, expected, missing=True)
    del mutant.parent(path)[path[-1]]
    return expected


def _price_is_missed(mutant: Mutant, path: Path, expected: Expected, *, missing: bool) -> Expected:
    """A record without the field of its price is not believed; one with a null there has an unknown price."""
    if mutant.role(path) != "price" or not missing:
        return expected
    return Expected(changed=mutant.coin, rejected=1, drift=expected.drift)


def renamed(mutant: Mutant) -> Expected:
    path = mutant.pick()
    value, name = mutant.value(path), f"{path[-1]}_v2"
    expected = mutant.without(path, (".".join(path), "missing"), (".".join((*path[:-1], name)), _kind(value)))
    expected = _price_is_missed(mutant, path, expected, missing=True)
    del mutant.parent(path)[path[-1]]
    mutant.parent(path)[name] = value
    return expected


def retyped(mutant: Mutant) -> Expected:
    path = mutant.pick()
    kind = mutant.dice.choice(sorted(set(TOKENS) - _known(mutant, path)))
    drift = (".".join(path), kind)
    expected = mutant.unreadable(path, drift)
    if mutant.role(path) in AMOUNTS and kind == "string":  # a number in a text is that number
        expected = mutant.expected((drift,), rejected=False)
    mutant.put(path, Token(TOKENS[kind]))
    return expected


def nulled(mutant: Mutant) -> Expected:
    path = mutant.pick(nullable=False)
    expected = mutant.without(path, (".".join(path), "null"))
    mutant.put(path, None)
    return expected


def unknown(mutant: Mutant) -> Expected:
    """A null where the price, cap or volume of a coin may be null."""
    path = mutant.pick("price", "cap", "volume")
    drift = () if mutant.is_nullable(path) else ((".".join(path), "null"),)
    expected = mutant.without(path, *drift)
    mutant.put(path, None)
    return expected


def repeated(mutant: Mutant) -> Expected:
    path = mutant.pick()
    parent = mutant.parent(path)
    value = mutant.value(path)
    earlier = encoded(value).decode("latin-1") if isinstance(value, dict) else '"earlier"'
    fields = {Twin(path[-1]): Token(earlier), **parent}
    parent.clear()
    parent.update(fields)
    return mutant.expected(((".".join(path), "repeated"),), rejected=False, changed=False)


def added(mutant: Mutant) -> Expected:
    parent = mutant.dice.choice([(), *([("quotes", "USD"), ("quotes",)] if "quotes" in mutant.record else [])])
    kind = mutant.dice.choice(sorted(TOKENS))
    mutant.put((*parent, "brand_new"), Token(TOKENS[kind]))
    return mutant.expected(((".".join((*parent, "brand_new")), kind),), rejected=False, changed=False)


def no_number(mutant: Mutant) -> Expected:
    path = mutant.pick()
    expected = mutant.unreadable(path, (".".join(path), "nan"))
    mutant.put(path, Token(mutant.dice.choice(["NaN", "Infinity", "-Infinity"])))
    return expected


def absurd(mutant: Mutant) -> Expected:
    path = mutant.pick(*AMOUNTS)
    expected = mutant.unreadable(path)
    mutant.put(path, Token(mutant.dice.choice(["1e400", "1e-400", "9" * 90, "1" * 500, "-1.5", "1e99999999999"])))
    return expected


def garbled(mutant: Mutant) -> Expected:
    path = mutant.pick("label")
    mutant.put(path, Token(mutant.dice.choice(['"\\ud800"', '"\xff"', '"\x07"'])))
    return mutant.expected(rejected=True)


def unstorable(mutant: Mutant) -> Expected:
    path = mutant.pick("label")
    expected = mutant.unreadable(path)
    mutant.put(path, Token(mutant.dice.choice(['"a\\u0000b"', f'"{"x" * 1001}"'])))
    return expected


def misdated(mutant: Mutant) -> Expected:
    times = ["2100-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "2022-01-01T00:00:00", "yesterday", ""]
    mutant.put(("last_updated",), mutant.dice.choice(times))
    return mutant.expected(rejected=True)


def swapped(mutant: Mutant) -> Expected:
    """The prices of two coins, if they are two."""
    path = mutant.pick("price")
    other = mutant.records[mutant.position - 1]
    mine = mutant.value(path)
    theirs = Mutant(mutant.source, [other], mutant.dice)
    mutant.put(path, theirs.value(path))
    theirs.put(path, mine)
    return Expected(changed=mutant.coin | theirs.coin)


def nested(mutant: Mutant) -> Expected:
    mutant.records[mutant.position] = [mutant.record]  # type: ignore[call-overload]
    return mutant.expected((("$", "array"),), rejected=True)


def no_record(mutant: Mutant) -> Expected:
    kind = mutant.dice.choice(["string", "number", "boolean"])
    mutant.records[mutant.position] = Token(TOKENS[kind])  # type: ignore[call-overload]
    return mutant.expected((("$", kind),), rejected=True)


def no_json(mutant: Mutant) -> Expected:
    junk = mutant.dice.choice(["<br />Warning: out of memory", "undefined", '{"id" "a"}', "1 2"])
    mutant.records[mutant.position] = Token(junk)  # type: ignore[call-overload]
    return mutant.expected(rejected=True)


def left_out(mutant: Mutant) -> Expected:
    del mutant.records[mutant.position]
    return mutant.expected(rejected=False)


def cut(mutant: Mutant) -> Expected:
    text = encoded(mutant.record).decode("latin-1")
    mutant.records[mutant.position] = Token(text[: -mutant.dice.randint(1, len(text) - 1)])  # type: ignore[call-overload]
    return Expected(no_page=True)


def enveloped(mutant: Mutant) -> Expected:
    records = list(mutant.records)
    mutant.records = {"data": records}  # type: ignore[assignment]
    return Expected(no_page=True)


MUTATIONS: Mapping[str, Callable[[Mutant], Expected]] = {
    each.__name__: each
    for each in (
        dropped, renamed, retyped, nulled, unknown, repeated, added, no_number, absurd, garbled, unstorable,
        misdated, swapped, nested, no_record, no_json, left_out, cut, enveloped,
    )
}  # fmt: skip
