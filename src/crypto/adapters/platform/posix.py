"""Linux and macOS. What only they have is imported where it is used: this module can be imported anywhere."""

import asyncio
import os
import signal
import stat
import subprocess
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

from crypto.adapters.platform.interface import User

if TYPE_CHECKING:
    from pwd import struct_passwd

PROCESSES = Path("/proc")


class Posix:
    """Linux, macOS and their like: accounts with numbers, `flock`, process groups and signals."""

    has_unix_sockets = True
    program_suffix = ""
    stop_signals: Sequence[int] = (signal.SIGINT, signal.SIGTERM)
    apart: Mapping[str, Any] = {"start_new_session": True}
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None

    def user_id(self) -> int:
        """The number of the account that this process effectively runs as."""
        return os.geteuid()

    def owner_id(self, path: Path) -> int:
        """The number of the account that owns a file."""
        return path.stat().st_uid

    def user(self, uid: int) -> User:
        """The account with this number, from the system's list of accounts."""
        import pwd

        return _user(pwd.getpwuid(uid))

    def user_named(self, name: str) -> User:
        """The account of this name, from the system's list of accounts."""
        import pwd

        return _user(pwd.getpwnam(name))

    def data_home(self) -> Path:
        """The folder for programs' data by the XDG rules: `$XDG_DATA_HOME`, else `~/.local/share`."""
        named = Path(os.environ.get("XDG_DATA_HOME", ""))
        return named if named.is_absolute() else self._home() / ".local" / "share"

    def _home(self) -> Path:
        import pwd

        named = Path(os.environ.get("HOME", ""))
        return named if named.is_absolute() else Path(pwd.getpwuid(os.geteuid()).pw_dir)

    def give(self, path: Path, owner: User) -> None:
        """Make another account and its group the owners of a file."""
        os.chown(path, owner.uid, owner.gid)

    def let_others_read(self, descriptor: int) -> None:
        """Let every account read an open file, but not write to it."""
        os.fchmod(descriptor, 0o644)

    def run_as(self, user: User) -> Mapping[str, Any]:
        """The arguments with which `subprocess` starts a process as this account, in no group but its own."""
        return {"user": user.uid, "group": user.gid, "extra_groups": []}

    def can_enter(self, folder: Path, user: User) -> bool:
        """Whether an account can enter a folder, tried by a process of that account."""
        entered = subprocess.run(  # noqa: S603 - our own arguments, no shell of the person's
            ["/bin/sh", "-c", 'cd "$1"', "sh", folder], **self.run_as(user), cwd="/", env={},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return entered.returncode == 0

    def is_private(self, folder: Path, user: User) -> bool:
        """Whether this is a folder, and not a link to one, that the account owns and nobody else may write to."""
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == user.uid and not found.st_mode & 0o022

    def open_lock(self, path: Path) -> int:
        """Open a file to lock; never by way of a link, which someone may have laid there."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def share(self, lock: int) -> None:
        """Hold a lock together with others; the kernel lets go of it even at a kill -9."""
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_SH)

    def seize(self, lock: int) -> None:
        """Hold a lock alone, without waiting for it."""
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def runs(self, pid: int, program: str) -> bool:
        """Whether a process lives; with /proc also whether it is of this program, as numbers are reused."""
        if PROCESSES.joinpath("self").exists():
            return _program(pid, unseen=program).startswith(program)
        try:
            os.kill(pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            return True
        return True

    def ask_to_end(self, process: Process) -> None:
        """Send SIGTERM to a child process."""
        process.send_signal(signal.SIGTERM)

    def interrupt(self, pid: int) -> None:
        """Send SIGINT to a child process."""
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGINT)

    def kill_group(self, pid: int) -> None:
        """Kill the process group of a child, which leads a session of its own."""
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    def ask_ourselves_to_end(self) -> None:
        """Send SIGTERM to this process."""
        os.kill(os.getpid(), signal.SIGTERM)

    def kill_ourselves(self) -> None:
        """Send SIGKILL to this process, and to the process group that it leads, if it leads one."""
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def hear(self, loop: asyncio.AbstractEventLoop, number: int, callback: Callable[[int], None]) -> None:
        """Call back in the event loop when this signal comes, by the loop's own signal handlers."""
        loop.add_signal_handler(number, callback, number)


def _user(entry: "struct_passwd") -> User:
    return User(name=entry.pw_name, uid=entry.pw_uid, gid=entry.pw_gid)


def _program(pid: int, *, unseen: str) -> str:
    """The program a process runs; nothing for one that is dead, reaped or not, `unseen` for one of others."""
    try:
        command = PROCESSES.joinpath(str(pid), "cmdline").read_bytes()
    except (FileNotFoundError, ProcessLookupError):
        return ""
    except PermissionError:
        return unseen  # rather taken for our server than started twice
    return os.fsdecode(command.partition(b"\0")[0].rpartition(b"/")[2])
