"""Write a whole database, as it is at one moment, into one file."""

import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import IO

from crypto.adapters.postgres.dumping.programs import address_of, explained, programs_for

TOLD = "dumping contents of table "


def write_dump(url: str, target: IO[bytes], *, bin_dir: Path | None, hear: Callable[[str], None]) -> None:
    """Write a dump into an open file, in PostgreSQL's custom format; `hear` is told each table that is begun.

    :raises StoreUnavailable: when it cannot be done; what is in the file then is not a dump.
    """
    address = address_of(url)
    program = programs_for(address, named=bin_dir, dumps=True).program("pg_dump")
    command = [str(program), "--format=custom", "--no-owner", "--verbose", f"--dbname={address.dsn}"]
    said: list[str] = []
    with subprocess.Popen(  # noqa: S603 - PostgreSQL's own tool and our own arguments, no shell
        command, stdin=subprocess.DEVNULL, stdout=target, stderr=subprocess.PIPE, env=address.environment,
        text=True, errors="replace",
    ) as process:  # fmt: skip
        assert process.stderr is not None  # noqa: S101 - narrows the type for the checkers
        for line in process.stderr:
            said.append(line)
            if TOLD in line:
                hear(line.partition(TOLD)[2].strip().replace('"', ""))
    if process.returncode:
        raise explained("pg_dump", "".join(said))
