"""What the records of the REST sources turn out to be: the same promises asked of each."""

import json
import random
from datetime import UTC, datetime
from decimal import Context, Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.adapters.fetch.numbers import number
from crypto.adapters.fetch.records import unix_time
from crypto.domain.page import ParsedPage
from crypto.domain.rejection import Reason, RecordRejected, Rejection
from tests.support.clock import NOON
from tests.support.laws import examples
from tests.support.provider_market import Market
from tests.support.provider_sources import COIN_LISTS, page_of, source

PRICE = {"coinpaprika": "price", "coingecko": "current_price"}
CAP = {"coinpaprika": "market_cap", "coingecko": "market_cap"}
VOLUME = {"coinpaprika": "volume_24h", "coingecko": "total_volume"}


def record(name: str, /, **changes: str) -> str:
    """One record as JSON text; `changes` are JSON tokens, "" leaves the field out."""
    fields = {
        "id": '"coin-1"', "name": '"Coin"', "symbol": '"c"', "last_updated": '"2026-11-02T11:59:00.123Z"',
        "price": "1.5", "cap": "3", "volume": "4",
    }  # fmt: skip
    fields.update(changes)
    numbers = {PRICE[name]: fields.pop("price"), CAP[name]: fields.pop("cap"), VOLUME[name]: fields.pop("volume")}
    if name == "coinpaprika":
        return _object({**fields, "quotes": f'{{"USD":{_object(numbers)}}}'})
    return _object({**fields, **numbers})


def _object(fields: dict[str, str]) -> str:
    return "{" + ",".join(f'"{key}":{token}' for key, token in fields.items() if token) + "}"


def parsed(name: str, *records: str | bytes) -> ParsedPage:
    body = b",".join(each.encode() if isinstance(each, str) else each for each in records)
    return source(name).parse(page_of(b"[" + body + b"]", source=name))


def rejected(name: str, /, **changes: str) -> Rejection:
    return parsed(name, record(name, **changes)).rejections[0]


@pytest.mark.parametrize("name", COIN_LISTS)
def test_a_record_becomes_a_quote(name: str) -> None:
    quote = parsed(name, record(name)).quotes[0]
    assert (quote.source, quote.coin_id, quote.name, quote.symbol) == (name, "coin-1", "Coin", "c")
    assert (quote.price_usd, quote.market_cap, quote.volume_24h) == (Decimal("1.5"), Decimal(3), Decimal(4))
    assert quote.observed_at == datetime(2026, 11, 2, 11, 59, 0, 123000, tzinfo=UTC)
    assert (quote.ingested_at, quote.position) == (NOON, 0)


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize("unknown", ["null", '""', "0", "0.0", "-0", "0e5"])
def test_unknown_is_none_and_a_volume_of_zero_is_zero(name: str, unknown: str) -> None:
    quote = parsed(name, record(name, price=unknown, cap=unknown, volume=unknown)).quotes[0]
    assert (quote.price_usd, quote.market_cap) == (None, None)
    assert quote.volume_24h == (None if unknown in {"null", '""'} else 0)


