"""What we need of an operating system: accounts, files and their locks, processes and signals."""

import asyncio
from asyncio.subprocess import Process
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

ROOT = 0


@dataclass(frozen=True, kw_only=True)
class User:
    """An account of the operating system, with its numbers."""

    name: str
    uid: int
    gid: int


class Platform(Protocol):
    """What the service needs of an operating system; one implementation for each."""

    has_unix_sockets: bool
    """Where there are none, TCP on 127.0.0.1 is used, with a password."""

    program_suffix: str
    """What the file name of a program ends with."""

    stop_signals: Sequence[int]
    """What asks a process to end."""

    apart: Mapping[str, Any]
    """What `subprocess` needs to start a process that Ctrl-C at our terminal does not reach."""

    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None
    """Makes the event loop that the database driver can work in; None: the usual one."""

    def user_id(self) -> int:
        """The number of the account that this process runs as: ROOT for root, where there is such an account."""
        ...

    def owner_id(self, path: Path) -> int:
        """The number of the account that owns a file."""
        ...

    def user(self, uid: int) -> User:
        """The account with this number, with its name.

        :raises KeyError: when no account has this number.
        """
        ...

    def user_named(self, name: str) -> User:
        """The account of this name, with its number.

        :raises KeyError: when there is no account of this name.
        """
        ...

    def data_home(self) -> Path:
        """The folder in which the programs of this process's account keep their data.

        :raises KeyError: when it has no home folder.
        """
        ...

    def give(self, path: Path, owner: User) -> None:
        """Make another account the owner of a file; only root may."""
        ...

    def let_others_read(self, descriptor: int) -> None:
        """Let every account read an open file, and only its owner write to it."""
        ...

    def run_as(self, user: User) -> Mapping[str, Any]:
        """The arguments with which `subprocess` starts a process as this account, which only root may."""
        ...

    def can_enter(self, folder: Path, user: User) -> bool:
        """Whether this account can pass through a folder and all its parents."""
        ...

    def is_private(self, folder: Path, user: User) -> bool:
        """Whether this is a folder that the account owns and that nobody else may write to."""
        ...

    def open_lock(self, path: Path) -> int:
        """The descriptor of a file to lock, which is made where it is missing.

        :raises OSError: when it cannot be opened, or is a link.
        """
        ...

    def share(self, lock: int) -> None:
        """Hold a lock together with others, until it is closed or this process is gone, however that comes."""
        ...

    def seize(self, lock: int) -> None:
        """Hold a lock alone, without waiting for it.

        :raises BlockingIOError: when someone else holds it.
        """
        ...

    def runs(self, pid: int, program: str) -> bool:
        """Whether a process with this number lives, and is of this program as far as that can be told."""
        ...

    def ask_to_end(self, process: Process) -> None:
        """Ask a child process that was started `apart` to end."""
        ...

    def interrupt(self, pid: int) -> None:
        """Send a child process what Ctrl-C sends, where the terminal does not; it may be gone already."""
        ...

    def kill_group(self, pid: int) -> None:
        """Kill a child process that was started `apart`, with all that it started; it may be gone already."""
        ...

    def ask_ourselves_to_end(self) -> None:
        """Ask this process to end, as a signal from outside would."""
        ...

    def kill_ourselves(self) -> None:
        """Kill this process, and the process group that it leads, if it leads one."""
        ...

    def hear(self, loop: asyncio.AbstractEventLoop, number: int, callback: Callable[[int], None]) -> None:
        """Call back in the event loop whenever this signal comes."""
        ...
