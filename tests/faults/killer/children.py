"""Commands of ours as children of the zygote: started, signalled, waited for."""

import asyncio
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from itertools import count
from pathlib import Path

from tests.support.readme import ROOT

PATIENCE = 60.0
"""Seconds a command may take before it counts as stuck."""


class Stuck(AssertionError):
    """A command did not end."""


class Child:
    """One `crypto` command. `code` is negative when a signal ended it, None while it runs."""

    def __init__(self, folder: Path, number: int) -> None:
        self.number = number
        self.report = folder / f"{number}.report"
        self.out = folder / f"{number}.out"
        self.started: asyncio.Future[int] = asyncio.get_running_loop().create_future()
        self.ended: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    @property
    def code(self) -> int | None:
        return self.ended.result() if self.ended.done() else None

    @property
    def said(self) -> str:
        """Everything that it printed."""
        return self.out.read_text(errors="replace") if self.out.exists() else ""

    def reported(self, word: str) -> list[float]:
        """The figures that it told under this word: milliseconds, or KiB for `peak`."""
        lines = self.report.read_text().splitlines() if self.report.exists() else []
        return [float(line.split()[1]) for line in lines if line.startswith(word)]

    async def send(self, number: int) -> None:
        """Send it a signal, if it still runs."""
        pid = await self.started
        if not self.ended.done():
            os.kill(pid, number)

    async def wait(self, seconds: float = PATIENCE) -> int:
        """Its exit code.

        :raises Stuck: when it goes on; it is killed then.
        """
        try:
            return await asyncio.wait_for(asyncio.shield(self.ended), seconds)
        except TimeoutError as error:
            await self.send(signal.SIGKILL)
            raise Stuck(f"it did not end within {seconds:.0f} s; it said: {self.said}") from error

    def forget(self) -> None:
        """Remove its files."""
        self.out.unlink(missing_ok=True)
        self.report.unlink(missing_ok=True)


class Children:
    """Starts commands through one zygote."""

    def __init__(self, zygote: Process, folder: Path) -> None:
        self._zygote = zygote
        self._folder = folder
        self._numbers = count(1)
        self._living: dict[int, Child] = {}

    def start(self, *arguments: str, settings: Mapping[str, str]) -> Child:
        """Start a command with these settings (without CRYPTO_) and no others."""
        child = Child(self._folder, next(self._numbers))
        self._living[child.number] = child
        clean = {name: value for name, value in os.environ.items() if not name.startswith("CRYPTO_")}
        ours = {f"CRYPTO_{name}": value for name, value in settings.items()}
        order = {
            "id": child.number,
            "arguments": arguments,
            "environment": {**clean, **ours, "CRYPTO_TEST_REPORT": str(child.report)},
            "out": str(child.out),
        }
        assert self._zygote.stdin is not None
        self._zygote.stdin.write(json.dumps(order).encode() + b"\n")
        return child

    async def listen(self) -> None:
        """Hear what becomes of them, until the zygote ends."""
        assert self._zygote.stdout is not None
        async for line in self._zygote.stdout:
            told = json.loads(line)
            child = self._living[told["id"]]
            if "pid" in told:
                child.started.set_result(told["pid"])
            else:
                child.ended.set_result(told["code"])
                del self._living[told["id"]]


@asynccontextmanager
async def started_children(folder: Path) -> AsyncIterator[Children]:
    """A zygote and its children; all end with the block. Their output lies in `folder` meanwhile."""
    command = (sys.executable, "-m", "tests.faults.killer.zygote")
    zygote = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=PIPE, stdout=PIPE)
    children = Children(zygote, folder)
    listening = asyncio.create_task(children.listen())
    try:
        yield children
    finally:
        assert zygote.stdin is not None
        zygote.stdin.close()
        await zygote.wait()
        await listening
