"""What lies beside tables: the system's own files are passed over, and what is none is told with what to do."""

import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from crypto.adapters.csv.input.listing import belongs
from crypto.application.errors import SourceRefused
from tests.support.csv_files import HEADER, Ingested, ingest, row

SYSTEM = (".DS_Store", "sub/.DS_Store", "Thumbs.db", "a/desktop.ini", "__MACOSX/._a.csv", "._a.csv", ".git/index",
          "~$prices.xlsx", "DESKTOP.INI")  # fmt: skip

NOTES = {
    "README.txt": b"Data from an exchange.\n",
    "readme.md": b"# Data\n",
    "LICENSE": b"Do what you like.\n",
    "prices.zip.CHECKSUM": b"e3b0c44298fc1c149afbf4c8996fb924  prices.zip\n",
    "SHA256SUMS": b"e3b0c44298fc1c14  a.csv\n",
}


def zipped(path: Path, names: Iterable[str], notes: Iterable[str] = ()) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        for name in names:
            archive.writestr(name, HEADER + row(name))
        for name in notes:
            archive.writestr(name, NOTES.get(name, b"\x00\x01"))
    return path


def coins(run: Ingested) -> list[str]:
    return [quote.coin_id for quote in run.quotes]


def named(run: Ingested, setting: str = "CRYPTO_SOURCE__CSV__PATHS=") -> str:
    """The path that the message proposes."""
    return str(run.error).partition(setting)[2].partition(" reads the others alone")[0]


