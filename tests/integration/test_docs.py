"""The documents are a site without a broken link, and every command and snippet in them runs."""

import json
import re
import subprocess
import sys
import types
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from crypto.entrypoints.settings import load_settings
from tests.support.examples import wrong_in
from tests.support.readme import ROOT, Service, examples_of, running_service
from tests.support.snippets import PAGES, snippets, to_run

OWN_TESTS = (ROOT / "README.md", ROOT / "docs" / "how-to" / "csv-files.md")
"""Run by test_readme.py, one example by one, and by test_csv_how_to.py, in a folder of its own."""

WITH_COMMANDS = [page for page in PAGES if page not in OWN_TESTS and to_run(page, "console")]
WITH_CODE = [page for page in PAGES if to_run(page, "python")]
WITH_SETTINGS = [page for page in PAGES if to_run(page, "toml")]
LINK = re.compile(r"\]\((https?://[^)\s]*)\)|<(https?://[^>\s]*)>")


def name(page: Path) -> str:
    return str(page.relative_to(ROOT))


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """What `make run` starts, with every first ingest done and the virtual environment where `make` makes it."""
    with running_service() as running:
        (running.folder / ".venv").symlink_to(sys.prefix)
        yield running


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_every_snippet_is_run_or_says_why_not(page: Path) -> None:
    assert [each.problem for each in snippets(page) if each.problem] == []


@pytest.mark.parametrize("page", WITH_COMMANDS, ids=name)
def test_the_commands_of_a_page_give_what_is_shown(page: Path, service: Service) -> None:
    wrong = []
    for each in snippets(page):
        if each.file:
            (service.folder / each.file).write_text(each.text)
        if each.language == "console" and not each.reason:
            for example in examples_of(each.text, first_line=each.line + 1):
                wrong += [f"line {example.line}: {problem}" for problem in wrong_in(example, service)]
    assert wrong == []


@pytest.mark.parametrize("page", WITH_CODE, ids=name)
def test_the_modules_of_a_page_run(page: Path) -> None:
    for each in to_run(page, "python"):
        module = types.ModuleType("snippet")
        exec(compile(each.text, f"{name(page)}:{each.line}", "exec"), module.__dict__)  # noqa: S102 - our own


@pytest.mark.parametrize("page", WITH_SETTINGS, ids=name)
def test_the_settings_files_of_a_page_load(page: Path, tmp_path: Path) -> None:
    for each in to_run(page, "toml"):
        (tmp_path / "crypto.toml").write_text(each.text)
        load_settings(environment={}, directory=tmp_path)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_a_link_to_elsewhere_is_an_https_address(page: Path) -> None:
    links = [urlsplit(found[1] or found[2]) for found in LINK.finditer(page.read_text())]
    assert [link for link in links if link.scheme != "https" or "." not in (link.hostname or "")] == []


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    recipe = (ROOT / "Makefile").read_text().partition("\ndocs:")[2].splitlines()[1]
    options = recipe.split("sphinx-build ")[1].split(" docs ")[0].split()
    command = [sys.executable, "-m", "sphinx", *options, "-d", str(folder / "cache"), "docs", str(folder / "html")]
    built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert (built.returncode, built.stderr) == (0, "")
    return folder / "html"


def test_the_site_has_every_document(site: Path) -> None:
    sources = {each.relative_to(ROOT / "docs").with_suffix("") for each in (ROOT / "docs").rglob("*.md")}
    assert {each for each in sources if not (site / each).with_suffix(".html").is_file()} == set()


def test_the_site_asks_nobody_else_for_anything(site: Path) -> None:
    asked: dict[str, str] = {}
    for page in site.rglob("*.html"):
        reader = Fetched()
        reader.feed(page.read_text())
        asked |= {address: page.name for address in reader.addresses if urlsplit(address).netloc}
    styles = {each.name for each in site.rglob("*.css") if re.search(r"url\(['\"]?(https?:)?//", each.read_text())}
    assert (asked, styles) == ({}, set())


class Fetched(HTMLParser):
    """The addresses that a browser asks for to show a page: not its links."""

    def __init__(self) -> None:
        super().__init__()
        self.addresses: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag != "a":
            self.addresses += [value for key, value in attrs if key in {"src", "href", "data"} and value]


def test_what_a_marker_looks_like(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```sh\nrm -r /\n```\n\n<!-- not run: it is only shown -->\n```sh\nls\n```\n\n```\nls\n```\n")
    problems = [each.problem for each in snippets(page)]
    assert [problem is None for problem in problems] == [False, True, False]
    assert json.dumps(problems[0]).startswith("\"line 1: a block of 'sh' is not run")
