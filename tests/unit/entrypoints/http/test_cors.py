"""Pages of other origins: none may read the answers, or those that a setting names, or all."""

from collections.abc import Mapping

import pytest

from crypto.entrypoints.http.app import create_app
from crypto.entrypoints.http.kit.cors import Cors
from crypto.entrypoints.settings import BadSetting, load_settings
from tests.support.api import Answer, Served, ask

APP, OTHER = "https://app.example.org", "https://evil.example.org"
PATHS = ("/api/v1/data", "/api/v1/data?page=0", "/nothing", f"/api/v1/data?a={'a' * 9000}", "/docs", "/")
STARTS = "access-control-"


def opened(*origins: str) -> Served:
    served = Served()
    served.app = create_app(service=served.service, on_request=served.lines.append, cors=Cors(origins=origins))
    return served


async def called(served: Served, target: str, origin: str | None, **more: str) -> Answer:
    path, _, query = target.partition("?")
    headers = {name.replace("_", "-"): value for name, value in more.items() if name != "method"}
    sent = headers | ({"origin": origin} if origin else {})
    return await ask(served.app, path, query.encode(), method=more.get("method", "GET"), headers=sent)


def cors_of(answer: Answer) -> Mapping[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith(STARTS)}


def varies(answer: Answer) -> set[str]:
    return {each.strip() for each in answer.headers.get("vary", "").split(",") if each.strip()}


@pytest.mark.parametrize("target", PATHS)
async def test_without_the_setting_no_page_may_read_anything(target: str) -> None:
    answer = await called(Served(), target, APP)
    assert cors_of(answer) == {}
    assert "Origin" not in varies(answer)


@pytest.mark.parametrize("target", PATHS)
async def test_a_page_of_a_named_origin_reads_answers_and_refusals(target: str) -> None:
    answer = await called(opened(APP, "http://localhost:3000"), target, APP)
    assert answer.headers["access-control-allow-origin"] == APP
    assert {"X-Request-ID", "ETag", "Link", "Retry-After"} <= set(
        answer.headers["access-control-expose-headers"].split(", ")
    )
    assert "Origin" in varies(answer)


@pytest.mark.parametrize("origin", [OTHER, None, "null", APP.upper(), f"{APP}:443", f"{APP}.evil.example.org"])
async def test_any_other_origin_reads_nothing_and_a_cache_keeps_them_apart(origin: str | None) -> None:
    answer = await called(opened(APP), "/api/v1/data", origin)
    assert (answer.status, cors_of(answer)) == (200, {})
    assert {"Origin", "Accept-Encoding"} <= varies(answer)


async def test_a_star_is_everybody_and_depends_on_nobody() -> None:
    answer = await called(opened("*"), "/api/v1/data", OTHER)
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "Origin" not in varies(answer)


async def test_a_failure_may_be_read_by_the_page_that_met_it() -> None:
    served = opened(APP)
    served.store.failure = RuntimeError("unexpected")
    answer = await called(served, "/api/v1/data", APP)
    assert (answer.status, answer.headers["access-control-allow-origin"]) == (500, APP)


async def preflight(served: Served, target: str, origin: str, wanted: str = "GET") -> Answer:
    asked = {"access-control-request-method": wanted, "access-control-request-headers": "x-request-id"}
    return await called(served, target, origin, method="OPTIONS", **asked)


async def test_a_browser_that_asks_first_is_told_methods_and_headers() -> None:
    answer = await preflight(opened(APP), "/api/v1/data", APP)
    assert (answer.status, answer.body) == (204, b"")
    assert cors_of(answer) == {
        "access-control-allow-origin": APP,
        "access-control-allow-methods": "GET, HEAD, OPTIONS",
        "access-control-allow-headers": "Accept, Content-Type, If-None-Match, If-Modified-Since, Last-Event-ID,"
        " X-Request-ID, traceparent, tracestate",
        "access-control-max-age": "600",
    }
    assert "Origin" in varies(answer)


async def test_a_browser_that_asks_first_for_another_page_is_told_nothing() -> None:
    answer = await preflight(opened(APP), "/api/v1/data", OTHER)
    assert (answer.status, cors_of(answer)) == (204, {})


async def test_a_browser_that_asks_for_a_path_that_there_is_not_is_told_so() -> None:
    answer = await preflight(opened(APP), "/nothing", APP)
    assert (answer.status, "access-control-allow-methods" in answer.headers) == (404, False)


async def test_cookies_are_never_taken() -> None:
    for answer in (
        await called(opened("*"), "/", APP, cookie="a=b"),
        await preflight(opened(APP), "/", APP),
    ):
        assert "access-control-allow-credentials" not in answer.headers


@pytest.mark.parametrize(
    ("given", "read"),
    [
        ("*", ("*",)),
        (f"{APP}, http://localhost:3000", (APP, "http://localhost:3000")),
        ("http://[::1]:8080", ("http://[::1]:8080",)),
        ("", ()),
    ],
)
def test_the_setting_takes_origins(given: str, read: tuple[str, ...]) -> None:
    assert load_settings(environment={"CRYPTO_CORS_ORIGINS": given}).cors_origins == read


@pytest.mark.parametrize(
    "given",
    ["app.example.org", f"{APP}/", f"{APP}/path", "https://*.example.org", "HTTPS://APP", "null", f"{APP},x"],
)
def test_the_setting_refuses_what_no_browser_sends(given: str) -> None:
    with pytest.raises(BadSetting, match=r"CRYPTO_CORS_ORIGINS: got .*, takes \*, or origins such as"):
        load_settings(environment={"CRYPTO_CORS_ORIGINS": given})
