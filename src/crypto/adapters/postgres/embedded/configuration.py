"""How the embedded server is set up: one Unix socket and no network, or one port of this machine."""

import os
import secrets
import socket
import tempfile
from collections.abc import Mapping
from pathlib import Path

from crypto.adapters.platform import HERE
from crypto.adapters.platform.interface import ROOT
from crypto.adapters.postgres.embedded.account import Account

ROLE = "crypto"
LOOPBACK = "127.0.0.1"
SETTINGS = {
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


def write_configuration(
    folder: Path, *, sockets: Path | None, account: Account, settings: Mapping[str, str]
) -> None:
    """Write `server.conf`, `pg_hba.conf` and `pg_ident.conf` into the data folder; without `sockets` for TCP."""
    places = {"hba_file": str(folder / "pg_hba.conf"), "ident_file": str(folder / "pg_ident.conf")}
    reached = _at_socket(sockets) if sockets else _at_port()
    lines = (
        f"{name} = {_quoted(value)}" for name, value in (SETTINGS | reached | places | dict(settings)).items()
    )
    _replace(folder / "server.conf", "\n".join(lines))
    by_socket = "local all all peer map=crypto"
    _replace(folder / "pg_hba.conf", by_socket if sockets else f"host all all {LOOPBACK}/32 scram-sha-256")
    admitted = _admitted(account) if sockets else []
    _replace(folder / "pg_ident.conf", "\n".join(f'crypto "{name}" {ROLE}' for name in admitted))


def _at_socket(sockets: Path) -> dict[str, str]:
    """The settings of a server that listens at a Unix socket in this folder, and at no network."""
    return {
        "listen_addresses": "",
        "port": "5432",
        "unix_socket_permissions": "0700",
        "unix_socket_directories": '"{}"'.format(str(sockets).replace('"', '""')),
    }


def _at_port() -> dict[str, str]:
    """A free one, of this machine only."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port = str(probe.getsockname()[1])
    return {"listen_addresses": LOOPBACK, "port": port, "unix_socket_directories": ""}


def make_password(folder: Path, account: Account) -> Path:
    """The file that holds the password for TCP, made where it is missing: for the server's account and us."""
    path = folder / "password"
    if not path.exists():
        _replace(path, secrets.token_urlsafe(24), private=True)
        if not account.is_ours:
            HERE.give(path, account)
    return path


def password_of(folder: Path) -> str:
    """The password of the embedded server over TCP, from its file in the folder."""
    return (folder / "password").read_text(encoding="ascii").strip()


def _admitted(account: Account) -> list[str]:
    """The server's account, we, and root, who can do anything anyway."""
    return sorted({account.name} | {HERE.user(uid).name for uid in (HERE.user_id(), ROOT)})


def _quoted(value: str) -> str:
    return "'{}'".format(value.replace("\\", "\\\\").replace("'", "''"))


def _replace(path: Path, text: str, *, private: bool = False) -> None:
    """By way of a new file, so that no link someone laid there is followed."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        if not private:
            HERE.let_others_read(descriptor)
        file.write(text + "\n")
    Path(name).replace(path)
