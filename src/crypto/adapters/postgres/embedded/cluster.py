"""The embedded database's files and server: made once, started, stopped; by one process at a time."""

import shutil
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.embedded.account import Account
from crypto.adapters.postgres.embedded.binaries import Binaries
from crypto.adapters.postgres.embedded.command import last_lines, run
from crypto.adapters.postgres.embedded.configuration import INCLUDE, ROLE, make_password, write_configuration
from crypto.adapters.postgres.embedded.folders import check_reachable, hand_over, socket_folder
from crypto.adapters.postgres.embedded.process import forget_dead_server, server_pid
from crypto.application.errors import StoreUnavailable

HALF_MADE = "data.tmp-"
WAIT = ("-w", "-t", "100")  # seconds


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The files in `folder`/data, the account they belong to and the programs that serve them."""

    folder: Path
    account: Account
    binaries: Binaries
    settings: Mapping[str, str]

    @property
    def data(self) -> Path:
        return self.folder / "data"

    def make(self) -> None:
        """Make the files under a name of their own, and rename them when they are whole.

        :raises StoreUnavailable: when it failed.
        """
        for leftover in self.folder.glob(f"{HALF_MADE}*"):
            shutil.rmtree(leftover, ignore_errors=True)
        half = Path(tempfile.mkdtemp(prefix=HALF_MADE, dir=self.folder))
        hand_over(half, self.account)
        run([self.binaries.program("initdb"), "-D", half, *self._options()], self.account)
        with (half / "postgresql.conf").open("a", encoding="utf-8") as file:
            file.write(INCLUDE)
        half.rename(self.data)

    def start(self) -> None:
        """Start the server and wait until it answers.

        :raises StoreUnavailable: when it does not; the end of its log says why.
        """
        sockets = socket_folder(self.folder, self.account) if HERE.has_unix_sockets else None
        write_configuration(self.folder, sockets=sockets, account=self.account, settings=self.settings)
        forget_dead_server(self.data, sockets)
        log = self.data / "start.log"
        log.unlink(missing_ok=True)
        try:
            run(
                [self.binaries.program("pg_ctl"), "-D", self.data, *WAIT, "-l", log, "start"],
                self.account,
                begun=lambda: server_pid(self.data) is not None,
            )
        except StoreUnavailable as error:
            raise StoreUnavailable(f"the embedded server did not start; its log ends: {self.log_end()}") from error

    def stop(self) -> None:
        """Stop the server; open transactions are rolled back.

        :raises StoreUnavailable: when it does not end.
        """
        run([self.binaries.program("pg_ctl"), "-D", self.data, *WAIT, "-m", "fast", "stop"], self.account)

    def log_end(self) -> str:
        """The last lines of the server's newest log."""
        logs = [log for log in (*self.data.glob("log/*.log"), self.data / "start.log") if log.exists()]
        newest = max(logs, key=lambda log: log.stat().st_mtime, default=None)
        return last_lines(newest.read_text(encoding="utf-8", errors="replace")) if newest else "(there is none)"

    def check_reachable(self) -> None:
        """See that the server's account can enter the folder.

        :raises StoreUnavailable: when it cannot.
        """
        check_reachable(self.folder, self.account)

    def _options(self) -> list[str]:
        by_socket = ["--auth-local=peer", "--auth-host=reject"]
        access = by_socket if HERE.has_unix_sockets else self._by_password()
        unsynced = ["--no-sync"] if self.settings.get("fsync") == "off" else []
        return ["-E", "UTF8", "--no-locale", "--data-checksums", "-U", ROLE, *access, *unsynced]

    def _by_password(self) -> list[str]:
        return ["--auth=scram-sha-256", f"--pwfile={make_password(self.folder, self.account)}"]
