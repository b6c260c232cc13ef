"""What every answer has: a request id, safe headers, a HEAD twin and one log line; and what failures look like."""

import re

import msgspec
import pytest

from crypto.application.errors import BadRequest, StoreContended, StoreUnavailable
from tests.support.api import Served, ask, calling, quote

DATA = "/api/v1/data"
PATHS = (
    *("/", "/api/v1", DATA, "/api/v1/coins", "/api/v1/coins/bitcoin", "/api/v1/sources", "/api/v1/stats"),
    *("/api/v1/runs", "/api/v1/openapi.json"),
)
HEALTH = ("/api/v1/health", "/api/v1/health/live", "/api/v1/health/ready")


ASSETS = "/docs/swagger-ui-5.35.0"


@pytest.fixture
def served() -> Served:
    return Served()


@pytest.mark.parametrize("path", [*PATHS, *HEALTH, "/nothing", f"{DATA}?page=0"])
async def test_every_answer_bears_the_callers_request_id(served: Served, path: str) -> None:
    async with calling(served) as client:
        response = await client.get(path, headers={"x-request-id": "order-66.b_C"})
    assert response.headers["x-request-id"] == "order-66.b_C"
    assert response.headers["x-content-type-options"] == "nosniff"
    if response.headers["content-type"] != "application/json" or path not in PATHS[-1:]:
        assert response.json()["request_id"] == "order-66.b_C"


@pytest.mark.parametrize("insane", ["a" * 65, "a b", "é", "<script>", "a\tb", "a,b", ""])
async def test_an_insane_request_id_is_replaced(served: Served, insane: str) -> None:
    async with calling(served) as client:
        response = await client.get("/nothing", headers=[(b"x-request-id", insane.encode())])
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


async def test_two_request_ids_are_none(served: Served) -> None:
    async with calling(served) as client:
        response = await client.get(DATA, headers=[("x-request-id", "a"), ("x-request-id", "b")])
    assert re.fullmatch("[0-9a-f]{32}", response.headers["x-request-id"])


@pytest.mark.parametrize(
    "path", [*PATHS, *HEALTH, "/docs", "/nothing", f"{DATA}?page=0", f"{DATA}?coin_id={'a' * 8200}"]
)
async def test_head_answers_as_get_does_without_a_body(served: Served, path: str) -> None:
    async with calling(served) as client:
        got = await client.get(path)
        headed = await client.head(path)
    ignored = {"x-request-id", "content-length"}  # the length varies with the digits of the latency
    assert headed.status_code == got.status_code
    assert headed.content == b""
    assert int(headed.headers["content-length"]) > 0
    assert {name: headed.headers[name] for name in headed.headers.keys() - ignored} == {
        name: got.headers[name] for name in got.headers.keys() - ignored
    }


async def test_every_path_of_the_document_answers_head_as_get(served: Served) -> None:
    await served.ingest(quote())
    paths = msgspec.json.decode((await ask(served.app, "/api/v1/openapi.json")).body)["paths"]
    named = {"coin_id": "bitcoin", "page_id": "1"}
    reads = [path.format(**named) for path, methods in paths.items() if "get" in methods]
    reads.remove("/api/v1/stream")  # GET does not end: see test_stream_server.py
    for path in [*reads, "/docs", "/docs/problems"]:
        query = b"page_id=1" if path.endswith("/skipped") else b""
        got, headed = await ask(served.app, path, query), await ask(served.app, path, query, method="HEAD")
        own = {"x-request-id", "content-length"}
        assert (got.status, headed.status, headed.body) == (200, 200, b""), path
        assert got.headers.keys() == headed.headers.keys(), path
        assert all(got.headers[name] == headed.headers[name] for name in got.headers.keys() - own), path


@pytest.mark.parametrize("path", [*PATHS, *HEALTH, "/nothing", f"{DATA}?page=0", "/docs", "/docs/problems"])
async def test_every_answer_tells_browsers_that_it_is_not_a_page_to_use(served: Served, path: str) -> None:
    asked, _, query = path.partition("?")
    answer = await ask(served.app, asked, query.encode())
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"
    assert answer.headers["referrer-policy"] == "no-referrer"
    assert answer.headers["cross-origin-resource-policy"] == "same-origin"
    assert "default-src 'none'" in answer.headers["content-security-policy"]
    assert "frame-ancestors 'none'" in answer.headers["content-security-policy"]


@pytest.mark.parametrize("path", ["/", DATA, "/nothing"])
async def test_head_sends_no_byte_of_a_body(served: Served, path: str) -> None:
    """Asked without a client: clients drop what they should not have been sent."""
    answer = await ask(served.app, path, method="HEAD")
    assert (answer.body, int(answer.headers["content-length"]) > 0) == (b"", True)


async def test_options_tells_what_is_allowed(served: Served) -> None:
    answer = await ask(served.app, DATA, method="OPTIONS")
    assert (answer.status, answer.headers["allow"]) == (204, "GET, HEAD, OPTIONS")


