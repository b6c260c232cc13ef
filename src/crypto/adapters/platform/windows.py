"""Windows: written from its documentation and never run on it; docs/reference/platforms.md says what that means.

What only Windows has is looked up when it is used: this module can be imported, and is type-checked, anywhere.
"""

import asyncio
import ctypes
import getpass
import os
import signal
import subprocess
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

from crypto.adapters.platform.interface import User

USER = 1
"""Accounts have no numbers here; any but root's."""

EXCLUSIVE, AT_ONCE = 2, 1
"""Flags of LockFileEx."""

LOCK_VIOLATION = 33
QUERY_LIMITED_INFORMATION = 0x1000
STILL_ACTIVE = 259
LONGEST_PATH = 32_768
NEW_GROUP = 0x200


class _Overlapped(ctypes.Structure):
    """Where in a file a lock begins: at 0."""

    _fields_ = (
        ("internal", ctypes.c_size_t), ("internal_high", ctypes.c_size_t),
        ("offset", ctypes.c_uint32), ("offset_high", ctypes.c_uint32), ("event", ctypes.c_void_p),
    )  # fmt: skip


class Windows:
    """Windows: no root and no other accounts, TCP in place of Unix sockets, console events in place of signals."""

    has_unix_sockets = False
    program_suffix = ".exe"
    stop_signals: Sequence[int] = (
        signal.SIGINT,
        signal.SIGTERM,
        *filter(None, [getattr(signal, "SIGBREAK", None)]),
    )
    apart: Mapping[str, Any] = {"creationflags": NEW_GROUP}
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = asyncio.SelectorEventLoop

    def user_id(self) -> int:
        """A number that stands for this process's account, which is never root's."""
        return USER

    def owner_id(self, path: Path) -> int:
        """Every file is taken to be ours: an access list says who may read it, and opening it tells."""
        return USER

    def user(self, uid: int) -> User:
        """The account that this process runs as, whatever the number."""
        return User(name=getpass.getuser(), uid=USER, gid=USER)

    def user_named(self, name: str) -> User:
        """The account that this process runs as, when it has this name; no other account is known."""
        if name != getpass.getuser():
            raise KeyError(name)
        return self.user(USER)

    def data_home(self) -> Path:
        """The folder `AppData\\Local` of this process's account."""
        return Path(os.environ["LOCALAPPDATA"])

    def give(self, path: Path, owner: User) -> None:
        """Do nothing: no process runs as another account here."""

    def let_others_read(self, descriptor: int) -> None:
        """Do nothing: files inherit who may read them from their folder."""

    def run_as(self, user: User) -> Mapping[str, Any]:
        """No arguments: each process is started as the account that we run as."""
        return {}

    def can_enter(self, folder: Path, user: User) -> bool:
        """Always true: the server runs as our own account, which has made the folder."""
        return True

    def is_private(self, folder: Path, user: User) -> bool:
        """Whether it is a folder: those under an account's own data folder are private."""
        return folder.is_dir()

    def open_lock(self, path: Path) -> int:
        """Open a file to lock in binary mode; nothing is ever written to it."""
        return os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o600)

    def share(self, lock: int) -> None:
        """Hold a lock together with others; Windows lets go of it when the process is gone."""
        self._lock(lock, 0)

    def seize(self, lock: int) -> None:
        """Hold a lock alone, without waiting for it."""
        self._lock(lock, EXCLUSIVE | AT_ONCE)

    def _lock(self, lock: int, flags: int) -> None:
        kernel, handle = _kernel(), import_module("msvcrt").get_osfhandle(lock)
        if kernel.LockFileEx(ctypes.c_void_p(handle), flags, 0, 1, 0, ctypes.byref(_Overlapped())):
            return
        error = int(vars(ctypes)["get_last_error"]())
        if error == LOCK_VIOLATION:
            raise BlockingIOError(error, "locked by another process")
        raise OSError(error, "LockFileEx failed")

    def runs(self, pid: int, program: str) -> bool:
        """Whether a process of this program lives, as the kernel says; `os.kill(pid, 0)` would be Ctrl-C."""
        kernel = _kernel()
        kernel.OpenProcess.restype = ctypes.c_void_p
        process = kernel.OpenProcess(QUERY_LIMITED_INFORMATION, False, pid)
        if not process:
            return False
        try:
            code, length = ctypes.c_uint32(), ctypes.c_uint32(LONGEST_PATH)
            path = ctypes.create_unicode_buffer(LONGEST_PATH)
            kernel.GetExitCodeProcess(ctypes.c_void_p(process), ctypes.byref(code))
            kernel.QueryFullProcessImageNameW(ctypes.c_void_p(process), 0, path, ctypes.byref(length))
            return code.value == STILL_ACTIVE and path.value.rpartition("\\")[2].lower().startswith(program)
        finally:
            kernel.CloseHandle(ctypes.c_void_p(process))

    def ask_to_end(self, process: Process) -> None:
        """Send Ctrl-Break to a child process, which has a process group of its own."""
        process.send_signal(vars(signal)["CTRL_BREAK_EVENT"])

    def interrupt(self, pid: int) -> None:
        """Nothing: a console sends Ctrl-C to all its processes."""

    def kill_group(self, pid: int) -> None:
        """Kill a child process with all that it started."""
        tool = Path(os.environ["SYSTEMROOT"], "System32", "taskkill.exe")
        command = [str(tool), "/F", "/T", "/PID", str(pid)]
        subprocess.run(command, check=False, capture_output=True)  # noqa: S603 - our own arguments, no shell

    def ask_ourselves_to_end(self) -> None:
        """Raise SIGTERM in this process; `os.kill` would end it uncleanly here."""
        signal.raise_signal(signal.SIGTERM)

    def kill_ourselves(self) -> None:
        """Kill this process with all that it started."""
        self.kill_group(os.getpid())

    def hear(self, loop: asyncio.AbstractEventLoop, number: int, callback: Callable[[int], None]) -> None:
        """Call back in the event loop when this signal comes: the handler wakes the loop."""
        signal.signal(number, lambda came, frame: loop.call_soon_threadsafe(callback, came))


def _kernel() -> Any:
    return vars(ctypes)["WinDLL"]("kernel32", use_last_error=True)
