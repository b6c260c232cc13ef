"""What a path may be: a pattern, gzip, zip and its members, standard input; each bounded, each resumed."""

import gzip
import json
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Mapping
from pathlib import Path

import pytest

from crypto.application.errors import SourceRefused, SourceUnavailable
from tests.support.csv_files import HEADER, ingest, row

MEBIBYTE = 1024 * 1024


def zipped(path: Path, members: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", method) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


def test_a_pattern_is_the_files_that_match_in_order(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    for name in ("b.csv", "a.csv", "c.txt", "deep/d.csv"):
        (tmp_path / name).write_bytes(HEADER + row(name))
    assert [quote.coin_id for quote in ingest(tmp_path / "*.csv").quotes] == ["a.csv", "b.csv"]
    deep = ingest(tmp_path / "**/*.csv")
    assert [quote.coin_id for quote in deep.quotes] == ["a.csv", "b.csv", "deep/d.csv"]


def test_a_pattern_finds_files_that_come_later_and_goes_on_with_the_others(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_bytes(HEADER + row("a"))
    first = ingest(tmp_path / "*.csv")
    (tmp_path / "b.csv").write_bytes(HEADER + row("b"))
    (tmp_path / "a.csv").write_bytes(HEADER + row("a") + row("a2"))
    second = ingest(tmp_path / "*.csv", cursor=first.cursor)
    assert [quote.coin_id for quote in second.quotes] == ["a2", "b"]


def test_a_pattern_that_matches_nothing_says_so(tmp_path: Path) -> None:
    run = ingest(tmp_path / "*.csv")
    assert isinstance(run.error, SourceRefused)
    assert str(run.error) == f"{tmp_path}/*.csv: no file matches it, as seen from here"


def test_a_name_with_brackets_is_that_file(tmp_path: Path) -> None:
    (tmp_path / "a[1].csv").write_bytes(HEADER + row("a"))
    assert [quote.coin_id for quote in ingest(tmp_path / "a[1].csv").quotes] == ["a"]


def test_a_file_that_is_read_no_more_is_forgotten(tmp_path: Path) -> None:
    for name in "ab":
        (tmp_path / f"{name}.csv").write_bytes(HEADER + row(name))
    first = ingest(tmp_path / "a.csv", tmp_path / "b.csv")
    (tmp_path / "b.csv").write_bytes(HEADER + row("b") + row("b2"))
    second = ingest(tmp_path / "b.csv", cursor=first.cursor)
    assert list(first.cursor["files"]) == [f"{tmp_path}/a.csv", f"{tmp_path}/b.csv"]  # type: ignore[call-overload]
    assert list(second.cursor["files"]) == [f"{tmp_path}/b.csv"]  # type: ignore[call-overload]


@pytest.mark.parametrize("name", ["a.csv.gz", "named-otherwise.csv"])
def test_gzip_is_read_unpacked_whatever_its_name(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(gzip.compress(HEADER) + gzip.compress(row("a") + row("b")))
    run = ingest(path, records=1)
    assert run.body == row("a") + row("b")
    assert run.pages[1].request == {"path": str(path), "packed": "gzip", "offset": len(HEADER + row("a"))}


def test_a_packed_file_is_resumed_grows_and_changes_like_a_plain_one(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(HEADER + row("a") + row("b")))
    first = ingest(path, records=1, stop_after=1)
    second = ingest(path, records=1, cursor=first.cursor)
    path.write_bytes(gzip.compress(HEADER + row("a") + row("b"), compresslevel=1))
    packed_anew = ingest(path, cursor=second.cursor)
    path.write_bytes(gzip.compress(HEADER + row("a") + row("b") + row("c")))
    grown = ingest(path, cursor=second.cursor)
    path.write_bytes(gzip.compress(HEADER + row("x") + row("b")))
    changed = ingest(path, cursor=second.cursor)
    runs = (first, second, packed_anew, grown, changed)
    assert [[quote.coin_id for quote in run.quotes] for run in runs] == [["a"], ["b"], [], ["c"], ["x", "b"]]


def test_gzip_without_its_end_is_not_believed(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(HEADER + row("a") * 1000)[:-9])
    run = ingest(path)
    assert not run.pages
    assert isinstance(run.error, SourceUnavailable)
    assert "a.csv.gz: its gzip was cut" in str(run.error)


def test_each_member_of_a_zip_is_a_file_of_its_own(tmp_path: Path) -> None:
    members = {"b.csv": HEADER + row("b"), "sub/a.csv": HEADER + row("a"), "__MACOSX/._b.csv": b"\x00\x05"}
    path = zipped(tmp_path / "all.zip", members)
    run = ingest(path)
    assert run.error is None
    assert [quote.coin_id for quote in run.quotes] == ["b", "a"]
    assert run.pages[1].request == {"path": str(path), "member": "sub/a.csv", "offset": len(HEADER)}
    assert run.pages[1].context["path"] == f"{path}/sub/a.csv"
    assert list(run.cursor["files"]) == [f"{path}/b.csv", f"{path}/sub/a.csv"]  # type: ignore[call-overload]


def test_one_member_of_a_zip_can_be_named_or_matched(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {name: HEADER + row(name) for name in ("a.csv", "b.csv", "sub/c.csv")})
    assert [quote.coin_id for quote in ingest(f"{path}/sub/c.csv").quotes] == ["sub/c.csv"]
    assert [quote.coin_id for quote in ingest(f"{path}/[ab].csv").quotes] == ["a.csv", "b.csv"]
    assert "its zip has no member 'd.csv' (it has: a.csv, b.csv, sub/c.csv)" in str(ingest(f"{path}/d.csv").error)


def test_a_member_that_grew_goes_on_and_the_others_stand(tmp_path: Path) -> None:
    path = tmp_path / "all.zip"
    zipped(path, {"a.csv": HEADER + row("a"), "b.csv": HEADER + row("b")})
    first = ingest(path)
    zipped(path, {"a.csv": HEADER + row("a") + row("a2"), "b.csv": HEADER + row("b")})
    assert ingest(path, cursor=first.cursor).body == row("a2")


def test_a_bad_member_keeps_no_other_out(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"a.csv": b"no header\n1\n", "b.csv": HEADER + row("b"), "c.csv": b""})
    run = ingest(path)
    assert [quote.coin_id for quote in run.quotes] == ["b"]
    assert f"{path}/a.csv: 2 things are open: (1) line 1 has no known price column" in str(run.error)
    assert f"{path}/c.csv: the file is empty" in str(run.error)


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_what_cannot_be_unpacked_in_bounded_memory_is_refused(tmp_path: Path, method: int) -> None:
    path = zipped(tmp_path / "all.zip", {"a.csv": HEADER + row("a")}, method)
    assert f"a.csv: it is packed with method {method} of zip" in str(ingest(path).error)


def test_a_broken_archive_is_refused_and_never_half_read(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"a.csv": HEADER + row("a") * 1000}, zipfile.ZIP_STORED)
    whole = path.read_bytes()
    path.write_bytes(whole.replace(row("a"), row("x"), 1))
    flipped = ingest(path)
    path.write_bytes(whole[:-30])
    cut = ingest(path)
    gz = tmp_path / "a.csv.gz"
    gz.write_bytes(gzip.compress(HEADER + row("a"))[:-6] + b"\x00\x00\x00\x00\x00\x00")
    summed = ingest(gz)
    assert not flipped.pages + cut.pages + summed.pages
    assert "its zip is broken" in str(flipped.error)
    assert "its zip is broken" in str(cut.error)
    assert "its gzip is broken" in str(summed.error)


def test_what_is_packed_twice_or_encrypted_is_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"a.csv.gz": gzip.compress(HEADER + row("a"))})
    assert "a.csv.gz: it is packed twice" in str(ingest(path).error)
    zipped(path, {"a.csv": HEADER + row("a")})
    content = bytearray(path.read_bytes())
    for header, flags in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        content[content.index(header) + flags] |= 1
    path.write_bytes(content)
    assert "a.csv: it is encrypted" in str(ingest(path).error)


