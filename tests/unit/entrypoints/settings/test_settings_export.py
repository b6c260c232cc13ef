"""What is shown to be pasted gives the settings that it was made of."""

import shlex
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import settings as of_hypothesis
from hypothesis import strategies as st
from msgspec import convert
from msgspec.structs import replace

from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.sources.csv_files import Options
from crypto.entrypoints.cli.csv.export import exported_settings
from crypto.entrypoints.settings import load_settings
from crypto.entrypoints.settings.export import as_environment, as_toml, chosen
from tests.support.laws import examples

any_text = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=8)
words = (any_text | st.text("ab, ='\"$#", min_size=1, max_size=8)).map(str.strip)
said = words.filter(bool)
said_in_a_block = st.fixed_dictionaries(
    {"path": said.filter(lambda path: not {"{", "}"} & set(path) and path != "-")},
    optional={
        "coin_id": said,
        "columns": st.dictionaries(st.just("price_usd"), said),
        "headerless": st.lists(said, max_size=3),
        "candle": st.sampled_from(["1h", "0"]),
        "timezone": st.sampled_from(["UTC", "Europe/Berlin"]),
        "delimiter": st.sampled_from(["comma", "tab"]),
        "skip_lines": st.integers(0, 9),
    },
)
of_many_coins = st.fixed_dictionaries(
    {"path": st.just("{symbol}USDT-*.zip"), "coins": st.dictionaries(said, st.just("x") | st.just("y"))},
    optional={"rate": st.decimals("0.5", "2", places=3)},
)
blocks = st.lists((said_in_a_block | of_many_coins).map(lambda block: convert(block, FileBlock)), max_size=3)
options = st.builds(
    Options,
    paths=st.lists(said, max_size=3, unique=True).map(tuple),
    columns=st.dictionaries(st.sampled_from(["coin_id", "price_usd", "symbol"]), said, max_size=3),
    coin_id=st.none() | said,
    timezone=st.sampled_from(["UTC", "Europe/Berlin"]),
    date_format=st.sampled_from([None, "%d/%m/%Y", "%d %b '%y"]),
    observed_at=st.none() | st.just(datetime(2026, 11, 2, 12, tzinfo=UTC)),
    plain_http=st.booleans(),
    file=blocks.map(tuple),
    timeout=st.sampled_from([600.0, 0.5]),
)


@of_hypothesis(max_examples=examples(30), deadline=None)
@given(options)
def test_the_toml_form_gives_the_same_options(tmp_path_factory: pytest.TempPathFactory, options: Options) -> None:
    folder = tmp_path_factory.mktemp("toml")
    (folder / "crypto.toml").write_text("\n".join(as_toml("csv", chosen(options))), encoding="utf-8")
    assert load_settings(environment={}, directory=folder).source["csv"] == options


@of_hypothesis(max_examples=examples(30), deadline=None)
@given(options)
def test_the_lines_for_a_shell_give_the_same_options_or_say_that_they_cannot(options: Options) -> None:
    lines = as_environment("csv", chosen(options))
    pairs = [shlex.split(line)[1].split("=", 1) for line in lines if line.startswith("export ")]
    left_out = {line.split()[1].removeprefix("CRYPTO_SOURCE__CSV__").lower() for line in lines if line[0] == "#"}
    read = load_settings(environment=dict(pairs), directory=Path("/nowhere")).source["csv"]
    for name in Options.__struct_fields__:
        if name not in left_out:
            assert getattr(read, name) == getattr(options, name)
    assert left_out <= {"paths", "columns", "file"}


def test_a_shell_reads_the_lines_as_they_are_meant(tmp_path: Path) -> None:
    (line,) = as_environment("csv", {"date_format": "%d %b '%y $HOME `x`"})
    shown = subprocess.run(
        ["/bin/sh", "-c", f'{line}; printf %s "$CRYPTO_SOURCE__CSV__DATE_FORMAT"'],
        capture_output=True, text=True, check=True, cwd=tmp_path,
    )  # fmt: skip
    assert shown.stdout == "%d %b '%y $HOME `x`"


@of_hypothesis(max_examples=examples(30), deadline=None)
@given(options.map(lambda each: replace(each, file=())), st.lists(said, min_size=1, max_size=3, unique=True))
def test_what_a_check_prints_declares_the_same_of_its_files(
    tmp_path_factory: pytest.TempPathFactory, options: Options, paths: list[str]
) -> None:
    folder = tmp_path_factory.mktemp("checked")
    pasted = exported_settings(replace(options, paths=()), paths, (), are_set=False)
    (folder / "crypto.toml").write_text("\n".join(pasted["toml"]), encoding="utf-8")
    read = load_settings(environment={}, directory=folder).source["csv"]
    assert isinstance(read, Options)
    assert sorted(read.every_path) == sorted(paths)
    for path in paths:
        declared = read.settings_of(read.every_path).of(path)
        assert {name: getattr(declared, name) for name in FormatOptions.__struct_fields__} == {
            name: getattr(options, name) for name in FormatOptions.__struct_fields__
        }


def test_what_a_block_cannot_say_is_said_in_paths() -> None:
    for path in ("-", "a{b}.csv"):
        pasted = exported_settings(Options(coin_id="btc"), [path], (), are_set=False)
        assert pasted["toml"] == ["[source.csv]", f'paths = ["{path}"]', 'coin_id = "btc"']


def test_blocks_stand_after_the_table_and_a_shell_is_told_that_it_cannot_say_them() -> None:
    block = convert({"path": "{symbol}.csv", "coins": {"BTC": "bitcoin"}, "headerless": []}, FileBlock)
    values = chosen(Options(file=(block,), timeout=5.0))
    assert as_toml("csv", values) == [
        "[source.csv]",
        "timeout = 5.0",
        "[[source.csv.file]]",
        'path = "{symbol}.csv"',
        'coins = { BTC = "bitcoin" }',
        "headerless = []",
    ]
    assert (
        as_environment("csv", values)[0] == "# CRYPTO_SOURCE__CSV__FILE has blocks, which only crypto.toml can say"
    )


def test_what_is_as_by_default_is_not_shown() -> None:
    assert chosen(Options()) == {}
    assert list(chosen(Options(coin_id="btc", currency=None))) == ["coin_id"]
