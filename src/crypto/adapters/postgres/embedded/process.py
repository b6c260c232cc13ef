"""Whether a server runs over a folder of database files, as its own pid file tells."""

import os
from pathlib import Path
from typing import Literal

State = Literal["absent", "changing", "ready"]
PID, SOCKETS, STATUS = 0, 4, 7  # the lines of postmaster.pid
PID_FILE = "postmaster.pid"
SOCKET_LOCK = ".s.PGSQL.5432.lock"
PROCESSES = Path("/proc")


def server_state(data: Path) -> State:
    """Whether a server is absent, starting or stopping, or ready for connections."""
    if server_pid(data) is None:
        return "absent"
    return "ready" if _line(data, STATUS).strip() == "ready" else "changing"


def server_pid(data: Path) -> int | None:
    """The process id of the server over these files."""
    text = _line(data, PID).strip()
    return int(text) if text.isdigit() and _is_postgres(int(text)) else None


def server_sockets(data: Path) -> Path:
    """The folder of the running server's socket."""
    return Path(_line(data, SOCKETS))


def died(data: Path) -> bool:
    """Whether the last server over these files was killed: its pid file is there, and it is not."""
    return (data / PID_FILE).exists() and server_pid(data) is None


def forget_dead_server(data: Path, sockets: Path) -> None:
    """Remove what a killed server left, so that its number, given to another program, is not taken for it."""
    if died(data):
        (data / PID_FILE).unlink(missing_ok=True)
        (sockets / SOCKET_LOCK).unlink(missing_ok=True)


def _line(data: Path, number: int) -> str:
    try:
        lines = (data / PID_FILE).read_text(encoding="utf-8").splitlines()
    except FileNotFoundError:
        return ""
    return lines[number] if number < len(lines) else ""


def _is_postgres(pid: int) -> bool:
    """Whether the process lives and is PostgreSQL: in a restarted container its number is soon another's."""
    if PROCESSES.joinpath("self").exists():
        return _program(pid).startswith(b"postgres")
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _program(pid: int) -> bytes:
    """The program a process runs; nothing for one that is dead, reaped or not."""
    try:
        command = PROCESSES.joinpath(str(pid), "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return b""
    except PermissionError:
        return b"postgres"  # rather taken for our server than started twice
    return command.partition(b"\0")[0].rpartition(b"/")[2]
