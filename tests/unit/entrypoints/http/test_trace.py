"""A trace that the caller began goes on: in the answer, in the request's log line, in every line meanwhile."""

import json
import logging
import re
import sys
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from loguru import logger

from crypto.entrypoints.http.app import create_app
from crypto.entrypoints.http.asgi import log_error, log_request, log_scope
from crypto.entrypoints.http.kit.trace import continued
from crypto.entrypoints.log import QUIET, configure_log
from tests.support.api import Answer, Served, ask

TRACE, PARENT = "4bf92f3577b34da6a3ce929d0e0e4736", "00f067aa0ba902b7"
GOOD = f"00-{TRACE}-{PARENT}-01"


async def traced(served: Served, traceparent: str, **more: str) -> Answer:
    return await ask(served.app, headers={"traceparent": traceparent, **more})


async def test_a_trace_goes_on_with_an_id_of_our_own() -> None:
    served = Served()
    answer = await traced(served, GOOD)
    told = re.fullmatch(f"00-{TRACE}-([0-9a-f]{{16}})-01", answer.headers["traceresponse"])
    assert told is not None
    assert told[1] not in {PARENT, "0" * 16}
    assert (served.lines[0].trace_id, served.lines[0].span_id) == (TRACE, told[1])


@pytest.mark.parametrize(
    "traceparent",
    [
        *(f"00-{TRACE}-{PARENT}-00", f"00-{TRACE}-{PARENT}-ff", f" {GOOD} ", f"cc-{TRACE}-{PARENT}-01"),
        *(f"cc-{TRACE}-{PARENT}-01-what-comes-later", f"01-{TRACE}-{PARENT}-09"),
    ],
)
async def test_what_is_valid_by_the_standard_goes_on(traceparent: str) -> None:
    answer = await traced(Served(), traceparent)
    assert answer.headers["traceresponse"].split("-")[1] == TRACE
    assert answer.headers["traceresponse"].split("-")[3] in {"00", "01"}


@pytest.mark.parametrize(
    "traceparent",
    [
        *("", "nonsense", GOOD.upper(), f"ff-{TRACE}-{PARENT}-01", f"{GOOD}-more", f"{GOOD}."),
        *(
            f"00-{'0' * 32}-{PARENT}-01",
            f"00-{TRACE}-{'0' * 16}-01",
            f"00-{TRACE}-{PARENT}",
            f"0-{TRACE}-{PARENT}-01",
        ),
        *(f"00-{TRACE[1:]}-{PARENT}-01", f"{GOOD}, {GOOD}", f"cc-{TRACE}-{PARENT}-01more", f"{GOOD}{'a' * 600}"),
        f"00-{TRACE}-{PARENT}-0g",
    ],
)
async def test_what_is_not_valid_is_as_good_as_none(traceparent: str) -> None:
    served = Served()
    answer = await traced(served, traceparent)
    assert (answer.status, "traceresponse" in answer.headers) == (200, False)
    assert served.lines[0].trace_id is None


@given(st.text(max_size=80))
def test_no_header_whatever_is_trouble(traceparent: str) -> None:
    trace = continued(traceparent)
    assert trace is None or re.fullmatch("[0-9a-f]{32}", trace.trace_id)


async def test_tracestate_goes_nowhere() -> None:
    served = Served()
    answer = await traced(served, GOOD, tracestate="vendor=s3cret")
    assert "s3cret" not in repr((answer, served.lines))


async def test_a_refusal_bears_the_trace_too() -> None:
    served = Served()
    answer = await ask(served.app, "/nothing", headers={"traceparent": GOOD})
    assert (answer.status, answer.headers["traceresponse"].split("-")[1]) == (404, TRACE)


@pytest.fixture
def log_as_before() -> Iterator[None]:
    root = logging.getLogger()
    handlers, levels = root.handlers[:], {name: logging.getLogger(name).level for name in (None, *QUIET)}
    yield
    logger.remove()
    logger.add(sys.stderr)
    root.handlers[:] = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


async def lines_of_a_failure(form: str, capsys: pytest.CaptureFixture[str]) -> list[str]:
    """What the log says of one request that fails, and that somebody else logs something of."""
    served = Served()
    served.store.failure = RuntimeError("unexpected")
    app = create_app(service=served.service, on_request=log_request, on_error=log_error, log_scope=log_scope)
    configure_log(form=form, level="info")
    await ask(app, headers={"traceparent": GOOD, "x-request-id": "order-66"})
    logging.getLogger("others").warning("of no request")
    return capsys.readouterr().err.splitlines()


@pytest.mark.usefixtures("log_as_before")
async def test_both_ids_are_in_every_line_of_a_request_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    failure, request, other = map(json.loads, await lines_of_a_failure("json", capsys))
    for line in (failure, request):
        assert (line["request_id"], line["trace_id"]) == ("order-66", TRACE)
    assert failure["message"] == "unexpected RuntimeError: unexpected"
    assert failure["span_id"] == request["span_id"]
    assert "trace_id" not in other


@pytest.mark.usefixtures("log_as_before")
async def test_both_ids_are_in_every_line_of_a_request_as_text(capsys: pytest.CaptureFixture[str]) -> None:
    failure, request, other = await lines_of_a_failure("text", capsys)
    for line in (failure, request):
        assert "request_id=order-66" in line
        assert f"trace_id={TRACE}" in line
    assert "trace_id" not in other
