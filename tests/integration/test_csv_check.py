"""`crypto csv check` shows what an ingest would understand, and touches nothing."""

import gzip
import json
import os
import zipfile
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from msgspec import inspect

from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.domain.page import fold
from crypto.entrypoints.cli.app import app
from crypto.entrypoints.cli.csv.options import MEANINGS, OF_NO_FILE
from crypto.entrypoints.settings import load_settings
from tests.support.clock import ManualClock
from tests.support.commands import crypto
from tests.support.csv_files import HEADER, row, run_of
from tests.support.provider import Provider
from tests.support.provider_answers import status
from tests.support.recordings import recordings

GERMAN = "Münze;Kurs;Tag;Rang\r\nbtc;42000.5;31.01.2024;1\r\nbtc;kaputt;01.02.2024;2\r\n"
SAID = ("--columns", "coin_id=Münze,price_usd=Kurs,observed_at=Tag", "--date-format", "%d.%m.%Y",
        "--timezone", "Europe/Berlin")  # fmt: skip


async def checked(folder: Path, *arguments: str, code: int = 0) -> dict[str, Any]:
    ended = await crypto("csv", "check", "--json", *arguments, folder=folder, settings={})
    assert ended.code == code, ended.everything
    answer: dict[str, Any] = json.loads(ended.out, parse_float=Decimal)
    return answer


async def test_it_says_what_was_understood_and_what_to_paste(tmp_path: Path) -> None:
    (tmp_path / "kurse.csv").write_bytes((GERMAN + "btc;1;02.02.2024;3\r\n" * 8).encode())
    answer = await checked(tmp_path, "kurse.csv", *SAID)
    (table,) = answer["files"][0]["tables"]
    about = table["understood"]
    assert (about["line_end"], about["delimiter"], about["currency"]) == ("CRLF", "semicolon", "USD")
    assert about["columns"] == {"coin_id": "Münze", "price_usd": "Kurs", "observed_at": "Tag"}
    assert about["ignored"] == ["Rang"]
    assert (about["time_cell"], about["time_read"]) == ("31.01.2024", "2024-01-31T23:00:00Z")
    assert about["timezone"] == "Europe/Berlin"
    assert (table["received"], table["quotes"], table["repeated"]) == (10, 2, 7)
    assert [(each["reason"], each["count"]) for each in table["rejected"]] == [("not_a_number", 1)]
    assert table["rejected"][0]["first"].startswith("line 3: price_usd is 'kaputt'")
    assert (table["first"][0]["coin_id"], table["first"][0]["price_usd"]) == ("btc", Decimal("42000.5"))

    (tmp_path / "crypto.toml").write_text("\n".join(answer["settings"]["toml"]))
    options = load_settings(environment={}, directory=tmp_path).source["csv"]
    assert isinstance(options, Options)
    assert [block.path for block in options.file] == ["kurse.csv"]
    assert options.settings_of(options.every_path).of("kurse.csv").columns["price_usd"] == "Kurs"
    assert [line.split("=")[0] for line in answer["settings"]["environment"]] == [
        f"export CRYPTO_SOURCE__CSV__{name}" for name in ("PATHS", "COLUMNS", "TIMEZONE", "DATE_FORMAT")
    ]


async def test_for_people_it_is_a_report_and_nothing_is_written(tmp_path: Path) -> None:
    (tmp_path / "kurse.csv").write_text(GERMAN + "btc;1;02.02.2024;3\r\n" * 8)
    settings = {"DATA_DIR": str(tmp_path / "server")}
    ended = await crypto("csv", "check", "kurse.csv", *SAID, folder=tmp_path, settings=settings)
    assert ended.code == 0
    assert "  price_usd    column 'Kurs'" in ended.out
    assert (
        "  time         '31.01.2024' is 2024-01-31 23:00:00Z; times without a zone are in Europe/Berlin"
        in ended.out
    )
    assert "  records      10 received: 2 quotes, 7 said again, 1 rejected" in ended.out
    assert "export CRYPTO_SOURCE__CSV__TIMEZONE=Europe/Berlin" in ended.out
    assert os.listdir(tmp_path) == ["kurse.csv"]  # noqa: PTH208 - a coroutine must not block on a Path


