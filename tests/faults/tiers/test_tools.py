"""The tools of the fault suite do what they say; what they say is relied on when something fails."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from tests.faults.full import all_parts, told
from tests.faults.killer.pgproxy import obey
from tests.faults.tiers import replay
from tests.faults.tiers.apart import Apart, run_apart
from tests.faults.tiers.figures import percentile
from tests.faults.tiers.result import Line, PartResult
from tests.faults.upstream import scenario
from tests.faults.upstream.loadcheck import LoadCheck
from tests.faults.upstream.scenario import Step
from tests.faults.upstream.upstream import Upstream
from tests.support.provider_answers import chunked_answer, gzip_answer
from tests.support.proxy import Proxy

ENDLESS = """
import asyncio
from tests.faults.tiers.result import Part

async def play():
    try:
        print("begun", flush=True)
        await asyncio.sleep(150)
    finally:
        await asyncio.sleep(0)
        print("cleaned up", flush=True)

PARTS = (Part(name="endless", rows="-", goal="none", run=lambda scale, seed: asyncio.run(play())),)
"""
RUN_ENDLESS = """
import signal, sys
from tests.faults import full

signal.signal(signal.SIGINT, signal.SIG_IGN)  # as in a shell's background job
full.MODULES = ("endless",)
sys.exit(full.main([]))
"""
PAGE = "/api/v3/coins/markets?per_page=250&page="


async def ask(upstream: Upstream, path: str) -> httpx.Response:
    async with httpx.AsyncClient(base_url=upstream.url, trust_env=False) as client:
        return await client.get(path)


def test_the_same_seed_makes_the_same_scenario_and_reads_back() -> None:
    steps = scenario.generated(7)
    assert steps == scenario.generated(7)
    assert steps != scenario.generated(8)
    assert scenario.read(scenario.written(steps)) == steps


@pytest.mark.parametrize("line", ["dance 3", "serve 1 2", "429 -1"])
def test_a_line_that_is_not_a_step_is_refused(line: str) -> None:
    with pytest.raises(ValueError, match="is not a step"):
        scenario.read(line)


async def test_a_scenario_is_played_request_by_request() -> None:
    steps = [Step("serve"), Step("503", 2), Step("turn", 1)]
    async with Upstream(pages=2, per_page=2, steps=steps) as upstream:
        answers = [await ask(upstream, f"{PAGE}1") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 503, 503, 200]
    assert answers[0].json()[1]["id"] == answers[3].json()[0]["id"]


async def test_the_log_has_every_byte_and_tells_it() -> None:
    async with Upstream(pages=2, per_page=2, steps=[Step("serve"), Step("reset")]) as upstream:
        page = await ask(upstream, f"{PAGE}2")
        with pytest.raises(httpx.TransportError):
            await ask(upstream, f"{PAGE}1")
        served = (await ask(upstream, "/control/served")).json()
        wire = await ask(upstream, "/control/wire?number=0")
    assert [(each["params"]["page"], each["whole"]) for each in served] == [("2", True), ("1", False)]
    assert wire.content.endswith(page.content)
    assert upstream.log[0].body == page.content


@pytest.mark.parametrize("packed", [gzip_answer, chunked_answer])
async def test_the_log_knows_a_body_however_it_was_packed(packed: object) -> None:
    body = b'[{"id":"coin"}]' * 500
    async with Upstream() as upstream:
        upstream.next(packed(body))  # type: ignore[operator]
        await ask(upstream, f"{PAGE}1")
    assert upstream.log[0].body == body


def test_the_proxy_takes_orders_and_refuses_others() -> None:
    proxy = Proxy("postgresql://127.0.0.1/crypto")
    for order in ("before-commit", "stall", "delay 0.5"):
        obey(proxy, order)
    assert (proxy.cut_before_commit, proxy.stalled, proxy.delay) == (True, True, 0.5)
    obey(proxy, "go")
    assert (proxy.stalled, proxy.delay) == (False, 0.0)
    with pytest.raises(ValueError, match="is not an order"):
        obey(proxy, "dance")


@pytest.mark.parametrize(
    ("status", "headers", "body"),
    [(503, {}, b""), (500, {}, b""), (200, {}, b"[]"), (304, {}, b""), (200, {}, b'{"data":[],"total":"many"}')],
)
def test_the_load_check_takes_no_wrong_answer(status: int, headers: dict[str, str], body: bytes) -> None:
    check = LoadCheck("http://127.0.0.1")
    assert check._complaint("/api/v1/stats", httpx.Response(status, headers=headers, content=body), began=0)


def test_the_load_check_takes_503_with_retry_after_and_no_total_that_shrinks() -> None:
    check = LoadCheck("http://127.0.0.1")
    away = httpx.Response(503, headers={"Retry-After": "5"})
    stats = b'{"sources":[],"total_records":%d,"request_id":"1","api_latency_ms":1}'
    answers = [away, *(httpx.Response(200, content=stats % total) for total in (3, 3, 2))]
    later = time.monotonic() + 1
    complaints = [check._complaint("/api/v1/stats", each, began=later) for each in answers]
    assert complaints == [None, None, None, "the total went back from 3 to 2"]


def test_a_line_of_the_table_tells_a_failure() -> None:
    result = PartResult(rounds=3, checked="all", failures=("lost",), figures={"p99": 4})
    line = Line(part="kills", rows="1", goal="none", seed=1, scale=1, git="abc", seconds=2, result=result)
    assert "1 FAILED; p99 4" in told(line)


def test_a_part_that_was_not_run_did_not_hold() -> None:
    result = PartResult(rounds=0, checked="nothing", not_run="only root may mount")
    line = Line(part="full-disk", rows="6", goal="none", seed=1, scale=1, git="abc", seconds=0, result=result)
    assert "| not run: only root may mount |" in told(line)
    assert "held" not in told(line)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_from_outside_ends_a_part_with_all_that_it_began(tmp_path: Path, number: int) -> None:
    (tmp_path / "endless.py").write_text(ENDLESS)
    places = {"PYTHONPATH": os.pathsep.join([str(tmp_path), *sys.path])}
    command = [sys.executable, "-c", RUN_ENDLESS]
    with subprocess.Popen(command, env={**os.environ, **places}, stdout=subprocess.PIPE, text=True) as runner:
        assert runner.stdout is not None
        assert "begun\n" in iter(runner.stdout.readline, "")
        runner.send_signal(number)
        said = runner.stdout.read()
    assert said.startswith("cleaned up\n")
    assert runner.returncode == 130


@pytest.mark.long
def test_a_part_runs_apart_and_has_its_line() -> None:
    parts = [part for part in all_parts() if part.name == "isolation"]
    (line,) = run_apart(parts, scale=0.01, seed=7)
    assert (line.part, line.result.failures, line.seed) == ("isolation", (), 7)
    assert line.result.rounds


def test_a_part_that_ends_without_a_line_is_a_failure(tmp_path: Path) -> None:
    (part,) = [part for part in all_parts() if part.name == "takeovers"]
    apart = Apart(part, tmp_path, scale=1, seed=7)
    apart.end()
    assert apart.has_ended
    (failure,) = apart.line().result.failures
    assert "the part itself broke down, seed 7: its process ended with" in failure


def test_percentiles_are_values_that_were_seen() -> None:
    assert [percentile([3, 1, 2], share) for share in (0, 0.5, 0.99)] == [1, 2, 3]


def test_a_replay_wants_a_seed() -> None:
    assert replay.main([]) == 2
