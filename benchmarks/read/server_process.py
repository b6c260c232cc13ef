"""A server as a process of its own, that is asked until it answers, and is stopped."""

import os
import subprocess
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from crypto.adapters.postgres.embedded.configuration import LOOPBACK

START_SECONDS = 60.0
STOP_SECONDS = 30.0


@dataclass(frozen=True, kw_only=True)
class Program:
    """A server that answers; `pid` is the process that we started, the parent of its workers."""

    name: str
    pid: int
    port: int

    @property
    def address(self) -> str:
        return f"http://{LOOPBACK}:{self.port}"


@contextmanager
def running(
    name: str, command: Sequence[str], settings: Mapping[str, str], *, folder: Path, port: int, path: str
) -> Iterator[Program]:
    """The server that this command starts, from when it answers at `path` to the end of the block.

    It gets no settings of ours but these, and what it says is thrown away.
    :raises SystemExit: when it does not answer.
    """
    clean = {key: value for key, value in os.environ.items() if not key.startswith("CRYPTO_")}
    process = subprocess.Popen(
        command,
        cwd=folder,
        env=clean | dict(settings),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    program = Program(name=name, pid=process.pid, port=port)
    try:
        _wait_for(program, process, path)
        yield program
    finally:
        _stop(process)


def status_of(program: Program, path: str, body: bytes | None = None) -> int | None:
    """The status of an answer; None when there is none."""
    headers = {"Content-Type": "application/json"} if body else {}
    request = urllib.request.Request(program.address + path, data=body, headers=headers)  # noqa: S310 - our own
    try:
        with urllib.request.urlopen(request, timeout=START_SECONDS) as answer:  # noqa: S310 - as above
            answer.read()
            return int(answer.status)
    except urllib.error.HTTPError as error:
        return error.code
    except OSError:
        return None


def _wait_for(program: Program, process: "subprocess.Popen[bytes]", path: str) -> None:
    until = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < until:
        if status_of(program, path) is not None:
            return
        time.sleep(0.1)
    raise SystemExit(f"{program.name} did not start: run its command by hand to see why: {process.args!r}")


def _stop(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