async def test_a_file_that_lacks_something_is_an_error_that_says_which_option_helps(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"price,date\n1,2024-01-01\n")
    ended = await crypto("csv", "check", "a.csv", folder=tmp_path, settings={})
    assert ended.code == 1
    assert "  problem      line 1 has no coin id column" in ended.out
    assert "CRYPTO_SOURCE__CSV__COIN_ID=<id>" in ended.out
    assert "CRYPTO_SOURCE__CSV__COIN_ID=... is --coin-id ..." in ended.err
    assert (await checked(tmp_path, "a.csv", "--coin-id", "btc"))["files"][0]["would_be_ingested"]


async def test_the_same_problem_of_several_files_is_told_once_and_to_programs_of_each(tmp_path: Path) -> None:
    names = [f"k{number}.csv" for number in range(5)]
    for name in names:
        (tmp_path / name).write_bytes(b"price,date\n1,2024-01-01\n")
    (tmp_path / "good.csv").write_bytes(HEADER + row("a"))
    ended = await crypto("csv", "check", "good.csv", *names, folder=tmp_path, settings={})
    assert ended.out.count("no coin id column") == 1
    assert "\nk0.csv, k1.csv, k2.csv and 2 more\n  problem      line 1 has no coin id column" in ended.out
    files = (await checked(tmp_path, *names, code=1))["files"]
    assert [each["problem"].startswith(f"{each['file']}: line 1") for each in files] == [True] * 5


