"""Run one of PostgreSQL's own tools as the account that owns the server."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from crypto.adapters.platform import HERE
from crypto.adapters.postgres.embedded.account import Account
from crypto.application.errors import StoreUnavailable

LIMIT = 120  # seconds; recovery after a crash takes longest
BEGIN_SECONDS = 10.0  # less than a process has whose parent is gone
PAUSE = 0.02
PASSED_ON = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "TMPDIR", "SYSTEMROOT", "TEMP")


def run(
    arguments: Sequence[str | Path],
    account: Account | None = None,
    *,
    limit: float = LIMIT,
    begun: Callable[[], bool] = lambda: True,
) -> str:
    """What the tool printed; it runs as `account`, else as ourselves.

    A signal that ends us in the middle ends the tool, too, but not before what it starts has `begun`, or cannot:
    else that would come to light when nobody looks any more.

    It gets a session of its own, so that Ctrl-C at the terminal reaches us and not the server, and
    none of our environment, where keys may be.
    :raises StoreUnavailable: when it failed or did not end within `limit` seconds.
    """
    try:
        process: subprocess.Popen[str] = subprocess.Popen(  # noqa: S603 - our own arguments, no shell
            [os.fspath(argument) for argument in arguments],
            **(account.popen if account else {}),
            cwd="/",
            env=_environment(),
            **HERE.apart,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        )
    except OSError as error:
        raise StoreUnavailable(f"{arguments[0]} cannot be run: {error.strerror}") from error
    with process:
        try:
            printed, _ = process.communicate(timeout=limit)
        except subprocess.TimeoutExpired as error:
            process.kill()
            raise StoreUnavailable(f"{arguments[0]} did not end within {limit:.0f} s") from error
        except BaseException:
            _let_begin(process, begun)
            process.kill()
            raise
    if process.returncode:
        raise StoreUnavailable(f"{arguments[0]} failed: {last_lines(printed)}")
    return printed


def _let_begin(process: "subprocess.Popen[str]", begun: Callable[[], bool]) -> None:
    deadline = time.monotonic() + BEGIN_SECONDS
    while process.poll() is None and not begun() and time.monotonic() < deadline:
        time.sleep(PAUSE)


def last_lines(text: str, count: int = 5) -> str:
    """The last lines of a text that are not blank, joined to one."""
    return " | ".join([line.strip() for line in text.splitlines() if line.strip()][-count:])


def _environment() -> dict[str, str]:
    return {"PATH": os.defpath, "LC_ALL": "C"} | {
        name: os.environ[name] for name in PASSED_ON if name in os.environ
    }
