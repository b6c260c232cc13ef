"""What differs from the records that a provider is known to send, and where it was first seen."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.fetch.record_schema import MOST_FORMS, RecordSchema, Watch
from crypto.domain.schema_drift import EXAMPLE_CHARACTERS, MOST_DRIFTS, PATH_CHARACTERS, SchemaDrift
from tests.support.clock import NOON
from tests.support.provider_market import Market
from tests.support.provider_sources import COIN_LISTS, REST, page_of, source

SHAPE = RecordSchema({"id": "string", "rank": "number null missing", "usd": "object", "usd.price": "number"})
RIGHT = {"id": "a", "rank": 1, "usd": {"price": 1.5}}


def seen(*records: object) -> tuple[SchemaDrift, ...]:
    """What differs in a page of these: values, or texts as they are sent."""
    watch = Watch(SHAPE)
    for position, each in enumerate(records):
        watch.see(each if isinstance(each, bytes) else json.dumps(each).encode(), position)
    return watch.found


def told(*records: object) -> list[tuple[str, str, int]]:
    return [(each.path, each.type, each.position) for each in seen(*records)]


def test_records_as_they_are_known_are_not_drift() -> None:
    assert seen(RIGHT, {"usd": {"price": 2}, "id": "b"}, {**RIGHT, "rank": None}) == ()


@pytest.mark.parametrize(
    ("changes", "drift"),
    [
        ({"new": True}, ("new", "boolean")),
        ({"new": None}, ("new", "null")),
        ({"new": [1]}, ("new", "array")),
        ({"new": {"a": {"b": 1}}}, ("new", "object")),
        ({"id": 7}, ("id", "number")),
        ({"rank": "1"}, ("rank", "string")),
        ({"usd": None}, ("usd", "null")),
        ({"usd": {}}, ("usd.price", "missing")),
        ({"usd": {"price": "1.5"}}, ("usd.price", "string")),
        ({"usd": {"price": 1, "cap": 2}}, ("usd.cap", "number")),
    ],
)
def test_a_field_that_is_new_gone_or_retyped_is_told(changes: dict[str, Any], drift: tuple[str, str]) -> None:
    assert told(RIGHT, RIGHT | changes) == [(*drift, 1)]


def test_a_field_that_is_gone_shows_what_is_there_instead() -> None:
    (drift,) = seen({"identity": "a", **RIGHT}, {"usd": {"price": 1}})[1:]
    assert (drift.path, drift.type, drift.position, drift.example) == ("id", "missing", 1, '{"usd": {"price": 1}}')


@pytest.mark.parametrize(("record", "kind"), [(None, "null"), (5, "number"), ("a", "string"), ([], "array")])
def test_a_record_that_is_not_an_object_has_a_path_of_its_own(record: object, kind: str) -> None:
    assert told(record) == [("$", kind, 0)]


@pytest.mark.parametrize(
    "raw",
    [
        b'{"id":"a","id":"b","usd":{"price":1}}',
        b'{"id" :"a","usd":{"price":1},"id" : "b"}',
        b'{"id" :"a","usd":{"price":1},"id":"b"}',
        b'{"id":"a","usd":{"price":1},"id" :"\\":"}',
        b'{"usd":{"price":1},"id":{"id":"a"},"id":"\xff"}',
    ],
)
def test_a_name_that_is_there_twice_is_told(raw: bytes) -> None:
    assert told(raw) == [("id", "repeated", 0)]


@pytest.mark.parametrize("token", [b"NaN", b"Infinity", b"-Infinity"])
def test_what_is_not_a_number_in_json_is_told_beside_the_rest(token: bytes) -> None:
    assert told(b'{"id":"a","id":"b","usd":{"price":' + token + b"}}") == [
        ("usd.price", "nan", 0),
        ("id", "repeated", 0),
    ]


def test_a_name_twice_is_found_at_any_depth_and_its_last_value_shown() -> None:
    (drift,) = seen(b'{"id":"a","usd":{"price":1,"price":2}}')
    assert (drift.path, drift.type, drift.example) == ("usd.price", "repeated", "2.0")
    assert ("list.a", "repeated", 0) in told(b'{"id":"a","usd":{"price":1},"list":[{"a":1,"a":2}]}')


def test_marks_within_text_are_not_names() -> None:
    assert seen({**RIGHT, "id": '":":"'}, b'{ "id" : "a" , "usd" : {\n"price"\n: 1 } }') == ()


@pytest.mark.parametrize("raw", [b'{"id"}', b'{"id":"a",}', b"1 2", b"<br />"])
def test_what_is_not_json_is_left_to_be_rejected(raw: bytes) -> None:
    assert seen(raw) == ()


@pytest.mark.parametrize("token", [b"NaN", b"-Infinity", b"1e999", b"1" * 5000, b'"\\ud800"', b'"\xff\x07"'])
def test_what_json_forbids_is_compared_all_the_same(token: bytes) -> None:
    (drift,) = seen(b'{"id":"a","usd":{"price":1},"new":' + token + b"}")
    assert drift.path == "new"
    drift.example.encode()


def test_each_drift_is_told_once_where_it_was_first() -> None:
    assert told(RIGHT, {**RIGHT, "new": 1}, {**RIGHT, "new": 2}, {**RIGHT, "new": "x"}) == [
        ("new", "number", 1),
        ("new", "string", 3),
    ]


def test_paths_examples_and_their_number_are_bounded() -> None:
    (drift,) = seen({**RIGHT, "x" * 1000: "y" * 1000})
    assert (len(drift.path), len(drift.example)) == (PATH_CHARACTERS, EXAMPLE_CHARACTERS)
    assert len(seen(*({**RIGHT, f"new {number}": 1} for number in range(MOST_DRIFTS + 1)))) == MOST_DRIFTS


def test_the_last_of_many_forms_is_compared_too() -> None:
    forms = [{**RIGHT, "rank": {str(number): 1}} for number in range(MOST_FORMS + 1)]
    assert told(*forms, {**RIGHT, "id": 1})[-1] == ("id", "number", MOST_FORMS + 1)


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(alphabet=st.characters(), max_size=3),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["price", "a"]), inner),
    max_leaves=4,
)
records = st.dictionaries(st.sampled_from(["id", "rank", "usd", "new"]), values) | values


@given(st.lists(records, max_size=5))
def test_a_page_differs_where_its_records_do(page: list[object]) -> None:
    alone = {(path, kind) for each in page for path, kind, _ in told(each)}
    assert {(path, kind) for path, kind, _ in told(*page)} == alone


@pytest.mark.parametrize("name", REST)
def test_a_usual_page_is_quiet(name: str) -> None:
    market = Market(50, now=lambda: NOON)
    body = market.whole_list(name)
    page = source(name).parse(page_of(body, source=name))
    assert (len(page.quotes), page.drift) == (50, ())


@pytest.mark.parametrize("name", COIN_LISTS)
def test_records_count_that_are_rejected(name: str) -> None:
    market = Market(1, now=lambda: NOON)
    market.drift = lambda record: {**record, "id": None, "new": 1}
    body = market.whole_list(name)
    page = source(name).parse(page_of(body, source=name))
    assert len(page.rejections) == 1
    assert [(each.path, each.type) for each in page.drift] == [("id", "null"), ("new", "number")]
