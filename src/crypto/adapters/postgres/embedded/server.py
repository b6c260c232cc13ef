"""The embedded server's life: the first user starts it, all share it, the last one out stops it."""

import atexit
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType, TracebackType

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.embedded.bring_up import bring_up, data_major, find_cluster, server_url
from crypto.adapters.postgres.embedded.cluster import Cluster
from crypto.adapters.postgres.embedded.folders import default_data_dir, make_folder
from crypto.adapters.postgres.embedded.locks import LOCK_TIMEOUT, Locks
from crypto.adapters.postgres.embedded.process import server_pid, server_state


@dataclass(frozen=True, kw_only=True)
class ServerStatus:
    """What `crypto db status` tells; `major` is of the data that are there, and None when there are none."""

    data_dir: Path
    major: int | None
    pid: int | None
    in_use: bool
    kept_up: bool

    @property
    def running(self) -> bool:
        return self.pid is not None


class EmbeddedServer:
    """A PostgreSQL server over a data folder, shared by every process that joins it.

    `with EmbeddedServer() as url:` joins and leaves. `warnings` are for the person, once joined. `lock_timeout` is
    how many seconds another process that starts or stops it is waited for.
    """

    def __init__(
        self,
        data_dir: Path | None = None,
        bin_dir: Path | None = None,
        user: str | None = None,
        *,
        settings: Mapping[str, str] = MappingProxyType({}),
        lock_timeout: float = LOCK_TIMEOUT,
    ) -> None:
        self.data_dir = (data_dir or default_data_dir()).resolve()
        self.warnings: list[str] = []
        self._bin_dir = bin_dir
        self._user = user
        self._settings = settings
        self._locks = Locks(self.data_dir, timeout=lock_timeout)
        self._is_user = False
        self._membership: int | None = None

    def __enter__(self) -> str:
        return self.join()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.leave()

    def join(self) -> str:
        """Become a user of the server, starting it if need be.

        :return: its URL.
        :raises StoreUnavailable: when it cannot be had; the message names the next step.
        """
        make_folder(self.data_dir)
        with self._locks.changing():
            if not self._is_user:
                atexit.register(self.leave)  # a signal may end the process before a `with` block is entered
                self._membership = self._locks.membership()
                self._is_user = True
                self._run_or_leave(self._membership)
            return self.url

    def leave(self) -> None:
        """Cease to be a user; the last one out stops the server, unless it is kept up.

        Where a signal breaks in, the exit of the process does what is left of it.

        :raises StoreUnavailable: when it does not stop.
        """
        if self._is_user:
            with self._locks.changing():
                self._leave()
        atexit.unregister(self.leave)

    def start(self) -> str:
        """Start the server and keep it up without a user, until `stop`.

        :return: its URL.
        :raises StoreUnavailable: when it cannot be had.
        """
        with self as url:
            self._keep_up.touch()
            return url

    def stop(self, *, force: bool = False) -> bool:
        """End what `start` began. A server in use goes on until its last user leaves, unless `force`.

        :return: whether the server is down now.
        :raises StoreUnavailable: when it does not stop.
        """
        if not self._data.exists():
            return True
        with self._locks.changing():
            self._keep_up.unlink(missing_ok=True)
            if self._locks.in_use() and not force:
                return server_state(self._data) == "absent"
            self._stop()
            return True

    def status(self) -> ServerStatus:
        """How the server is; a folder that does not exist is not made.

        :raises StoreUnavailable: when the folder is another account's.
        """
        if not self._data.exists():
            return ServerStatus(data_dir=self.data_dir, major=None, pid=None, in_use=False, kept_up=False)
        with self._locks.changing():
            return ServerStatus(
                data_dir=self.data_dir,
                major=data_major(self._data),
                pid=server_pid(self._data),
                in_use=self._locks.in_use(),
                kept_up=self._keep_up.exists(),
            )

    @property
    def url(self) -> str:
        """The address of the running server, as SQLAlchemy takes it."""
        return server_url(self._data)

    @property
    def _data(self) -> Path:
        return self.data_dir / "data"

    @property
    def _keep_up(self) -> Path:
        return self.data_dir / "keep-up"

    def _run_or_leave(self, membership: int) -> None:
        """What is shared is known already: a signal may come in between."""
        try:
            HERE.share(membership)
            bring_up(self._cluster())
        except BaseException:
            self._leave()
            raise

    def _leave(self) -> None:
        if self._membership is not None:
            held, self._membership = self._membership, None
            os.close(held)
        if not self._locks.in_use() and not self._keep_up.exists():
            self._stop()
        self._is_user = False

    def _stop(self) -> None:
        if server_state(self._data) != "absent":
            self._cluster().stop()

    def _cluster(self) -> Cluster:
        cluster, self.warnings = find_cluster(
            self.data_dir, bin_dir=self._bin_dir, user=self._user, settings=self._settings
        )
        return cluster
