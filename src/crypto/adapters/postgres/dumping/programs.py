"""Which pg_dump, pg_restore and psql are used, and how they are told of a database without its password."""

import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path

import psycopg
from msgspec import Struct
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.connection.errors import translated
from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.embedded.binaries import SYSTEM, Binaries, folder_in_wheel, version_of
from crypto.application.errors import StoreUnavailable

NEEDED = ("pg_dump", "pg_restore", "psql")
PASSED_ON = ("PATH", "HOME", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "APPDATA")
NO_TLS = "SSL support is not compiled in"
CONNECT_SECONDS = 10


class Address(Struct, frozen=True, kw_only=True):
    """A database as libpq's programs are told of it: `dsn` is for everybody to see, `password` is not."""

    dsn: str
    password: str | None
    server_major: int
    encrypted: bool

    @property
    def environment(self) -> Mapping[str, str]:
        """What such a program needs of ours, and no more: there may be keys in it."""
        passed = {name: value for name, value in os.environ.items() if name in PASSED_ON or name.startswith("PG")}
        return {**passed, "LC_ALL": "C", **({"PGPASSWORD": self.password} if self.password else {})}


def address_of(url: str) -> Address:
    """Where a database is, and its server's version; reached encrypted, it stays so for the programs.

    :raises StoreUnavailable: when it cannot be reached, or a secret of its could not be kept.
    """
    parts = conninfo_to_dict(conninfo(url))
    password = parts.pop("password", None)
    if "sslpassword" in parts:
        raise StoreUnavailable("pg_dump cannot be handed an sslpassword unseen: use a client key without one")
    with translated(), psycopg.connect(conninfo(url), connect_timeout=CONNECT_SECONDS) as connection:
        encrypted = bool(connection.pgconn.ssl_in_use)
        major = connection.info.server_version // 10_000
    if encrypted and parts.get("sslmode", "prefer") in {"allow", "prefer"}:
        parts["sslmode"] = "require"
    return Address(
        dsn=make_conninfo("", **parts),
        password=str(password) if password else None,
        server_major=major,
        encrypted=encrypted,
    )


def programs_for(address: Address, *, named: Path | None, dumps: bool) -> Binaries:
    """The first programs that can do it: those in the `named` folder, else the wheel's or the system's.

    A pg_dump refuses a server that is newer than itself. The wheel's programs know no TLS: where that is in use
    the system's come first.

    :raises StoreUnavailable: when there are none; the message says which it takes.
    """
    folders = [named] if named else _folders(encrypted=address.encrypted)
    complete = [
        folder for folder in folders if all((folder / (name + HERE.program_suffix)).is_file() for name in NEEDED)
    ]
    found = [
        Binaries(folder=folder, version=version_of(folder / f"pg_dump{HERE.program_suffix}"))
        for folder in complete
    ]
    if fitting := [each for each in found if not dumps or each.major >= address.server_major]:
        return fitting[0]
    had = ", ".join(f"{each.folder} has {each.version}" for each in found) or "there are none"
    wanted = f"PostgreSQL {address.server_major} or newer" if dumps else "PostgreSQL"
    raise StoreUnavailable(
        f"{', '.join(NEEDED)} of {wanted} are needed for this server, and {had}: "
        "set CRYPTO_POSTGRES_BIN to the folder that has them"
    )


def _folders(*, encrypted: bool) -> Iterator[Path]:
    system = list(_on_system())
    wheel = [folder for folder in [folder_in_wheel()] if folder]
    yield from (*system, *wheel) if encrypted else (*wheel, *system)


def _on_system() -> Iterator[Path]:
    on_path = shutil.which("pg_dump")
    installed = sorted(SYSTEM.glob("*/bin"), key=lambda folder: folder.parent.name.zfill(3), reverse=True)
    yield from installed
    if on_path and Path(on_path).resolve().parent not in installed:
        yield Path(on_path).parent


def explained(program: str, said: str) -> StoreUnavailable:
    """Our error for what one of them said when it failed."""
    if NO_TLS in said:
        return StoreUnavailable(
            f"this {program} knows no TLS, and the database is reached by it: set CRYPTO_POSTGRES_BIN to a folder "
            "of programs that do, such as those of the system's postgresql-client"
        )
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    wrong = [line for line in lines if "error" in line.lower() or line.startswith("DETAIL:")] or lines
    return StoreUnavailable(f"{program} failed: {' | '.join(wrong[:3]) or 'it said nothing'}")
