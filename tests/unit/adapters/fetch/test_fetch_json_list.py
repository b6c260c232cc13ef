"""A list taken apart so that a bad record spoils no other."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.fetch.json_list import (
    DEEPEST,
    LONGEST_RECORD,
    MOST_BRACKETS,
    MOST_RECORDS,
    NotAList,
    split,
)

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "bad", [b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":"\x00"}', b'"\\ud800"']
)
def test_a_bad_record_is_one_record(bad: bytes) -> None:
    records = [*split(b'[{"id":"a"}, ' + bad + b' ,\n{"id":"b"}]')]
    assert records == [b'{"id":"a"}', bad, b'{"id":"b"}']


@pytest.mark.parametrize("body", [b"[]", b" [ ] ", b"\xef\xbb\xbf[]"])
def test_an_empty_list_has_no_record(body: bytes) -> None:
    assert list(split(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{}", b"null", b'"text"', b"1", b"[", b"[1", b"[1,", b"[1,]", b"[,1]", b"[1,,2]", b"[1]2",
        b"[[]]]", b'["a', b'["a\\"]', b"[{]", b"[NaN", b"[NaN,", b"[NaN,]", b"[NaN] x", b"NaN", b"\xff\xfe[]",
        b"\x00", b"<html>",
        b"[" * 100_000, b"[NaN," + b"[" * 100_000, b'[{"a":' * 100_000,
    ],
)  # fmt: skip
def test_anything_else_is_not_a_list(body: bytes) -> None:
    with pytest.raises(NotAList):
        list(split(body))


def nested(depth: int) -> bytes:
    """A list of one record, so many brackets deep."""
    return b"[" + b"[" * depth + b"]" * depth + b"]"


TOO_MUCH = {
    "records": (b"[" + b"1," * MOST_RECORDS + b"1]", "more than 16000 records"),
    "records without end": (b"[" + b"1," * 20_000_000, "more than 16000 records"),
    "depth": (nested(DEEPEST + 1), "nested too deeply"),
    "text": (b'["' + b"x" * LONGEST_RECORD + b'"]', "a record larger than 1 MiB"),
    "white space": (b"[" + b" " * (LONGEST_RECORD + 1) + b"]", "a record larger than 1 MiB"),
    "brackets": (b"[[" + b"[]," * MOST_BRACKETS + b"1]]", "more parts than any list of coins"),
}


@pytest.mark.parametrize(("body", "message"), TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_list_beyond_any_list_of_coins_is_none(body: bytes, message: str) -> None:
    with pytest.raises(NotAList, match=message):
        list(split(body))


@pytest.mark.parametrize(
    ("body", "count"),
    [
        (b"[" + b"1," * (MOST_RECORDS - 1) + b"1]", MOST_RECORDS),
        (nested(DEEPEST), 1),
        (b'["' + b"x" * (LONGEST_RECORD - 2) + b'"]', 1),
    ],
    ids=["records", "depth", "text"],
)
def test_a_list_at_its_limits_is_one(body: bytes, count: int) -> None:
    assert len(list(split(body))) == count


@pytest.mark.parametrize("bad", [b"1 2", b'{"a" 1}', b"<br />", b'{"a":[}]'])
def test_what_is_not_json_between_two_commas_is_one_record(bad: bytes) -> None:
    assert [*split(b'[{"id":"a"},' + bad + b',{"id":"b"}]')] == [b'{"id":"a"}', bad, b'{"id":"b"}']


@given(st.lists(JSON, max_size=5))
def test_every_record_comes_out_as_it_went_in(records: list[object]) -> None:
    body = json.dumps(records).encode()
    assert [json.dumps(json.loads(each)) for each in split(body)] == [json.dumps(each) for each in records]


@given(st.binary())
def test_any_bytes_are_a_list_or_not(body: bytes) -> None:
    try:
        list(split(body))
    except NotAList:
        assert not _is_json_list(body)


@given(st.lists(JSON, max_size=5), st.integers(1))
def test_a_list_that_was_cut_is_none(records: list[object], cut: int) -> None:
    body = json.dumps(records).encode()
    with pytest.raises(NotAList):
        list(split(body[: -(cut % len(body) or 1)]))


def _is_json_list(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body.decode()), list)
    except ValueError:
        return False
