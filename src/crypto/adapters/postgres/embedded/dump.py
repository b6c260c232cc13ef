"""Write the embedded database into one file, and read it back: the way to another major version."""

from pathlib import Path

from crypto.adapters.postgres.embedded.binaries import find_binaries
from crypto.adapters.postgres.embedded.command import run
from crypto.adapters.postgres.url import conninfo

HOURS = 12 * 3600.0  # seconds; a large database takes its time


def dump(url: str, target: Path, *, bin_dir: Path | None = None) -> None:
    """Write everything into `target`, in PostgreSQL's custom format; what was there goes only when it is whole.

    :raises StoreUnavailable: when there is no pg_dump, or it failed.
    """
    program = find_binaries(bin_dir).program("pg_dump")
    half = target.resolve().with_name(f"{target.name}.tmp")
    run([program, "-Fc", "-f", half, "-d", conninfo(url)], limit=HOURS)
    half.replace(target)


def restore(url: str, source: Path, *, bin_dir: Path | None = None) -> None:
    """Read a dump into an empty database: all of it or nothing.

    :raises StoreUnavailable: when there is no pg_restore, it failed, or the database is not empty.
    """
    program = find_binaries(bin_dir).program("pg_restore")
    options = ["--single-transaction", "--exit-on-error", "--no-owner"]
    run([program, *options, "-d", conninfo(url), source.resolve()], limit=HOURS)
