"""An endpoint that is asked with POST: what its body may be, and what a body that does not fit is told."""

import json
from typing import Annotated, Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar
from msgspec import Meta, Struct

from crypto.entrypoints.http.docs.openapi import document
from crypto.entrypoints.http.kit.answer import Answer
from crypto.entrypoints.http.kit.endpoint import Endpoint
from crypto.entrypoints.http.kit.envelope import Envelope
from crypto.entrypoints.http.kit.gate import json_gate
from crypto.entrypoints.http.kit.json_body import JsonBody
from crypto.entrypoints.http.kit.problems import Problems
from crypto.entrypoints.http.kit.refusal import Refusal
from crypto.entrypoints.http.kit.request_context import Headers, RequestContext
from crypto.entrypoints.http.kit.router import router
from crypto.entrypoints.http.kit.tags import MARKET_DATA
from tests.support import api
from tests.support.api import ask

MOST, SECONDS = 4096, 0.2


class Pair(Struct, frozen=True, forbid_unknown_fields=True):
    coin_id: Annotated[str, Meta(min_length=1, max_length=20)]
    amount: Annotated[int, Meta(ge=0)]
    tags: tuple[str, ...] = ()


class Wanted(Struct, frozen=True, forbid_unknown_fields=True):
    pairs: Annotated[tuple[Pair, ...], Meta(min_length=1, max_length=100)]
    notes: dict[str, int] = {}


class Sum(Struct, frozen=True):
    total: int


class Loose(Struct, frozen=True):
    anything: int


BODY = JsonBody(kind=Wanted, description="What to add up.", example=Wanted(pairs=(Pair("bitcoin", 1),)), most=MOST)


async def add_up(context: RequestContext) -> Answer:
    return Answer(body=Sum(sum(pair.amount for pair in BODY.of(context).pairs)))


def endpoints() -> tuple[Endpoint, ...]:
    def endpoint(path: str, body: JsonBody[Any] | None) -> Endpoint:
        return Endpoint(
            path=path,
            name=f"Sum{'s' if body else ''}",
            tag=MARKET_DATA,
            summary="The sum.",
            example=Sum(1),
            answer=add_up if body else read,
            body=body,
        )

    async def read(_: RequestContext) -> Answer:
        return Answer(body=Sum(0))

    return (endpoint("/sums", BODY), endpoint("/both", BODY), endpoint("/both", None))


@pytest.fixture
def app() -> Litestar:
    problems = Problems(lambda error, _: None)
    app = Litestar(
        route_handlers=[router(endpoints(), gate=json_gate, errors=problems)],
        exception_handlers={Exception: problems},
        openapi_config=None,
        request_max_body_size=65536,
    )
    app.asgi_handler = Envelope(app.asgi_handler, lambda line: None)
    return app


async def send(app: Litestar, *parts: bytes, kind: str | None = "application/json", **headers: str) -> api.Answer:
    sent = {} if kind is None else {"content-type": kind}
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return await ask(app, "/sums", method="POST", headers=sent | named, body=parts)


def written(*pairs: Any, **more: Any) -> bytes:
    return json.dumps({"pairs": pairs, **more}).encode()


GOOD = {"coin_id": "bitcoin", "amount": 2}


async def test_a_body_is_read_as_its_shape_says(app: Litestar) -> None:
    answer = await send(app, written(GOOD, GOOD))
    assert (answer.status, msgspec.json.decode(answer.body)) == (200, {"total": 4})


async def test_a_body_may_come_in_parts(app: Litestar) -> None:
    answer = await send(app, b'{"pairs": ', b'[{"coin_id": ', b'"a", "amount": 3}]}')
    assert (answer.status, msgspec.json.decode(answer.body)) == (200, {"total": 3})


@pytest.mark.parametrize(
    ("body", "pointer", "said"),
    [
        (written(GOOD, {"coin_id": "a", "amount": "2"}), "/pairs/1/amount", "$.pairs[1].amount does not fit"),
        (written(*[GOOD] * 63, {"coin_id": 5, "amount": 2}), "/pairs/63/coin_id", "$.pairs[63].coin_id"),
        (written(*[GOOD] * 20, {"coin_id": "a", "amount": 2, "tags": ["x", 1]}), "/pairs/20/tags/1", "tags[1]"),
        (written(GOOD, {"coin_id": "a", "amount": -2}), "/pairs/1/amount", ">= 0"),
        (written(GOOD, {"coin_id": "a" * 21, "amount": 2}), "/pairs/1/coin_id", "length <= 20"),
        (written(GOOD, {"coin_id": "a"}), "/pairs/1", "missing required field `amount`"),
        (written(GOOD, GOOD | {"price": 1}), "/pairs/1", "unknown field `price`"),
        (written(GOOD, 7), "/pairs/1", "expected `object`, got `int`"),
        (written(GOOD, limit=3), "", "unknown field `limit`"),
        (written(), "/pairs", "length >= 1"),
        (written(*[{"coin_id": "a", "amount": 1}] * 101), "/pairs", "length <= 100"),
        (written(GOOD, notes={"a": "b"}), "/notes", "expected `int`"),
        (b"{}", "", "missing required field `pairs`"),
        (b"[]", "", "expected `object`, got `array`"),
        (b"null", "", "expected `object`, got `null`"),
        (b'{"pairs": [{"coin_id": 1}], "\xff": 1}', "/pairs/0/coin_id", "expected `str`"),
    ],
)
async def test_what_does_not_fit_is_named_with_its_place(
    app: Litestar, body: bytes, pointer: str, said: str
) -> None:
    answer = await send(app, body)
    problem = msgspec.json.decode(answer.body)
    assert (answer.status, problem["code"], problem.get("pointer")) == (400, "invalid_body", pointer)
    assert said in problem["detail"]
    assert "parameter" not in problem


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"pairs": [1,]}',
        b"\xff\xfe",
        b'{"pairs": "\xff"}',
        b"[" * MOST,
        b'{"a":' * 600,
        b"NaN",
        b"\x00",
    ],
)
async def test_what_is_not_json_is_refused_as_that(app: Litestar, body: bytes) -> None:
    answer = await send(app, body)
    assert (answer.status, msgspec.json.decode(answer.body)["code"]) == (400, "invalid_body")


