"""What a person sees of the budget, and that stopping a run that waits for its turn is clean."""

import json
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.support.commands import crypto, ended, line_with, running
from tests.support.provider import Provider

KEY = "CG-canary-8f3a"
Settings = dict[str, str]


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with Provider(coins=300) as running_one:
        yield running_one


@pytest.fixture
def settings(database_url: str, provider: Provider) -> Settings:
    return {
        "DATABASE_URL": database_url,
        "SOURCES": "coingecko,csv",
        "SOURCE__CSV__PATHS": "none.csv",
        "SOURCE__COINGECKO__BASE_URL": provider.base_url("coingecko"),
        "SOURCE__COINGECKO__API_KEY": KEY,
        "SOURCE__COINGECKO__PAUSE": "0.1",
    }


async def test_what_one_process_asked_the_next_one_counts_and_warns_before_it_falls_short(
    settings: Settings, tmp_path: Path, provider: Provider
) -> None:
    settings["SOURCE__COINGECKO__PER_MONTH"] = "4"
    first = await crypto("ingest", "coingecko", folder=tmp_path, settings=settings)
    second = await crypto("ingest", "coingecko", folder=tmp_path, settings=settings)
    shown = await crypto("sources", folder=tmp_path, settings=settings)
    listed = json.loads((await crypto("sources", "--json", folder=tmp_path, settings=settings)).out)["sources"]

    assert "Planned ETL run: to end about" in first.err
    assert "Only 1 of the 4 requests are left until" in second.err
    assert "rate_limited until" in second.out
    assert len(provider.requests) == 4
    asked, files = listed
    assert (asked["requests_used"], asked["requests_left"]) == (4, 0)
    assert asked["requests_reset_at"] is not None
    assert (files["requests_used"], files["requests_left"]) == (None, None)
    assert "requests_left" in shown.out
    assert KEY not in first.everything + second.everything + shown.everything


async def test_a_schedule_that_cannot_fit_is_said_and_a_run_that_waits_for_its_turn_stops_cleanly(
    settings: Settings, tmp_path: Path, provider: Provider
) -> None:
    settings |= {"SOURCE__COINGECKO__PER_MINUTE": "1", "SOURCE__COINGECKO__INTERVAL": "600"}
    async with running("ingest", "--schedule", folder=tmp_path, settings=settings) as process:
        said = await line_with(process, "its schedule takes 17856 requests in 31 days")
        await line_with(process, "Page is in")  # the second one has to wait a minute for its turn
        process.send_signal(signal.SIGTERM)
        stopped = await ended(process)
    runs = json.loads(
        (await crypto("runs", "--source", "coingecko", "--json", folder=tmp_path, settings=settings)).out
    )
    assert "CRYPTO_SOURCE__COINGECKO__INTERVAL to 1072 or more" in said
    assert stopped.code == 143
    assert [run["status"] for run in runs["data"]] == ["cancelled"]
    assert len(provider.requests) == 1
