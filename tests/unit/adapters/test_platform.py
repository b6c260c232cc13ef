"""What only one operating system has stands in one package, and the others can be imported anywhere."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from crypto.adapters.platform import HERE, Platform, Posix, Windows

SOURCE = Path(__file__).parents[3] / "src" / "crypto"
PLATFORM = SOURCE / "adapters" / "platform"

MODULES = {"fcntl", "grp", "pty", "pwd", "resource", "syslog", "termios", "tty", "msvcrt", "winreg", "_winapi"}
NAMES = {
    *("os.chown", "os.fchmod", "os.fchown", "os.fork", "os.getegid", "os.geteuid", "os.getgid", "os.getpgrp"),
    *("os.getuid", "os.kill", "os.killpg", "os.mkfifo", "os.O_NOFOLLOW", "os.posix_fallocate", "os.setgid"),
    *("os.setsid", "os.setuid", "os.uname", "signal.SIGKILL", "signal.SIGHUP", "signal.SIGUSR1", "signal.alarm"),
    *("signal.pause", "socket.AF_UNIX", "asyncio.open_unix_connection", "asyncio.start_unix_server"),
}
METHODS = {"add_signal_handler", "lchmod", "st_uid", "pw_name"}
KEYWORDS = {"start_new_session", "preexec_fn", "pass_fds", "process_group", "creationflags"}
"""What is not on every system, or does something else there: `os.kill(pid, 0)` sends Ctrl-C on Windows."""

FAKED = """
import importlib, pkgutil, sys
import asyncio, subprocess, tempfile, multiprocessing, socket, ctypes, getpass, email.utils, concurrent.futures
import alembic.command, click, dependency_injector.containers, granian.server.mp, granian.constants, httpx
import litestar.openapi, loguru, msgspec, psycopg, rich_click, rich.progress, rich.console, rich.table, rich.box
import sqlalchemy.ext.asyncio, tenacity, click.shell_completion, sqlalchemy.dialects.postgresql, psycopg.waiting
import litestar, litestar.openapi.plugins, litestar.types, litestar.exceptions, litestar.testing
for name in {modules!r}:
    sys.modules[name] = None
sys.platform = "win32"
import crypto
names = [each.name for each in pkgutil.walk_packages(crypto.__path__, "crypto.")]
names = [each for each in names if ".versions" not in each and not each.endswith((".env", ".__main__"))]
for name in names:
    importlib.import_module(name)
from crypto.adapters.platform import HERE
from crypto.adapters.postgres.embedded.folders import default_data_dir
import os
os.environ["LOCALAPPDATA"] = "/local"
print(len(names), type(HERE).__name__, default_data_dir())
"""


def used(tree: ast.AST) -> Iterator[str]:
    """What of the above a module uses."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (each.name for each in node.names if each.name in MODULES)
        elif isinstance(node, ast.ImportFrom) and node.module in MODULES:
            yield node.module
        elif isinstance(node, ast.Attribute):
            name = f"{node.value.id}.{node.attr}" if isinstance(node.value, ast.Name) else ""
            yield from {name} & NAMES | {node.attr} & METHODS
        elif isinstance(node, ast.keyword) and node.arg in KEYWORDS:
            yield node.arg


TRIALS = (
    *("import pwd", "from fcntl import flock", "os.geteuid()", "x.add_signal_handler(1)"),
    "Popen(start_new_session=True)",
)


@pytest.mark.parametrize("text", TRIALS)
def test_the_search_finds_what_it_looks_for(text: str) -> None:
    assert list(used(ast.parse(text)))


def test_what_only_one_system_has_is_used_in_one_package_only() -> None:
    modules = [path for path in SOURCE.rglob("*.py") if PLATFORM not in path.parents]
    found = {str(path.relative_to(SOURCE)): sorted(used(ast.parse(path.read_text()))) for path in modules}
    assert {path: names for path, names in found.items() if names} == {}


def test_everything_can_be_imported_where_none_of_it_is() -> None:
    script = FAKED.format(modules=sorted(MODULES))
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    count, kind, folder = done.stdout.split()
    assert int(count) > 150
    assert (kind, folder) == ("Windows", "/local/crypto")


def test_every_system_has_all_that_is_needed() -> None:
    wanted = {name for name in [*vars(Platform), *Platform.__annotations__] if not name.startswith("_")}
    for kind in (Posix, Windows):
        assert {name for name in wanted if not hasattr(kind, name)} == set()


def test_this_one_has_sockets_and_flock() -> None:
    assert isinstance(HERE, Posix)
    assert HERE.has_unix_sockets


def test_a_lock_is_shared_by_many_or_held_by_one(tmp_path: Path) -> None:
    import os

    first, second, alone = (HERE.open_lock(tmp_path / "lock") for _ in range(3))
    HERE.share(first)
    HERE.share(second)
    with pytest.raises(BlockingIOError):
        HERE.seize(alone)
    os.close(first)
    os.close(second)
    HERE.seize(alone)
    os.close(alone)


def test_a_lock_is_not_taken_by_way_of_a_link(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(OSError, match="symbolic link"):
        HERE.open_lock(tmp_path / "link")
    assert not (tmp_path / "elsewhere").exists()


def test_a_process_is_told_by_its_program() -> None:
    import os

    assert HERE.runs(os.getpid(), Path(sys.executable).name[:6])
    assert not HERE.runs(os.getpid(), "postgres")
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert not HERE.runs(gone.pid, "python")
