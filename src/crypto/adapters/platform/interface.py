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
    """An account of the system."""

    name: str
    uid: int
    gid: int


class Platform(Protocol):
    """One operating system."""

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
        """That of this process; ROOT for one who may do anything, and where such a thing is."""
        ...

    def owner_id(self, path: Path) -> int:
        """Whose a file is."""
        ...

    def user(self, uid: int) -> User:
        """:raises KeyError: when that id has no name."""
        ...

    def user_named(self, name: str) -> User:
        """:raises KeyError: when there is none of that name."""
        ...

    def data_home(self) -> Path:
        """Where an account's programs keep their data.

        :raises KeyError: when it has no home folder.
        """
        ...

    def give(self, path: Path, owner: User) -> None:
        """Change whose a file is; for root."""
        ...

    def let_others_read(self, descriptor: int) -> None:
        """Of an open file."""
        ...

    def run_as(self, user: User) -> Mapping[str, Any]:
        """What `subprocess` needs to start a process as this user, which only root may."""
        ...

    def can_enter(self, folder: Path, user: User) -> bool:
        """Whether this user can pass through all the parents of a folder."""
        ...

    def is_private(self, folder: Path, user: User) -> bool:
        """Whether a folder is one, of this user, that nobody else may write to."""
        ...

    def open_lock(self, path: Path) -> int:
        """A file to lock, made where it is missing; its descriptor.

        :raises OSError: when it cannot be opened, or is a link.
        """
        ...

    def share(self, lock: int) -> None:
        """Hold it with others, until it is closed or this process is gone, however that comes."""
        ...

    def seize(self, lock: int) -> None:
        """Hold it alone.

        :raises BlockingIOError: when someone else holds it.
        """
        ...

    def runs(self, pid: int, program: str) -> bool:
        """Whether a process lives, and is of this program as far as that can be told."""
        ...

    def ask_to_end(self, process: Process) -> None:
        """A child that was started `apart`."""
        ...

    def kill_group(self, pid: int) -> None:
        """A child that was started `apart`, and all that it started; it may be gone."""
        ...

    def ask_ourselves_to_end(self) -> None:
        """As by a signal from outside."""
        ...

    def kill_ourselves(self) -> None:
        """With the group that we lead, if we do."""
        ...

    def hear(self, loop: asyncio.AbstractEventLoop, number: int, callback: Callable[[int], None]) -> None:
        """Call back in the loop when a signal comes."""
        ...
