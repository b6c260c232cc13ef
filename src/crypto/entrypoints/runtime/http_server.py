"""Run the HTTP server, granian, so that it stops when told to: after its requests, or at once."""

import math
import os
import signal
import sys
from typing import Any

from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server.mp import MPServer

from crypto.adapters.platform import HERE

LAST_REQUEST_SECONDS = 10
"""What requests in flight may take; also ends a worker that missed its signal while it started."""

LOG: dict[str, Any] = {
    "handlers": {},
    "formatters": {},
    "loggers": {name: {"handlers": [], "propagate": True} for name in ("_granian", "granian.access")},
}
"""The log configuration of granian: its lines go where all the others go."""


class _ApiServer(MPServer):
    """Remembers which signal stopped it; a second one ends it at once."""

    stopped_by = 0

    def signal_handler_interrupt(self, *args: Any, **kwargs: Any) -> None:
        number = args[0] if args else 0
        if self.stopped_by:
            for worker in self.wrks:
                worker.kill()  # type: ignore[no-untyped-call]  # granian leaves it untyped
            os._exit(128 + number)
        self.stopped_by = number
        if number == signal.SIGINT:
            self._interrupt_workers()
        super().signal_handler_interrupt(*args, **kwargs)  # type: ignore[no-untyped-call]  # as above

    def _interrupt_workers(self) -> None:
        """Ctrl-C, as a terminal does it; a worker that hears only the SIGTERM that follows drains first."""
        for worker in self.wrks:
            HERE.interrupt(worker.inner.pid)


def serve_until_stopped(*, address: str, port: int, url: str, drain_seconds: float) -> None:
    """Serve the API on the database at `url`; exits with 130 or 143 after a signal.

    After SIGTERM the workers go on for `drain_seconds`, not ready any more, before they take no more connections.
    """
    os.environ["CRYPTO_DATABASE_URL"] = url  # the worker is a process of its own
    server = _ApiServer(
        "crypto.entrypoints.http.asgi:app",
        address=address,
        port=port,
        interface=Interfaces.ASGI,
        factory=True,
        websockets=False,
        log_dictconfig=LOG,
        log_level=LogLevels.warning,
        workers_kill_timeout=math.ceil(drain_seconds) + LAST_REQUEST_SECONDS,
    )
    server.serve()
    sys.exit(128 + server.stopped_by if server.stopped_by else 1)
