"""Routers side by side: each has its own gate and its own format of errors."""

from http import HTTPStatus

import msgspec
from litestar import Litestar, Response
from msgspec import Struct

from crypto.application.errors import BadRequest
from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.envelope import Envelope
from crypto.entrypoints.http.kit.gate import json_gate
from crypto.entrypoints.http.kit.problems import Problems
from crypto.entrypoints.http.kit.request_context import RequestContext, RequestLine
from crypto.entrypoints.http.kit.router import router
from crypto.entrypoints.http.kit.scope import AnyRequest
from crypto.entrypoints.http.kit.tags import ABOUT
from tests.support.api import ask


class Word(Struct):
    word: str


def endpoint(path: str) -> Endpoint:
    async def answer(_: RequestContext) -> Answer:
        return Answer(body=Word("hello"), results=1)

    return Endpoint(path=path, name="Word", tag=ABOUT, summary="A word.", answer=answer, example=Word("a"))


async def closed_gate(_: AnyRequest) -> None:
    raise BadRequest("closed", parameter="key")


def shrug(_: AnyRequest, error: Exception) -> Response[bytes]:
    return Response(f'"{error}"'.encode(), status_code=HTTPStatus.IM_A_TEAPOT)


def two_dialects(lines: list[RequestLine]) -> Litestar:
    ours, theirs = (endpoint("/ours"),), (endpoint("/theirs"),)
    problems = Problems(lambda error, _: None)
    app = Litestar(
        route_handlers=[
            router(ours, gate=json_gate, errors=problems),
            router(theirs, gate=closed_gate, errors=shrug),
        ],
        exception_handlers={Exception: problems},
        openapi_config=None,
    )
    app.asgi_handler = Envelope(app.asgi_handler, lines.append)
    return app


async def test_a_dialect_has_its_own_gate_and_errors() -> None:
    app = two_dialects([])
    ours = await ask(app, "/ours", b"limit=1")
    theirs = await ask(app, "/theirs", b"limit=1")
    assert (ours.status, msgspec.json.decode(ours.body)["parameter"]) == (400, "limit")
    assert (theirs.status, theirs.body) == (418, b'"closed"')


async def test_what_no_dialect_answers_is_a_problem() -> None:
    nowhere = await ask(two_dialects([]), "/nowhere")
    assert (nowhere.status, nowhere.headers["content-type"]) == (404, "application/problem+json")


async def test_what_an_answer_counts_is_logged() -> None:
    lines: list[RequestLine] = []
    await ask(two_dialects(lines), "/ours")
    assert [(line.status, line.results) for line in lines] == [(200, 1)]
