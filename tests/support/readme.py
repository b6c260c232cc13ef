"""The README's examples: read, run on a terminal as a reader would, held against what really comes back."""

import json
import os
import pty
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from decimal import Decimal
from pathlib import Path
from shutil import copyfile
from threading import Thread
from typing import Any

import httpx
from msgspec import Struct

from tests.support.commands import free_port
from tests.support.database import short_folder

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 120.0
"""Seconds that anything here may take; it takes a fortieth of that on a machine that is not busy."""

COINS = 2000
CTRL_C = 130

CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
ESCAPES = re.compile(r"\x1b\[[?\d;]*[A-Za-z]")
ELIDED = re.compile(r",?\s*\.\.\.(?=\s*[\]}])")
"""`...` at the end of an object or list: there is more."""

VOLATILE = {"request_id", "api_latency_ms", "page_id", "next_cursor", "duration_seconds"}
"""Keys whose value differs from one time to the next; that of a time does anyway."""

TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d(\.\d+)?(Z|\+00:00)")

WILD: tuple[tuple[re.Pattern[str], str], ...] = (
    (TIME, "<time>"),
    (re.compile(r"\b\d\d:\d\d:\d\d\b"), "<hour>"),
    (re.compile(r"\b\d+ (s|min|h|days|years) ago\b"), "<age>"),
    (re.compile(r"\bin \d+ (s|min|h|days|years)\b"), "<wait>"),
    (re.compile(r"(?<![\d.])\d+\.\d\d(?![\d.])"), "<seconds>"),
    (re.compile(r"\b(duration|latency_ms)=[\d.]+"), r"\1=<seconds>"),
    (re.compile(r"\brun \d+"), "run <number>"),
    (re.compile(r"[0-9A-Za-z_-]{32,}"), "<token>"),
    (re.compile("[─━╸╺ ]+"), " "),
)
"""What differs from one run to the next, and how wide a table is."""


class Example(Struct, frozen=True, kw_only=True):
    """A command of the README and the output shown below it; `...` in it stands for what is left out."""

    line: int
    command: str
    shown: str


def examples(text: str) -> Iterator[Example]:
    """Every line of a console block that begins with `$ `."""
    for block in CONSOLE.finditer(text):
        yield from examples_of(block.group(1), first_line=text.count("\n", 0, block.start(1)) + 1)


def examples_of(block: str, *, first_line: int) -> Iterator[Example]:
    """The commands of one console block."""
    for match in re.finditer(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
        before = block.count("\n", 0, match.start())
        yield Example(line=first_line + before, command=match.group(1), shown=match.group(2).strip())


class Terminal:
    """A shell command on a terminal of its own, 80 columns wide; `text` is what it showed so far."""

    def __init__(self, command: str, *, folder: Path, environment: Mapping[str, str]) -> None:
        ours, its = pty.openpty()
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=its, stderr=its,
            env={**environment, "COLUMNS": "80", "LINES": "24", "TERM": "xterm"}, start_new_session=True,
        )  # fmt: skip
        os.close(its)
        self._pieces: list[bytes] = []
        self._reader = Thread(target=self._read, args=(ours,), daemon=True)
        self._reader.start()

    @property
    def text(self) -> str:
        """Without colours and cursor movements; a line that was drawn again is there again."""
        said = b"".join(self._pieces).decode("utf-8", "replace")
        return ESCAPES.sub("", said).replace("\r", "\n")

    def wait(self, seconds: float) -> int:
        """Its exit code.

        :raises subprocess.TimeoutExpired: when it goes on.
        """
        code = self.process.wait(seconds)
        self._reader.join(seconds)
        return code

    def interrupt(self) -> int:
        """Ctrl-C; its exit code. Killed with all it started when it does not end.

        :raises subprocess.TimeoutExpired: in that case.
        """
        self.process.send_signal(signal.SIGINT)
        try:
            return self.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            raise

    def _read(self, descriptor: int) -> None:
        with open(descriptor, "rb", buffering=0) as terminal:
            try:
                while piece := terminal.read(65536):
                    self._pieces.append(piece)
            except OSError:
                return  # EIO: nobody is left who could write


def lines_not_there(shown: str, text: str) -> list[str]:
    """The lines of an example's output that the real one lacks; a line may be shown up to a `...`.

    Where a terminal folds a sentence is all the same.
    """
    real = " ".join(filter(None, map(_plain, text.splitlines())))
    wanted = [(line, _plain(line.split("...")[0])) for line in shown.splitlines()]
    return [line for line, plain in wanted if plain and plain not in real]


