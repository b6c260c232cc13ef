"""A list taken apart so that a bad record spoils no other."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.fetch.json_list import NotAList, split

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters()),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=8,
)


@pytest.mark.parametrize(
    "bad", [b'{"a":NaN}', b'{"a":-Infinity}', b'{"a":"\\ud800"}', b'{"a":"\xff"}', b'{"a":"\x00"}', b'"\\ud800"']
)
def test_a_bad_record_is_one_record(bad: bytes) -> None:
    records = [bytes(each) for each in split(b'[{"id":"a"}, ' + bad + b' ,\n{"id":"b"}]')]
    assert records == [b'{"id":"a"}', bad, b'{"id":"b"}']


@pytest.mark.parametrize("body", [b"[]", b" [ ] ", b"\xef\xbb\xbf[]"])
def test_an_empty_list_has_no_record(body: bytes) -> None:
    assert list(split(body)) == []


@pytest.mark.parametrize(
    "body",
    [
        b"", b" ", b"{}", b"null", b'"text"', b"1", b"[", b"[1", b"[1,", b"[1,]", b"[1 2]", b"[1]2", b"[NaN",
        b"[NaN,", b"[NaN,]", b"[NaN] x", b"NaN", b"\xff\xfe[]", b"\x00", b"<html>",
        b"[" * 100_000, b"[NaN," + b"[" * 100_000,
        b'[{"a":' * 100_000,
    ],
)  # fmt: skip
def test_anything_else_is_no_list(body: bytes) -> None:
    with pytest.raises(NotAList):
        split(body)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"[" + b"1," * 100_000 + b"1]", "more than 100000 records"),
        (b"[" + b"1," * 20_000_000 + b"1]", "more parts than any list of coins"),
    ],
    ids=["too many records", "too many parts"],
)
def test_a_list_longer_than_any_list_of_coins_is_not_taken_apart(body: bytes, message: str) -> None:
    with pytest.raises(NotAList, match=message):
        split(body)


@given(st.lists(JSON, max_size=5))
def test_every_record_comes_out_as_it_went_in(records: list[object]) -> None:
    body = json.dumps(records).encode()
    assert [json.dumps(json.loads(bytes(each))) for each in split(body)] == [json.dumps(each) for each in records]


@given(st.binary())
def test_any_bytes_are_a_list_or_not(body: bytes) -> None:
    try:
        split(body)
    except NotAList:
        assert not _is_json_list(body)


def _is_json_list(body: bytes) -> bool:
    try:
        return isinstance(json.loads(body.decode()), list)
    except ValueError:
        return False
