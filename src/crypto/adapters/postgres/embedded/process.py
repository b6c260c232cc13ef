"""Whether a server runs over a folder of database files, as its own pid file tells."""

from pathlib import Path
from typing import Literal

from crypto.adapters.platform import HERE

State = Literal["absent", "changing", "ready"]
PID, PORT, SOCKETS, STATUS = 0, 3, 4, 7  # the lines of postmaster.pid
PID_FILE = "postmaster.pid"
SOCKET_LOCK = ".s.PGSQL.5432.lock"


def server_state(data: Path) -> State:
    """Whether a server is absent, starting or stopping, or ready for connections."""
    if server_pid(data) is None:
        return "absent"
    return "ready" if _line(data, STATUS).strip() == "ready" else "changing"


def server_pid(data: Path) -> int | None:
    """The process id of the server over these files."""
    text = _line(data, PID).strip()
    return int(text) if text.isdigit() and HERE.runs(int(text), "postgres") else None


def server_sockets(data: Path) -> Path:
    """The folder in which the running server has its socket."""
    return Path(_line(data, SOCKETS))


def server_port(data: Path) -> int:
    """The port of the running server, where it listens at one."""
    return int(_line(data, PORT))


def died(data: Path) -> bool:
    """Whether the last server over these files was killed: its pid file is there, and it is not."""
    return (data / PID_FILE).exists() and server_pid(data) is None


def forget_dead_server(data: Path, sockets: Path | None) -> None:
    """Remove what a killed server left, so that its number, given to another program, is not taken for it."""
    if died(data):
        (data / PID_FILE).unlink(missing_ok=True)
        if sockets:
            (sockets / SOCKET_LOCK).unlink(missing_ok=True)


def _line(data: Path, number: int) -> str:
    try:
        lines = (data / PID_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    return lines[number] if number < len(lines) else ""
