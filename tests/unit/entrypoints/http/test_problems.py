"""Every error is a problem with a code of a closed list, and the list is explained where its problems lead."""

import re
from pathlib import Path

import msgspec
import pytest

from crypto.application.errors import StoreLost, StoreUnavailable
from crypto.entrypoints.http.kit.problem_codes import PROBLEMS, ProblemCode
from tests.support.api import Answer, Served, ask, quote

DATA, COINS = "/api/v1/data", "/api/v1/coins"
REFERENCE = Path(__file__).parents[4] / "docs" / "reference" / "problems.md"

REFUSED = {
    "limit=1": "unknown_parameter",
    "page=1&page=2": "repeated_parameter",
    "&".join(f"coin_id={number}" for number in range(51)): "repeated_parameter",
    "source=": "empty_parameter",
    "symbol=%00": "unreadable_text",
    "symbol=%FF": "unreadable_text",
    "symbol=%f": "unreadable_text",
    "page=one": "invalid_value",
    "source=nosuch": "invalid_value",
    "as_of=yesterday": "invalid_value",
    "page=0": "value_out_of_bounds",
    "page=-1": "value_out_of_bounds",
    "page_size=1001": "value_out_of_bounds",
    "page_size=" + "9" * 100: "value_out_of_bounds",
    "page=1000000000": "value_out_of_bounds",
    f"coin_id={'a' * 513}": "value_out_of_bounds",
    "page=1&cursor=abc": "conflicting_parameters",
    "observed_from=2026-01-02T00:00:00Z&observed_to=2026-01-01T00:00:00Z": "empty_range",
    "as_of=2126-01-01T00:00:00Z": "moment_too_recent",
    "cursor=abc": "invalid_cursor",
}


@pytest.fixture
def served() -> Served:
    return Served()


def code_of(answer: Answer) -> str:
    assert answer.headers["content-type"] == "application/problem+json"
    body = msgspec.json.decode(answer.body)
    assert body["status"] == answer.status == PROBLEMS[body["code"]].status
    assert (body["action"], body["title"]) == (PROBLEMS[body["code"]].action, PROBLEMS[body["code"]].title)
    assert body["request_id"] == answer.headers["x-request-id"]
    return str(body["code"])


@pytest.mark.parametrize(("query", "code"), REFUSED.items())
async def test_each_way_to_ask_wrongly_has_its_code(served: Served, query: str, code: str) -> None:
    assert code_of(await ask(served.app, DATA, query.encode())) == code


async def test_what_is_not_about_parameters_has_its_code_too(served: Served) -> None:
    await served.ingest(quote())
    found = [
        code_of(await ask(served.app, "/nothing")),
        code_of(await ask(served.app, f"{COINS}/nosuch")),
        code_of(await ask(served.app, DATA, method="DELETE")),
        code_of(await ask(served.app, DATA, accept="text/csv")),
        code_of(await ask(served.app, DATA, b"a" * 9000)),
        code_of(await ask(served.app, DATA, headers={"content-length": "65537"})),
    ]
    assert found == [
        *(
            "unknown_path",
            "unknown_coin",
            "method_not_allowed",
            "not_acceptable",
            "url_too_long",
            "body_too_large",
        ),
    ]


async def test_what_fails_here_has_its_code_and_says_nothing_of_why(served: Served) -> None:
    served.store.failure = StoreUnavailable("no connection to db.internal")
    away = await ask(served.app, DATA)
    served.store.failure = RuntimeError("secret=hunter2")
    broken = await ask(served.app, DATA)
    assert (code_of(away), code_of(broken)) == ("database_unavailable", "unexpected_error")
    assert b"db.internal" not in away.body
    assert not {word for word in (b"hunter2", b"Traceback", b".py") if word in broken.body}


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
async def test_a_large_body_that_nobody_reads_is_refused(served: Served, method: str) -> None:
    small = await ask(served.app, DATA, method=method, headers={"content-length": "65536"})
    large = await ask(served.app, DATA, method=method, headers={"content-length": "65537"})
    assert small.status in {200, 204}
    assert large.status == 413
    assert "longer than 65536 bytes" in (served.lines[-1].error or "")


async def test_a_problem_leads_to_its_explanation_by_this_service(served: Served) -> None:
    refused = msgspec.json.decode((await ask(served.app, DATA, b"limit=1")).body)
    path, _, code = refused["type"].partition("#")
    page = await ask(served.app, path, accept="text/html")
    assert (page.status, page.headers["content-type"]) == (200, "text/html; charset=utf-8")
    assert f'<section id="{code}">' in page.body.decode()
    assert "unsafe" not in page.headers["content-security-policy"]


async def test_the_page_explains_every_code_and_loads_nothing(served: Served) -> None:
    page = (await ask(served.app, "/docs/problems")).body.decode()
    assert re.findall(r'<section id="([a-z_]+)">', page) == list(PROBLEMS)
    assert re.findall(r'(?:src|href)="([^"]+)"', page) == ["data:,"]


def test_the_reference_lists_every_code_with_its_status_and_action() -> None:
    told = re.findall(r"^\| `([a-z_]+)` \| (\d{3}) \| (.*) \|$", REFERENCE.read_text(), re.MULTILINE)
    assert told == [(code, str(kind.status.value), kind.action) for code, kind in PROBLEMS.items()]


def test_every_code_says_what_to_do() -> None:
    assert list(PROBLEMS) == list(ProblemCode)
    for kind in PROBLEMS.values():
        assert re.fullmatch(r"[A-Z].{15,150}\.", kind.action)
        assert 400 <= kind.status < 600
    assert len({kind.title for kind in PROBLEMS.values()}) == len(PROBLEMS)


async def test_a_question_whose_kept_connection_was_lost_is_asked_once_more(served: Served) -> None:
    await served.ingest(quote())
    served.store.failure, served.store.fails = StoreLost("lost"), 1
    assert (await ask(served.app, DATA)).status == 200
    served.store.failure, served.store.fails = StoreLost("lost"), 2
    assert code_of(await ask(served.app, DATA, b"page_size=2")) == "database_unavailable"