async def test_the_time_shown_is_that_of_the_first_quote_whatever_stands_before_it(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text('coin_id,price,date\n,,\nb"tc,1,x\n\nbtc,1,2024-01-01\ncut\n')
    answer = await checked(tmp_path, "a.csv", code=1)
    (table,) = answer["files"][0]["tables"]
    assert (table["received"], table["quotes"]) == (4, 1)
    assert table["understood"]["time_cell"] == "2024-01-01"


async def test_a_first_quote_far_down_still_has_a_time(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("coin_id,price,date\n" + "btc,x,2024-01-01\n" * 1000 + "btc,1,2024-01-01\n")
    ended = await crypto("csv", "check", "a.csv", folder=tmp_path, settings={})
    assert "  time         the first is 2024-01-02 00:00:00Z" in ended.out


async def test_no_secret_of_an_address_is_shown(tmp_path: Path) -> None:
    async with Provider(coins=0) as server:
        server.always(status(200, HEADER + row("a"), content_type="text/csv"))
        address = f"{server.url}/a.csv?sig=canary"
        given = {"SOURCE__CSV__PATHS": address}
        ended = await crypto("csv", "check", "--coin-id", "x", folder=tmp_path, settings=given)
        answer = await checked(tmp_path, address, "--coin-id", "x")
    assert (ended.code, "canary" in ended.everything + str(answer)) == (0, False)
    assert "export CRYPTO_SOURCE__CSV__COIN_ID=x" in ended.out
    assert answer["settings"]["toml"][:2] == ["[source.csv]", 'coin_id = "x"']
    assert "CRYPTO_SOURCE__CSV__PATHS as you have it" in ended.out


async def test_each_file_member_and_match_is_checked_and_one_that_fails_fails_the_check(tmp_path: Path) -> None:
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(HEADER + row("a")))
    (tmp_path / "b.csv").write_bytes(HEADER + row("b") * 2)
    (tmp_path / "bad.csv").write_bytes(HEADER + b"b,n,s,x,,,2024-01-01\n" * 3)
    answer = await checked(tmp_path, "*.csv", "a.csv.gz", "none.csv", code=1)
    found = {file["file"]: file for file in answer["files"]}
    names = [(table["name"], table["format_changed"], table["quotes"]) for table in found["*.csv"]["tables"]]
    assert names == [("b.csv", False, 1), ("bad.csv", True, 0)]
    assert [file["would_be_ingested"] for file in answer["files"]] == [False, True, False]
    assert "there is no such file" in found["none.csv"]["problem"]


async def test_the_systems_own_files_are_told_and_fail_nothing(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "all.zip", "w") as archive:
        archive.writestr("a.csv", HEADER + row("a"))
        archive.writestr(".DS_Store", b"\x00")
    (tmp_path / "Thumbs.db").write_bytes(b"\x00")
    answer = await checked(tmp_path, "*")
    assert answer["files"][0]["passed_over"] == ["Thumbs.db", "all.zip/.DS_Store"]
    ended = await crypto("csv", "check", "*", folder=tmp_path, settings={})
    assert "  passed over  Thumbs.db, all.zip/.DS_Store: the system's own files" in ended.out


async def test_rows_that_say_nothing_do_not_hide_that_an_ingest_would_fail(tmp_path: Path) -> None:
    said = row("a") + row("b") + row("c") + row("d", "broken")
    (tmp_path / "a.csv").write_bytes(HEADER + said + b"e,Name,SYM,,,,2024-01-01T00:00:00Z\n" * 10)
    (table,) = (await checked(tmp_path, "a.csv", code=1))["files"][0]["tables"]
    assert (table["quotes"], table["empty"], table["format_changed"]) == (3, 10, True)


async def test_files_that_contradict_each_other_are_told_and_fail_the_check(tmp_path: Path) -> None:
    for name, price in (("a", "1"), ("b", "2"), ("c", "1")):
        (tmp_path / f"{name}.csv").write_bytes(HEADER + row("x", price, 1) + row(f"only {name}", price, 1))
    answer = await checked(tmp_path, "a.csv", "b.csv", "c.csv", code=1)
    tables = [file["tables"][0] for file in answer["files"]]
    assert [(table["quotes"], table["format_changed"]) for table in tables] == [(2, False), (1, True), (2, False)]
    (rejected,) = tables[1]["rejected"]
    assert (rejected["reason"], rejected["count"]) == ("contradicted_by_another_file", 1)
    assert rejected["first"].startswith(
        "a.csv says otherwise of x at 2024-01-01T00:00:00+00:00: if they are of two coins, give"
    )
    assert [file["would_be_ingested"] for file in answer["files"]] == [True, False, True]


async def test_files_called_after_two_coins_fail_the_check(tmp_path: Path) -> None:
    for day, name in enumerate(("AAAUSDT.csv", "BBBUSDT.csv"), start=1):
        (tmp_path / name).write_text(f"price,date\n1,2024-01-0{day}\n")
    for paths in (("AAAUSDT.csv", "BBBUSDT.csv"), ("*.csv",)):
        answer = await checked(tmp_path, *paths, "--coin-id", "x", code=1)
        said = "BBBUSDT.csv: it and AAAUSDT.csv are both declared to be x, but are called after two coins"
        assert answer["files"][-1]["problem"].startswith(said)


async def test_without_a_file_those_are_checked_that_are_set(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(b"price\n1\n")
    (tmp_path / "crypto.toml").write_text('[source.csv]\npaths = ["a.csv"]\ncoin_id = "btc"\n')
    answer = await checked(tmp_path)
    assert answer["files"][0]["tables"][0]["understood"]["coin_id"] == "btc"
    assert answer["settings"]["toml"] == ["[source.csv]", 'paths = ["a.csv"]', 'coin_id = "btc"']


async def test_files_with_a_block_are_checked_under_it_and_others_get_one_beside_it(tmp_path: Path) -> None:
    (tmp_path / "crypto.toml").write_text('[[source.csv.file]]\npath = "a.csv"\ncoin_id = "alpha"\n')
    for name in "ab":
        (tmp_path / f"{name}.csv").write_bytes(b"price\n1\n")
    answer = await checked(tmp_path, "a.csv", "b.csv", "--coin-id", "beta")
    tables = [file["tables"][0] for file in answer["files"]]
    assert [table["understood"]["coin_id"] for table in tables] == ["alpha", "beta"]
    assert [table["declared_by"] for table in tables] == [
        "block 1 of [[source.csv.file]] in crypto.toml: a.csv",
        None,
    ]

    assert answer["settings"]["toml"] == ["[[source.csv.file]]", 'path = "b.csv"', 'coin_id = "beta"']

    with (tmp_path / "crypto.toml").open("a") as settings:
        settings.write("\n".join(answer["settings"]["toml"]))
    again = await checked(tmp_path)
    found = {file["file"]: file["tables"][0]["understood"]["coin_id"] for file in again["files"]}
    assert found == {"a.csv": "alpha", "b.csv": "beta"}
    assert "\n".join(again["settings"]["toml"]) + "\n" == (tmp_path / "crypto.toml").read_text() + "\n"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), ["for crypto.toml, as {}:", "  [[source.csv.file]]", '  path = "a.csv"', '  coin_id = "alpha"']),
        (("a.csv",), ["nothing to paste: it is in {}"]),
        (
            ("b.csv",),
            ["for a shell, beside {}:", "  export CRYPTO_SOURCE__CSV__PATHS=b.csv", "or for crypto.toml:",
             "  [[source.csv.file]]", '  path = "b.csv"'],
        ),
    ],
)  # fmt: skip
async def test_blocks_are_to_be_pasted_into_crypto_toml_alone(
    tmp_path: Path, arguments: tuple[str, ...], said: list[str]
) -> None:
    (tmp_path / "crypto.toml").write_text('[[source.csv.file]]\npath = "a.csv"\ncoin_id = "alpha"\n')
    (tmp_path / "a.csv").write_bytes(b"price\n1\n")
    (tmp_path / "b.csv").write_bytes(b"id,price\nbeta,1\n")
    ended = await crypto("csv", "check", *arguments, "--rows", "0", folder=tmp_path, settings={})
    blocks = "the blocks [[source.csv.file]] of crypto.toml"
    assert ended.out.splitlines()[-len(said) :] == [line.format(blocks) for line in said]
    assert "#" not in ended.out


