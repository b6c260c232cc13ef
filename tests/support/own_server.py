"""A PostgreSQL server of a test's own, to be stopped, killed and started again, or to have few connections."""

import os
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.embedded.process import server_state
from crypto.adapters.postgres.schema.migrate import migrate
from tests.support.database import SOURCES, UNSAFE_BUT_QUICK, short_folder


class OwnServer:
    """Its `url` leads to a migrated database; it has the server's `data` folder."""

    def __init__(self, folder: Path, settings: dict[str, str]) -> None:
        self._server = EmbeddedServer(folder / "server", settings=UNSAFE_BUT_QUICK | settings)
        self.data = folder / "server" / "data"
        self.url = self._server.start()

    def start(self) -> None:
        """Up again, ready for connections."""
        self._server.start()

    def stop(self) -> None:
        """As `pg_ctl stop -m fast`: open transactions are rolled back."""
        self._server.stop(force=True)

    def crash(self) -> None:
        """As `pg_ctl stop -m immediate`: the next start has to recover."""
        pid = self._server.status().pid
        assert pid
        os.kill(pid, signal.SIGQUIT)
        while server_state(self.data) != "absent":
            time.sleep(0.01)


@contextmanager
def own_server(**settings: str) -> Iterator[OwnServer]:
    """A server that runs to the end of the block at most."""
    with short_folder() as folder:
        server = OwnServer(folder, settings)
        try:
            migrate(server.url, sources=SOURCES)
            yield server
        finally:
            server.stop()
