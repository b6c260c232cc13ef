"""Run the `crypto` command as a person does: a process of its own, with settings in its environment."""

import asyncio
import os
import socket
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct

from tests.support.forking import forked


class Ended(Struct, frozen=True):
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def everything(self) -> str:
        return self.out + self.err


async def crypto(*arguments: str, folder: Path, settings: Mapping[str, str], columns: int | None = None) -> Ended:
    """Run a command to its end, in this working directory and with these settings only.

    It is forked from a process that has imported it; those of `start` and `running` are begun from nothing.
    """
    code, out, err = await forked(arguments, folder=folder, environment=_environment(settings, columns))
    return Ended(code, out.decode(), err.decode())


async def start(*arguments: str, folder: Path, settings: Mapping[str, str], columns: int | None = None) -> Process:
    """Start a command; in a session of its own, as a terminal of so many columns would give it, or in a pipe."""
    return await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "crypto"),
        *arguments,
        cwd=folder,
        env=_environment(settings, columns),
        stdin=DEVNULL,
        stdout=PIPE,
        stderr=PIPE,
        start_new_session=True,
    )


def _environment(settings: Mapping[str, str], columns: int | None) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("CRYPTO_", "COLUMNS"))}
    width = {} if columns is None else {"COLUMNS": str(columns)}
    return {**clean, **width, **{f"CRYPTO_{name}": value for name, value in settings.items()}}


@asynccontextmanager
async def running(*arguments: str, folder: Path, settings: Mapping[str, str]) -> AsyncIterator[Process]:
    """A command that runs; killed if the block leaves it running."""
    process = await start(*arguments, folder=folder, settings=settings)
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await ended(process)


async def ended(process: Process) -> Ended:
    """Wait for its end."""
    out, err = await process.communicate()
    assert process.returncode is not None
    return Ended(process.returncode, out.decode(), err.decode())


def free_port() -> int:
    """A port of this machine that nobody listens at."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


async def line_with(process: Process, text: str) -> str:
    """Read what it says on stderr up to the line that has this text."""
    assert process.stderr is not None
    seen = ""
    async for line in process.stderr:
        seen += line.decode()
        if text in line.decode():
            return line.decode()
    raise AssertionError(f"it ended without saying {text!r}:\n{seen}")
