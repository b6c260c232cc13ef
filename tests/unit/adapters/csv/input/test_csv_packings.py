"""A file packed with gzip, xz or bzip2 is read like a plain one, in bounded memory, and never by half."""

import bz2
import gzip
import lzma
import tracemalloc
import zipfile
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TypeAlias

import pytest

from crypto.application.errors import SourceRefused, SourceUnavailable
from tests.support.csv_files import HEADER, ingest, row

MEBIBYTE = 1024 * 1024

Pack: TypeAlias = Callable[[bytes], bytes]

PACKED: dict[str, Pack] = {
    "gzip": gzip.compress,
    "xz": lzma.compress,
    "bzip2": bz2.compress,
}

each_packing = pytest.mark.parametrize(("kind", "pack"), PACKED.items(), ids=PACKED)


@each_packing
@pytest.mark.parametrize("name", ["a.csv.packed", "a.csv"])
def test_it_is_read_unpacked_whatever_its_name(tmp_path: Path, kind: str, pack: Pack, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(pack(HEADER + row("a") + row("b")))
    run = ingest(path, records=1)
    assert (run.error, [quote.coin_id for quote in run.quotes]) == (None, ["a", "b"])
    assert run.pages[1].request == {"path": str(path), "packed": kind, "offset": len(HEADER + row("a"))}


@each_packing
def test_several_streams_one_after_the_other_are_one(tmp_path: Path, kind: str, pack: Pack) -> None:
    path = tmp_path / f"a.csv.{kind}"
    path.write_bytes(pack(HEADER) + pack(row("a")) + pack(b"") + pack(row("b")))
    assert [quote.coin_id for quote in ingest(path).quotes] == ["a", "b"]


@pytest.mark.parametrize("kind", ["gzip", "xz"])
def test_zeros_that_fill_up_a_block_are_nothing(tmp_path: Path, kind: str) -> None:
    path = tmp_path / f"a.csv.{kind}"
    path.write_bytes(PACKED[kind](HEADER) + b"\x00" * 4 + PACKED[kind](row("a")) + b"\x00" * 8192)
    assert [quote.coin_id for quote in ingest(path).quotes] == ["a"]


@each_packing
def test_it_goes_on_where_it_was_left_when_it_grew(tmp_path: Path, kind: str, pack: Pack) -> None:
    path = tmp_path / f"a.csv.{kind}"
    path.write_bytes(pack(HEADER + row("a")))
    first = ingest(path)
    path.write_bytes(pack(HEADER + row("a") + row("b")))
    assert ingest(path, cursor=first.cursor).body == row("b")


@each_packing
@pytest.mark.parametrize("missing", [1, 9, 24])
def test_one_that_was_cut_is_not_believed_and_may_be_whole_next_time(
    tmp_path: Path, kind: str, pack: Pack, missing: int
) -> None:
    path = tmp_path / f"a.csv.{kind}"
    path.write_bytes(pack(HEADER + row("a") * 1000)[:-missing])
    run = ingest(path)
    assert not run.pages
    assert isinstance(run.error, SourceUnavailable)
    assert f"its {kind} was cut, or is still being written" in str(run.error)


@each_packing
@pytest.mark.parametrize("spoil", ["a bit", "the end"])
def test_one_that_is_broken_is_refused(tmp_path: Path, kind: str, pack: Pack, spoil: str) -> None:
    path = tmp_path / f"a.csv.{kind}"
    content = bytearray(pack(HEADER + b"".join(row(str(number)) for number in range(1000))))
    if spoil == "a bit":
        content[len(content) // 2] ^= 0x10
    else:
        content += b"no stream of any kind"
    path.write_bytes(content)
    run = ingest(path)
    assert not run.pages
    assert isinstance(run.error, SourceRefused)
    assert f"its {kind} is broken" in str(run.error)


@each_packing
def test_a_bomb_is_refused_in_little_memory(tmp_path: Path, kind: str, pack: Pack) -> None:
    path = tmp_path / "bomb"
    path.write_bytes(pack(HEADER + b" " * 32 * MEBIBYTE))
    tracemalloc.start()
    try:
        run = ingest(path, declared={"max_megabytes": 8})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert not run.pages
    assert f"it has more than {8 * MEBIBYTE} bytes; set CRYPTO_SOURCE__CSV__MAX_MEGABYTES=16" in str(run.error)
    assert peak < 16 * MEBIBYTE  # of which 8 are the dictionary of xz


def test_what_asks_for_more_memory_than_any_file_needs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.csv.xz"
    filters = [{"id": lzma.FILTER_LZMA2, "preset": 0, "dict_size": 256 * MEBIBYTE}]
    path.write_bytes(partial(lzma.compress, filters=filters)(HEADER + row("a")))
    assert "its xz takes more than 96 MiB of memory to unpack; pack it with gzip" in str(ingest(path).error)
    path.write_bytes(lzma.compress(HEADER + row("a"), preset=9))
    assert [quote.coin_id for quote in ingest(path).quotes] == ["a"]


@each_packing
def test_what_is_packed_twice_is_named_with_both(tmp_path: Path, kind: str, pack: Pack) -> None:
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("a.csv.packed", pack(HEADER + row("a")))
    assert f"a.csv.packed: it is packed twice ({kind} within zip); unpack it once" in str(ingest(path).error)
    path.write_bytes(gzip.compress(pack(HEADER + row("a"))))
    assert f"it is packed twice ({kind} within gzip)" in str(ingest(path).error)


def test_a_table_whose_header_begins_like_bzip2_is_a_table(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(b"BZh9,price,date,id\n1,1.5,2024-01-31,a\n")
    assert [quote.coin_id for quote in ingest(path).quotes] == ["a"]
