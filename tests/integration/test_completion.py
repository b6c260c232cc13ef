"""Shell completion, asked of real shells: what is typed, a tab, and what stands on the line then."""

import os
import pty
import re
import select
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from click.shell_completion import BashComplete
from click.testing import CliRunner

from crypto.entrypoints.cli.app import app

STARTS = {
    "bash": (["bash", "--norc", "--noprofile", "-i"], 'eval "$(crypto completion bash)"'),
    "zsh": (["zsh", "-f", "-i"], 'autoload -Uz compinit && compinit -u; eval "$(crypto completion zsh)"'),
    "fish": (["fish", "--no-config", "-i"], "crypto completion fish | source"),
}
PATIENCE = 60.0  # seconds; each tab starts a Python


def completed(words: list[str], incomplete: str) -> list[str]:
    shell = BashComplete(app, {}, "crypto", "_CRYPTO_COMPLETE")
    return [each.value for each in shell.get_completions(words, incomplete)]


@pytest.mark.parametrize(
    ("words", "incomplete", "found"),
    [
        ([], "ing", ["ingest"]),
        ([], "re", ["rejections", "reprocess"]),
        (["db"], "du", ["dump"]),
        (["ingest"], "co", ["coinpaprika", "coingecko"]),
        (["ingest", "coingecko"], "co", ["coinpaprika"]),
        (["data", "--source"], "c", ["coinpaprika", "coingecko", "csv"]),
        (["rejections", "--source"], "cs", ["csv"]),
        (["doctor"], "--off", ["--offline"]),
    ],
)
def test_commands_options_and_sources_complete(words: list[str], incomplete: str, found: list[str]) -> None:
    assert completed(words, incomplete) == found


def test_hidden_options_do_not_complete() -> None:
    assert "--with-parent" not in completed(["serve"], "--")


def test_another_shell_is_refused_with_those_there_are() -> None:
    done = CliRunner().invoke(app, ["completion", "tcsh"])
    assert done.exit_code == 2
    assert all(shell in done.output for shell in STARTS)


@contextmanager
def terminal(command: list[str], environment: dict[str, str]) -> Iterator[int]:
    """A shell that believes a person types; the other end of its terminal."""
    pid, screen = pty.fork()
    if pid == 0:
        os.execvpe(command[0], command, environment)  # noqa: S606 - the shell under test
    try:
        yield screen
    finally:
        os.kill(pid, 9)
        os.waitpid(pid, 0)
        os.close(screen)


COLOURS = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def until(screen: int, text: str) -> str:
    """What it shows, without colours, up to this text."""
    seen, end = "", time.monotonic() + PATIENCE
    while text not in seen and time.monotonic() < end:
        if select.select([screen], [], [], 0.1)[0]:
            seen = COLOURS.sub("", seen + os.read(screen, 4096).decode("utf-8", "replace"))
    assert text in seen, seen
    return seen


@pytest.mark.parametrize("shell", STARTS)
def test_a_tab_completes_what_was_typed(shell: str, tmp_path: Path) -> None:
    start, line = STARTS[shell]
    if shutil.which(start[0]) is None:
        pytest.skip(f"{shell} is not installed here")
    (tmp_path / "crypto").write_text(f'#!/bin/sh\nexec "{sys.executable}" -m crypto "$@"\n')
    (tmp_path / "crypto").chmod(0o755)
    own = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "HOME": str(tmp_path), "TERM": "xterm", "PS1": "> "}
    environment = {**os.environ, **own}
    with terminal(start, environment) as screen:
        os.write(screen, f"{line}; echo rea''dy\n".encode())
        until(screen, "ready")
        os.write(screen, b"crypto ing\t")
        assert "ingest" in until(screen, "ingest ")
        os.write(screen, b"cs\t")
        until(screen, "csv ")
