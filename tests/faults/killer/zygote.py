"""A process that has imported everything and forks one child a round: real processes, without the imports' time.

An order is a line of JSON, `{"id": 1, "arguments": [...], "environment": {...}, "out": "FILE"}`; it is answered
with `{"id": 1, "pid": 123}` and, at the child's end, `{"id": 1, "code": 0}`.
"""

import gc
import json
import os
import select
import signal
import sys
from collections.abc import Mapping
from importlib import import_module
from typing import Any, NoReturn

from tests.faults.killer.launch import launch

IMPORTED = (
    "crypto.entrypoints.cli.commands.ingest",
    "crypto.entrypoints.cli.kit.outcome",
    "crypto.entrypoints.cli.kit.run_events",
    "crypto.entrypoints.cli.kit.session",
    "crypto.entrypoints.wiring.container",
    "crypto.entrypoints.settings",
    "crypto.adapters.postgres.schema.migrate",
)


class Zygote:
    """Forks what is ordered, and tells of every end."""

    def __init__(self) -> None:
        self._children: dict[int, int] = {}
        self._wake, self._woken = os.pipe()
        os.set_blocking(self._woken, False)

    def serve(self) -> None:
        """Until standard input ends; then kill who is left."""
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # a terminal's Ctrl-C goes to all: our parent ends us
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.set_wakeup_fd(self._woken)
        pending = b""
        while True:
            ready, _, _ = select.select([0, self._wake], [], [])
            if self._wake in ready:
                os.read(self._wake, 4096)
                self._reap()
            if 0 in ready:
                data = os.read(0, 65536)
                if not data:
                    break
                *lines, pending = (pending + data).split(b"\n")
                for line in lines:
                    self._start(json.loads(line))
        for pid in self._children:
            os.kill(pid, signal.SIGKILL)

    def _start(self, order: Mapping[str, Any]) -> None:
        pid = os.fork()
        if pid == 0:
            self._become(order)
        self._children[pid] = order["id"]
        _say(id=order["id"], pid=pid)

    def _become(self, order: Mapping[str, Any]) -> NoReturn:
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.signal(signal.SIGTERM, signal.SIG_DFL)
        os.setsid()
        out = os.open(order["out"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        for descriptor, source in ((0, os.open(os.devnull, os.O_RDONLY)), (1, out), (2, out)):
            os.dup2(source, descriptor)
        os.environ.clear()
        os.environ.update(order["environment"])
        code = 70
        try:
            launch(order["arguments"])
        except SystemExit as end:
            code = end.code if isinstance(end.code, int) else 1
        finally:
            sys.stdout.flush()
            sys.stderr.flush()
            os._exit(code)

    def _reap(self) -> None:
        for pid in list(self._children):
            ended, status = os.waitpid(pid, os.WNOHANG)
            if ended:
                _say(id=self._children.pop(pid), code=os.waitstatus_to_exitcode(status))


def _say(**words: int) -> None:
    print(json.dumps(words), flush=True)


if __name__ == "__main__":
    for module in IMPORTED:
        import_module(module)
    gc.freeze()
    Zygote().serve()