def _plain(line: str) -> str:
    for pattern, word in WILD:
        line = pattern.sub(word, line)
    return line.strip()


def read_json(shown: str) -> Any:
    """A JSON answer as the README abbreviates it."""
    return json.loads(ELIDED.sub("", shown), parse_float=Decimal)


def differences(shown: Any, real: Any, where: str = "") -> list[str]:
    """Where a shown answer is not part of the real one; times and ids need only be there."""
    if isinstance(shown, dict) and isinstance(real, dict):
        gone = [f"{where}.{key} is not there" for key in shown if key not in real]
        return gone + [
            each for key in shown.keys() & real.keys() for each in _of_value(key, shown[key], real[key], where)
        ]
    if isinstance(shown, list) and isinstance(real, list) and len(shown) <= len(real):
        pairs = enumerate(zip(shown, real, strict=False))
        return [each for at, pair in pairs for each in differences(*pair, f"{where}[{at}]")]
    return [] if shown == real or _both_times(shown, real) else [f"{where} is {real!r}, not {shown!r}"]


def _of_value(key: str, shown: Any, real: Any, where: str) -> list[str]:
    if key not in VOLATILE:
        return differences(shown, real, f"{where}.{key}")
    alike = isinstance(real, type(shown)) or {type(shown), type(real)} <= {int, Decimal}
    return [] if alike else [f"{where}.{key} is {real!r}, not like {shown!r}"]


def _both_times(*values: Any) -> bool:
    return all(isinstance(each, str) and TIME.fullmatch(each) for each in values)


class Service(Struct, frozen=True, kw_only=True):
    """Everything up on `terminal`, and what its commands need to ask it."""

    terminal: Terminal
    folder: Path
    environment: Mapping[str, str]

    def at_its_port(self, text: str) -> str:
        """The README's text with the port that is really used."""
        return text.replace("127.0.0.1:8000", f"127.0.0.1:{self.environment['CRYPTO_PORT']}")

    def run(self, command: str) -> tuple[str, int]:
        """What a command shows, and its exit code."""
        shell = Terminal(self.at_its_port(command), folder=self.folder, environment=self.environment)
        code = shell.wait(PATIENCE)
        return shell.text, code

    def has_everything(self) -> bool:
        """Whether each source was ingested, and the address of the API was said."""
        with suppress(httpx.TransportError), httpx.Client(trust_env=False) as client:
            stats = client.get(self.at_its_port("http://127.0.0.1:8000/api/v1/stats")).json()["sources"]
            told = [re.search(rf"{each['source']} .* done", self.terminal.text) for each in stats]
            return "Ctrl-C" in self.terminal.text and all(told)
        return False


@contextmanager
def running_service() -> Iterator[Service]:
    """`crypto up` beside the sample file, with the fake in the providers' places; Ctrl-C at the end."""
    with short_folder() as folder, _provider() as url:
        (folder / "data").mkdir()
        copyfile(ROOT / "data" / "sample.csv", folder / "data" / "sample.csv")
        environment = _environment(folder, provider=url)
        terminal = Terminal("exec crypto up", folder=folder, environment=environment)
        service = Service(terminal=terminal, folder=folder, environment=environment)
        try:
            _wait_until_everything_is_in(service)
            yield service
        finally:
            code = terminal.interrupt()
        assert code == CTRL_C, terminal.text


@contextmanager
def _provider() -> Iterator[str]:
    command = [sys.executable, "-m", "tests.support.provider", "--coins", str(COINS)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
    finally:
        process.terminate()
        process.communicate()


def _environment(folder: Path, *, provider: str) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRYPTO_")}
    return clean | {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "CRYPTO_DATA_DIR": str(folder / "server"),
        "CRYPTO_PORT": str(free_port()),
        "CRYPTO_SOURCE__COINPAPRIKA__BASE_URL": f"{provider}/v1",
        "CRYPTO_SOURCE__COINGECKO__BASE_URL": f"{provider}/api/v3",
        "CRYPTO_SOURCE__COINGECKO__PAUSE": "0",
    }


def _wait_until_everything_is_in(service: Service) -> None:
    deadline = time.monotonic() + PATIENCE
    while not service.has_everything():
        assert service.terminal.process.poll() is None, service.terminal.text
        assert time.monotonic() < deadline, service.terminal.text
        time.sleep(0.05)  # another process: it can only be asked
