"""`crypto serve` on a database with some quotes, as a process of its own that answers."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx

from tests.support.commands import crypto, free_port, line_with, running

COINS = 50
HEADER = "coin_id,name,symbol,price_usd,market_cap,volume_24h,last_updated\n"
ROW = "coin-{number:02},Coin {number},C{number},1.5,,,2026-01-02T03:04:05Z\n"
PATIENCE = 60.0


async def fill(folder: Path, url: str) -> Mapping[str, str]:
    """Settings of a service over the migrated database at `url`, in which there are now `COINS` quotes."""
    (folder / "prices.csv").write_text(HEADER + "".join(ROW.format(number=number) for number in range(COINS)))
    settings = {"DATABASE_URL": url, "SOURCES": "csv", "SOURCE__CSV__PATHS": "prices.csv", "LOG_LEVEL": "info"}
    done = await crypto("ingest", folder=folder, settings=settings)
    assert done.code == 0, done.everything
    return settings


@asynccontextmanager
async def serving(folder: Path, settings: Mapping[str, str]) -> AsyncIterator[tuple[Process, int]]:
    """The process, whose log is read and forgotten, and the port at which it answers."""
    port = free_port()
    async with running("serve", folder=folder, settings={**settings, "PORT": str(port)}) as process:
        async with asyncio.timeout(PATIENCE):
            await line_with(process, "Serving")
            assert process.stderr is not None
            reading = asyncio.create_task(process.stderr.read())
            await until_status(port, "/api/v1/health/live", 200)
        try:
            yield process, port
        finally:
            reading.cancel()


async def until_status(port: int, path: str, wanted: int | None) -> None:
    """Ask until that is what comes back."""
    while await status_of(port, path) != wanted:  # noqa: ASYNC110 - another process: it can only be asked
        await asyncio.sleep(0.05)


async def status_of(port: int, path: str) -> int | None:
    """The status of an answer on a new connection; None where there is none."""
    with suppress(httpx.TransportError):
        async with httpx.AsyncClient(trust_env=False, timeout=PATIENCE) as client:
            return (await client.get(f"http://127.0.0.1:{port}{path}")).status_code
    return None
