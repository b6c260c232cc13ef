"""The documents tell the truth: every example of the README runs, every name and link in them exists."""

import re
import shlex
import types
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import click
import pytest
from msgspec import NODEFAULT, Struct, inspect

from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.fetch.options import HttpOptions
from crypto.adapters.memory import MemoryRequestBudget
from crypto.adapters.registry import SOURCES
from crypto.entrypoints.cli.app import app
from crypto.entrypoints.settings import Settings, load_settings
from crypto.entrypoints.settings.raw import NOT_OURS
from crypto.entrypoints.settings.value import takes
from tests.support.clock import ManualClock
from tests.support.examples import wrong_in
from tests.support.provider import Provider
from tests.support.provider_answers import json_answer
from tests.support.provider_sources import all_pages
from tests.support.readme import (
    ROOT,
    Example,
    Service,
    examples,
    running_service,
)
from tests.support.snippets import PAGES

README = ROOT / "README.md"
DOCUMENTS = (*PAGES, ROOT / "CHANGELOG.md")
EXAMPLES = tuple(examples(README.read_text()))
NAME = r"CRYPTO_[A-Z0-9_]*(?:<[A-Z]+>[A-Z0-9_]*)*"


@pytest.fixture(scope="module")
def service() -> Iterator[Service]:
    """What `make run` starts, with every first ingest done."""
    with running_service() as running:
        yield running


def test_there_are_examples_of_the_command_and_of_the_api() -> None:
    words = [example.command.split()[0] for example in EXAMPLES]
    assert words.count("crypto") >= 4
    assert words.count("curl") >= 4
    assert words[0] == "make"
    assert set(words) <= {"make", "crypto", "curl"}


@pytest.mark.parametrize("example", EXAMPLES, ids=lambda example: f"line {example.line}: {example.command}")
def test_an_example_gives_what_is_shown(example: Example, service: Service) -> None:
    assert wrong_in(example, service) == []


