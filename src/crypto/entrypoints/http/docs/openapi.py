"""Describe endpoints as an OpenAPI 3.1 document, from the same parameters and answers that serve them.

Litestar's own generator drops nulls from examples, knows only the parameters that it parses itself and documents
no header of an error; so the document is put together here, from msgspec's schemas.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any, TypeAlias

import msgspec
from msgspec import Raw, Struct

from crypto.entrypoints.http.kit.answer import ENCODER, JSON
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.example_values import REQUEST_ID
from crypto.entrypoints.http.kit.gate import ALWAYS
from crypto.entrypoints.http.kit.parameters import AnyParameter
from crypto.entrypoints.http.kit.problems import PROBLEM_JSON, Problem, problem_of
from crypto.entrypoints.http.kit.tags import TAGS
from crypto.entrypoints.http.kit.verdict import RETRY_AFTER, Verdict

Node: TypeAlias = Mapping[str, object]

OPENAPI_VERSION = "3.1.0"

NAME = "crypto"

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


class DocumentAnswer(Struct, frozen=True, kw_only=True):
    """This API as an OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    servers: tuple[dict[str, Any], ...]
    tags: tuple[dict[str, Any], ...]
    paths: dict[str, Any]
    components: dict[str, Any]


def document(endpoints: Sequence[Endpoint]) -> DocumentAnswer:
    """The document of these endpoints, in their order."""
    return DocumentAnswer(
        openapi=OPENAPI_VERSION,
        info={
            "title": NAME,
            "version": version(NAME),
            "summary": "Your own crypto market-data service.",
            "description": DESCRIPTION,
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=({"url": "/"},),
        tags=tuple({"name": each.name, "description": each.meaning} for each in TAGS),
        paths={each.path: _methods(each) for each in endpoints},
        components={"schemas": _schemas(endpoints), "headers": _HEADERS},
    )


def _methods(endpoint: Endpoint) -> Node:
    """GET, and HEAD: the same without a body."""
    responses = _responses(endpoint)
    bare = {status: {**each, "content": {}} for status, each in responses.items()}
    in_path = [{**_parameter(each), "in": "path", "required": True} for each in endpoint.in_path]
    parameters = [*in_path, *map(_parameter, endpoint.parameters)]
    return {
        method: {
            "operationId": f"{method}{endpoint.name}",
            "summary": endpoint.summary,
            "tags": [endpoint.tag.name],
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
    example = problem_of(verdict, path=path, request_id=REQUEST_ID)
    return _response(
        f"{verdict.status.phrase}.", example, media=PROBLEM_JSON, retry="Retry-After" in verdict.headers
    )


def _response(description: str, example: Struct, *, media: str = JSON, retry: bool = False) -> dict[str, object]:
    names = ("X-Request-ID", "Retry-After") if retry else ("X-Request-ID",)
    shape = {"$ref": f"#/components/schemas/{type(example).__name__}"}
    return {
        "description": description,
        "headers": {name: {"$ref": f"#/components/headers/{name}"} for name in names},
        "content": {media: {"schema": shape, "example": Raw(ENCODER.encode(example))}},
    }


def _schemas(endpoints: Sequence[Endpoint]) -> dict[str, object]:
    shapes = [type(each.example) for each in endpoints]
    _, components = msgspec.json.schema_components([*shapes, Problem], ref_template="#/components/schemas/{name}")
    return {name: _with_numbers(schema) for name, schema in components.items()}


def _with_numbers(node: object) -> object:
    if node == _DECIMAL:
        return {"type": "number"}
    if isinstance(node, dict):
        return {name: _with_numbers(value) for name, value in node.items()}
    return [_with_numbers(each) for each in node] if isinstance(node, list) else node
