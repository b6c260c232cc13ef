"""One line a fact, as text or JSON, and never a key or a password."""

import json
import logging
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from crypto.entrypoints.http.asgi import log_request
from crypto.entrypoints.http.kit.request_context import RequestLine
from crypto.entrypoints.log import QUIET, Redactor, configure_log, redacted

KEY = 'CG-k3y"with\\odd/signs&é'
PASSWORD = "p@ss w/rd"  # noqa: S105 - of nothing


@pytest.fixture(autouse=True)
def log_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers = root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in (None, *QUIET)}
    yield
    logger.remove()
    logger.add(sys.stderr)
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def test_elsewhere_than_on_a_terminal_a_line_is_one_json_object(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log(form=None, level="info")
    logger.bind(source="csv", run_id=3, page=7, records=2).info("Page is in")
    line = json.loads(capsys.readouterr().err)
    assert line.pop("time").endswith("+00:00")
    assert line == {
        "level": "info", "message": "Page is in", "source": "csv", "run_id": 3, "page": 7, "records": 2,
    }  # fmt: skip


def test_text_begins_with_the_run_and_ends_with_the_facts(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log(form="text", level="info")
    logger.bind(source="csv", run_id=3, page=7, records=2).info("Page is in")
    assert capsys.readouterr().err.endswith("INFO    csv run 3 page 7: Page is in (records=2)\n")


def test_what_others_log_comes_in_the_same_lines_but_only_warnings_of_the_talkative(
    capsys: pytest.CaptureFixture[str],
) -> None:
    configure_log(form="json", level="info")
    logging.getLogger("httpx").info("GET https://example.org/?key=1")
    logging.getLogger("httpx").warning("odd %s", "answer")
    logging.getLogger("of.somebody").log(37, "at a level of its own")
    lines = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    assert [line["message"] for line in lines] == ["odd answer", "at a level of its own"]


@pytest.mark.parametrize("form", ["text", "json"])
def test_a_secret_appears_in_no_part_of_a_line(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    configure_log(form=form, level="debug", secrets=[KEY, PASSWORD])
    logger.bind(key=KEY, nested={"list": [KEY, {PASSWORD: 1}]}, error=ValueError(PASSWORD)).info(f"key {KEY}")
    logging.getLogger("other").error("url https://example.org/?key=%s", quote(KEY, safe=""))
    try:
        int(f"cannot connect to postgresql://me:{quote(PASSWORD)}@host/db with {KEY!r}")
    except ValueError:
        logger.exception("failed")
    text = capsys.readouterr().err
    assert "ValueError" in text
    for secret in (KEY, PASSWORD, quote(KEY, safe=""), quote(PASSWORD), json.dumps(KEY)[1:-1], "k3y", "p%40ss"):
        assert secret not in text


def test_a_password_in_a_url_is_hidden_even_when_nobody_named_it() -> None:
    assert Redactor([])("postgresql://me:hunter2@host/db") == "postgresql://me:***@host/db"


def test_texts_that_are_shown_are_redacted_once_the_log_is_configured(capsys: pytest.CaptureFixture[str]) -> None:
    configure_log(form="json", level="info", secrets=["s3cret"])
    assert redacted("the s3cret") == "the ***"


@given(secret=st.text(min_size=4, max_size=40).filter(str.strip), before=st.text(), after=st.text())
def test_a_secret_is_hidden_wherever_it_stands(secret: str, before: str, after: str) -> None:
    assert secret not in Redactor([secret])(before + secret + after) or set(secret) == {"*"}


@pytest.mark.parametrize(
    ("path", "status", "told"),
    [
        ("/api/v1/health", 200, False),
        ("/api/v1/health/live", 200, False),
        ("/api/v1/health/ready", 200, False),
        ("/api/v1/health", 503, True),
        ("/api/v1/data", 200, True),
    ],
)
def test_a_probe_is_told_only_when_it_fails(
    path: str, status: int, told: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    configure_log(form="json", level="info")
    log_request(
        RequestLine(
            request_id="r",
            method="GET",
            path=path,
            status=status,
            latency_ms=1,
            results=None,
            filters={},
            error=None,
        )
    )
    assert ("Answered request" in capsys.readouterr().err) is told