@pytest.mark.parametrize("name", COIN_LISTS)
def test_cap_and_volume_may_be_absent_but_a_price_without_a_field_is_drift(name: str) -> None:
    quote = parsed(name, record(name, cap="", volume="")).quotes[0]
    assert (quote.market_cap, quote.volume_24h) == (None, None)
    assert rejected(name, price="").reason == Reason.BAD_FIELD


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize("coin_id", ["1move token", "dps-doubloon ", "boringdao-[old]", "bitCNY", " ", "é😀"])
def test_ids_stay_as_sent(name: str, coin_id: str) -> None:
    assert parsed(name, record(name, id=json.dumps(coin_id))).quotes[0].coin_id == coin_id


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"id": ""}, Reason.MISSING_ID),
        ({"id": "null"}, Reason.MISSING_ID),
        ({"id": '""'}, Reason.MISSING_ID),
        ({"id": "7"}, Reason.BAD_FIELD),
        ({"last_updated": ""}, Reason.MISSING_TIME),
        ({"last_updated": "null"}, Reason.MISSING_TIME),
        ({"last_updated": '""'}, Reason.MISSING_TIME),
        ({"last_updated": "1700000000"}, Reason.BAD_TIME),
        ({"last_updated": '"yesterday"'}, Reason.BAD_TIME),
        ({"last_updated": '"2026-11-02T11:59:00"'}, Reason.BAD_TIME),
        ({"last_updated": '"0001-01-01T00:00:00+23:00"'}, Reason.BAD_TIME),
        ({"last_updated": '"2008-01-01T00:00:00Z"'}, Reason.TIME_OUT_OF_RANGE),
        ({"last_updated": '"2026-11-02T12:10:01Z"'}, Reason.TIME_OUT_OF_RANGE),
        ({"price": '"1,5"'}, Reason.NOT_A_NUMBER),
        ({"price": '"1.5 "'}, Reason.NOT_A_NUMBER),
        ({"price": '"$1.5"'}, Reason.NOT_A_NUMBER),
        ({"price": '"01.5"'}, Reason.NOT_A_NUMBER),
        ({"price": '"n/a"'}, Reason.NOT_A_NUMBER),
        ({"price": '"-1.5"'}, Reason.NEGATIVE),
        ({"price": "[1.5]"}, Reason.NOT_A_NUMBER),
        ({"price": "true"}, Reason.NOT_A_NUMBER),
        ({"id": "NaN"}, Reason.BAD_FIELD),
        ({"last_updated": "NaN"}, Reason.BAD_TIME),
        ({"price": "NaN"}, Reason.NOT_A_NUMBER),
        ({"price": "-Infinity"}, Reason.NOT_A_NUMBER),
        ({"price": "-1"}, Reason.NEGATIVE),
        ({"price": "1e400"}, Reason.OUT_OF_RANGE),
        ({"price": "1e99999999999999999999"}, Reason.OUT_OF_RANGE),
        ({"price": "1" * 401}, Reason.OUT_OF_RANGE),
        ({"id": '"a\\u0000b"'}, Reason.BAD_TEXT),
        ({"name": '"\\ud800"'}, Reason.BAD_TEXT),
        ({"symbol": '"\x07"'}, Reason.BAD_TEXT),
    ],
)
def test_each_kind_of_nonsense_has_its_reason(name: str, changes: dict[str, str], reason: Reason) -> None:
    page = parsed(name, record(name, id='"before"'), record(name, **changes), record(name, id='"after"'))
    assert [quote.coin_id for quote in page.quotes] == ["before", "after"]
    assert [(each.position, each.reason) for each in page.rejections] == [(1, reason)]


UNREAD = [
    ({"cap": "-1"}, "market_cap", Reason.NEGATIVE),
    ({"cap": '"-1"'}, "market_cap", Reason.NEGATIVE),
    ({"cap": "{}"}, "market_cap", Reason.NOT_A_NUMBER),
    ({"cap": "false"}, "market_cap", Reason.NOT_A_NUMBER),
    ({"cap": '"1,000"'}, "market_cap", Reason.NOT_A_NUMBER),
    ({"cap": "NaN"}, "market_cap", Reason.NOT_A_NUMBER),
    ({"cap": "1e400"}, "market_cap", Reason.OUT_OF_RANGE),
    ({"cap": "1" * 401}, "market_cap", Reason.OUT_OF_RANGE),
    ({"volume": "-0.5"}, "volume_24h", Reason.NEGATIVE),
    ({"volume": '"NaN"'}, "volume_24h", Reason.NOT_A_NUMBER),
    ({"volume": "-Infinity"}, "volume_24h", Reason.NOT_A_NUMBER),
    ({"volume": "[1]"}, "volume_24h", Reason.NOT_A_NUMBER),
    ({"name": "[]"}, "name", Reason.BAD_FIELD),
    ({"name": '"a\\u0000b"'}, "name", Reason.BAD_TEXT),
    ({"name": f'"{"n" * 1001}"'}, "name", Reason.BAD_TEXT),
    ({"symbol": "1"}, "symbol", Reason.BAD_FIELD),
]


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize(("changes", "field", "reason"), UNREAD)
def test_a_field_that_cannot_be_read_costs_that_field_and_is_told(
    name: str, changes: dict[str, str], field: str, reason: Reason
) -> None:
    page = parsed(name, record(name, id='"before"'), record(name, **changes))
    whole, quote = page.quotes
    (told,) = page.unread
    assert (told.position, told.field, told.reason, told.coin_id) == (1, field, reason, "coin-1")
    assert told.excerpt.startswith('{"id":"coin-1"')
    assert getattr(quote, field) is None
    rest = {each for each in quote.__struct_fields__ if each not in {field, "coin_id", "position"}}
    assert all(getattr(quote, each) == getattr(whole, each) for each in rest)
    assert (page.received, page.rejections) == (2, ())


