"""The real service on a real database keeps what its OpenAPI document promises, whatever it is asked.

schemathesis makes the questions, from the examples of the document, from the bounds of each parameter, and at
random, right and wrong ones. No answer may be a server error, have a status that is documented nowhere,
lack a header, or not fit its schema; what the schemas forbid is refused, and what they allow is refused only by a
rule that the document tells.
"""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.commands import crypto, ended, free_port, line_with, running
from tests.support.database import short_folder

ROOT = Path(__file__).parents[2]
CONFIG = ROOT / "tests" / "support" / "schemathesis.toml"
PATIENCE = 60.0
SEED = 20261128

QUOTES = """\
coin_id,name,symbol,price_usd,market_cap,volume_24h,observed_at
bitcoin,Bitcoin,btc,110394.5,2201000000000,51000000000,2025-11-02T10:00:31Z
wrapped bitcoin/100%,"Wrapped, Bitcoin",btc,3.84e-18,,0,2025-11-02T10:00:00Z
ünïcode-☃,,,0.1,,,2020-02-29T00:00:00Z
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    with short_folder() as made:
        (made / "quotes.csv").write_text(QUOTES)
        yield made


@pytest.fixture
async def address(folder: Path, database_url: str) -> AsyncIterator[str]:
    """Where a service answers that has quotes, of three coins and two runs, and a source that never ran."""
    settings = {
        "DATABASE_URL": database_url,
        "SOURCES": "csv,coingecko",
        "SOURCE__CSV__PATHS": str(folder / "quotes.csv"),
        "PORT": str(free_port()),
    }
    for _ in range(2):
        done = await crypto("ingest", "csv", folder=folder, settings=settings)
        assert done.code == 0, done.everything
    async with running("serve", folder=folder, settings=settings) as process:
        async with asyncio.timeout(PATIENCE):
            await line_with(process, "Serving")
        reading = asyncio.create_task(_read(process.stderr))
        yield f"http://127.0.0.1:{settings['PORT']}/api/v1/openapi.json"
        reading.cancel()
        process.send_signal(signal.SIGTERM)
        await ended(process)


async def _read(stream: asyncio.StreamReader | None) -> None:
    """Reads a log away, so that its writer never waits."""
    while stream is not None and await stream.read(65536):
        pass


async def asked(address: str, report: Path, *, cases: int) -> str:
    """What schemathesis says of up to so many random cases an operation; its report goes into a file."""
    command = [
        sys.executable,
        "-m",
        "schemathesis.cli",
        "--config-file",
        str(CONFIG),
        "--no-color",
        "run",
        address,
    ]
    options = [*("-n", str(cases)), *("--seed", str(SEED)), "--continue-on-failure", *("--warnings", "off")]
    output = [*("--report", "json"), *("--report-json-path", str(report)), *("--generation-database", "none")]
    endless = ["--exclude-path", "/api/v1/stream"]
    calm = ["--suppress-health-check", "all", "--wait-for-schema", "30"]  # a busy machine does all slowly
    process = await asyncio.create_subprocess_exec(
        *(*command, *options, *output, *endless, *calm),
        cwd=ROOT,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
        stdout=PIPE,
        stderr=STDOUT,
    )
    said, _ = await process.communicate()
    return said.decode()


def reported(report: Path) -> dict[str, Any]:
    """What a report has."""
    found: dict[str, Any] = json.loads(report.read_text())
    return found


@pytest.mark.timeout(900)
@pytest.mark.parametrize(("cases", "at_least"), [(150, 2000), pytest.param(1200, 10_000, marks=pytest.mark.heavy)])
async def test_every_answer_is_as_documented(address: str, tmp_path: Path, cases: int, at_least: int) -> None:
    said = await asked(address, tmp_path / "report.json", cases=cases)
    report = reported(tmp_path / "report.json")
    assert (report["failures"], report["errors"], report["exit_code"]) == ([], [], 0), said[:4000]
    assert report["test_cases"]["generated"] >= at_least, report["test_cases"]
    assert report["test_cases"]["with_failures"] == 0