def test_the_systems_own_files_in_an_archive_are_passed_over(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", ["a.csv", "./b.csv"], notes=SYSTEM)
    for paths in (path, f"{path}/*"):
        run = ingest(paths)
        assert (run.error, coins(run)) == (None, ["./b.csv", "a.csv"])


def test_a_member_that_is_named_is_read_whatever_it_is_called(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", ["a.csv", ".b.csv"])
    assert coins(ingest(f"{path}/.b.csv")) == [".b.csv"]
    assert coins(ingest(f"{path}/.*.csv")) == [".b.csv"]


def test_an_archive_of_nothing_but_system_files_says_so(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", [], notes=["Thumbs.db", "__MACOSX/._a"])
    assert "its zip has nothing but system files (Thumbs.db, __MACOSX/._a)" in str(ingest(path).error)


def test_the_systems_own_files_in_a_folder_are_passed_over(tmp_path: Path) -> None:
    for name in ("Thumbs.db", "desktop.ini", ".DS_Store", "~$a.csv"):
        (tmp_path / name).write_bytes(b"\x00")
    (tmp_path / "a.csv").write_bytes(HEADER + row("a"))
    run = ingest(tmp_path / "*")
    assert (run.error, coins(run)) == (None, ["a"])


@pytest.mark.parametrize("note", NOTES)
@pytest.mark.parametrize("table", ["a.csv", "sub/a.csv", "A.CSV", "a.tsv"])
def test_a_member_that_is_not_a_table_is_told_with_the_path_that_reads_the_others(
    tmp_path: Path, note: str, table: str
) -> None:
    path = zipped(tmp_path / "all.zip", [table], notes=[note])
    run = ingest(path)
    proposed = named(run)
    assert isinstance(run.error, SourceRefused)
    assert str(run.error).startswith(f"{path}/{note}: it is not a table; CRYPTO_SOURCE__CSV__PATHS=")
    assert proposed == f"{path}/*{Path(table).suffix}"
    assert (ingest(proposed).error, coins(ingest(proposed))) == (None, [table])


def test_what_may_be_a_table_is_told_with_what_it_lacks_too(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", ["a.csv"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("more.txt", "date,rate\n2024-01-31,1.5\n")
        archive.writestr("chart.png", b"\x89PNG\r\n\x1a\n")
        archive.writestr("prices", "date,rate\n2024-01-31,1.5\n")
    run = ingest(path)
    assert f"{path}/chart.png: it is a picture; name the file that holds the prices; if it is not" in str(
        run.error
    )
    both = f"{path}/more.txt, {path}/prices"
    open_questions = f"{both}: 2 things are open: (1) line 1 has no known price column (it has: date, rate)"
    assert open_questions in str(run.error)
    assert f"if it is not a table, CRYPTO_SOURCE__CSV__PATHS={path}/*.csv reads the others alone" in str(run.error)


def test_nothing_is_proposed_that_would_leave_a_table_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", ["a.txt", "b.csv"])
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("c.csv", "date,rate\n2024-01-31,1.5\n")
    assert "reads the others alone" not in str(ingest(path).error)


def test_in_a_folder_of_archives_each_with_a_note_one_pattern_reads_all_tables(tmp_path: Path) -> None:
    for name in ("jan", "feb"):
        zipped(tmp_path / f"{name}.zip", [f"{name}.csv", f"sub/{name}.csv"], notes=["README.txt"])
    run = ingest(tmp_path / "*.zip")
    proposed = named(run)
    assert proposed == f"{tmp_path}/*.zip/*.csv"
    again = ingest(proposed)
    assert (again.error, coins(again)) == (None, ["feb.csv", "sub/feb.csv", "jan.csv", "sub/jan.csv"])
    assert not ingest(proposed, cursor=again.cursor).pages, "each member was left off where it ended"


@pytest.mark.parametrize("pattern", ["*", "jan*", "**", "**/*"])
def test_checksums_beside_archives_are_told_with_a_pattern_for_the_archives(tmp_path: Path, pattern: str) -> None:
    for name in ("jan-1", "jan-2", "jan-3", "jan-4"):
        zipped(tmp_path / f"{name}.zip", [f"{name}.csv"])
        (tmp_path / f"{name}.zip.CHECKSUM").write_bytes(NOTES["prices.zip.CHECKSUM"])
    run = ingest(tmp_path / pattern)
    names = ", ".join(f"{tmp_path}/jan-{number}.zip.CHECKSUM" for number in (1, 2, 3))
    assert str(run.error).startswith(f"{names} and 1 more: it is not a table; ")
    again = ingest(named(run))
    assert (again.error, coins(again)) == (None, ["jan-1.csv", "jan-2.csv", "jan-3.csv", "jan-4.csv"])


def test_beside_other_paths_it_is_said_which_is_to_be_replaced(tmp_path: Path) -> None:
    zipped(tmp_path / "all.zip", ["a.csv"], notes=["README.txt"])
    (tmp_path / "b.csv").write_bytes(HEADER + row("b"))
    run = ingest(tmp_path / "all.zip", tmp_path / "b.csv")
    assert f"{tmp_path}/all.zip/*.csv in the place of {tmp_path}/all.zip in PATHS reads the others" in str(
        run.error
    )


def test_a_member_of_an_archive_here_is_not_named_as_at_an_address(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", ["a.csv"])
    run = ingest(f"{path}#a.csv")
    said = str(run.error).rpartition("here it is ")[2]
    assert "there is no such file; # is for members at an address only" in str(run.error)
    assert (said, coins(ingest(said))) == (f"{path}/a.csv", ["a.csv"])
    assert f"here it is {path}/*.csv" in str(ingest(f"{path}#").error)


@pytest.mark.parametrize(
    ("name", "path", "expected"),
    [
        ("d/all.zip/sub/a.csv", "d/all.zip/*.csv", True),
        ("d/all.zip/sub/a.csv", "d/*.zip/*.csv", True),
        ("d/all.zip/sub/a.txt", "d/*.zip/*.csv", False),
        ("d/deep/all.zip/a.csv", "d/*.zip/*.csv", False),
        ("d/sub/a.csv", "d/*.csv", False),
        ("d/all.zip/a.csv", "d/*", True),
    ],
)
def test_a_pattern_for_members_meets_their_whole_names(name: str, path: str, *, expected: bool) -> None:
    assert belongs(name, [path]) is expected
