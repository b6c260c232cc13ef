"""The command line itself: what it loads, shows, and how it ends."""

import errno
import json
import os
import subprocess
import sys
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from pathlib import Path

import click
import pytest
from click.testing import CliRunner
from msgspec.structs import replace
from rich.console import Console
from rich.text import Text

from crypto.application.errors import (
    BadRequest,
    FencedOff,
    SourceBusy,
    SourceOff,
    SourceRefused,
    StoreUnavailable,
    UnknownSource,
)
from crypto.application.ingest.ingest_sources import SourceResult
from crypto.application.query.list_coins import Coin
from crypto.domain.market_data import StoredQuote
from crypto.domain.run import Counters, Run, RunKind, RunStatus
from crypto.entrypoints.cli.app import COMMANDS, app
from crypto.entrypoints.cli.commands.runs import run_fields
from crypto.entrypoints.cli.db.dump import dump
from crypto.entrypoints.cli.kit.exits import code_of
from crypto.entrypoints.cli.kit.outcome import exit_code
from crypto.entrypoints.cli.kit.progress import Progress
from crypto.entrypoints.cli.kit.quotes import quote_fields, say_below
from crypto.entrypoints.cli.kit.run_events import RunEvent
from crypto.entrypoints.cli.screen.show import cell, show_json
from crypto.entrypoints.http.kit.quote_answer import QuoteAnswer
from crypto.entrypoints.http.v1.runs import RunAnswer
from crypto.entrypoints.settings import BadSetting, Settings
from tests.support.clock import NOON

HEAVY = ("litestar", "sqlalchemy", "psycopg", "httpx", "granian", "alembic", "dependency_injector", "loguru")

LOADED = f"""
import sys
from click.testing import CliRunner
from crypto.entrypoints.cli.app import COMMANDS, app
for arguments in ["--help"], ["--version"], *([name, "--help"] for name in COMMANDS):
    assert "crypto" in CliRunner().invoke(app, arguments).output
print(*[name for name in {HEAVY!r} if name in sys.modules])
"""

FAILURE = SourceResult(source="a", run=None, error=SourceRefused("no"))
BUSY = SourceResult(source="b", error=SourceBusy("b", holder="someone", since=None))
NO_DATABASE = SourceResult(source="c", error=StoreUnavailable("away"))
FENCED = SourceResult(source="d", error=FencedOff("taken over"))


def run_with(status: RunStatus) -> Run:
    return Run(
        run_id=1, source="csv", kind=RunKind.INGEST, epoch=1, status=status, started_at=NOON, finished_at=NOON,
        counters=Counters(received=3), error=None, sweep_id=None,
    )  # fmt: skip


GOOD = SourceResult(source="csv", run=run_with(RunStatus.SUCCESS))
BAD = SourceResult(source="csv", run=run_with(RunStatus.FAILURE))


def test_help_loads_nothing_heavy() -> None:
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


@pytest.mark.parametrize("name", [name for name in COMMANDS if name != "db"])
def test_help_of_every_command_teaches_with_an_example(name: str) -> None:
    shown = CliRunner().invoke(app, [name, "--help"]).output
    assert f"crypto {name}" in shown.split("Usage:")[1].split("\n", 1)[1]


def examples_of(command: click.Command) -> list[str]:
    """The lines that a help text shows as they are, of the command and of those below it."""
    shown = "\n".join((command.help or "").split("\b\n")[1:]).split("\n")
    below = [examples_of(each) for each in command.commands.values()] if isinstance(command, click.Group) else []
    return [line.strip() for line in shown] + [line for each in below for line in each]


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_a_help_text_fit_a_narrow_screen(name: str) -> None:
    command = app.get_command(click.Context(app), name)
    assert command is not None
    assert [line for line in examples_of(command) if len(line) > 78] == []


def test_the_stand_in_for_the_providers_has_help_too() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "tests.support.provider", "--help"],
        capture_output=True, text=True, check=True, cwd=Path(__file__).parents[4],
    )  # fmt: skip
    assert "30 % this often" in " ".join(done.stdout.split())