def test_two_members_of_one_name_are_refused(tmp_path: Path) -> None:
    path = zipped(tmp_path / "all.zip", {"a.csv": HEADER + row("a"), "b.csv": HEADER + row("b")})
    path.write_bytes(path.read_bytes().replace(b"b.csv", b"a.csv"))
    assert "its zip has two members 'a.csv'" in str(ingest(path).error)


@pytest.mark.parametrize("kind", ["gzip", "zip"])
def test_a_bomb_is_refused_in_little_memory(tmp_path: Path, kind: str) -> None:
    path = tmp_path / "bomb"
    content = HEADER + b" " * 24 * MEBIBYTE
    if kind == "gzip":
        path.write_bytes(gzip.compress(content))
    else:
        zipped(path, {"a.csv": content})
    del content
    tracemalloc.start()
    try:
        run = ingest(path, declared={"max_megabytes": 8})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not run.pages
    assert f"it has more than {8 * MEBIBYTE} bytes; set CRYPTO_SOURCE__CSV__MAX_MEGABYTES=16" in str(run.error)
    assert peak < 8 * MEBIBYTE


def test_a_zip_with_an_endless_list_of_members_is_refused_in_little_memory(tmp_path: Path) -> None:
    path = zipped(tmp_path / "many.zip", {f"{number:0200}.csv": b"" for number in range(6000)})
    tracemalloc.start()
    try:
        run = ingest(path)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert "its list of members is too long" in str(run.error)
    assert peak < 8 * MEBIBYTE