@pytest.mark.parametrize("name", COIN_LISTS)
def test_each_field_that_cannot_be_read_is_told_by_itself(name: str) -> None:
    page = parsed(name, record(name, cap="-1", volume='"much"', symbol="7"))
    assert {(each.field, str(each.reason)) for each in page.unread} == {
        ("market_cap", "negative"), ("volume_24h", "not_a_number"), ("symbol", "bad_field"),
    }  # fmt: skip
    assert page.quotes[0].price_usd == Decimal("1.5")


@pytest.mark.parametrize("name", COIN_LISTS)
def test_without_a_sure_price_only_the_record_is_told(name: str) -> None:
    page = parsed(name, record(name, price='"much"', cap="-1"))
    assert (page.quotes, page.unread) == ((), ())
    assert [each.reason for each in page.rejections] == [Reason.NOT_A_NUMBER]


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize("number", ["1.23", "0.000012", "3.84e-18", "41000", "1E3"])
def test_a_number_sent_as_a_text_is_that_number_and_schema_drift(name: str, number: str) -> None:
    text = f'"{number}"'
    page = parsed(name, record(name, price=text, cap=text, volume=text))
    quote = page.quotes[0]
    assert quote.price_usd == quote.market_cap == quote.volume_24h == Decimal(number)
    retyped = {each.path.rpartition(".")[2] for each in page.drift if each.type == "string"}
    assert retyped == {PRICE[name], CAP[name], VOLUME[name]}
    assert (page.rejections, page.unread) == ((), ())


@pytest.mark.parametrize("name", COIN_LISTS)
def test_a_record_with_nan_keeps_every_digit_of_its_other_numbers(name: str) -> None:
    digits = "0.1234567890123456789012345678901234567891"
    quote = parsed(name, record(name, price=digits, cap="NaN", volume="1e-30")).quotes[0]
    assert (quote.price_usd, quote.volume_24h) == (Decimal(digits), Decimal("1e-30"))


@pytest.mark.parametrize("name", COIN_LISTS)
def test_bytes_that_are_not_utf8_spoil_one_record(name: str) -> None:
    page = parsed(name, record(name), record(name, name='"?"').encode().replace(b"?", b"\xff"))
    assert [each.reason for each in page.rejections] == [Reason.BAD_TEXT]
    assert page.rejections[0].coin_id == "coin-1"


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize("nothing", ["null", "1", '"coin"', "[]", "true"])
def test_what_is_not_an_object_is_not_a_record(name: str, nothing: str) -> None:
    assert parsed(name, nothing).rejections[0].reason == Reason.NOT_A_RECORD


@pytest.mark.parametrize("name", COIN_LISTS)
def test_a_rejection_keeps_id_and_beginning(name: str) -> None:
    rejection = rejected(name, price='"?"')
    assert rejection.coin_id == "coin-1"
    assert rejection.excerpt.startswith('{"id":"coin-1"')
    assert PRICE[name] in rejection.detail


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize("unstorable", ['"a\\u0000"', '"\\ud800"', '"\\udc00x"'])
def test_an_id_that_no_database_takes_is_not_passed_on(name: str, unstorable: str) -> None:
    rejection = rejected(name, id=unstorable)
    assert rejection.coin_id is None
    rejection.excerpt.encode()


@pytest.mark.parametrize("name", COIN_LISTS)
def test_of_a_repeated_key_the_last_counts(name: str) -> None:
    assert parsed(name, record(name).replace('"id":', '"id":"first","id":', 1)).quotes[0].coin_id == "coin-1"


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize("body", [b"", b'{"error":"id not found"}', b"<html>", b"[" * 100_000, b"\xff\x00"])
def test_a_stored_page_that_is_not_a_list_is_one_rejection(name: str, body: bytes) -> None:
    page = source(name).parse(page_of(body, source=name))
    assert [(each.position, each.reason) for each in page.rejections] == [(0, Reason.NOT_A_RECORD)]
    assert not page.quotes


def test_a_ticker_without_dollars_is_drift() -> None:
    ticker = '{"id":"coin-1","last_updated":"2026-11-02T11:59:00Z"'
    page = parsed(
        "coinpaprika", ticker + "}", ticker + ',"quotes":null}', ticker + ',"quotes":{"EUR":{"price":1}}}'
    )
    assert [(each.reason, each.coin_id) for each in page.rejections] == [(Reason.BAD_FIELD, "coin-1")] * 3


def _amount(digits: int, magnitude: int) -> Decimal:
    """All these digits, the first of them at 10 to the magnitude."""
    return Decimal(digits).scaleb(magnitude - len(str(digits)) + 1, EXACT)


EXACT = Context(prec=80)
amounts = st.builds(_amount, st.integers(1, 10**80 - 1), st.integers(-30, 30))