@pytest.mark.parametrize(
    ("words", "meant"), [(["ingset"], "did you mean ingest?"), (["db", "stauts"], "did you mean status?")]
)
def test_an_unknown_command_is_a_usage_error_that_says_which_it_might_be(words: list[str], meant: str) -> None:
    done = CliRunner().invoke(app, words)
    assert done.exit_code == 2
    assert f"there is no command '{words[-1]}'; {meant}" in done.output


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (SourceRefused("no"), 1),
        (UnknownSource("no"), 2),
        (BadRequest("no", parameter="page"), 2),
        (StoreUnavailable("no"), 69),
        (SourceBusy("csv", holder="someone", since=None), 75),
        (FencedOff("no"), 76),
        (SourceOff("no"), 78),
        (BadSetting("no"), 78),
    ],
)
def test_every_failure_has_its_exit_code(error: SourceRefused, code: int) -> None:
    assert code_of(error) == code


@pytest.mark.parametrize(
    ("results", "code"),
    [
        ([], 0),
        ([GOOD], 0),
        ([GOOD, BAD], 1),
        ([GOOD, BUSY], 75),
        ([BUSY, BAD], 1),
        ([FENCED, BUSY], 76),
        ([NO_DATABASE, BUSY], 69),
        ([FAILURE, NO_DATABASE], 1),
    ],
)
def test_of_several_failures_one_that_failed_beats_one_that_is_busy(
    results: list[SourceResult], code: int
) -> None:
    assert exit_code(results) == code


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("3.84E-18"), "0.00000000000000000384"),
        (Decimal("2.201E+12"), "2201000000000"),
        (None, "-"),
        (0.1234, "0.12"),
        (datetime(2026, 11, 2, 12, tzinfo=UTC), "2026-11-02 12:00:00Z"),
        ("evil\x1b[31m\nname", "evil\\x1b[31m\\nname"),
    ],
)
def test_a_cell_shows_every_digit_and_obeys_no_control_character(value: object, shown: str) -> None:
    assert cell(value) == shown


def test_json_has_every_digit(capsys: pytest.CaptureFixture[str]) -> None:
    exact = Decimal("123456789.123456789123456789123456789")
    show_json({"price_usd": exact, "small": Decimal("3.84E-18")})
    read = json.loads(capsys.readouterr().out, parse_float=Decimal)
    assert read == {"price_usd": exact, "small": Decimal("3.84E-18")}


@pytest.mark.parametrize("width", [60, 80])
def test_a_narrow_terminal_cuts_what_is_told_of_a_run_and_never_its_source(width: int) -> None:
    screen = Console(file=StringIO(), width=width, force_terminal=True, color_system=None)
    with Progress(screen) as progress:
        progress.show(RunEvent(event="refused", source="coinpaprika", error="no answer " * 40))
        progress.show(RunEvent(event="refused", source="a_source_of_my_own", error="no answer " * 40))
    assert isinstance(screen.file, StringIO)
    written = Text.from_ansi(screen.file.getvalue()).plain
    shown = [line for line in written.splitlines() if "failed" in line][-2:]
    assert [line.split()[0] for line in shown] == ["coinpaprika", "a_source_of_my_own"]
    assert all(line.rstrip().endswith("…") for line in shown)


@pytest.mark.parametrize(("failed", "told"), [(False, "ingested; next at"), (True, "failed; next at")])
def test_a_source_that_waits_is_called_ingested_only_after_a_success(failed: bool, told: str) -> None:
    screen = Console(file=StringIO(), width=100, force_terminal=True, color_system=None)
    with Progress(screen) as progress:
        progress.show(RunEvent(event="waiting", source="csv", until=NOON, failed=failed))
    assert isinstance(screen.file, StringIO)
    assert f"{told} 2026-" in screen.file.getvalue()


def test_what_was_skipped_is_said_where_something_was() -> None:
    screen = Console(file=StringIO(), width=100, force_terminal=True, color_system=None)
    with Progress(screen) as progress:
        counters = Counters(pages=1, received=220, inserted=100)
        progress.show(RunEvent(event="finished", source="csv", status="success", counters=counters))
    assert isinstance(screen.file, StringIO)
    assert "220 records, 100 new, 120 skipped done" in screen.file.getvalue()


