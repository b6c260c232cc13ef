"""One endpoint as OpenAPI has it: its parameters, its body, and every answer it may give, with examples."""

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
from typing import Any, TypeAlias

from msgspec import Raw, Struct

from crypto.entrypoints.http.docs.response_headers import ALWAYS as ALWAYS_SENT
from crypto.entrypoints.http.docs.response_headers import OF_BYTES, OF_FILES
from crypto.entrypoints.http.kit.answer import ENCODER, JSON
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.example_values import REQUEST_ID
from crypto.entrypoints.http.kit.gate import ALWAYS, OF_BODIES, OF_READING, not_acceptable
from crypto.entrypoints.http.kit.parameters import AnyParameter
from crypto.entrypoints.http.kit.problems import PROBLEM_JSON, problem_of
from crypto.entrypoints.http.kit.verdict import Verdict

Node: TypeAlias = Mapping[str, object]

LONGEST_BODY = 2**30
"""Bytes: PostgreSQL stores no longer value."""

LONGEST_FILE = 2**50
"""Bytes: more than a disk holds; a file has as many as its rows take."""


def methods_of(endpoint: Endpoint) -> Node:
    """POST for an endpoint that takes a body; else GET, and HEAD: the same without a body."""
    responses = responses_of(endpoint)
    if endpoint.body:
        return {"post": _operation("post", endpoint, responses)}
    bare = {status: {**each, "content": {}} for status, each in responses.items()}
    return {"get": _operation("get", endpoint, responses), "head": _operation("head", endpoint, bare)}


def _operation(method: str, endpoint: Endpoint, responses: Node) -> Node:
    in_path = [{**_parameter(each), "in": "path", "required": True} for each in endpoint.in_path]
    operation = {
        "operationId": f"{method}{endpoint.name}",
        "summary": endpoint.summary,
        "description": _description(method, endpoint),
        "tags": [endpoint.tag.name],
        "parameters": [*in_path, *map(_parameter, endpoint.parameters)],
        "responses": responses,
    }
    if endpoint.body:
        operation["requestBody"] = _body(endpoint)
    return {**operation, "deprecated": True} if endpoint.deprecated else operation


def _description(method: str, endpoint: Endpoint) -> str:
    """What the answer is, and what holds between parameters: no schema can say that."""
    words = [endpoint.deprecated.words] if endpoint.deprecated else []
    as_get = ["As GET, without a body."] if method == "head" else []
    is_struct = isinstance(endpoint.example, Struct)
    about = (type(endpoint.example).__doc__ if is_struct else None) or endpoint.summary
    return "\n\n".join([*words, *as_get, _flowing(about), *(f"- {each}" for each in endpoint.rules)])


def _flowing(text: str) -> str:
    """A docstring as paragraphs, without the indentation of the source."""
    return "\n".join(line.strip() for line in text.strip().splitlines())


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


def _body(endpoint: Endpoint) -> Node:
    wanted = endpoint.body
    if wanted is None:
        return {}
    content = {JSON: {"schema": _reference(wanted.example), "example": _written(wanted.example)}}
    return {
        "required": True,
        "description": f"{wanted.description} At most {wanted.most} bytes.",
        "content": content,
    }


def responses_of(endpoint: Endpoint) -> dict[str, dict[str, Any]]:
    """Every answer that an endpoint may give, by its status."""
    responses = _good(endpoint, endpoint.example)
    verdicts = [
        *ALWAYS,
        not_acceptable(endpoint.offers),
        *(OF_BODIES if endpoint.body else OF_READING),
        *endpoint.problems,
    ]
    for status, alike in groupby(sorted(verdicts, key=lambda each: each.status), lambda each: each.status):
        responses[str(status.value)] = _problem(list(alike), endpoint.path)
    if endpoint.unhealthy:
        responses["503"] = _response("Unhealthy.", [endpoint.unhealthy], headers=("Retry-After",))
    return responses


def _good(endpoint: Endpoint, example: Struct | bytes) -> dict[str, dict[str, Any]]:
    if not isinstance(example, bytes):
        answered = _response("As asked.", [example], headers=_of_success(endpoint))
        return {"200": {**answered, "content": _in_each_format(endpoint, answered["content"])}}
    if endpoint.stream:
        return {"200": _streamed(endpoint.stream, example)}
    headers = _references((*ALWAYS_SENT, *OF_BYTES))
    schema = {"type": "string", "format": "binary", "maxLength": LONGEST_BODY}
    content = {"*/*": {"schema": schema, "example": example.decode()}}
    return {
        "200": {"description": "The bytes as they were received.", "headers": headers, "content": content},
        "304": {"description": "The copy that the caller has is good.", "headers": headers, "content": {}},
    }


def _in_each_format(endpoint: Endpoint, as_json: Node) -> Node:
    """JSON has its schema; in other formats an answer is a file."""
    shape = {"type": "string", "format": "binary", "maxLength": LONGEST_FILE}
    return {media: as_json.get(media, {"schema": shape}) for media in endpoint.offers}


def _streamed(media: str, example: bytes) -> dict[str, Any]:
    schema = {"type": "string", "maxLength": LONGEST_BODY, "pattern": r"^[^\u0000]*$"}
    content = {media: {"schema": schema, "example": example.decode()}}
    return {"description": "Events, as they come.", "headers": _references(ALWAYS_SENT), "content": content}


def _references(headers: Iterable[str]) -> Node:
    return {name: {"$ref": f"#/components/headers/{name}"} for name in headers}


def _of_success(endpoint: Endpoint) -> tuple[str, ...]:
    told = (
        [] if endpoint.deprecated is None else ["Deprecation", *(["Sunset"] if endpoint.deprecated.sunset else [])]
    )
    guided = endpoint.deprecated is not None and endpoint.deprecated.guide is not None
    return (*(OF_FILES if endpoint.gives_file else ()), *(["Link"] if endpoint.pages or guided else []), *told)


def _problem(verdicts: list[Verdict], path: str) -> dict[str, Any]:
    """The answer of one status: which codes it may have, with an example of each."""
    examples = [problem_of(each, path=path, request_id=REQUEST_ID) for each in verdicts]
    codes = ", ".join(dict.fromkeys(f"`{each.code}`" for each in verdicts))
    retry = ("Retry-After",) if any("Retry-After" in each.headers for each in verdicts) else ()
    return _response(f"{verdicts[0].status.phrase}: {codes}.", examples, media=PROBLEM_JSON, headers=retry)


def _response(
    description: str, examples: Sequence[Struct], *, media: str = JSON, headers: Iterable[str] = ()
) -> dict[str, Any]:
    shown: dict[str, object] = {"example": _written(examples[0])}
    if len(examples) > 1:
        shown = {"examples": {_named(each): {"value": _written(each)} for each in examples}}
    return {
        "description": description,
        "headers": _references((*ALWAYS_SENT, *headers)),
        "content": {media: {"schema": _reference(examples[0]), **shown}},
    }


def _named(problem: Struct) -> str:
    return str(getattr(problem, "code", type(problem).__name__))


def _reference(example: Struct) -> Node:
    return {"$ref": f"#/components/schemas/{type(example).__name__}"}


def _written(example: Struct) -> Raw:
    return Raw(ENCODER.encode(example))
