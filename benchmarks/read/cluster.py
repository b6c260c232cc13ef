"""A PostgreSQL server for measurements only: initdb's own defaults, at a free port of this machine."""

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psycopg

from crypto.adapters.postgres.embedded.account import Account, server_account
from crypto.adapters.postgres.embedded.binaries import SYSTEM, Binaries, find_binaries, runnable
from crypto.adapters.postgres.embedded.command import run
from crypto.adapters.postgres.embedded.configuration import LOOPBACK, ROLE, make_password, password_of
from crypto.adapters.postgres.embedded.folders import check_reachable, make_folder
from crypto.adapters.postgres.embedded.process import server_pid
from tests.support.commands import free_port

WAIT = ("-w", "-t", "100")  # seconds
IDLE_SECONDS = 20.0
BUSY = """
    SELECT
      FROM pg_stat_activity
     WHERE backend_type = 'client backend' AND state <> 'idle' AND pid <> pg_backend_pid()
     LIMIT 1
"""
CONFIGURATION = f"\nlisten_addresses = '{LOOPBACK}'\nunix_socket_directories = ''\n"
"""All that differs from the defaults: where it is reached."""


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A running server over `folder`/data."""

    folder: Path
    account: Account
    binaries: Binaries
    port: int

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def pid(self) -> int:
        """The process that all its others are children of."""
        pid = server_pid(self.data)
        assert pid is not None
        return pid

    @property
    def log(self) -> Path:
        return self.data / "server.log"

    @property
    def password(self) -> str:
        return password_of(self.folder)

    def url(self, database: str) -> str:
        """The address of one of its databases."""
        return f"postgresql://{ROLE}:{self.password}@{LOOPBACK}:{self.port}/{database}"

    def connect(self, database: str) -> "psycopg.Connection[tuple[object, ...]]":
        """A connection that commits each statement by itself."""
        return psycopg.connect(self.url(database), autocommit=True)

    def wait_until_idle(self) -> None:
        """Until no statement runs: those whose client went away would slow what is measured next."""
        until = time.monotonic() + IDLE_SECONDS
        with self.connect("postgres") as connection:
            while connection.execute(BUSY).fetchone() and time.monotonic() < until:
                time.sleep(0.02)

    def has(self, database: str) -> bool:
        with self.connect("postgres") as connection:
            asked = connection.execute("SELECT FROM pg_database WHERE datname = %s", [database])
            return asked.fetchone() is not None


def find_programs() -> Binaries:
    """PostgreSQL's programs, pgbench among them: named by CRYPTO_POSTGRES_BIN, else the system's, else our own."""
    named = os.environ.get("CRYPTO_POSTGRES_BIN")
    folders = sorted(path.parent for path in SYSTEM.glob("*/bin/pgbench") if (path.parent / "initdb").exists())
    binaries = find_binaries(Path(named) if named else folders[-1] if folders else None)
    binaries.program("pgbench")
    return binaries


@contextmanager
def running_cluster(folder: Path) -> Iterator[Cluster]:
    """The server over the folder, made where there is none; stopped at the end of the block, its data stay.

    :raises StoreUnavailable: when it cannot be made or started.
    """
    make_folder(folder)
    account, _ = server_account(os.environ.get("CRYPTO_EMBEDDED_USER"), data=folder / "data")
    check_reachable(folder, account)
    cluster = Cluster(
        folder=folder,
        account=account,
        binaries=runnable(find_programs(), account, folder=folder),
        port=free_port(),
    )
    if not (cluster.data / "PG_VERSION").exists():
        _make(cluster)
    control: list[str | Path] = [cluster.binaries.program("pg_ctl"), "-D", cluster.data, *WAIT]
    run([*control, "-l", cluster.log, "-o", f"-p {cluster.port}", "start"], account)
    try:
        yield cluster
    finally:
        run([*control, "-m", "fast", "stop"], account)


def _make(cluster: Cluster) -> None:
    make_folder(cluster.data, owner=cluster.account)
    password = make_password(cluster.folder, cluster.account)
    access: tuple[str, ...] = ("-U", ROLE, "--auth=scram-sha-256", f"--pwfile={password}")
    initdb = cluster.binaries.program("initdb")
    run([initdb, "-D", cluster.data, "-E", "UTF8", "--no-locale", *access], cluster.account)
    with (cluster.data / "postgresql.conf").open("a", encoding="utf-8") as file:
        file.write(CONFIGURATION)