@pytest.mark.parametrize(
    ("named", "missing", "told"), [(998, 2, "4 pages, 0 records, 0 new, 99.8 % complete done"), (9, 0, "new done")]
)
def test_a_run_that_missed_coins_says_how_complete_it_is(named: int, missing: int, told: str) -> None:
    screen = Console(file=StringIO(), width=100, force_terminal=True, color_system=None)
    with Progress(screen) as progress:
        progress.show(RunEvent(
            event="finished", source="csv", status="success", counters=Counters(pages=4), coins_named=named,
            coins_missing=missing,
        ))  # fmt: skip
    assert isinstance(screen.file, StringIO)
    assert told in screen.file.getvalue()


@pytest.mark.parametrize(
    ("named", "missing", "percent"),
    [(998, 2, 99.8), (1, 0, 100.0), (99_999, 1, 99.9), (0, 3, 0.0), (0, 0, None), (None, None, None)],
)
def test_what_is_complete_is_never_rounded_up(
    named: int | None, missing: int | None, percent: float | None
) -> None:
    run = replace(run_with(RunStatus.SUCCESS), coins_named=named, coins_missing=missing)
    assert run.complete_percent == percent


@pytest.mark.parametrize("arguments", [["--accept-list"], ["coingecko", "--accept-list", "--schedule"]])
def test_a_list_is_accepted_of_sources_by_name_and_once(arguments: list[str]) -> None:
    done = CliRunner().invoke(app, ["ingest", *arguments])
    assert done.exit_code == 2
    assert "--accept-list takes sources by name, and no --schedule" in done.output


def test_json_uses_the_words_of_the_api() -> None:
    quote = StoredQuote(
        coin_id="btc", name=None, symbol=None, price_usd=Decimal(1), market_cap=Decimal("2E+12"), volume_24h=None,
        source="csv", observed_at=NOON, ingested_at=NOON, recorded_at=NOON, version=1, page_id=1, position=0,
    )  # fmt: skip
    assert list(quote_fields(quote, NOON)) == list(QuoteAnswer.__struct_fields__)
    assert str(quote_fields(quote, NOON)["market_cap"]) == "2000000000000"
    assert sorted(run_fields(run_with(RunStatus.SUCCESS))) == sorted(RunAnswer.__struct_fields__)


def test_coins_below_the_pages_that_are_read_are_named_below_the_table(capsys: pytest.CaptureFixture[str]) -> None:
    quotes = [
        StoredQuote(
            coin_id=f"coin-{number}", name=None, symbol=None, price_usd=Decimal(1), market_cap=None,
            volume_24h=None, source="coingecko", observed_at=NOON, ingested_at=NOON, recorded_at=NOON, version=1,
            page_id=1, position=number, below_since=NOON if number else None,
        )
        for number in range(8)
    ]  # fmt: skip
    say_below(Coin(quotes=tuple(quotes[:1]), stale_after=(NOON,)))
    assert capsys.readouterr().err == ""
    say_below(Coin(quotes=tuple(quotes), stale_after=(NOON,) * 8))
    told = " ".join(capsys.readouterr().err.split())
    assert "below the pages that are read of the list" in told
    assert "'coin-1' (coingecko), " in told
    assert told.endswith("'coin-5' (coingecko) and 2 more")


def test_a_dump_to_where_nothing_can_be_written_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise OSError(errno.EROFS, os.strerror(errno.EROFS))

    monkeypatch.setattr(Path, "open", refuse)
    monkeypatch.setattr(Path, "unlink", refuse)  # such a file system refuses this even of what is not there
    settings = Settings(database_url="postgresql://nobody@127.0.0.1:1/nothing")
    with pytest.raises(StoreUnavailable, match=r"^x\.dump cannot be written: Read-only file system$"):
        dump(settings, Path("x.dump"), replace=False)
