"""The provider fake by hand, as a process of its own."""

import json
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from tests.support.clock import ManualClock
from tests.support.provider import Provider

ROOT = Path(__file__).resolve().parents[2]


@contextmanager
def by_hand(*arguments: str) -> Iterator[str]:
    """The URL of a provider that runs until the block ends."""
    command = [sys.executable, "-m", "tests.support.provider", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0


def get(url: str) -> Any:
    with urllib.request.urlopen(url, timeout=5) as answer:  # noqa: S310 - a loopback address of our own
        return json.load(answer)


def test_it_serves_two_providers_and_files_and_obeys(tmp_path: Path) -> None:
    (tmp_path / "page.json").write_bytes(b'[ {"id":"from-a-file"} ]')
    with by_hand("--coins", "30", "--serve", f"coingecko={tmp_path / 'page.json'}") as url:
        tickers = get(f"{url}/v1/tickers?quotes=USD")
        assert len(tickers) == 30
        assert get(f"{url}/api/v3/coins/markets?page=1") == [{"id": "from-a-file"}]
        assert get(f"{url}/api/v3/coins/markets?page=2") == []
        assert get(f"{url}/control/restate?share=1") == {"done": 30}
        restated = get(f"{url}/v1/tickers?quotes=USD")
        assert [each["last_updated"] for each in restated] == [each["last_updated"] for each in tickers]
        assert all(new["quotes"] != old["quotes"] for new, old in zip(restated, tickers, strict=True))
        get(f"{url}/control/always?source=coingecko&answer=empty")
        assert get(f"{url}/api/v3/coins/markets?page=1") == []
        assert [each["source"] for each in get(f"{url}/requests")] == [
            "coinpaprika", "coingecko", "coingecko", "coinpaprika", "coingecko",
        ]  # fmt: skip


async def test_the_same_seed_makes_the_same_market() -> None:
    first, second = (Provider(coins=10, seed=7, now=ManualClock().now) for _ in range(2))
    assert first.market.tickers() == second.market.tickers()
    assert first.market.move(0.5) == second.market.move(0.5) == 5
    assert first.market.markets(1, 250) == second.market.markets(1, 250)
