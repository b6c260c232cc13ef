"""The OpenAPI document and the answers agree: shapes, examples, bounds, statuses."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import msgspec
import pytest

from crypto.adapters.formats import FORMATS
from crypto.domain.run import RunStatus
from tests.support.api import Answer, Served, ask, quote

Node = dict[str, Any]

KINDS: dict[str, type | tuple[type, ...]] = {
    "object": dict,
    "array": list,
    "string": str,
    "integer": int,
    "number": (int, float),
    "boolean": bool,
    "null": type(None),
}
PATHS = (
    *(
        "/",
        "/api/v1",
        "/api/v1/data",
        "/api/v1/export",
        "/api/v1/coins",
        "/api/v1/coins/{coin_id}",
        "/api/v1/sources",
    ),
    *(
        "/api/v1/stats",
        "/api/v1/runs",
        "/api/v1/changes",
        "/api/v1/rejections",
        "/api/v1/skipped",
        "/api/v1/pages/{page_id}",
        "/api/v1/pages/{page_id}/body",
        "/api/v1/health",
        "/api/v1/health/live",
        "/api/v1/health/ready",
        "/api/v1/openapi.json",
    ),
)
ASKED_WITH_POST = ("/api/v1/prices/lookup",)
WITHOUT_END = ("/api/v1/stream",)

JSON = "application/json"
FILES = {each.media_type for each in FORMATS.values()} - {JSON}


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.fixture
async def document(served: Served) -> Node:
    document: Node = msgspec.json.decode((await ask(served.app, "/api/v1/openapi.json")).body)
    return document


def faults(value: object, schema: Node, document: Node, at: str = "$") -> Iterator[str]:
    """What is wrong with a value by its schema; keys that the schema does not name are wrong too."""
    if "$ref" in schema:
        yield from faults(value, resolved(schema, document), document, at)
    elif "anyOf" in schema:
        choices = [list(faults(value, each, document, at)) for each in schema["anyOf"]]
        if all(choices):
            yield from choices[0]
    elif not _is(value, schema.get("type")):
        yield f"{at}: {value!r} is not a {schema['type']}"
    else:
        yield from _inner_faults(value, schema, document, at)


def _inner_faults(value: object, schema: Node, document: Node, at: str) -> Iterator[str]:
    if isinstance(value, dict):
        yield from _object_faults(value, schema, document, at)
    elif isinstance(value, list):
        for index, each in enumerate(value):
            yield from faults(each, schema.get("items", {}), document, f"{at}[{index}]")
    elif schema.get("format") == "date-time" and datetime.fromisoformat(str(value)).tzinfo is None:
        yield f"{at}: {value} has no offset"
    yield from _bound_faults(value, schema, at)


def _bound_faults(value: object, schema: Node, at: str) -> Iterator[str]:
    if "enum" in schema and value not in schema["enum"]:
        yield f"{at}: {value!r} is none of {schema['enum']}"
    most: Any = schema.get("maxLength", schema.get("maxItems", 10**9))
    if isinstance(value, str | list) and len(value) > most:
        yield f"{at}: {len(value)} characters or items are too many"
    if isinstance(value, str) and not re.search(schema.get("pattern", ""), value):
        yield f"{at}: {value!r} does not match {schema['pattern']}"
    if isinstance(value, int) and not schema.get("minimum", value) <= value <= schema.get("maximum", value):
        yield f"{at}: {value} is out of bounds"


def _object_faults(value: Node, schema: Node, document: Node, at: str) -> Iterator[str]:
    known = schema.get("properties", {})
    yield from (f"{at}: {name} is missing" for name in schema.get("required", []) if name not in value)
    for name, each in value.items():
        if name in known:
            yield from faults(each, known[name], document, f"{at}.{name}")
        elif "additionalProperties" in schema:
            yield from faults(each, schema["additionalProperties"], document, f"{at}.{name}")
        elif known:
            yield f"{at}: {name} is not in the schema"


def _is(value: object, kind: str | None) -> bool:
    if kind is None:
        return True
    return isinstance(value, KINDS[kind]) and not (isinstance(value, bool) and kind != "boolean")


def resolved(node: Node, document: Node) -> Node:
    """What a $ref refers to."""
    if "$ref" not in node:
        return node
    found: Any = document
    for name in node["$ref"].removeprefix("#/").split("/"):
        found = found[name]
    assert isinstance(found, dict)
    return found


def check(answer: Answer, path: str, document: Node) -> None:
    """An answer is one that the document tells of."""
    responses = document["paths"][path]["get"]["responses"]
    assert str(answer.status) in responses, f"{path} answers {answer.status}, which is documented nowhere"
    described = responses[str(answer.status)]
    if "*/*" in described["content"]:
        return
    schema = described["content"][answer.headers["content-type"]]["schema"]
    assert list(faults(msgspec.json.decode(answer.body), schema, document)) == []
    sent = {name: resolved(each, document) for name, each in described["headers"].items()}
    absent = {name.lower() for name, each in sent.items() if each.get("required")} - answer.headers.keys()
    assert not absent


def asked(path: str) -> str:
    """The path as a caller writes it."""
    return path.format(coin_id="bitcoin", page_id=1)


def examples_of(content: Node) -> list[object]:
    """The one example of a content, or all of them."""
    several = [each["value"] for each in content.get("examples", {}).values()]
    return several or [content["example"]]


def operations(document: Node) -> Iterator[tuple[str, Node]]:
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


@pytest.mark.parametrize("path", PATHS)
async def test_answers_with_and_without_data_are_as_documented(served: Served, document: Node, path: str) -> None:
    check(await ask(served.app, asked(path), accept=JSON), path, document)
    await served.ingest(quote(), quote("unpriced", price=None, name=None, symbol=None, market_cap=None))
    await served.ingest(source="coinpaprika", status=RunStatus.FAILURE)
    await served.ingest(quote("odd", source="csv"), source="csv")
    check(await ask(served.app, asked(path), accept=JSON), path, document)


@pytest.mark.parametrize("path", PATHS)
async def test_refusals_and_outages_are_as_documented(served: Served, document: Node, path: str) -> None:
    served.lose_the_database()
    outage = await ask(served.app, asked(path))
    served.store.failure = RuntimeError("unexpected")
    failure = await ask(served.app, asked(path))
    refusal = await ask(served.app, asked(path), b"nosuch=1")
    too_long = await ask(served.app, asked(path), b"a=" + b"1" * 8192)
    unacceptable = await ask(served.app, asked(path), accept="text/csv")
    for answer in (outage, failure, refusal, too_long, unacceptable):
        check(answer, path, document)


def test_the_document_tells_of_every_path_and_only_of_those(served: Served, document: Node) -> None:
    served_to_programs = {each.path_format for each in served.app.routes if not each.path.startswith("/docs")}
    assert set(document["paths"]) == served_to_programs == {*PATHS, *ASKED_WITH_POST, *WITHOUT_END}


def test_it_is_openapi_3_1_with_unique_operations(document: Node) -> None:
    ids = [operation["operationId"] for _, operation in operations(document)]
    assert document["openapi"] == "3.1.0"
    assert len(ids) == len(set(ids))


def test_every_answer_has_an_example_that_fits_its_schema(document: Node) -> None:
    for name, operation in operations(document):
        for status, response in operation["responses"].items():
            for content in (each for media, each in response["content"].items() if media not in FILES):
                for example in examples_of(content):
                    found = list(faults(example, content["schema"], document))
                    assert not found, f"{name} {status}: {found}"
            bare = name.startswith("head") or status == "304"
            assert bare or response["content"], f"{name} {status} has no example"


def test_every_reference_leads_somewhere(document: Node) -> None:
    references = re.findall(r'"\$ref":"([^"]+)"', msgspec.json.encode(document).decode())
    assert references
    assert all(resolved({"$ref": each}, document) for each in references)


def test_every_parameter_is_bounded(document: Node) -> None:
    parameters = [each for _, operation in operations(document) for each in operation.get("parameters", [])]
    assert parameters
    for each in parameters:
        schema = each["schema"]
        assert schema["type"] != "array" or 1 < schema["maxItems"] <= 50
        schema = schema.get("items", schema)
        bounded = {"minimum", "maximum"} <= schema.keys() or "maxLength" in schema or "enum" in schema
        assert bounded, each["name"]
        assert "description" in each
        assert "default" not in schema or schema["default"] == each["example"]


def test_patterns_do_not_let_a_trailing_newline_through(document: Node) -> None:
    parameters = document["paths"]["/api/v1/data"]["get"]["parameters"]
    schemas = {each["name"]: each["schema"].get("items", each["schema"]) for each in parameters}
    patterns = {each["name"]: each for each in parameters if "pattern" in schemas[each["name"]]}
    assert {"coin_id", "symbol", "cursor", "as_of"} <= patterns.keys()
    for name, each in patterns.items():
        pattern, example = schemas[name]["pattern"], one_of(each["example"])
        assert re.search(pattern, example)
        assert not re.search(pattern, f"{example}\n")


async def test_every_documented_parameter_takes_its_example(served: Served, document: Node) -> None:
    for path in ("/api/v1/data", "/api/v1/coins", "/api/v1/runs"):
        for each in document["paths"][path]["get"]["parameters"]:
            answer = await ask(served.app, path, f"{each['name']}={one_of(each['example'])}".encode())
            takes_it = answer.status == 200 or each["name"] == "cursor"  # a cursor belongs to its filters
            assert takes_it, each["name"]


@pytest.mark.parametrize(
    ("name", "good", "bad"),
    [
        ("page", ["1", "999999999"], ["0", "1000000000"]),
        ("page_size", ["1", "1000"], ["0", "1001"]),
        ("coin_id", ["a" * 512], ["a" * 513]),
        ("symbol", ["a" * 1000], ["a" * 1001]),
    ],
)
async def test_the_documented_bounds_are_the_real_ones(
    served: Served, document: Node, name: str, good: list[str], bad: list[str]
) -> None:
    schema = next(
        each["schema"] for each in document["paths"]["/api/v1/data"]["get"]["parameters"] if each["name"] == name
    )
    schema = schema.get("items", schema)
    documented = schema.get("maximum", schema.get("maxLength"))
    assert documented == (int(good[-1]) if "maximum" in schema else len(good[-1]))
    for value, status in [*((each, 200) for each in good), *((each, 400) for each in bad)]:
        query = f"{name}={value}" + ("&page_size=1" if name == "page" else "")
        assert (await ask(served.app, "/api/v1/data", query.encode())).status == status, value


def test_a_parameter_that_may_be_given_several_times_is_documented_so(document: Node) -> None:
    parameters = document["paths"]["/api/v1/data"]["get"]["parameters"]
    (several,) = [each for each in parameters if each["schema"]["type"] == "array"]
    assert (several["name"], several["style"], several["explode"]) == ("coin_id", "form", True)
    assert (several["schema"]["maxItems"], several["schema"]["items"]["maxLength"]) == (50, 512)
    assert several["example"] == ["bitcoin"]


def one_of(example: Any) -> Any:
    """What may be given once."""
    return example[0] if isinstance(example, list) else example


async def test_the_checker_sees_faults(document: Node) -> None:
    example = document["paths"]["/api/v1/data"]["get"]["responses"]["200"]["content"]["application/json"]
    broken = {**example["example"], "total": "5000", "surprise": 1}
    del broken["page"]
    assert len(list(faults(broken, example["schema"], document))) == 3
    wild = {**example["example"], "page_size": -1, "request_id": "a b", "next_cursor": "a" * 1025}
    assert len(list(faults(wild, example["schema"], document))) == 3
