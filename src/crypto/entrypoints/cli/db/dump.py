"""Dump and restore as a person sees them: where to, how far, how much; and nothing is overwritten unasked."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crypto.adapters.platform.system_clock import SystemClock
from crypto.adapters.postgres.connection.url import database_url
from crypto.adapters.postgres.dumping import read_dump, write_dump
from crypto.adapters.postgres.schema.migrate import migration_state
from crypto.adapters.registry import feeds
from crypto.application.errors import StoreUnavailable
from crypto.application.formatting import size
from crypto.entrypoints.cli.kit.exits import say
from crypto.entrypoints.cli.kit.session import on_terminal, running_server
from crypto.entrypoints.settings import Settings

STDIO = Path("-")


def default_name() -> Path:
    """`crypto-20261102T120000Z.dump`, in the working directory."""
    return Path(f"crypto-{SystemClock().now():%Y%m%dT%H%M%SZ}.dump")


def dump(settings: Settings, file: Path, *, replace: bool) -> None:
    """Write everything to `file`; a dump that fails leaves no half of one, and what was there.

    :raises StoreUnavailable: when it cannot be done.
    """
    if file == STDIO:
        with _database(settings) as url, _progress("dumping") as hear:
            write_dump(url, sys.stdout.buffer, bin_dir=settings.postgres_bin, hear=hear)
        return
    if file.exists() and not replace:
        raise StoreUnavailable(f"{file} exists: name another file, or overwrite it with --replace")
    half = file.with_name(file.name + ".part")
    try:
        with _database(settings) as url, _progress("dumping") as hear, half.open("wb") as target:
            write_dump(url, target, bin_dir=settings.postgres_bin, hear=hear)
        half.replace(file)
    except OSError as error:
        raise StoreUnavailable(f"{file} cannot be written: {error.strerror}") from error
    finally:
        with suppress(OSError):  # where nothing can be written, nothing can be removed
            half.unlink(missing_ok=True)
    say(f"{file}: {size(file.stat().st_size)}; `crypto db restore {file}` reads it into an empty database")


def restore(settings: Settings, file: Path, *, replace: bool) -> None:
    """Read a dump into an empty database, or with `replace` in place of what is there.

    :raises StoreUnavailable: when the database has tables already, or it cannot be done.
    """
    with _database(settings) as url:
        _check_empty(url, replace=replace)
        with _progress("restoring") as hear:
            restored = read_dump(
                url, None if file == STDIO else file, sources=tuple(feeds()), replace=replace,
                bin_dir=settings.postgres_bin, hear=hear,
            )  # fmt: skip
        found = migration_state(url)
    where = f"{restored.tables} tables and parts of tables"
    say(f"{file} is restored: {restored.rows} rows in {where}, counted and equal")
    if found.state == "behind":
        say(f"they are of revision {found.current}, this program needs {found.head}: run `crypto db upgrade`")


def _check_empty(url: str, *, replace: bool) -> None:
    if migration_state(url).state != "empty" and not replace:
        raise StoreUnavailable(
            "the database has tables already: --replace puts the dump in their place, and what they hold is gone; "
            "or set CRYPTO_DATA_DIR to an empty folder, or CRYPTO_DATABASE_URL to an empty database"
        )


@contextmanager
def _database(settings: Settings) -> Iterator[str]:
    """The database as it is: a dump of old tables is a dump of old tables."""
    if settings.database_url is not None:
        yield database_url(settings.database_url)
        return
    with running_server(settings) as url:
        yield url


@contextmanager
def _progress(verb: str) -> Iterator[Callable[[str], None]]:
    """On a terminal, which table it is at; elsewhere nothing."""
    if not on_terminal():
        yield lambda table: None
        return
    from rich.console import Console

    with Console(stderr=True).status(f"{verb} ...") as status:
        yield lambda table: status.update(f"{verb} {table}")
