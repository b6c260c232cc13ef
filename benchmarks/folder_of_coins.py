"""From a folder of an exchange's zips to served prices: `python -m benchmarks.folder_of_coins [a folder]`.

Makes five coins' candles of three years of hours (180 zips, 131,520 rows), writes the block that brings them in,
and runs `crypto up` as a newcomer does, with an embedded server of its own. Prints when each step was done; with a
folder, the files stay there.
"""

import asyncio
import sys
import time
from collections.abc import Mapping
from contextlib import nullcontext, suppress
from datetime import UTC, datetime
from pathlib import Path

import httpx

from tests.support.commands import crypto, ended, free_port, running
from tests.support.database import short_folder
from tests.support.klines import BLOCK, COINS, make_klines

SINCE, UNTIL = datetime(2023, 1, 1, tzinfo=UTC), datetime(2026, 1, 1, tzinfo=UTC)
PATIENCE = 300.0
"""Seconds that all of it may take."""


async def measure(folder: Path) -> None:
    """Make them, check them, bring them in, ask for them."""
    made = make_klines(folder / "klines", since=SINCE, until=UNTIL)
    print(f"{made:,} candles of {len(COINS)} coins in {len(list((folder / 'klines').iterdir()))} zips")
    settings = {"DATA_DIR": str(folder / "server"), "SOURCES": "csv", "PORT": str(free_port())}
    (folder / "crypto.toml").write_text(BLOCK)

    began = time.perf_counter()
    checked = await crypto("csv", "check", "--rows", "0", folder=folder, settings=settings)
    print(f"crypto csv check    {time.perf_counter() - began:6.1f} s, exit code {checked.code}")

    began = time.perf_counter()
    async with asyncio.timeout(PATIENCE), running("up", folder=folder, settings=settings) as process:
        for coin_id in COINS.values():
            total = await served(settings, coin_id, made // len(COINS))
            print(f"crypto up           {time.perf_counter() - began:6.1f} s until {total:,} prices of {coin_id}")
        process.terminate()
        await ended(process)


async def served(settings: Mapping[str, str], coin_id: str, wanted: int) -> int:
    """How many prices of the coin the API has, once it has all."""
    address = f"http://127.0.0.1:{settings['PORT']}/api/v1/data?coin_id={coin_id}&page_size=1"
    async with httpx.AsyncClient(trust_env=False) as client:
        while True:
            with suppress(httpx.TransportError):
                answer = (await client.get(address)).raise_for_status().json()
                if answer["total"] >= wanted:
                    return int(answer["total"])
            await asyncio.sleep(0.1)  # another process: it can only be asked


if __name__ == "__main__":
    given = Path(sys.argv[1]) if len(sys.argv) > 1 else None
    with nullcontext(given) if given else short_folder() as place:
        asyncio.run(measure(place))