@pytest.mark.parametrize("accept", ["text/html", "text/html,application/xml;q=0.9", "application/json", "*/*"])
async def test_the_page_for_people_is_served_to_every_browser_and_may_load_nothing_from_elsewhere(
    served: Served, accept: str
) -> None:
    async with calling(served) as client:
        page = await client.get("/docs?theme=dark", headers={"accept": accept})
    policy = dict(part.split(" ", 1) for part in page.headers["content-security-policy"].split("; "))
    loaded = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert (page.status_code, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert policy["default-src"] == "'none'"
    assert "unsafe" not in page.headers["content-security-policy"]
    assert {word for part in policy.values() for word in part.split() if not word.startswith("'")} == {"data:"}
    assert loaded == ["data:,", f"{ASSETS}/swagger-ui.css", f"{ASSETS}/swagger-ui-bundle.js"]
    assert page.headers["cache-control"] == "public, max-age=5"


@pytest.mark.parametrize(
    ("name", "kind"), [("swagger-ui.css", "text/css"), ("swagger-ui-bundle.js", "text/javascript")]
)
async def test_what_the_page_loads_is_kept_for_ever_as_its_version_is_in_its_address(
    served: Served, name: str, kind: str
) -> None:
    async with calling(served) as client:
        asset = await client.get(f"{ASSETS}/{name}", headers={"accept": kind})
    assert (asset.status_code, asset.headers["content-type"]) == (200, f"{kind}; charset=utf-8")
    assert asset.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert asset.headers["x-content-type-options"] == "nosniff"
    assert len(asset.content) > 100_000


@pytest.mark.parametrize(
    "path",
    [
        *(f"{ASSETS}/LICENSE", f"{ASSETS}/..", f"{ASSETS}/%2e%2e%2f%2e%2e%2fdocs_page.py", f"{ASSETS}/nothing.js"),
        *("/docs/swagger-ui-0.0.0/swagger-ui.css", "/docs/nothing", "/docs/%00", "/docsfoo"),
    ],
)
async def test_nothing_else_is_served_beside_the_page(served: Served, path: str) -> None:
    answer = await ask(served.app, path)
    assert (answer.status, answer.headers["content-type"]) == (404, "application/problem+json")


async def test_each_request_is_one_line(served: Served) -> None:
    await served.ingest(quote(), quote("ethereum"))
    await ask(served.app, DATA, b"symbol=bit&page_size=5")
    await ask(served.app, DATA, b"limit=5", method="HEAD")
    await ask(served.app, "/nothing%0Ahere")
    listed, refused, missed = served.lines
    assert (listed.method, listed.path, listed.status, listed.results) == ("GET", DATA, 200, 1)
    assert listed.filters == {"symbol": "bit", "page_size": "5"}
    assert listed.latency_ms > 0
    assert all(type(line.status) is int for line in served.lines)
    assert (refused.method, refused.status, refused.results) == ("HEAD", 400, None)
    assert "limit" in (refused.error or "")
    assert (missed.path, missed.status) == ("/nothing%0Ahere", 404)


@pytest.mark.parametrize(
    "path", [DATA, "/api/v1/coins", "/api/v1/stats", "/api/v1/sources", "/api/v1/health/ready"]
)
async def test_an_outage_is_503_with_retry_after_and_heals_by_itself(served: Served, path: str) -> None:
    served.lose_the_database()
    async with calling(served) as client:
        away = await client.get(path)
        served.heal()
        back = await client.get(path)
    assert (away.status_code, away.headers["retry-after"]) == (503, "5")
    assert away.headers["content-type"] == "application/problem+json"
    assert "db.internal" not in away.text
    assert "db.internal" in (served.lines[0].error or "")
    assert served.errors == []
    assert back.status_code == 200


@pytest.mark.parametrize(
    ("failure", "status", "told"),
    [
        (StoreUnavailable("down"), 503, 0),
        (StoreContended("deadlock"), 503, 0),
        (BadRequest("no", parameter="page"), 400, 0),
        (UnicodeDecodeError("utf-8", b"\xff", 0, 1, "bad"), 400, 0),
        (RecursionError("deep"), 400, 0),
        (RuntimeError("secret=hunter2"), 500, 1),
        (KeyError("secret=hunter2"), 500, 1),
        (TimeoutError("secret=hunter2"), 500, 1),
    ],
)
async def test_each_failure_is_a_problem_and_the_unexpected_is_told(
    served: Served, failure: Exception, status: int, told: int
) -> None:
    served.store.failure = failure
    async with calling(served) as client:
        response = await client.get(DATA)
    assert (response.status_code, response.json()["status"]) == (status, status)
    assert response.headers["content-type"] == "application/problem+json"
    assert "hunter2" not in response.text
    assert [error for error, _ in served.errors] == [failure] * told
    assert all(request_id == response.headers["x-request-id"] for _, request_id in served.errors)


async def test_a_bad_host_is_a_problem(served: Served) -> None:
    async with calling(served) as client:
        response = await client.get(DATA, headers={"host": "bad host/"})
    assert (response.status_code, response.headers["content-type"]) == (400, "application/problem+json")


async def test_lifespans_are_entered_and_left() -> None:
    served = Served()
    async with calling(served):
        entered = list(served.phases)
    assert (entered, served.phases) == (["up"], ["up", "down"])