@pytest.mark.parametrize(
    "kind",
    [None, "text/plain", "application/x-www-form-urlencoded", "application/json; charset=latin-1", "json", ""],
)
async def test_another_kind_of_body_is_415(app: Litestar, kind: str | None) -> None:
    answer = await send(app, written(GOOD), kind=kind)
    assert (answer.status, msgspec.json.decode(answer.body)["code"]) == (415, "unsupported_media_type")


@pytest.mark.parametrize("kind", ["application/json", "Application/JSON", 'application/json; charset="UTF-8"'])
async def test_json_is_json_however_it_is_spelled(app: Litestar, kind: str) -> None:
    assert (await send(app, written(GOOD), kind=kind)).status == 200


async def test_a_packed_body_is_415(app: Litestar) -> None:
    assert (await send(app, written(GOOD), content_encoding="gzip")).status == 415


async def test_a_body_over_its_endpoints_bound_is_413_however_it_comes(app: Litestar) -> None:
    announced = await send(app, b"", content_length=str(MOST + 1))
    streamed = await send(app, *[b" " * 1024] * 5, b"{}")
    fits = await send(app, written(GOOD).rjust(MOST))
    assert [each.status for each in (announced, streamed, fits)] == [413, 413, 200]
    assert "4096 bytes" in msgspec.json.decode(streamed.body)["detail"]


async def test_a_body_that_does_not_come_is_408(app: Litestar) -> None:
    answer = await send(app, b'{"pairs": ')
    assert (answer.status, msgspec.json.decode(answer.body)["code"]) == (408, "request_timeout")


@pytest.mark.parametrize(
    ("path", "method", "status", "allow"),
    [
        ("/sums", "GET", 405, "OPTIONS, POST"),
        ("/sums", "HEAD", 405, "OPTIONS, POST"),
        ("/sums", "OPTIONS", 204, "OPTIONS, POST"),
        ("/both", "OPTIONS", 204, "GET, HEAD, OPTIONS, POST"),
        ("/both", "PUT", 405, "GET, HEAD, OPTIONS, POST"),
    ],
)
async def test_each_path_says_which_methods_it_takes(
    app: Litestar, path: str, method: str, status: int, allow: str
) -> None:
    answer = await ask(app, path, method=method)
    assert (answer.status, answer.headers["allow"]) == (status, allow)


async def test_one_path_may_be_read_and_asked(app: Litestar) -> None:
    sent = {"content-type": "application/json"}
    asked = await ask(app, "/both", method="POST", headers=sent, body=[written(GOOD)])
    got, headed = await ask(app, "/both"), await ask(app, "/both", method="HEAD")
    assert [msgspec.json.decode(each.body)["total"] for each in (asked, got)] == [2, 0]
    assert (headed.status, headed.body) == (200, b"")


async def test_a_query_that_the_path_does_not_take_is_refused_of_a_post_too(app: Litestar) -> None:
    answer = await ask(app, "/sums", b"limit=1", method="POST", body=[written(GOOD)])
    assert msgspec.json.decode(answer.body)["code"] == "unknown_parameter"


def test_a_body_that_would_ignore_what_is_misspelt_cannot_be_declared() -> None:
    with pytest.raises(TypeError, match="Loose must forbid unknown fields"):
        JsonBody(kind=Loose, description="", example=Loose(1))


def test_the_document_has_the_body_with_its_bounds_and_its_refusals() -> None:
    described = msgspec.json.decode(msgspec.json.encode(document(endpoints())))
    post = described["paths"]["/sums"]["post"]
    pairs = described["components"]["schemas"]["Wanted"]["properties"]["pairs"]
    assert post["requestBody"]["required"]
    assert post["requestBody"]["content"]["application/json"]["example"] == json.loads(
        msgspec.json.encode(BODY.example)
    )
    assert "At most 4096 bytes" in post["requestBody"]["description"]
    assert (pairs["minItems"], pairs["maxItems"]) == (1, 100)
    assert {"200", "400", "406", "408", "413", "414", "415", "500"} == post["responses"].keys()
    assert described["paths"]["/both"].keys() == {"get", "head", "post"}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5) | st.floats(allow_nan=False),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(["pairs", "coin_id", "amount", "tags", "notes", "a/b~"]), inner, max_size=4
        )
    ),
    max_leaves=20,
)


def at(body: Any, pointer: str) -> bool:
    """Whether a pointer leads to something in a body."""
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(body, list) and name.isdigit() and int(name) < len(body):
            body = body[int(name)]
        elif isinstance(body, dict) and name in body:
            body = body[name]
        else:
            return False
    return True


@given(body=values)
def test_whatever_the_body_the_refusal_points_into_it(body: Any) -> None:
    refusal = refused(json.dumps(body).encode())
    assert refusal is None or refusal.pointer is None or at(body, refusal.pointer), str(refusal)


def refused(body: bytes) -> Refusal | None:
    """Why a body is refused; None for one that is taken."""
    context = RequestContext(method="POST", raw_path=b"/", raw_query=b"", request_id="a", headers=Headers())
    context.body = body
    try:
        BODY.of(context)
    except Refusal as refusal:
        return refusal
    return None
