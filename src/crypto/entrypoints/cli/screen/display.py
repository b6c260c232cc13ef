"""Make texts fit where they are shown: folded at words, shortened, padded; never broken within a number."""

import os
import re
import sys
from collections.abc import Iterator
from shutil import get_terminal_size

from rich.cells import cell_len

USUAL, NARROWEST = 80, 40
"""Columns of a screen that nobody knows, as that of a pipe is; and the fewest that anything is made for."""

ELLIPSIS = "…"
ATOM = re.compile(r"[-+]?\d[\d.,]*(?:[eE][-+]?\d+)?|.", re.DOTALL)
"""What a long word may be broken between: its characters, but a number stays whole."""

WORD = re.compile(r"\s*\S+")


def screen_width() -> int:
    """Columns of the terminal, or what COLUMNS says."""
    return max(NARROWEST, get_terminal_size((USUAL, 24)).columns)


def reader_width() -> int | None:
    """How wide text for a reader may be, in characters; None for a pipe, where a line stays a line."""
    return screen_width() if sys.stdout.isatty() or os.environ.get("COLUMNS") else None


def terminal_width() -> int | None:
    """How wide the terminal is, in characters; None where stdout is not a terminal."""
    return screen_width() if sys.stdout.isatty() else None


def padded(text: str, width: int, *, right: bool = False) -> str:
    """A text filled up with blanks to that width; wide characters, as Chinese ones and emoji, count twice."""
    blank = " " * (width - cell_len(text))
    return blank + text if right else text + blank


def shortened(text: str, width: int) -> str:
    """A text cut to that width; an ellipsis at its end stands for what is left out."""
    return text if cell_len(text) <= width else _start(text, width - 1) + ELLIPSIS


def pinched(text: str, width: int) -> str:
    """A text cut to that width in its middle, as ids often differ at their ends."""
    if cell_len(text) <= width:
        return text
    end = _start(text[::-1], (width - 1) // 2)[::-1]
    return _start(text, width - 1 - cell_len(end)) + ELLIPSIS + end


def folded(text: str, width: int, *, hang: int = 0, whole_words: bool = False) -> list[str]:
    """Lines of at most this width, the further ones indented; only a number that is longer stands out.

    With `whole_words` every word does: one that is to be copied.
    """
    lines = [""]
    for word in WORD.findall(text):
        if cell_len(lines[-1] + word) <= width:
            lines[-1] += word
            continue
        pieces = [word.strip()] if whole_words else _pieces(word.strip(), width - hang)
        lines += [" " * hang + each for each in pieces]
    return [line for line in lines if line] or [""]


def longest_word(text: str) -> int:
    """The width that `folded` needs to break no word."""
    return max(map(cell_len, text.split()), default=0)


def _start(text: str, width: int) -> str:
    """As much of its beginning as is not wider."""
    end = min(len(text), max(width, 0))
    while cell_len(text[:end]) > width:
        end -= 1
    return text[:end]


def _pieces(word: str, width: int) -> Iterator[str]:
    piece = ""
    for atom in ATOM.findall(word):
        if piece and cell_len(piece + atom) > width:
            yield piece
            piece = ""
        piece += atom
    yield piece
