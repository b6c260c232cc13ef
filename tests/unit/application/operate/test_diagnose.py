"""A diagnosis: each check on its own, in time, and in its words."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from msgspec import convert
from msgspec.structs import replace

from crypto.adapters.csv.files.file_probe import LocalFiles
from crypto.adapters.memory import MemoryDiagnostics, MemoryRequestBudget, MemoryStore
from crypto.adapters.memory.diagnostics import FACTS
from crypto.adapters.platform.local_disk import LocalDisk
from crypto.adapters.sources.csv_files import Options
from crypto.application.errors import (
    CryptoError,
    SourceRateLimited,
    SourceRefused,
    SourceUnavailable,
    StoreUnavailable,
)
from crypto.application.formatting import size, span
from crypto.application.operate.diagnose.database import ClockCheck, DatabaseCheck, HoldsCheck, ReplicaCheck
from crypto.application.operate.diagnose.diagnose import Check, Diagnose
from crypto.application.operate.diagnose.machine import FULL, SCARCE, DiskCheck, Surroundings, SurroundingsCheck
from crypto.application.operate.diagnose.sources import (
    AnswerCheck,
    DriftCheck,
    FilesCheck,
    OffCheck,
    StandingCheck,
)
from crypto.application.operate.list_sources import ListSources
from crypto.application.operate.report_run_stats import ReportRunStats
from crypto.application.ports import Space
from crypto.domain.allowance import Allowance
from crypto.domain.feed import Feed
from crypto.domain.finding import Area, Finding, Level
from crypto.domain.freshness import FreshnessPolicy
from crypto.domain.run import RunKind
from crypto.domain.schema_drift import FieldType, SchemaDrift
from crypto.entrypoints.cli.doctor.findings_table import exit_code, findings_as_rows
from tests.support.api import Served, quote
from tests.support.clock import NOON, ManualClock
from tests.support.market import Market
from tests.support.runs import ingest
from tests.support.stores import InMemory

LINUX = Surroundings(
    version="0.1.0", python="3.11.7", system="Linux", platform="Linux-6", encoding="utf-8", locale="C.UTF-8",
    on_terminal=True,
)  # fmt: skip
ALLOWANCE = Allowance(source="coingecko", account="a", pause=timedelta(seconds=1), per_month=2)


class Made:
    """A check that gives this, or raises it."""

    area, about = Area.SOURCE, "one"

    def __init__(self, outcome: Exception | None = None, *, hangs: bool = False) -> None:
        self._outcome = outcome
        self._hangs = hangs

    async def __call__(self) -> Sequence[Finding]:
        if self._hangs:
            await asyncio.Event().wait()
        if self._outcome:
            raise self._outcome
        return [Finding(level=Level.OK, area=self.area, about=self.about, finding="well")]


class DiskOf:
    """A disk with so many bytes free."""

    def __init__(self, free: int, *, writable: bool = True) -> None:
        self._space = Space(folder=Path("/data"), free=free, total=100 * SCARCE, writable=writable)

    def space(self, folder: Path) -> Space:
        return self._space


async def told(check: Check) -> list[tuple[Level, str, str]]:
    return [(each.level, each.finding, each.remedy or "") for each in await check()]


async def only(check: Check) -> tuple[Level, str, str]:
    (found,) = await told(check)
    return found


async def test_a_check_that_breaks_or_hangs_hides_no_other() -> None:
    checks = [
        Made(StoreUnavailable("the database is away")),
        Made(ZeroDivisionError("1/0")),
        Made(hangs=True),
        Made(),
    ]

    found = await Diagnose(checks, seconds=0.05)()

    assert [(each.level, each.finding) for each in found] == [
        (Level.FAILURE, "could not be diagnosed: the database is away"),
        (Level.FAILURE, "could not be diagnosed: unexpected ZeroDivisionError: 1/0"),
        (Level.FAILURE, "could not be diagnosed: it did not end within 0.05 s"),
        (Level.OK, "well"),
    ]


@pytest.mark.parametrize(
    ("failed", "code"),
    [
        ([], 0),
        ([Area.SOURCE], 1),
        ([Area.MACHINE], 1),
        ([Area.SOURCE, Area.DATABASE], 69),
        ([Area.DATABASE, Area.SETTINGS], 78),
    ],
)
def test_the_exit_code_is_that_of_what_the_others_may_fail_from(failed: list[Area], code: int) -> None:
    findings = [Finding(level=Level.FAILURE, area=area, about="", finding="") for area in failed]
    harmless = Finding(level=Level.WARNING, area=Area.SETTINGS, about="", finding="")

    assert exit_code([harmless, *findings]) == code


@pytest.mark.parametrize("columns", ["70", "80", "120"])
def test_what_was_found_is_folded_at_words_to_the_terminal(columns: str, monkeypatch: pytest.MonkeyPatch) -> None:
    long = Finding(
        level=Level.FAILURE, area=Area.SOURCE, about="coinpaprika", finding="a word " * 50, remedy="do " * 50
    )

    monkeypatch.delenv("COLUMNS", raising=False)
    whole = [list(row.values()) for row in findings_as_rows([long])]
    monkeypatch.setenv("COLUMNS", columns)
    folded = [list(row.values()) for row in findings_as_rows([long])]

    assert [len(whole), whole[0][:2], folded[0][:2]] == [2, *[["failure", "coinpaprika"]] * 2]
    assert " ".join(text.strip() for *_, text in folded) == " ".join(text.strip() for *_, text in whole)
    assert max(len(f" failure  coinpaprika  {text}") for *_, text in folded) <= int(columns)


async def test_text_that_cannot_be_shown_and_an_untried_system_are_told() -> None:
    assert [level for level, *_ in await told(SurroundingsCheck(LINUX))] == [Level.OK, Level.OK]

    windows = replace(LINUX, system="Windows", encoding="cp1252")
    system, text = await told(SurroundingsCheck(windows))

    assert (system[0], "platforms.md" in system[2]) == (Level.NOTE, True)
    assert (text[0], "PYTHONUTF8=1" in text[2]) == (Level.WARNING, True)


@pytest.mark.parametrize(
    ("free", "level"),
    [(SCARCE, Level.OK), (SCARCE - 1, Level.WARNING), (FULL, Level.WARNING), (FULL - 1, Level.FAILURE)],
)
async def test_a_disk_is_judged_by_its_bounds(free: int, level: Level) -> None:
    assert (await only(DiskCheck(DiskOf(free), Path("/data/d"))))[0] is level


async def test_a_folder_that_may_not_be_written_to_is_a_failure() -> None:
    found = await told(DiskCheck(DiskOf(SCARCE, writable=False), Path("/data/d")))

    assert [each[0] for each in found] == [Level.OK, Level.FAILURE]
    assert "CRYPTO_DATA_DIR" in found[1][2]


def test_the_disk_is_that_of_the_nearest_folder_that_exists(tmp_path: Path) -> None:
    space = LocalDisk().space(tmp_path / "not" / "yet")

    assert space.folder == tmp_path
    assert 0 < space.free <= space.total


def server(**changed: Any) -> MemoryDiagnostics:
    return MemoryDiagnostics(MemoryStore(ManualClock()), facts=replace(FACTS, **changed))


@pytest.mark.parametrize(
    ("changed", "embedded", "level", "said"),
    [
        ({"version": "14.9", "major": 14}, False, Level.FAILURE, "needs PostgreSQL 15"),
        ({"version": "19.1", "major": 19}, False, Level.NOTE, "tried with 15 to 18"),
        ({"tables": "behind", "revision": "0001"}, False, Level.FAILURE, "crypto db upgrade"),
        ({"tables": "empty", "revision": None}, False, Level.FAILURE, "crypto db upgrade"),
        ({"tables": "behind", "revision": "0001"}, True, Level.NOTE, "nothing to do"),
        ({"tables": "newer", "revision": "9999"}, True, Level.FAILURE, "upgrade this program"),
        ({"encoding": "LATIN1"}, False, Level.FAILURE, "ENCODING 'UTF8'"),
        ({"is_replica": True}, False, Level.FAILURE, "primary"),
    ],
)
async def test_what_is_wrong_with_a_database_says_what_to_do(
    changed: dict[str, Any], embedded: bool, level: Level, said: str
) -> None:
    found = await told(DatabaseCheck(server(**changed), place="here", embedded=embedded))

    assert [(each[0], said in each[2]) for each in found if each[0] is not Level.OK] == [(level, True)]


async def test_the_largest_tables_are_told() -> None:
    sizes = {f"t{number}": 1024 * (9 - number) for number in range(9)}

    found = await told(DatabaseCheck(server(size=90_000, sizes=sizes), place="here", embedded=True))

    assert found[-1] == (Level.OK, "87.9 KiB in all: t0 9.0 KiB, t1 8.0 KiB, t2 7.0 KiB, t3 6.0 KiB", "")


@pytest.mark.parametrize(
    ("changed", "levels"),
    [
        ({}, [Level.OK]),
        ({"lag": timedelta(minutes=5)}, [Level.OK]),
        ({"lag": timedelta(minutes=6)}, [Level.OK, Level.WARNING]),
        ({"tables": "behind", "revision": "0001"}, [Level.OK, Level.FAILURE]),
    ],
)
async def test_a_replica_is_judged_by_its_lag_and_its_tables(changed: dict[str, Any], levels: list[Level]) -> None:
    assert [each[0] for each in await told(ReplicaCheck(server(**changed), place="there"))] == levels


@pytest.mark.parametrize(
    ("ahead", "level"),
    [
        (0, Level.OK),
        (1.9, Level.OK),
        (-1.9, Level.OK),
        (2, Level.WARNING),
        (-3, Level.WARNING),
        (60, Level.FAILURE),
    ],
)
async def test_clocks_that_differ_are_told_by_how_much(ahead: float, level: Level) -> None:
    clock = ManualClock()
    diagnostics = MemoryDiagnostics(MemoryStore(clock), ahead=timedelta(seconds=ahead))

    assert (await only(ClockCheck(diagnostics, clock)))[0] is level


async def test_who_holds_a_source_is_told_and_a_run_without_a_holder() -> None:
    clock = ManualClock()
    store = MemoryStore(clock)
    check = HoldsCheck(MemoryDiagnostics(store), ["coingecko", "csv"])
    assert (await only(check))[1] == "no source is held by anyone"

    async with store.claim(Feed(source="csv"), kind=RunKind.INGEST):
        held = await only(check)
        store.crash()
        left = await only(check)

    assert held[:2] == (
        Level.OK, "csv is held by this process on this machine: run 1, since 2026-11-02 12:00:00Z"
    )  # fmt: skip
    assert (left[0], "nobody holds it" in left[1], "crypto ingest csv" in left[2]) == (Level.NOTE, True, True)


def standing(served: Served, allowance: Allowance | None = None) -> StandingCheck:
    policy = FreshnessPolicy(
        interval=timedelta(minutes=20), max_age=timedelta(minutes=30), update_cycle=timedelta(minutes=10)
    )
    stats = ReportRunStats(reader=served.store, policies={"coingecko": policy}, clock=served.clock)
    allowances = {"coingecko": allowance} if allowance else {}
    listed = ListSources(stats=stats, budget=served.budget, allowances=allowances, drift=served.store)
    return StandingCheck(listed, served.clock)


async def test_a_source_that_never_ran_is_a_note_and_a_fresh_one_is_well() -> None:
    served = Served()
    assert await only(standing(served)) == (Level.NOTE, "was never ingested", "`crypto ingest coingecko`")

    await served.ingest(quote())

    found = await only(standing(served))
    assert found[0] is Level.OK
    assert found[1].startswith("last success 2026-11-02 12:00:02Z, 0 s ago; asked every 1200 s")


async def test_a_source_gone_stale_is_a_warning_that_says_why() -> None:
    served = Served()
    await served.ingest(quote())
    served.clock.advance(3600)

    run, stale = await told(standing(served))

    assert (run[0], "1 h ago" in run[1] or "60 min ago" in run[1]) == (Level.OK, True)
    assert (stale[0], "no newer stamp since" in stale[1], "crypto up" in stale[2]) == (Level.WARNING, True, True)


async def test_a_failed_run_is_a_warning_with_its_error() -> None:
    from crypto.domain.run import RunStatus

    served = Served()
    await served.ingest(status=RunStatus.FAILURE)

    level, finding, remedy = await only(standing(served))

    assert level is Level.WARNING
    assert "the provider answers 500" in finding
    assert "crypto runs --source coingecko" in remedy


async def test_a_budget_that_is_used_up_says_when_there_is_more() -> None:
    served = Served()
    await served.ingest(quote())
    for left in (1, 0):
        await served.budget.take(ALLOWANCE)
        found = (await told(standing(served, ALLOWANCE)))[-1]
        assert f"{2 - left} requests in 31 days, {left} left" in found[1]

    assert (found[0], "more from 2026-12-03" in found[1], "INTERVAL" in found[2]) == (Level.WARNING, True, True)


async def test_drift_points_at_the_command_that_shows_it() -> None:
    served = Served()
    drifts = tuple(
        SchemaDrift(path=f"f{number}", type=FieldType.STRING, position=0, example='""') for number in range(5)
    )
    await served.ingest(quote(), drift=drifts)

    stats = ReportRunStats(reader=served.store, policies={}, clock=served.clock)
    listed = ListSources(stats=stats, budget=served.budget, allowances={}, drift=served.store)
    level, finding, remedy = await only(DriftCheck(listed))

    assert (level, remedy) == (Level.NOTE, "`crypto sources` shows them")
    assert "f0 is string; f1 is string; f2 is string and 2 more" in finding


async def test_rejections_point_at_the_commands() -> None:
    served = Served()
    store = InMemory(served.store)
    await ingest(store, Market(served.clock, [[("a", 0, "1"), ("b", 0, "NaN")]], name="coingecko"), served.clock)

    found = [each for each in await told(standing(served)) if "not believed" in each[1]]

    assert [(each[0], each[1]) for each in found] == [(Level.NOTE, "1 records are not believed")]
    assert "crypto rejections --source coingecko" in found[0][2]


async def answered(source: Market, *, budget: MemoryRequestBudget | None = None) -> list[tuple[Level, str, str]]:
    clock = ManualClock()
    check = AnswerCheck(source, budget=budget or MemoryRequestBudget(clock), clock=clock, keyed=True)
    return await told(check)


async def test_a_provider_is_asked_for_its_first_page_only() -> None:
    source = Market(ManualClock(), [[("a", 0, "1")], [("b", 0, "1")]], name="coingecko")

    assert await answered(source) == [(Level.OK, "answered in 0.0 s with 1 quotes; the key was accepted", "")]
    assert len(source.asked) == 1


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (SourceRefused("401: check the key"), Level.FAILURE),
        (SourceUnavailable("no answer"), Level.FAILURE),
        (SourceRateLimited("wait", until=NOON), Level.WARNING),
    ],
)
async def test_a_provider_that_does_not_answer_is_told(error: CryptoError, level: Level) -> None:
    found = await answered(Market(ManualClock(), [error], name="coingecko"))

    assert [(each[0], each[1]) for each in found] == [(level, str(error))]


async def test_a_provider_is_not_asked_beyond_its_budget() -> None:
    clock = ManualClock()
    budget = MemoryRequestBudget(clock)
    source = Market(clock, [[("a", 0, "1")]], name="coingecko")
    source.allowance = replace(ALLOWANCE, per_month=1)
    await budget.take(source.allowance)

    ((level, finding, _),) = await answered(source, budget=budget)

    assert (level, source.asked) == (Level.NOTE, [])
    assert "not asked: its budget has no request before 2026-12-03" in finding


async def test_an_answer_that_cannot_be_read_and_a_clock_that_is_wrong_are_warnings() -> None:
    source = Market(ManualClock(), [[("a", 0, "NaN")]], name="coingecko")
    source.sent_at = NOON - timedelta(hours=3)

    unread, clocks = await answered(source)

    assert (unread[0], "nothing of it can be read" in unread[1]) == (Level.WARNING, True)
    assert (clocks[0], clocks[1].startswith("clock: ")) == (Level.WARNING, True)


def files_check(paths: Sequence[str], **blocks: Any) -> FilesCheck:
    options = convert(blocks, Options)
    every_path = (*paths, *options.every_path)
    return FilesCheck("csv", every_path, files=LocalFiles(options.settings_of(every_path)))


async def test_files_that_are_not_there_or_are_folders_are_failures(tmp_path: Path) -> None:
    (tmp_path / "good.csv").write_text("")
    paths = [str(tmp_path / name) for name in ("good.csv", "none.csv", ".")]

    found = await told(files_check(paths))

    assert [level for level, *_ in found] == [Level.OK, Level.FAILURE, Level.FAILURE]
    assert "CRYPTO_SOURCE__CSV__PATHS" in found[1][1]


async def test_patterns_and_members_of_archives_are_looked_at_as_an_ingest_finds_them(tmp_path: Path) -> None:
    for name in ("a.csv", "b.csv", "c[1].csv"):
        (tmp_path / name).write_text("")
    with ZipFile(tmp_path / "z.zip", "w") as archive:
        archive.writestr("in.csv", "")
    names = ("[ab].csv", "c[1].csv", "*.tsv", "z.zip", "z.zip/*.csv", "z.zip/out.csv", "a.csv/in.csv")

    found = await told(files_check([str(tmp_path / name) for name in names]))

    assert [(level, said.removeprefix(f"{tmp_path}/")) for level, said, _ in found] == [
        (Level.OK, "[ab].csv: 2 files can be read"),
        (Level.OK, "c[1].csv can be read"),
        (Level.FAILURE, "*.tsv: no file matches it, as seen from here"),
        (Level.OK, "z.zip can be read"),
        (Level.OK, "z.zip/*.csv can be read"),
        (Level.FAILURE, "z.zip/out.csv: its zip has no member 'out.csv' (it has: in.csv)"),
        (Level.FAILURE, "a.csv/in.csv: it is not a zip file, so it has no members"),
    ]


async def test_the_files_of_a_block_are_looked_at_and_a_coin_that_it_lacks_is_told(tmp_path: Path) -> None:
    for name in ("BTC.csv", "ETH.csv", "SOL.csv", "XRP.csv"):
        (tmp_path / name).write_text("")
    block = {"path": f"{tmp_path}/{{symbol}}.csv", "coins": {"BTC": "bitcoin", "ETH": "ethereum"}}

    found = await told(files_check([], file=[block, {"path": f"{tmp_path}/none.csv"}]))

    assert [level for level, *_ in found] == [Level.FAILURE, Level.OK, Level.FAILURE]
    assert "knows no coin SOL, XRP, so their 2 files are not read; set there coins = { BTC =" in found[0][1]
    assert found[1][1] == f"{tmp_path}/{{symbol}}.csv: 2 files can be read"
    assert "there is no such file" in found[2][1]


async def test_what_only_an_ingest_can_tell_is_left_to_it_and_no_secret_of_an_address_is_shown() -> None:
    paths = ["-", "https://canary:canary@host/a.zip?key=canary#b.csv"]

    found = await told(files_check(paths))

    assert [level for level, *_ in found] == [Level.NOTE] * 2
    assert "https://host/a.zip?***" in found[1][1]
    assert "canary" not in str(found)


async def test_sources_that_are_off_say_how_to_switch_them_on() -> None:
    found = await told(OffCheck({"csv": "csv is switched off: add it to CRYPTO_SOURCES"}, []))

    assert [(each[0], each[1]) for each in found] == [
        (Level.NOTE, "csv is switched off: add it to CRYPTO_SOURCES"),
        (Level.WARNING, "none is on"),
    ]


@pytest.mark.parametrize(
    ("number", "text"), [(0, "0 bytes"), (1023, "1023 bytes"), (1024, "1.0 KiB"), (5 * 1024**3, "5.0 GiB")]
)
def test_sizes_are_told_in_a_fitting_unit(number: int, text: str) -> None:
    assert size(number) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [(0, "0 s"), (119, "119 s"), (120, "2 min"), (7200, "2 h"), (2 * 86400, "2 days"), (730 * 86400, "2 years")],
)
def test_ages_are_told_in_a_fitting_unit(seconds: int, text: str) -> None:
    assert span(timedelta(seconds=seconds)) == text
