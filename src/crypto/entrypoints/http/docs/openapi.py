"""Describe the API as an OpenAPI 3.1 document, from the same parameters and answers that serve it.

Litestar's own generator drops nulls from examples, knows only the parameters that it parses itself and documents
no header of an error; so the document is put together here, from msgspec's schemas.
"""

from collections.abc import Mapping
from importlib.metadata import version
from typing import TypeAlias

import msgspec
from msgspec import Raw, Struct

from crypto.entrypoints.http.kit.problems import PROBLEM_JSON, Problem
from crypto.entrypoints.http.kit.verdict import RETRY_AFTER, Verdict
from crypto.entrypoints.http.v1 import answers
from crypto.entrypoints.http.v1.bodies import DocumentAnswer
from crypto.entrypoints.http.v1.endpoints import ALWAYS, ENDPOINTS, TAGS, Endpoint
from crypto.entrypoints.http.v1.examples import REQUEST_ID, problem_of
from crypto.entrypoints.http.v1.questions import AnyParameter, Questions

Node: TypeAlias = Mapping[str, object]

DESCRIPTION = (
    "Errors are RFC 9457 problems. What is unknown, repeated or empty is refused. HEAD answers as GET does,"
    " without a body. Amounts are JSON numbers with every digit: read them as decimals, as JavaScript, and so a"
    " page in a browser, rounds them."
)

_DECIMAL = {"type": "string", "format": "decimal"}
"""What msgspec calls a Decimal; here they are numbers."""

_HEADERS = {
    "X-Request-ID": {
        "description": "The id of the request: the caller's, if it sent a sane one.",
        "schema": {"type": "string", "maxLength": 64, "pattern": r"^[A-Za-z0-9._-]{1,64}$(?!\n)"},
        "example": REQUEST_ID,
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again.",
        "schema": {"type": "integer", "minimum": 1, "maximum": 3600},
        "example": RETRY_AFTER,
    },
}


def document(questions: Questions) -> bytes:
    """The document as JSON."""
    whole = DocumentAnswer(
        openapi="3.1.0",
        info={
            "title": "crypto",
            "version": version(answers.SERVICE),
            "summary": "Your own crypto market-data service.",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=({"url": "/"},),
        tags=tuple({"name": name, "description": meaning} for name, meaning in TAGS.items()),
        paths=_paths(questions),
        components={"schemas": _schemas(), "headers": _HEADERS},
    )
    return answers.ENCODER.encode(whole)


def _paths(questions: Questions) -> dict[str, object]:
    return {each.path: _methods(each, questions.parameters.get(each.path, ())) for each in ENDPOINTS}


def _methods(endpoint: Endpoint, asked: tuple[AnyParameter, ...]) -> Node:
    """GET, and HEAD: the same without a body."""
    responses = _responses(endpoint)
    bare = {status: {**each, "content": {}} for status, each in responses.items()}
    in_path = [{**_parameter(each), "in": "path", "required": True} for each in endpoint.in_path]
    parameters = [*in_path, *map(_parameter, asked)]
    return {
        method: {
            "operationId": f"{method}{endpoint.name}",
            "summary": endpoint.summary,
            "tags": [endpoint.tag],
            "parameters": parameters,
            "responses": answered,
        }
        for method, answered in (("get", responses), ("head", bare))
    }


def _parameter(asked: AnyParameter) -> dict[str, object]:
    once = {
        "name": asked.name,
        "in": "query",
        "required": False,
        "description": f"{asked.description} Takes {asked.takes}.",
        "schema": asked.schema,
        "example": asked.example,
    }
    if asked.most == 1:
        return once
    several = {"type": "array", "items": asked.schema, "minItems": 1, "maxItems": asked.most}
    return {**once, "style": "form", "explode": True, "schema": several, "example": [asked.example]}


def _responses(endpoint: Endpoint) -> dict[str, dict[str, object]]:
    responses = {"200": _response("As asked.", endpoint.example)}
    for verdict in (*ALWAYS, *endpoint.problems):
        responses[str(verdict.status.value)] = _problem(verdict, endpoint.path)
    if endpoint.unhealthy:
        responses["503"] = _response("Unhealthy.", endpoint.unhealthy, retry=True)
    return responses


def _problem(verdict: Verdict, path: str) -> dict[str, object]:
    example = problem_of(verdict, path=path)
    return _response(
        f"{verdict.status.phrase}.", example, media=PROBLEM_JSON, retry="Retry-After" in verdict.headers
    )


def _response(
    description: str, example: Struct, *, media: str = answers.JSON, retry: bool = False
) -> dict[str, object]:
    names = ("X-Request-ID", "Retry-After") if retry else ("X-Request-ID",)
    shape = {"$ref": f"#/components/schemas/{type(example).__name__}"}
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {media: {"schema": shape, "example": Raw(answers.ENCODER.encode(example))}},
    }


def _schemas() -> dict[str, object]:
    shapes = [type(each.example) for each in ENDPOINTS]
    _, components = msgspec.json.schema_components([*shapes, Problem], ref_template="#/components/schemas/{name}")
    return {name: _with_numbers(schema) for name, schema in components.items()}


def _with_numbers(node: object) -> object:
    if node == _DECIMAL:
        return {"type": "number"}
    if isinstance(node, dict):
        return {name: _with_numbers(value) for name, value in node.items()}
    return [_with_numbers(each) for each in node] if isinstance(node, list) else node
