"""`crypto up`, as a person runs it: everything from one command, and nothing left behind however it ends."""

import asyncio
import json
import os
import random
import re
import signal
import socket
from asyncio.subprocess import Process
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from shutil import copyfile
from typing import Any

import httpx
import pytest

from crypto.adapters.postgres.embedded import EmbeddedServer
from tests.support.commands import crypto, ended, free_port, line_with, running
from tests.support.database import short_folder

SAMPLE = Path(__file__).parents[2] / "data" / "sample.csv"
PATIENCE = 30.0
"""Seconds that anything here may take; it takes a tenth of that on a machine that is not busy."""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A working directory with the sample file, short enough for a socket."""
    with short_folder() as made:
        (made / "data").mkdir()
        copyfile(SAMPLE, made / "data" / "sample.csv")
        yield made


@pytest.fixture
def settings(folder: Path) -> Iterator[dict[str, str]]:
    """Those of a service of its own; a server that is left all the same is ended."""
    yield {"DATA_DIR": str(folder / "server"), "SOURCES": "csv", "PORT": str(free_port())}
    EmbeddedServer(folder / "server").stop(force=True)


async def get(settings: dict[str, str], path: str) -> Any:
    async with httpx.AsyncClient(trust_env=False) as client:
        answer = await client.get(f"http://127.0.0.1:{settings['PORT']}/api/v1{path}")
    return answer.json()


async def until_status(settings: dict[str, str], path: str, status: str) -> None:
    """Ask until that is the answer."""
    async with asyncio.timeout(PATIENCE):
        while True:
            with suppress(httpx.TransportError):
                if (await get(settings, path))["status"] == status:
                    return
            await asyncio.sleep(0.05)  # another process: it can only be asked


@asynccontextmanager
async def up(folder: Path, settings: dict[str, str]) -> AsyncIterator[Process]:
    """Everything up; killed with all its children if the test did not end it."""
    async with running("up", folder=folder, settings=settings) as process:
        async with asyncio.timeout(PATIENCE):
            await line_with(process, "Serving")
        yield process


async def everything_gone(process: Process) -> str:
    """What it said until nobody is left who could say more: children hold its stderr as long as they live."""
    async with asyncio.timeout(PATIENCE):
        return (await ended(process)).err


def server_is_down(settings: dict[str, str]) -> bool:
    status = EmbeddedServer(Path(settings["DATA_DIR"])).status()
    return not status.running and not status.in_use


def server_pid(settings: dict[str, str]) -> int:
    pid = EmbeddedServer(Path(settings["DATA_DIR"])).status().pid
    assert pid
    return pid


def was_started(settings: dict[str, str]) -> bool:
    return Path(settings["DATA_DIR"]).exists()


async def children(process: Process) -> dict[str, int]:
    """The command of each child, and its process id."""
    listing = await asyncio.create_subprocess_exec("ps", "-eo", "ppid=,pid=,args=", stdout=asyncio.subprocess.PIPE)
    out, _ = await listing.communicate()
    rows = [line.split() for line in out.decode().splitlines()]
    ours = [row for row in rows if int(row[0]) == process.pid and "crypto" in row]
    return {row[row.index("crypto") + 1]: int(row[1]) for row in ours}


async def has_children(process: Process) -> bool:
    """Whether all that it starts was begun."""
    return len(await children(process)) > 1


async def until(is_so: Callable[[], Awaitable[bool]]) -> None:
    """Another process can only be asked, again and again."""
    while True:
        if await is_so():
            return
        await asyncio.sleep(0.001)


async def test_up_serves_and_ingests_until_ctrl_c_and_starts_again_warm(
    folder: Path, settings: dict[str, str]
) -> None:
    async with up(folder, settings) as process:
        await until_status(settings, "/health", "healthy")
        os.killpg(process.pid, signal.SIGINT)
        said = await everything_gone(process)
    assert process.returncode == 130, said
    assert "Stopping" in [json.loads(line)["message"] for line in said.splitlines()]
    assert server_is_down(settings)

    async with up(folder, settings) as process:
        data = await get(settings, "/data?page_size=1")
        process.terminate()
        said = await everything_gone(process)
    assert process.returncode == 143, said
    assert data["total"] == 100
    assert "Started ETL run" not in said
    assert server_is_down(settings)


async def test_whatever_dies_comes_back_and_nothing_outlives_a_parent_that_was_killed(
    folder: Path, settings: dict[str, str]
) -> None:
    async with asyncio.timeout(2 * PATIENCE), up(folder, settings) as process:
        await until_status(settings, "/health", "healthy")
        os.kill(server_pid(settings), signal.SIGKILL)
        await line_with(process, "the database server is gone")
        await until_status(settings, "/health", "healthy")
        for child in ("serve", "ingest"):
            os.kill((await children(process))[child], signal.SIGKILL)
            await line_with(process, "starting it again")
        await until_status(settings, "/health", "healthy")
        process.kill()
        await everything_gone(process)
    assert server_is_down(settings)


async def killed_while_children_start(folder: Path, settings: dict[str, str], *, after: float) -> None:
    """Everything up, and the parent killed so many seconds after both children were begun."""
    async with running("up", folder=folder, settings=settings) as process, asyncio.timeout(PATIENCE):
        await until(lambda: has_children(process))
        await asyncio.sleep(after)
        process.kill()
        await everything_gone(process)


@pytest.mark.parametrize("after", [0.0, 0.4])
async def test_children_that_are_still_starting_leave_no_server_behind_a_parent_that_was_killed(
    folder: Path, settings: dict[str, str], after: float
) -> None:
    await killed_while_children_start(folder, settings, after=after)
    assert server_is_down(settings)


@pytest.mark.heavy
@pytest.mark.timeout(900)
async def test_at_no_moment_does_a_parent_that_was_killed_leave_a_server(
    folder: Path, settings: dict[str, str]
) -> None:
    moments = random.Random(7)
    for _ in range(30):
        after = moments.uniform(0, 2.5)
        await killed_while_children_start(folder, settings, after=after)
        assert server_is_down(settings), f"killed {after:.2f} s after its children were begun"


async def test_a_command_that_is_stopped_while_its_server_starts_leaves_none(
    folder: Path, settings: dict[str, str]
) -> None:
    await crypto("sources", folder=folder, settings=settings)
    log = folder / "server" / "data" / "start.log"
    for _ in range(5):
        log.unlink(missing_ok=True)
        async with running("sources", folder=folder, settings=settings) as process, asyncio.timeout(PATIENCE):
            await until(lambda: asyncio.to_thread(log.exists))  # before the server says that it runs
            process.send_signal(signal.SIGTERM)
            said = await everything_gone(process)
        assert process.returncode == 143, said
        assert server_is_down(settings)


async def test_a_port_in_use_is_one_line_before_anything_is_started(
    folder: Path, settings: dict[str, str]
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", int(settings["PORT"])))
        taken.listen()
        done = await crypto("up", folder=folder, settings=settings)
    said = f"crypto: port {settings['PORT']} on 127.0.0.1 is in use, perhaps by another crypto; "
    assert done.code == 78
    assert re.fullmatch(re.escape(said) + r"(\d+) is free: --port \1 \(or CRYPTO_PORT\)\n", done.everything)
    assert not was_started(settings)


async def test_an_address_on_the_command_line_wins_and_everything_that_is_started_follows(
    folder: Path, settings: dict[str, str]
) -> None:
    said = {"PORT": str(free_port())}
    (folder / "crypto.toml").write_text('host = "192.0.2.1"\nport = 1\n')
    unused = {**settings, "PORT": "not a port", "HOST": "192.0.2.1"}
    address = ("--host", "127.0.0.1", "--port", said["PORT"])
    async with running("up", *address, folder=folder, settings=unused) as process:
        async with asyncio.timeout(PATIENCE):
            serving = json.loads(await line_with(process, "Serving"))
        await until_status(said, "/health", "healthy")
        health = await crypto("health", *address, folder=folder, settings=settings)
        process.send_signal(signal.SIGINT)
        rest = await everything_gone(process)
    assert serving["url"] == f"http://127.0.0.1:{said['PORT']}/api/v1"
    assert (health.code, health.out.splitlines()[0]) == (0, "healthy")
    assert "starting it again" not in rest


async def test_a_source_that_is_off_is_said_with_how_to_switch_it_on(
    folder: Path, settings: dict[str, str]
) -> None:
    (folder / "data" / "sample.csv").unlink()
    async with running("up", folder=folder, settings=settings) as process, asyncio.timeout(PATIENCE):
        assert "CRYPTO_SOURCE__CSV__PATHS" in await line_with(process, "csv")
        await line_with(process, "Serving")
        process.send_signal(signal.SIGINT)
        await everything_gone(process)
    assert process.returncode == 130