async def test_no_secret_of_an_address_in_a_block_is_shown(tmp_path: Path) -> None:
    async with Provider(coins=0) as server:
        server.always(status(200, b"price\n1\n", content_type="text/csv"))
        (tmp_path / "crypto.toml").write_text(
            f'[[source.csv.file]]\npath = "{server.url}/{{symbol}}?sig=canary"\ncoins = {{ BTC = "bitcoin" }}\n'
        )
        ended = await crypto("csv", "check", folder=tmp_path, settings={})
        named = await checked(tmp_path, f"{server.url}/ETH?sig=canary", code=1)
    assert (ended.code, "canary" in ended.everything + str(named)) == (0, False)
    assert "'bitcoin' for all rows" in ended.out


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["a.csv", "--timezone", "Mars"], 78, "CRYPTO_SOURCE__CSV__TIMEZONE: 'Mars' is not an IANA time zone"),
        (["a.csv", "--max-megabytes", "many"], 78, "CRYPTO_SOURCE__CSV__MAX_MEGABYTES: got 'many'"),
        (["a.csv", "--colour", "red"], 2, "No such option"),
        ([], 78, "no CSV file is set"),
    ],
)
async def test_a_bad_option_is_told_like_the_setting_that_it_is(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    ended = await crypto("csv", "check", *arguments, folder=tmp_path, settings={})
    assert (ended.code, said in ended.err) == (code, True), ended.everything


def test_every_setting_of_a_file_is_an_option() -> None:
    described = inspect.type_info(Options)
    assert isinstance(described, inspect.StructType)
    names = {field.name for field in described.fields} - OF_NO_FILE
    shown = CliRunner().invoke(app, ["csv", "check", "--help"], env={"COLUMNS": "200"}).output
    assert "crypto csv check btc.csv.gz --coin-id bitcoin" in shown
    assert [name for name in sorted(names) if f"--{name.replace('_', '-')}" not in shown] == []
    assert sorted(names) == sorted(MEANINGS)
    assert "The coin of a file of one coin." in shown
    assert "A text." not in shown
    assert {"columns", "coin_id", "currency", "timezone", "plain_http", "max_megabytes"} <= names


@pytest.mark.parametrize(
    ("file", "declared"),
    [
        ("coinmarketcap_btc_history_bom_thousands.csv", {"coin_id": "bitcoin", "date_format": "%d-%b-%y"}),
        ("peer_crypto_data_utkarsh3042.csv", {}),
        ("coinpaprika_update_frequency_result.csv", {"columns": {"coin_id": "ticker_id"}}),
    ],
)
async def test_it_counts_as_an_ingest_does(tmp_path: Path, file: str, declared: dict[str, Any]) -> None:
    path = recordings() / "csv" / file
    source = CsvFiles(Options(paths=(str(path),), **declared), clock=ManualClock())
    folded = [fold(source.parse(page)) for page in (await run_of(source)).pages]
    words = [f"--{name.replace('_', '-')}" for name in declared]
    values = [str(value) if isinstance(value, str) else "coin_id=ticker_id" for value in declared.values()]
    drift = sum(len(each.rejections) for each in folded) * 5 > sum(map(_claiming, folded))
    answer = await checked(tmp_path, str(path), *sum(zip(words, values, strict=True), ()), code=int(drift))
    (table,) = answer["files"][0]["tables"]
    assert table["quotes"] == sum(len(each.quotes) for each in folded)
    assert table["repeated"] == sum(each.repeated for each in folded)
    counted = {(each["field"], each["reason"]): each["count"] for each in table["rejected"]}
    told = [each for page in folded for each in page.open_rejections(())]
    assert counted == Counter((each.field, str(each.reason)) for each in told)


def _claiming(folded: Any) -> int:
    return len(folded.quotes) + len(folded.rejections) + int(folded.repeated)


async def test_a_large_file_is_checked_in_little_memory(tmp_path: Path) -> None:
    small, large = tmp_path / "small.csv", tmp_path / "large.csv"
    block = b"".join(row(f"coin-{number}") for number in range(1000))
    small.write_bytes(HEADER + block * 20)
    large.write_bytes(HEADER + block * 80)
    grown = [await _peak(path, tmp_path) for path in (small, large)]
    assert grown[1] - grown[0] < 16_000


async def _peak(path: Path, folder: Path) -> int:
    """Kilobytes of a process that checks this file."""
    import sys
    from asyncio.subprocess import PIPE, create_subprocess_exec

    program = (
        "import resource, sys; from crypto.entrypoints.cli.app import app\n"
        "try: app()\n"
        "finally: print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss, file=sys.stderr)"
    )
    process = await create_subprocess_exec(
        sys.executable, "-c", program, "csv", "check", str(path), cwd=folder, stdout=PIPE, stderr=PIPE
    )
    _, said = await process.communicate()
    assert process.returncode == 0, said
    return int(said.split()[-1])


async def test_a_setting_to_paste_is_never_broken_by_a_narrow_screen(tmp_path: Path) -> None:
    (tmp_path / "kurse.csv").write_text("Tag;Notiz;Gehandelt\n31.01.2024;42.580,50;31.200.000.000\n")
    ended = await crypto("csv", "check", "kurse.csv", folder=tmp_path, settings={}, columns=80)
    whole = "CRYPTO_SOURCE__CSV__COLUMNS=price_usd=<column>,coin_id=<column>,observed_at=Tag"
    assert whole in ended.out.split(), ended.everything
    assert [line for line in ended.out.splitlines() if len(line) > 80 and whole not in line] == []
