"""What will go says so: an endpoint in its headers and in the document, a field in the document."""

from datetime import UTC, datetime

import msgspec
from litestar import Litestar
from msgspec import Struct

from crypto.entrypoints.http.docs.openapi import document
from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.deprecation import Deprecation
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.envelope import Envelope
from crypto.entrypoints.http.kit.gate import json_gate
from crypto.entrypoints.http.kit.problems import Problems
from crypto.entrypoints.http.kit.request_context import RequestContext
from crypto.entrypoints.http.kit.router import router
from crypto.entrypoints.http.kit.tags import ABOUT
from tests.support.api import Served, ask

SINCE, SUNSET = datetime(2025, 11, 2, tzinfo=UTC), datetime(2026, 11, 1, tzinfo=UTC)
GOING = Deprecation(since=SINCE, sunset=SUNSET, instead="use /new.", guide="/docs/moving")


class Word(Struct):
    word: str


def endpoint(path: str, deprecated: Deprecation | None, link: str | None = None) -> Endpoint:
    async def answer(_: RequestContext) -> Answer:
        return Answer(body=Word("hello"), headers={"Link": link} if link else {})

    return Endpoint(
        path=path,
        name=path.strip("/").title(),
        tag=ABOUT,
        summary="A word.",
        answer=answer,
        example=Word("a"),
        deprecated=deprecated,
    )


ENDPOINTS = (
    endpoint("/old", GOING),
    endpoint("/listed", GOING, link='</listed?page=1>; rel="first"'),
    endpoint("/some-day", Deprecation(since=SINCE, instead="use /new.")),
    endpoint("/new", None),
)


def served() -> Litestar:
    problems = Problems(lambda error, _: None)
    app = Litestar(
        route_handlers=[router(ENDPOINTS, gate=json_gate, errors=problems)],
        exception_handlers={Exception: problems},
        openapi_config=None,
    )
    app.asgi_handler = Envelope(app.asgi_handler, lambda line: None)
    return app


async def test_a_deprecated_endpoint_says_since_when_and_until_when() -> None:
    old = await ask(served(), "/old")
    assert old.headers["deprecation"] == "@1762041600"
    assert old.headers["sunset"] == "Sun, 01 Nov 2026 00:00:00 GMT"
    assert old.headers["link"] == '</docs/moving>; rel="deprecation"; type="text/html"'


async def test_a_link_that_is_there_stays() -> None:
    listed = await ask(served(), "/listed")
    assert listed.headers["link"].startswith('</listed?page=1>; rel="first", </docs/moving>; rel="deprecation"')


async def test_an_end_that_is_not_known_is_not_told() -> None:
    some_day = await ask(served(), "/some-day")
    assert some_day.headers["deprecation"] == "@1762041600"
    assert not {"sunset", "link"} & some_day.headers.keys()


async def test_what_stays_says_nothing() -> None:
    assert not {"deprecation", "sunset", "link"} & (await ask(served(), "/new")).headers.keys()


def test_the_document_says_it_too() -> None:
    paths = msgspec.json.decode(msgspec.json.encode(document(ENDPOINTS)))["paths"]
    old, new = paths["/old"]["get"], paths["/new"]["get"]
    assert old["deprecated"]
    assert "Deprecated since 2025-11-02 and gone from 2026-11-01 on: use /new." in old["description"]
    assert {"Deprecation", "Sunset", "Link"} <= old["responses"]["200"]["headers"].keys()
    assert "deprecated" not in new
    assert not {"Deprecation", "Sunset"} & new["responses"]["200"]["headers"].keys()


async def test_of_the_api_itself_one_field_is_deprecated() -> None:
    described = msgspec.json.decode((await ask(Served().app, "/api/v1/openapi.json")).body)
    deprecated = [
        (name, field)
        for name, schema in described["components"]["schemas"].items()
        for field, each in schema.get("properties", {}).items()
        if each.get("deprecated")
    ]
    assert deprecated == [("SourceListAnswer", "drift")]
    assert not [each for path in described["paths"].values() for each in path.values() if "deprecated" in each]
