"""The `crypto` command forked from a process that has imported it: a process of its own, but no time for imports.

An order is a packet of JSON, `{"arguments": [...], "folder": "...", "environment": {...}}`, with three
descriptors: where the command's output and its errors go, and where its exit code is told.
"""

import asyncio
import gc
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
LONGEST_ORDER = 128 * 1024
IMPORTED = (
    "crypto.adapters.postgres.schema.migrate",
    "crypto.entrypoints.cli.commands.ingest",
    "crypto.entrypoints.cli.kit.session",
    "crypto.entrypoints.settings",
    "crypto.entrypoints.wiring.container",
)
"""What most commands import, and takes long."""


async def forked(
    arguments: Sequence[str], *, folder: Path, environment: Mapping[str, str]
) -> tuple[int, bytes, bytes]:
    """Run a command to its end: its exit code (negative when a signal ended it), its output and its errors.

    Like a process that `subprocess` starts it has a session of its own, pipes, and nothing to read.
    """
    order = {"arguments": arguments, "folder": str(folder), "environment": dict(environment)}
    pipes = [os.pipe() for _ in range(3)]
    readings = [asyncio.create_task(_read(ours)) for ours, _ in pipes]
    socket.send_fds(_forker().orders, [json.dumps(order).encode()], [its for _, its in pipes])
    for _, its in pipes:
        os.close(its)
    out, errors, code = await asyncio.gather(*readings)
    return int(code), out, errors


async def _read(descriptor: int) -> bytes:
    """Everything that comes out of a pipe."""
    reader = asyncio.StreamReader()
    pipe = os.fdopen(descriptor, "rb", buffering=0)
    transport, _ = await asyncio.get_running_loop().connect_read_pipe(
        lambda: asyncio.StreamReaderProtocol(reader), pipe
    )
    try:
        return await reader.read()
    finally:
        transport.close()


class Forker:
    """The process that forks commands; it ends when the one that started it has ended."""

    def __init__(self) -> None:
        self.orders, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        with its:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "tests.support.forking", str(its.fileno())],
                cwd=ROOT,
                env={name: value for name, value in os.environ.items() if not name.startswith("CRYPTO_")},
                pass_fds=[its.fileno()],
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )


@cache
def _forker() -> Forker:
    """One for all commands."""
    return Forker()


def serve(orders: socket.socket) -> None:
    """Obey until nobody is left who could order; only forks of this process leave the loop otherwise."""
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for those who wait for the commands
    while packet := (received := socket.recv_fds(orders, LONGEST_ORDER, 3))[0]:
        if os.fork() == 0:
            orders.close()
            _obey(json.loads(packet), *received[1])
            return
        for descriptor in received[1]:
            os.close(descriptor)


def _obey(order: Mapping[str, Any], out: int, errors: int, told: int) -> None:
    """Fork once more: the child is the command, the parent tells how it ended."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    if command := os.fork():
        os.close(out)
        os.close(errors)
        _, status = os.waitpid(command, 0)
        os.write(told, str(os.waitstatus_to_exitcode(status)).encode())
        os._exit(0)
    os.close(told)
    _become(order, out, errors)


def _become(order: Mapping[str, Any], out: int, errors: int) -> None:
    """As `python -m crypto` would be begun."""
    os.setsid()
    for descriptor, source in enumerate((os.open(os.devnull, os.O_RDONLY), out, errors)):
        os.dup2(source, descriptor)
        os.close(source)
    os.chdir(order["folder"])
    os.environ.clear()
    os.environ.update(order["environment"])
    sys.path[0] = order["folder"]
    sys.argv = ["crypto", *order["arguments"]]
    runpy.run_module("crypto", run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    for module in IMPORTED:
        import_module(module)
    gc.freeze()
    serve(socket.socket(fileno=int(sys.argv[1])))
