"""How a command ends: its exit code, and the one line that says why."""

import sys
from typing import NoReturn

import rich_click as click

from crypto.application.errors import (
    BadRequest,
    CryptoError,
    FencedOff,
    SourceBusy,
    SourceOff,
    StoreUnavailable,
    UnknownCoin,
    UnknownPage,
    UnknownRun,
    UnknownSource,
)

FAILED, USAGE, NO_DATABASE, BUG, BUSY, FENCED_OFF, BAD_SETTING = 1, 2, 69, 70, 75, 76, 78

CODES: tuple[tuple[type[CryptoError], int], ...] = (
    (SourceBusy, BUSY),
    (FencedOff, FENCED_OFF),
    (StoreUnavailable, NO_DATABASE),
    (UnknownSource, USAGE),
    (UnknownCoin, USAGE),
    (UnknownPage, USAGE),
    (UnknownRun, USAGE),
    (BadRequest, USAGE),
    (SourceOff, BAD_SETTING),
    (CryptoError, FAILED),
)


def code_of(error: CryptoError) -> int:
    """The exit code for an expected failure, by the kind of its error."""
    from crypto.entrypoints.settings import BadSetting

    if isinstance(error, BadSetting):
        return BAD_SETTING
    return next(code for kind, code in CODES if isinstance(error, kind))


def one_line(error: BaseException) -> str:
    """The message of an error on one line; the name of its type when it has none."""
    return " ".join(str(error).split()) or type(error).__name__


def say(text: str) -> None:
    """Tell the person something that is not data: on stderr, without a secret."""
    from crypto.entrypoints.log import redacted

    for line in redacted(text).splitlines() or [""]:
        click.echo("\n".join(_readable(line)), err=True)


def _readable(line: str) -> list[str]:
    """On a terminal folded at words, none of them broken: it may have to be copied."""
    if not sys.stderr.isatty():
        return [line]
    from crypto.entrypoints.cli.screen.display import folded, screen_width

    return folded(line, screen_width(), hang=2, whole_words=True)


def fail(text: str, code: int) -> NoReturn:
    """End the process with one line and this exit code."""
    say(f"crypto: {text}")
    sys.exit(code)
