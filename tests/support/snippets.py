"""The code blocks of the documents: which run, which are files, and which say why they cannot."""

import re
from collections.abc import Iterator
from pathlib import Path

from msgspec import Struct

from tests.support.readme import ROOT

PAGES = (
    ROOT / "README.md",
    ROOT / "CONTRIBUTING.md",
    ROOT / "SECURITY.md",
    *sorted((ROOT / "docs").rglob("*.md")),
)

RUN = ("console", "python", "toml")
"""Languages whose blocks are run: a console's commands, a module, a crypto.toml."""

SHOWN = ("csv", "json", "text")
"""Languages that nobody types in."""

BLOCK = re.compile(
    r"""
    ^(?:<!--\ (?P<mark>not\ run|file):\ (?P<said>.+?)\ -->\n+)?
    (?P<fence>`{3,})(?P<language>\S*)[^\n]*\n
    (?P<text>.*?)
    ^(?P=fence)$
    """,
    re.MULTILINE | re.DOTALL | re.VERBOSE,
)


class Snippet(Struct, frozen=True, kw_only=True):
    """A block: `reason` says why it is not run, `file` which file it is for the commands after it."""

    line: int
    language: str
    text: str
    reason: str | None
    file: str | None

    @property
    def problem(self) -> str | None:
        """What is wrong with it, if it neither runs nor says why."""
        if self.reason or self.file or self.language in (*RUN, *SHOWN) or self.language.startswith("{"):
            return None
        return (
            f"line {self.line}: a block of {self.language or 'no language'!r} is not run: make it one of"
            f" {', '.join(RUN)}, or put `<!-- not run: why -->` on the line before"
        )


def snippets(page: Path) -> Iterator[Snippet]:
    """All of a page, in order."""
    text = page.read_text()
    for found in BLOCK.finditer(text):
        said = {found["mark"]: found["said"]}
        yield Snippet(
            line=text.count("\n", 0, found.start("fence")) + 1,
            language=found["language"],
            text=found["text"],
            reason=said.get("not run"),
            file=said.get("file"),
        )


def to_run(page: Path, language: str) -> list[Snippet]:
    """The blocks of a page that are run as that language."""
    return [each for each in snippets(page) if each.language == language and not (each.reason or each.file)]
