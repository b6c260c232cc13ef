"""The how-to for CSV files tells the truth: its files, its commands and what they show, one after the other."""

import os
import sys
from pathlib import Path

from tests.support.database import short_folder
from tests.support.readme import PATIENCE, ROOT, Terminal, examples_of, lines_not_there
from tests.support.snippets import snippets

HOW_TO = ROOT / "docs" / "how-to" / "csv-files.md"


def environment(folder: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRYPTO_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return clean | {"PATH": path, "CRYPTO_DATA_DIR": str(folder / "server")}


def test_every_step_shows_what_is_written_there() -> None:
    with short_folder() as folder:
        for each in snippets(HOW_TO):
            if each.file:
                (folder / each.file).parent.mkdir(exist_ok=True)
                (folder / each.file).write_text(each.text)
                continue
            for example in examples_of(each.text, first_line=each.line + 1):
                terminal = Terminal(example.command, folder=folder, environment=environment(folder))
                code = terminal.wait(PATIENCE)
                assert code == int("problem" in example.shown), terminal.text
                assert lines_not_there(example.shown, terminal.text) == [], terminal.text
