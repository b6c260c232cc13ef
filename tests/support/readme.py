"""The README's examples: read from it, run on a terminal as a reader would, and held against what really comes back."""

import json
import os
import pty
import re
import subprocess
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from threading import Thread
from typing import Any

from msgspec import Struct

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
        first_line = text.count("\n", 0, block.start(1)) + 1
        for match in re.finditer(r"^\$ (.+)\n((?:(?!\$ ).*\n)*)", block.group(1), re.MULTILINE):
            before = block.group(1).count("\n", 0, match.start())
            yield Example(line=first_line + before, command=match.group(1), shown=match.group(2).strip())


class Terminal:
    """A shell command on a terminal of its own, 120 columns wide; `text` is what it showed so far."""

    def __init__(self, command: str, *, folder: Path, environment: Mapping[str, str]) -> None:
        ours, its = pty.openpty()
        self.process = subprocess.Popen(
            ["/bin/sh", "-c", command], cwd=folder, stdin=subprocess.DEVNULL, stdout=its, stderr=its,
            env={**environment, "COLUMNS": "120", "LINES": "50", "TERM": "xterm"}, start_new_session=True,
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

    def _read(self, descriptor: int) -> None:
        with open(descriptor, "rb", buffering=0) as terminal:
            try:
                while piece := terminal.read(65536):
                    self._pieces.append(piece)
            except OSError:
                return  # EIO: nobody is left who could write


def lines_not_there(shown: str, text: str) -> list[str]:
    """The lines of an example's output that the real one lacks; a line may be shown up to a `...`."""
    real = [_plain(line) for line in text.splitlines()]
    wanted = [(line, _plain(line.split("...")[0])) for line in shown.splitlines()]
    return [line for line, plain in wanted if plain and not any(plain in each for each in real)]


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