INGEST_STANDARD_INPUT = """
import json, sys
from tests.support.csv_files import ingest
declared = {"coin_id": sys.argv[2]} if len(sys.argv) > 2 else {}
run = ingest("-", records=1, cursor=json.loads(sys.argv[1]), declared=declared)
ids = [quote.coin_id for quote in run.quotes]
print(json.dumps([ids, run.cursor, str(run.error), [page.request for page in run.pages]]))
"""


def piped(content: bytes, cursor: str = "{}", *coin_id: str) -> str:
    command = [sys.executable, "-c", INGEST_STANDARD_INPUT, cursor, *coin_id]
    return subprocess.run(command, input=content, capture_output=True, check=True, timeout=60).stdout.decode()


def test_standard_input_is_read_to_its_end_and_resumed_with_the_same_bytes() -> None:
    content = HEADER + row("a") + row("b")
    ids, cursor, error, requests = json.loads(piped(gzip.compress(content)))
    assert (ids, error) == (["a", "b"], "None")
    assert requests[1] == {"path": "-", "packed": "gzip", "offset": len(HEADER + row("a"))}
    assert json.loads(piped(content + row("c"), json.dumps(cursor)))[0] == ["c"]
    assert json.loads(piped(HEADER + row("x"), json.dumps(cursor)))[0] == ["x"]


def test_the_same_bytes_declared_otherwise_are_refused_from_standard_input() -> None:
    content = b"price,date\n1,2024-01-01\n"
    _, cursor, _, _ = json.loads(piped(content, "{}", "stellar"))
    ids, _, error, _ = json.loads(piped(content, json.dumps(cursor), "dash"))
    assert ids == []
    assert "-: the same rows came before, declared otherwise" in error
    assert "`crypto reprocess csv --current-settings`" in error
    assert json.loads(piped(content + b"2,2024-01-02\n", json.dumps(cursor), "stellar"))[0] == ["stellar"]


def test_nothing_is_left_in_the_folder_of_copies(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copies = tmp_path / "copies"
    copies.mkdir()
    monkeypatch.setattr("tempfile.tempdir", str(copies))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(HEADER + random.Random(1).randbytes(10) + row("a")))
    ingest(path)
    path.write_bytes(gzip.compress(HEADER + row("a") * 10)[:-3])
    ingest(path)
    assert list(copies.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="no device that is always full")
def test_a_full_disk_is_told_with_the_folder_that_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    full = Path("/dev/full")
    monkeypatch.setattr("tempfile.TemporaryFile", lambda: full.open("r+b", buffering=0))
    path = tmp_path / "a.csv.gz"
    path.write_bytes(gzip.compress(HEADER + row("a")))
    run = ingest(path)
    assert isinstance(run.error, SourceUnavailable)
    assert "there is no room for a copy in" in str(run.error)
