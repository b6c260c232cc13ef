"""Read a dump back: all of it, compared with what was sent, or nothing."""

import os
import subprocess
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import IO

import psycopg
from msgspec import Struct

from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.dumping.programs import Address, address_of, explained, programs_for
from crypto.adapters.postgres.dumping.script import closing, counted, opening
from crypto.adapters.postgres.embedded.binaries import Binaries

READ = ("--no-owner", "--no-privileges", "--exit-on-error", "--file=-")
WRITE = ("--no-psqlrc", "--quiet", "--set=ON_ERROR_STOP=1", f"--output={os.devnull}", "--file=-")
VIEWS = """
    SELECT relname
      FROM pg_class
     WHERE relkind = 'v' AND relnamespace = current_schema()::regnamespace AND relname LIKE 'raw\\_%\\_records'
"""


class Restored(Struct, frozen=True, kw_only=True):
    """How many rows came back, and of how many tables and parts of tables."""

    rows: int
    tables: int


def read_dump(
    url: str,
    source: Path | None,
    *,
    sources: Sequence[str],
    replace: bool,
    bin_dir: Path | None,
    hear: Callable[[str], None],
) -> Restored:
    """Restore a dump from a file, or from standard input; `hear` is told the name of each table that is begun.

    None of the `sources` may be ingested meanwhile. With `replace` the tables that are there make place, in one
    transaction with what comes: a restore that fails leaves them.

    :raises StoreUnavailable: when it cannot be done; then the database is as it was.
    """
    address = address_of(url)
    programs = programs_for(address, named=bin_dir, dumps=False)
    begin = opening(sources, views=_views(url) if replace else (), replace=replace)
    counts: dict[str, int] = {}
    with _psql(programs, address) as sink, suppress(BrokenPipeError):  # psql ended: it says why
        sink.write(begin.encode())
        with _script(programs, address, source) as lines:
            for line in counted(lines, counts, server_major=address.server_major, hear=hear):
                sink.write(line)
        sink.write(closing(counts).encode())
    return Restored(rows=sum(counts.values()), tables=len(counts))


def _views(url: str) -> list[str]:
    """The names of the views of raw pages, one a source."""
    with translated(), psycopg.connect(conninfo(url)) as connection:
        return [name for (name,) in connection.execute(VIEWS).fetchall()]


@contextmanager
def _psql(programs: Binaries, address: Address) -> Iterator[IO[bytes]]:
    """What is written runs against the database; without a COMMIT at its end nothing of it counts."""
    command = [str(programs.program("psql")), *WRITE, f"--dbname={address.dsn}"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - PostgreSQL's own tool and our own arguments, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=said, env=address.environment
        )
        assert process.stdin is not None  # noqa: S101 - narrows the type for the checkers
        try:
            yield process.stdin
        finally:
            with suppress(BrokenPipeError):
                process.stdin.close()
            process.wait()
        if process.returncode:
            raise explained("psql", _text(said))


@contextmanager
def _script(programs: Binaries, address: Address, source: Path | None) -> Iterator[IO[bytes]]:
    """The dump as statements and rows, line by line.

    :raises StoreUnavailable: at the end of the block, when it was not a dump, or not a whole one.
    """
    command = [str(programs.program("pg_restore")), *READ, *([str(source)] if source else [])]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(  # noqa: S603 - as above
            command, stdin=subprocess.DEVNULL if source else None, stdout=subprocess.PIPE, stderr=said,
            env=address.environment,
        )  # fmt: skip
        assert process.stdout is not None  # noqa: S101 - as above
        try:
            yield process.stdout
        finally:
            process.stdout.close()
            process.wait()
        if process.returncode:
            raise explained("pg_restore", _text(said))


def _text(said: IO[bytes]) -> str:
    said.seek(0)
    return said.read().decode("utf-8", "replace")
