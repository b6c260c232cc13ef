"""The how-to for CSV files tells the truth: its file, its commands and what they show, one after the other."""

import os
import re
import sys
from pathlib import Path

from tests.support.database import short_folder
from tests.support.readme import PATIENCE, ROOT, Terminal, examples, lines_not_there

HOW_TO = ROOT / "docs" / "how-to" / "csv-files.md"


def block(language: str) -> str:
    """The first code block of a language."""
    found = re.search(rf"^```{language}\n(.*?)^```$", HOW_TO.read_text(), re.MULTILINE | re.DOTALL)
    assert found
    return found.group(1)


def environment(folder: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRYPTO_")}
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    return clean | {"PATH": path, "CRYPTO_DATA_DIR": str(folder / "server")}


def test_every_step_shows_what_is_written_there() -> None:
    with short_folder() as folder:
        (folder / "kurse.csv").write_text(block("csv"))
        for example in examples(HOW_TO.read_text()):
            if example.command == "crypto ingest csv":
                (folder / "crypto.toml").write_text(block("toml"))
            terminal = Terminal(example.command, folder=folder, environment=environment(folder))
            code = terminal.wait(PATIENCE)
            assert code == int("problem" in example.shown), terminal.text
            assert lines_not_there(example.shown, terminal.text) == [], terminal.text
