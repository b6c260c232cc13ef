"""A PostgreSQL server for the tests, and fresh databases copied from one that is migrated."""

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any
from uuid import uuid4

import psycopg
from psycopg import sql
from sqlalchemy.engine import make_url

from crypto.adapters import registry
from crypto.adapters.postgres.connection.url import conninfo, database_url
from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.schema.migrate import migrate

SOURCES = tuple(registry.SOURCES)
USER = """
import json, signal, sys
from pathlib import Path
import psycopg
from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.connection.url import conninfo

signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background jobs ignore it

with EmbeddedServer(Path(sys.argv[1]), settings=json.loads(sys.argv[2])) as url:
    with psycopg.connect(conninfo(url)) as connection:
        try:
            print(url, flush=True)
            sys.stdin.read()
        except KeyboardInterrupt:
            print(*connection.execute("SELECT 'still served'").fetchone())
"""
UNSAFE_BUT_QUICK = {"fsync": "off", "full_page_writes": "off", "shared_buffers": "32MB"}
"""Loses data when the machine goes down, but not when processes are killed."""

ON_DISK, IN_MEMORY = Path("/tmp"), Path("/dev/shm")  # noqa: S108 - each folder gets a name that nobody can guess
ROOM = 4 * 1024**3
"""Bytes that all servers of two workers never need."""


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder with a short path that the server's account can enter when we are root; removed at the end.

    It is in memory where there is room: a database is some 300 files, which a disk takes its time to make.
    """
    folder = Path(tempfile.mkdtemp(prefix="crypto-", dir=IN_MEMORY if _has_room(IN_MEMORY) else ON_DISK))
    folder.chmod(0o755)
    try:
        yield folder
    finally:
        shutil.rmtree(folder)


def _has_room(folder: Path) -> bool:
    return os.access(folder, os.W_OK) and shutil.disk_usage(folder).free > ROOM


class ServerUser:
    """A process of its own that uses the embedded server over `folder` until it leaves or is killed."""

    def __init__(self, folder: Path, *, python: str = sys.executable, **options: Any) -> None:
        settings = json.dumps(UNSAFE_BUT_QUICK)
        pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        self.process: subprocess.Popen[str] = subprocess.Popen(
            [python, "-c", USER, str(folder), settings], start_new_session=True, text=True, **pipes, **options
        )

    def url(self) -> str:
        """The server's URL, once this process has joined.

        :raises AssertionError: when it could not join; with what it said.
        """
        line = self._said().readline().strip()
        assert line, self.process.communicate()[1]
        return line

    def leave(self) -> None:
        """Leave as a user does at the end of a command."""
        _, errors = self.process.communicate("leave")
        assert self.process.returncode == 0, errors

    def interrupt(self) -> str:
        """Ctrl-C at the terminal, which goes to the whole process group; what it said after that, and left."""
        os.killpg(self.process.pid, signal.SIGINT)
        said, errors = self.process.communicate()
        assert self.process.returncode == 0, errors
        return said.strip()

    def kill(self) -> None:
        """kill -9."""
        self.process.kill()
        self.process.communicate()

    def _said(self) -> IO[str]:
        assert self.process.stdout is not None
        return self.process.stdout


@contextmanager
def test_server() -> Iterator[str]:
    """The URL of a server: CRYPTO_TEST_DATABASE_URL's, else an embedded one for as long as the block."""
    given = os.environ.get("CRYPTO_TEST_DATABASE_URL")
    if given:
        yield database_url(given)
        return
    with short_folder() as folder, EmbeddedServer(folder / "server", settings=UNSAFE_BUT_QUICK) as url:
        yield url


@contextmanager
def fresh_database(server: str, *, template: str = "template0", encoding: str = "UTF8") -> Iterator[str]:
    """The URL of a new database, a copy of `template`; dropped at the end."""
    name = f"crypto_test_{uuid4().hex[:16]}"
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {} ENCODING {} LOCALE 'C' STRATEGY file_copy").format(
        sql.Identifier(name), sql.Identifier(template), encoding
    )
    _execute(server, create)
    try:
        yield make_url(server).set(database=name).render_as_string(hide_password=False)
    finally:
        _execute(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


@contextmanager
def migrated_template(server: str) -> Iterator[str]:
    """The name of a migrated database to copy."""
    with fresh_database(server) as url:
        migrate(url, sources=SOURCES)
        yield str(make_url(url).database)


def _execute(server: str, statement: sql.Composed) -> None:
    with psycopg.connect(conninfo(server), autocommit=True) as connection:
        connection.execute(statement)
