"""The OpenAPI document keeps the rules that `make lint-api` asks of it (Spectral), also where npm is not."""

import re
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from crypto.adapters.formats import FORMATS
from crypto.entrypoints.http.kit.problem_codes import PROBLEMS
from tests.support.api import Served, ask

Node = dict[str, Any]


@pytest.fixture
async def document() -> Node:
    document: Node = msgspec.json.decode((await ask(Served().app, "/api/v1/openapi.json")).body)
    return document


def schemas(node: object, at: str = "$") -> Iterator[tuple[str, Node]]:
    """Every schema in the document, with its place; examples are data, whatever they look like."""
    if isinstance(node, dict):
        if isinstance(node.get("type"), str):
            yield at, node
        for name, each in node.items():
            if name not in {"example", "examples", "default"} or at.endswith(".properties"):
                yield from schemas(each, f"{at}.{name}")
    elif isinstance(node, list):
        for index, each in enumerate(node):
            yield from schemas(each, f"{at}[{index}]")


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def lacking(document: Node, kind: str, *needed: set[str]) -> list[str]:
    """The places of schemas of a kind that have none of the keywords of one of the sets."""
    found = [(at, each) for at, each in schemas(document) if each["type"] == kind]
    assert found
    return [at for at, each in found for words in needed if not words & each.keys()]


def test_every_text_has_a_bound_and_says_what_may_stand_in_it(document: Node) -> None:
    assert lacking(document, "string", {"maxLength", "enum"}, {"pattern", "format", "enum"}) == []


def test_every_whole_number_has_bounds_and_a_format(document: Node) -> None:
    assert lacking(document, "integer", {"minimum"}, {"maximum"}, {"format"}) == []


def test_every_list_has_a_bound(document: Node) -> None:
    assert lacking(document, "array", {"maxItems"}) == []


def test_no_bound_is_of_another_type(document: Node) -> None:
    of = {
        "maxLength": "string",
        "pattern": "string",
        "minimum": "integer",
        "maximum": "integer",
        "maxItems": "array",
    }
    for at, each in schemas(document):
        wrong = {word for word in each if word in of and of[word] != each["type"]}
        assert not wrong, at


def test_the_checks_see_a_field_without_bounds(document: Node) -> None:
    document["components"]["schemas"]["QuoteAnswer"]["properties"]["note"] = {"type": "string"}
    assert lacking(document, "string", {"maxLength", "enum"}) == [
        "$.components.schemas.QuoteAnswer.properties.note"
    ]


def test_every_operation_is_described_and_tagged(document: Node) -> None:
    tags = {each["name"] for each in document["tags"]}
    for name, operation in operations(document):
        assert operation["description"], name
        assert operation["summary"], name
        assert operation["operationId"], name
        assert set(operation["tags"]) <= tags, name


def good(operation: str) -> dict[str, set[str]]:
    """The media types of what an operation answers when nothing is wrong, by status."""
    if operation.endswith("/body"):
        return {"200": {"*/*"}, "304": set()}
    if operation.endswith("/stream"):
        return {"200": {"text/event-stream"}}
    files = {each.media_type for each in FORMATS.values()}
    return {"200": files if operation.endswith("/export") else {"application/json"}}


def test_every_operation_tells_of_its_refusals_and_failures(document: Node) -> None:
    for name, operation in operations(document):
        assert {"200", "400", "406", "413", "414", "500"} <= operation["responses"].keys(), name
        for status, response in operation["responses"].items():
            expected = good(name).get(status, {"application/problem+json"})
            if not name.startswith("head") and not (status == "503" and name == "get /api/v1/health"):
                assert response["content"].keys() == expected, (name, status)


def test_every_answer_tells_of_its_headers(document: Node) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            assert {"X-Request-ID", "Access-Control-Allow-Origin"} <= response["headers"].keys(), (name, status)
            assert ("Retry-After" in response["headers"]) == (status == "503"), (name, status)


@pytest.mark.parametrize("path", ["/api/v1/data", "/api/v1/coins", "/api/v1/runs", "/api/v1/rejections"])
def test_every_paged_list_tells_of_its_links(document: Node, path: str) -> None:
    assert "Link" in document["paths"][path]["get"]["responses"]["200"]["headers"]


def test_nothing_is_defined_that_nothing_refers_to(document: Node) -> None:
    text = msgspec.json.encode(document).decode()
    for kind, named in document["components"].items():
        for name in named:
            assert f'"$ref":"#/components/{kind}/{name}"' in text, name


def test_what_anyone_may_ask_says_so(document: Node) -> None:
    (server,) = document["servers"]
    assert document["security"] == [{}]
    assert server["x-internal"] is True
    assert "local" in server["description"]
    assert document["info"]["contact"]["name"]
    assert document["info"]["license"]


@pytest.mark.parametrize(
    ("path", "rules"),
    [
        ("/api/v1/data", ["conflicting_parameters", "invalid_cursor", "empty_range", "moment_too_recent"]),
        ("/api/v1/coins", ["conflicting_parameters", "invalid_cursor"]),
        ("/api/v1/runs", ["value_out_of_bounds"]),
    ],
)
def test_rules_between_parameters_are_said_in_words_and_shown(document: Node, path: str, rules: list[str]) -> None:
    operation = document["paths"][path]["get"]
    refusal = operation["responses"]["400"]
    shown = refusal["content"]["application/problem+json"]["examples"]
    for code in rules:
        assert f"`{code}`" in refusal["description"]
        assert shown[code]["value"]["code"] == code
        assert path == "/api/v1/runs" or f"`{code}`" in operation["description"]


def test_every_code_of_an_example_is_of_the_closed_list(document: Node) -> None:
    assert document["components"]["schemas"]["ProblemCode"]["enum"] == sorted(PROBLEMS)
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            codes = re.findall(r"`([a-z_]+)`", response["description"])
            assert all(str(PROBLEMS[code].status.value) == status for code in codes), (name, status)
