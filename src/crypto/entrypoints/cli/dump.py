"""Dump and restore with PostgreSQL's own tools, the password out of everybody's sight."""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote, urlsplit, urlunsplit

from crypto.adapters.postgres.embedded.binaries import find_binaries
from crypto.adapters.postgres.migrate import migration_state
from crypto.adapters.postgres.url import database_url
from crypto.application.errors import StoreUnavailable
from crypto.entrypoints.cli.exits import say
from crypto.entrypoints.cli.session import running_server
from crypto.entrypoints.settings import Settings


def write_dump(settings: Settings, file: Path) -> None:
    """Write everything to `file`; a dump that fails leaves no half of one.

    :raises StoreUnavailable: when it cannot be done.
    """
    half = file.with_name(file.name + ".part")
    with _database(settings) as url:
        try:
            _run(settings, "pg_dump", ["--format=custom", "--no-owner", f"--file={half}"], url)
            half.replace(file)
        finally:
            half.unlink(missing_ok=True)
    say(f"{file}: {file.stat().st_size} bytes")


def read_dump(settings: Settings, file: Path) -> None:
    """Read a dump into an empty database.

    :raises StoreUnavailable: when the database has tables already, or it cannot be done.
    """
    with _database(settings) as url:
        if migration_state(url).state != "empty":
            raise StoreUnavailable("the database has tables already: set CRYPTO_DATA_DIR to an empty folder")
        _run(settings, "pg_restore", ["--no-owner", "--single-transaction", "--exit-on-error", str(file)], url)
    say(f"{file} is restored")


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """The database as it is: a dump of old tables is a dump of old tables."""
    if settings.database_url is not None:
        yield database_url(settings.database_url)
        return
    with running_server(settings) as url:
        yield url


def _run(settings: Settings, program: str, arguments: list[str], url: str) -> None:
    address, password = _apart(url)
    try:
        subprocess.run(  # noqa: S603 - PostgreSQL's own tool and our own arguments, no shell
            [find_binaries(settings.postgres_bin).program(program), *arguments, f"--dbname={address}"],
            check=True,
            env={**os.environ, **({"PGPASSWORD": password} if password else {})},
            stdin=subprocess.DEVNULL,
        )
    except subprocess.CalledProcessError as error:
        raise StoreUnavailable(f"{program} ended with {error.returncode}; what it said stands above") from error


def _apart(url: str) -> tuple[str, str | None]:
    """The address without its password, which would be seen in the list of processes; and the password."""
    parts = urlsplit(url.replace("postgresql+psycopg://", "postgresql://", 1))
    account, at, place = parts.netloc.rpartition("@")
    user = account.partition(":")[0]
    return urlunsplit(parts._replace(netloc=user + at + place)), unquote(
        parts.password
    ) if parts.password else None
