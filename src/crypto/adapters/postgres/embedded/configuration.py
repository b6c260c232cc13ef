"""How the embedded server is set up: one Unix socket, no network, few connections."""

import os
import pwd
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crypto.adapters.postgres.embedded.account import ROOT, Account

ROLE = "crypto"
SETTINGS = {
    "listen_addresses": "",
    "port": "5432",
    "unix_socket_permissions": "0700",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "client_connection_check_interval": "1s",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_checkpoints": "off",
    # one file a weekday, overwritten a week later: the log cannot fill the disk over the years
    "logging_collector": "on",
    "log_directory": "log",
    "log_filename": "server-%a.log",
    "log_rotation_age": "1d",
    "log_rotation_size": "0",
    "log_truncate_on_rotation": "on",
}
INCLUDE = "\ninclude '../server.conf' # written by crypto at each start; your own settings go after this line\n"


def write_configuration(folder: Path, *, sockets: Path, account: Account, settings: Mapping[str, str]) -> None:
    """Write `server.conf`, `pg_hba.conf` and `pg_ident.conf` into the data folder."""
    places = {
        "unix_socket_directories": '"{}"'.format(str(sockets).replace('"', '""')),
        "hba_file": str(folder / "pg_hba.conf"),
        "ident_file": str(folder / "pg_ident.conf"),
    }
    lines = (f"{name} = {_quoted(value)}" for name, value in (SETTINGS | places | dict(settings)).items())
    _replace(folder / "server.conf", "\n".join(lines))
    _replace(folder / "pg_hba.conf", "local all all peer map=crypto")
    _replace(folder / "pg_ident.conf", "\n".join(f'crypto "{name}" {ROLE}' for name in _admitted(account)))


def _admitted(account: Account) -> list[str]:
    """The server's account, we, and root, who can do anything anyway."""
    return sorted({account.name} | {pwd.getpwuid(uid).pw_name for uid in (os.geteuid(), ROOT)})


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "''"))


def _replace(path: Path, text: str) -> None:
    """By way of a new file, so that no link someone laid there is followed."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        os.fchmod(descriptor, 0o644)
        file.write(text + "\n")
    Path(name).replace(path)
