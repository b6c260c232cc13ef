"""A primary and a streaming replica of it, made with the PostgreSQL that the system has."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.embedded.account import server_account
from crypto.adapters.postgres.embedded.command import run
from tests.support.database import UNSAFE_BUT_QUICK, short_folder

SYSTEM = Path("/usr/lib/postgresql")
PROGRAMS = ("initdb", "pg_ctl", "pg_basebackup")


def programs() -> Path | None:
    """The folder of the system's newest PostgreSQL that can make a replica; None where there is none."""
    complete = [each for each in SYSTEM.glob("*/bin") if all((each / name).exists() for name in PROGRAMS)]
    return max(complete, key=lambda each: int(each.parent.name), default=None)


class Server:
    """A server over `data`, at a Unix socket in `folder`, by trust."""

    def __init__(self, folder: Path, data: Path, port: int) -> None:
        self.url = f"postgresql+psycopg://crypto@/postgres?host={folder}&port={port}"
        self._folder, self._data, self._port = folder, data, port
        self._account, _ = server_account(None, data=data)
        found = programs()
        assert found
        self._programs = found

    def make(self) -> None:
        """New files, or (`clone`) those of another."""
        self._run(
            "initdb", "-D", self._data, "-U", "crypto", "-A", "trust", "-E", "UTF8", "--no-locale", "--no-sync"
        )

    def clone(self, primary: "Server") -> None:
        """The files of another server that runs, set up to follow it."""
        by = conninfo(primary.url).replace("dbname=postgres", "")
        self._run("pg_basebackup", "-D", self._data, "-R", "-X", "stream", "-c", "fast", "--no-sync", "-d", by)

    def start(self) -> None:
        """Up, ready for connections."""
        settings = UNSAFE_BUT_QUICK | {
            "listen_addresses": "",
            "unix_socket_directories": str(self._folder),
            "port": str(self._port),
        }
        options = " ".join(f"-c {name}='{value}'" for name, value in settings.items())
        log = self._data.with_suffix(".log")
        self._run("pg_ctl", "-D", self._data, "-w", "-l", log, "-o", options, "start")

    def stop(self) -> None:
        """As `pg_ctl stop -m immediate`."""
        self._run("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def execute(self, statement: str) -> None:
        """Run one statement as the owner."""
        with psycopg.connect(conninfo(self.url), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _run(self, program: str, *arguments: str | Path) -> None:
        run([self._programs / program, *arguments], self._account)


@contextmanager
def primary_and_replica() -> Iterator[tuple[Server, Server]]:
    """Both run; the block may stop the primary."""
    with short_folder() as folder:
        account, _ = server_account(None, data=folder / "none")
        if not account.is_ours:
            HERE.give(folder, account)
        primary, replica = Server(folder, folder / "one", 5501), Server(folder, folder / "two", 5502)
        started: list[Server] = []
        try:
            primary.make()
            for server in (primary, replica):
                if server is replica:
                    replica.clone(primary)
                server.start()
                started.append(server)
            yield primary, replica
        finally:
            for server in started:
                if (server._data / "postmaster.pid").exists():
                    server.stop()