def test_make_run_is_what_the_examples_run_against() -> None:
    assert "crypto up" in (ROOT / "Makefile").read_text().partition("\nrun:")[2].partition("\n\n")[0]


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_setting_that_is_named_exists(document: Path) -> None:
    named = {name.rstrip("_") for name in re.findall(NAME, document.read_text())}
    known = all_settings().keys() | {"CRYPTO_SOURCE__<NAME>__<OPTION>"}
    ours = {name for name in named if not name.startswith(NOT_OURS)}
    assert {name for name in ours if not each_of(name) <= known} == set()


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_command_that_is_named_exists(document: Path) -> None:
    text = document.read_text()
    named = re.findall(r"`crypto ([^`\n]+)`", text) + re.findall(r"^(?:\$ )?crypto (.+)$", text, re.MULTILINE)
    assert [problem for words in named if (problem := unknown_in(words))] == []


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_every_link_leads_somewhere(document: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", document.read_text())
    inside = [link for link in links if not link.startswith("https://")]
    assert [link for link in inside if not resolves(link, document)] == []


def test_the_examples_of_a_settings_file_load(tmp_path: Path) -> None:
    loaded = []
    for block in re.findall(r"^```toml\n(.*?)^```$", reference(), re.MULTILINE | re.DOTALL):
        (tmp_path / "crypto.toml").write_text(block)
        loaded.append(load_settings(environment={}, directory=tmp_path))
    assert loaded[-1].sources == ("coingecko", "csv")


def test_the_reference_lists_every_key_that_a_block_of_files_takes() -> None:
    section = reference().partition("### Settings per file")[2].partition("\n### ")[0]
    table = "".join(line for line in section.splitlines() if line.startswith("| `"))
    keys = [key for row in re.findall(r"\| ((?:`\w+`(?:, )?)+) \|", table) for key in re.findall(r"`(\w+)`", row)]
    assert sorted(keys) == sorted(FileBlock.__struct_fields__)


def test_the_reference_lists_every_setting_with_its_default_and_what_it_takes() -> None:
    listed = {
        name: (default.strip("`"), takes)
        for row in re.findall(rf"^\| `({NAME})` \| (.+?) \| (.+?) \|", reference(), re.MULTILINE)
        for name, default, takes in [(each, row[1], row[2]) for each in each_of(row[0])]
    }
    assert listed == all_settings()


def test_the_reference_lists_every_column_name_that_a_file_may_have() -> None:
    from crypto.adapters.csv.infer.currency_column import OF_ANYTHING, OF_PRICES
    from crypto.adapters.csv.layout.told_pairs import PAIR_NAMES
    from crypto.adapters.csv.text.columns import KNOWN_NAMES
    from crypto.adapters.csv.times.time_names import CLOCK_NAMES, TIME_NAMES, ZONE_NAMES

    names = {**KNOWN_NAMES, "currency": (*OF_PRICES, *OF_ANYTHING), "pair": sorted(PAIR_NAMES)}
    known, _, by_cells = reference().partition("| field | columns, by what is in them |")
    assert columns_listed(known) == {field: ", ".join(each) for field, each in names.items()}
    beside = {"observed_at": TIME_NAMES, "time_of_day": CLOCK_NAMES, "time_zone": ZONE_NAMES}
    assert columns_listed(by_cells) == {
        field: ", ".join(each for each in names if each not in KNOWN_NAMES.get(field, ()))
        for field, names in beside.items()
    }


def columns_listed(section: str) -> dict[str, str]:
    return dict(re.findall(r"^\| `([a-z0-9_]+)` \| ([^|]+) \|$", section, re.MULTILINE))


async def test_the_source_of_the_how_to_works() -> None:
    text = (ROOT / "docs" / "how-to" / "add-a-source.md").read_text()
    block = re.search(r"^```python\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    assert block
    module = types.ModuleType("examplecoin")
    exec(compile(block.group(1), "add-a-source.md", "exec"), module.__dict__)  # noqa: S102 - our own document
    record = (
        b'{"id": "one", "ticker": "ONE", "usd": 3.84e-18, "cap": 0, "volume": null, "at": "2026-11-02T11:00:00Z"}'
    )
    clock = ManualClock()
    async with Provider(coins=0) as provider:
        pages = (b"[" + record + b', {"id": "two", "at": "2026-11-02T11:00:00Z"}]', b"[]")
        provider.next(*(json_answer(page) for page in pages))
        source = module.build(
            module.Options(base_url=provider.url), clock=clock, budget=MemoryRequestBudget(clock)
        )
        first, last = await all_pages(source, {"page": 7})
    parsed = source.parse(first)
    assert [request.params for request in provider.requests] == [{"page": "7"}, {"page": "8"}]
    assert (first.is_last, last.is_last, dict(last.cursor_after)) == (False, True, {"page": 1})
    assert [(quote.coin_id, quote.price_usd, quote.market_cap) for quote in parsed.quotes] == [
        ("one", Decimal("3.84e-18"), None)
    ]
    assert [rejection.reason for rejection in parsed.rejections] == ["bad_field"]


def reference() -> str:
    return (ROOT / "docs" / "reference" / "settings.md").read_text()


def all_settings() -> dict[str, tuple[str, str]]:
    """Every setting: its default and what it takes, as the reference writes them."""
    found = {f"CRYPTO_{name}": each for name, each in described(Settings).items() if name != "SOURCE"}
    for source, kind in SOURCES.items():
        prefix = f"CRYPTO_SOURCE__{source.upper()}__"
        found |= {f"{prefix}{name}": each for name, each in described(kind.options).items()}
    return found


def described(kind: type[Struct]) -> dict[str, tuple[str, str]]:
    about = inspect.type_info(kind)
    assert isinstance(about, inspect.StructType)
    return {field.name.upper(): (written(field.default), takes(field.type)) for field in about.fields}


def written(default: object) -> str:
    if default is NODEFAULT or default is None or default == "" or default == ():
        return "none"
    if isinstance(default, bool):
        return str(default).lower()
    return f"{default:g}" if isinstance(default, float) else str(default)


def each_of(name: str) -> set[str]:
    """A setting's name, or for one with `<NAME>` that of each source over HTTP."""
    if "<OPTION>" in name or "<NAME>" not in name:
        return {name}
    over_http = [source for source, kind in SOURCES.items() if issubclass(kind.options, HttpOptions)]
    return {name.replace("<NAME>", source.upper()) for source in over_http}


def unknown_in(words: str) -> str | None:
    """What of a command line there is not."""
    command: click.Command = app
    for word in shlex.split(words, comments=True):
        if word in {"|", "&&", ">"}:
            return None
        if isinstance(command, click.Group) and not word.startswith("-"):
            found = command.get_command(click.Context(command), word)
            if found is None:
                return f"there is no command {word!r} in `crypto {words}`" if word.islower() else None
            command = found
        elif word.startswith("-") and word not in {"-", *options_of(command)}:
            return f"there is no option {word!r} in `crypto {words}`"
    return None


def options_of(command: click.Command) -> set[str]:
    return {option for each in command.get_params(click.Context(command)) for option in each.opts}


def resolves(link: str, document: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    return target.exists() and (not anchor or anchor in anchors(target))


def anchors(document: Path) -> set[str]:
    headings = re.findall(r"^#+ (.+)$", document.read_text(), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
