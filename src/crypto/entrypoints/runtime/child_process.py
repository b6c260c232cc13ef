"""Keep child processes alive: started again when they die, stopped when it is time, never left behind."""

import asyncio
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from loguru import logger

from crypto.adapters.platform import HERE

FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds before a child that died is started again; doubled each time."""

STEADY = 60.0
"""A child that lived so many seconds is in order again."""

GRACE = 20.0
"""Seconds a child has to end cleanly before it is killed."""

LINE_LIMIT = 2**24

Hear = Callable[[str], None]
"""Takes one line of a child's output."""


class Child:
    """One `crypto` command in a process of its own.

    Its standard input is a pipe that only this process holds: the child ends when we are gone, however that
    came. It leads its own session, so that Ctrl-C at the terminal reaches us alone. What it writes is heard
    line by line where someone listens.
    """

    def __init__(
        self,
        *arguments: str,
        environment: Mapping[str, str],
        on_output: Hear | None = None,
        on_error: Hear | None = None,
        grace: float = GRACE,
    ) -> None:
        self._arguments: Sequence[str] = arguments
        self._environment = environment
        self._on_output = on_output
        self._on_error = on_error
        self._grace = grace
        self._process: Process | None = None
        self._stopping = asyncio.Event()
        self._ended = asyncio.Event()

    @property
    def name(self) -> str:
        """The name of the command that the child runs."""
        return self._arguments[0]

    async def keep(self) -> None:
        """Run it, again and again, until it is told to stop."""
        try:
            await self._keep()
        finally:
            self._ended.set()

    async def stop(self) -> None:
        """Ask it to end, and kill it with all it started when it does not."""
        self._stopping.set()
        if self._process and self._process.returncode is None:
            HERE.ask_to_end(self._process)
        try:
            await asyncio.wait_for(self._ended.wait(), self._grace)
        except TimeoutError:
            logger.error("crypto {} does not end; killing it", self.name)
            self._kill()
            await self._ended.wait()

    async def _keep(self) -> None:
        pause = FIRST_PAUSE
        while not self._stopping.is_set():
            began = asyncio.get_running_loop().time()
            code = await self._live()
            if self._stopping.is_set():
                return
            if asyncio.get_running_loop().time() - began > STEADY:
                pause = FIRST_PAUSE
            logger.error("crypto {} ended with {}; starting it again in {:.0f} s", self.name, code, pause)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopping.wait(), pause)
            pause = min(pause * 2, LONGEST_PAUSE)

    async def _live(self) -> int:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "crypto",
            *self._arguments,
            stdin=PIPE,
            stdout=PIPE if self._on_output else DEVNULL,
            stderr=PIPE if self._on_error else None,
            env=dict(self._environment),
            **HERE.apart,
            limit=LINE_LIMIT,
        )
        self._process = process
        async with asyncio.TaskGroup() as group:
            group.create_task(_listen(process.stdout, self._on_output))
            group.create_task(_listen(process.stderr, self._on_error))
            code = await process.wait()
            self._kill()
        return code

    def _kill(self) -> None:
        """End what is left of its session: a server's worker outlives a server that was killed."""
        if self._process:
            HERE.kill_group(self._process.pid)


async def _listen(stream: asyncio.StreamReader | None, hear: Hear | None) -> None:
    if stream is None or hear is None:
        return
    async for line in stream:
        hear(line.decode("utf-8", "replace").rstrip("\n"))
