"""Ids put together for one request."""

from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.fetch.client import MOST_CHARACTERS, batches


def test_ids_keep_their_order_and_their_number_a_request() -> None:
    assert list(batches("abcde", most=2)) == [("a", "b"), ("c", "d"), ("e",)]


@pytest.mark.parametrize("coin_id", ["a,b", "x" * 4000])
def test_an_id_that_cannot_be_asked_for_is_left_out(coin_id: str) -> None:
    assert list(batches(["a", coin_id, "b"], most=250)) == [("a", "b")]


def test_long_ids_are_fewer_a_request() -> None:
    ids = [f"{number:0>100}" for number in range(70)]
    assert [len(batch) for batch in batches(ids, most=250)] == [33, 33, 4]


def test_no_ids_are_not_a_request() -> None:
    assert list(batches([], most=250)) == []


@given(st.lists(st.text(st.characters(exclude_characters=",", codec="utf-8"), max_size=200), max_size=300))
def test_what_a_url_takes_is_never_exceeded_and_nothing_is_left_out_or_changed(ids: list[str]) -> None:
    found = list(batches(ids, most=250))
    short = [each for each in ids if len(quote(each, safe="")) + 3 <= MOST_CHARACTERS]
    assert [each for batch in found for each in batch] == short
    assert all(len(quote(",".join(batch), safe="")) <= MOST_CHARACTERS for batch in found)