def plain(value: Decimal) -> str:
    return f"{value:f}"


@given(value=amounts, spelled=st.sampled_from([str, plain]))
@pytest.mark.parametrize("name", COIN_LISTS)
def test_no_digit_is_lost(name: str, value: Decimal, spelled: Any) -> None:
    quote = parsed(name, record(name, price=spelled(value), cap=spelled(value), volume=spelled(value))).quotes[0]
    assert quote.price_usd == quote.market_cap == quote.volume_24h == value


def received(name: str, body: bytes) -> ParsedPage:
    page = source(name).parse(page_of(body, source=name))
    for each in page.rejections:
        each.excerpt.encode()
        each.detail.encode()
    for coin_id in page.coin_ids:
        assert "\x00" not in coin_id
        coin_id.encode()
    return page


@given(body=st.binary())
@pytest.mark.parametrize("name", COIN_LISTS)
def test_parse_never_raises_on_bytes(name: str, body: bytes) -> None:
    received(name, body)


def real_shaped(name: str) -> bytes:
    market = Market(5, now=lambda: NOON)
    return market.whole_list(name)


@given(seed=st.integers(0, 2**32), edits=st.integers(1, 8))
@settings(max_examples=examples(300))
@pytest.mark.parametrize("name", COIN_LISTS)
def test_parse_never_raises_on_damaged_pages(name: str, seed: int, edits: int) -> None:
    dice = random.Random(seed)
    body = bytearray(real_shaped(name))
    for _ in range(edits):
        at = dice.randrange(len(body))
        body[at : at + dice.choice((0, 1, 3))] = dice.choice(
            (b"\xff", b"\x00", b'"', b"NaN", b"-", b"{", b"]", b"9" * 50)
        )
    received(name, bytes(body))


tokens = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(), max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=5,
)


FIELDS = ("id", "name", "symbol", "last_updated", "price", "cap", "volume")


@given(values=st.lists(st.fixed_dictionaries({}, optional=dict.fromkeys(FIELDS, tokens)), max_size=5))
@pytest.mark.parametrize("name", COIN_LISTS)
def test_every_record_is_a_quote_or_a_rejection(name: str, values: list[dict[str, Any]]) -> None:
    records = [record(name, **{key: json.dumps(value) for key, value in each.items()}) for each in values]
    body = f"[{','.join(records)}]".encode()
    page = received(name, body)
    assert page.received == len(records)
    positions = [quote.position for quote in page.quotes] + [each.position for each in page.rejections]
    assert sorted(positions) == list(range(len(records)))


@pytest.mark.parametrize(
    ("token", "value"),
    [
        ('"0.000012"', Decimal("0.000012")), ('"-1"', Decimal(-1)), ('"1e-18"', Decimal("1e-18")),
        ("7.5", Decimal("7.5")), ('""', None), ("null", None), ("", None),
    ],
)  # fmt: skip
def test_a_number_in_a_text_is_read_to_the_digit(token: str, value: Decimal | None) -> None:
    assert number(msgspec.Raw(token.encode()), field="last") == value


@pytest.mark.parametrize(
    "token",
    [
        "[]", "true", '"1_000"', '" 1"', '"1,5"', '"NaN"', '"Infinity"', '"+1"', '".5"', '"0x1"', '"٣"',
        '"1\\u0030"', '"007"', '"1."', '"1e"', '"-"',
    ],
)  # fmt: skip
def test_what_only_looks_like_a_number_in_a_text_is_none(token: str) -> None:
    with pytest.raises(RecordRejected, match="not_a_number: last is "):
        number(msgspec.Raw(token.encode()), field="last")


def test_unix_seconds_are_a_moment() -> None:
    assert unix_time("1793620799", field="timestamp") == datetime(2026, 11, 2, 11, 59, 59, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (None, Reason.MISSING_TIME), ("", Reason.MISSING_TIME), (1793620799, Reason.BAD_TIME),
        ("-1", Reason.BAD_TIME), ("1793620799.5", Reason.BAD_TIME), ("1" * 13, Reason.BAD_TIME),
        ("٣", Reason.BAD_TIME), ("1\n", Reason.BAD_TIME),
        ("9" * 12, Reason.TIME_OUT_OF_RANGE),
    ],
)  # fmt: skip
def test_what_is_not_text_of_seconds_is_not_a_moment(value: Any, reason: Reason) -> None:
    with pytest.raises(RecordRejected) as rejected:
        unix_time(value, field="timestamp")
    assert rejected.value.reason == reason
