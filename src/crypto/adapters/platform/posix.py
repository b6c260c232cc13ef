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
    """Accounts with numbers, `flock`, process groups and signals."""

    has_unix_sockets = True
    program_suffix = ""
    stop_signals: Sequence[int] = (signal.SIGINT, signal.SIGTERM)
    apart: Mapping[str, Any] = {"start_new_session": True}
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None

    def user_id(self) -> int:
        """The effective one."""
        return os.geteuid()

    def owner_id(self, path: Path) -> int:
        """Of the file itself."""
        return path.stat().st_uid

    def user(self, uid: int) -> User:
        """From the system's list."""
        import pwd

        return _user(pwd.getpwuid(uid))

    def user_named(self, name: str) -> User:
        """From the system's list."""
        import pwd

        return _user(pwd.getpwnam(name))

    def data_home(self) -> Path:
        """XDG's."""
        named = Path(os.environ.get("XDG_DATA_HOME", ""))
        return named if named.is_absolute() else self._home() / ".local" / "share"

    def _home(self) -> Path:
        import pwd

        named = Path(os.environ.get("HOME", ""))
        return named if named.is_absolute() else Path(pwd.getpwuid(os.geteuid()).pw_dir)

    def give(self, path: Path, owner: User) -> None:
        """And to its group."""
        os.chown(path, owner.uid, owner.gid)

    def let_others_read(self, descriptor: int) -> None:
        """But not write."""
        os.fchmod(descriptor, 0o644)

    def run_as(self, user: User) -> Mapping[str, Any]:
        """In no group but its own."""
        return {"user": user.uid, "group": user.gid, "extra_groups": []}

    def can_enter(self, folder: Path, user: User) -> bool:
        """Tried by a process of that user."""
        entered = subprocess.run(  # noqa: S603 - our own arguments, no shell of the person's
            ["/bin/sh", "-c", 'cd "$1"', "sh", folder], **self.run_as(user), cwd="/", env={},
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        return entered.returncode == 0

    def is_private(self, folder: Path, user: User) -> bool:
        """No link, either."""
        found = folder.lstat()
        return stat.S_ISDIR(found.st_mode) and found.st_uid == user.uid and not found.st_mode & 0o022

    def open_lock(self, path: Path) -> int:
        """Not by way of a link, which someone may have laid there."""
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o600)

    def share(self, lock: int) -> None:
        """The kernel drops it even at a kill -9."""
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_SH)

    def seize(self, lock: int) -> None:
        """Without waiting."""
        import fcntl

        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def runs(self, pid: int, program: str) -> bool:
        """Where processes can be looked at, by the program too: in a container a number is soon another's."""
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
        """SIGTERM."""
        process.send_signal(signal.SIGTERM)

    def kill_group(self, pid: int) -> None:
        """It leads a session of its own."""
        with suppress(ProcessLookupError):
            os.killpg(pid, signal.SIGKILL)

    def ask_ourselves_to_end(self) -> None:
        """SIGTERM."""
        os.kill(os.getpid(), signal.SIGTERM)

    def kill_ourselves(self) -> None:
        """kill -9."""
        if os.getpgrp() == os.getpid():
            os.killpg(os.getpid(), signal.SIGKILL)
        os.kill(os.getpid(), signal.SIGKILL)

    def hear(self, loop: asyncio.AbstractEventLoop, number: int, callback: Callable[[int], None]) -> None:
        """By the loop's own means."""
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
