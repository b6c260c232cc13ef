"""Describe endpoints as an OpenAPI 3.1 document, from the same parameters and answers that serve them.

Litestar's own generator drops nulls from examples, knows only the parameters that it parses itself and documents
no header of an error; so the document is put together here, from msgspec's schemas.
"""

from collections.abc import Mapping, Sequence
from importlib.metadata import version
from typing import Any

import msgspec
from msgspec import Struct

from crypto.entrypoints.http.docs.bounds import bounded
from crypto.entrypoints.http.docs.operations import Node, methods_of, responses_of
from crypto.entrypoints.http.docs.response_headers import HEADERS
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.problems import Problem
from crypto.entrypoints.http.kit.tags import TAGS

OPENAPI_VERSION = "3.1.0"

NAME = "crypto"

DESCRIPTION = """\
Prices of crypto coins as several providers say them, each with who said it, when, and how long it passes for
current.

**Errors** are `application/problem+json` (RFC 9457): `code` is one of a closed list and stays, `detail` says
what was wrong, `action` what to do next, `type` leads to the explanation of the code. What is unknown,
repeated or empty is refused, never ignored.

**Lists** come in parts: follow the header `Link` (RFC 8288), or `next_cursor`, until there is no next one. A
cursor belongs to the filters it was given for. `page` and `cursor` exclude each other. A range begins before
it ends: it includes its start and excludes its end. `as_of` is at least 60 seconds ago.

**Numbers**: amounts are JSON numbers with every digit. Read them as decimals: JavaScript, and so a page in a
browser, rounds them.

**HEAD** answers as GET does, without a body. Answers of 1 KiB or more come as gzip where `Accept-Encoding`
asks for it.

**Who may ask**: whoever reaches the service. There is no password and no rate limit, so there is no 401 and
no 429; an operator who wants them puts a proxy in front.
"""

_DECIMAL = {"type": "string", "format": "decimal"}
"""What msgspec calls a Decimal; here they are numbers."""


class DocumentAnswer(Struct, frozen=True, kw_only=True):
    """This API as an OpenAPI 3.1 document."""

    openapi: str
    info: dict[str, Any]
    servers: tuple[dict[str, Any], ...]
    security: tuple[dict[str, Any], ...]
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
            "contact": {"name": "Whoever runs this service; of the program: its maintainers"},
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        servers=(
            {
                "url": "/",
                "description": "The service that gave out this document: local, or wherever its operator runs it.",
                "x-internal": True,
            },
        ),
        security=({},),  # anyone may ask: see the description
        tags=tuple({"name": each.name, "description": each.meaning} for each in TAGS),
        paths=_paths(endpoints),
        components={"schemas": _schemas(endpoints), "headers": _headers(endpoints)},
    )


def _paths(endpoints: Sequence[Endpoint]) -> dict[str, Node]:
    """The operations of each path; one path may be read and asked with a body, too."""
    paths: dict[str, Node] = {}
    for each in endpoints:
        paths[each.path] = {**paths.get(each.path, {}), **methods_of(each)}
    return paths


def _headers(endpoints: Sequence[Endpoint]) -> Node:
    """The headers that any of these endpoints sends."""
    responses = [each for endpoint in endpoints for each in responses_of(endpoint).values()]
    sent = {name for each in responses for name in each["headers"]}
    return {name: header for name, header in HEADERS.items() if name in sent}


def _schemas(endpoints: Sequence[Endpoint]) -> dict[str, object]:
    answers = [type(each.example) for each in endpoints if isinstance(each.example, Struct)]
    bodies = [each.body.kind for each in endpoints if each.body]
    components = _components([*answers, Problem])
    return {**_components(bodies), **bounded(components)}


def _components(kinds: Sequence[type[Struct]]) -> Mapping[str, object]:
    _, components = msgspec.json.schema_components(kinds, ref_template="#/components/schemas/{name}")
    return {name: _with_numbers(schema) for name, schema in components.items()}


def _with_numbers(node: object) -> object:
    if node == _DECIMAL:
        return {"type": "number"}
    if isinstance(node, dict):
        return {name: _with_numbers(value) for name, value in node.items()}
    return [_with_numbers(each) for each in node] if isinstance(node, list) else node
