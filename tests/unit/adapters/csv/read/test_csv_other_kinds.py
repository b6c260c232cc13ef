"""What is saved, packed or sent like a table and is none is named as what it is, with what to do."""

import bz2
import gzip
import io
import json
import lzma
import sqlite3
import tarfile
import zipfile
from collections.abc import Iterable
from pathlib import Path

import pytest

from crypto.application.errors import SourceRefused
from tests.support.csv_files import HEADER, ingest, row

AN_ANSWER = {"prices": [[1706745600000, 1.5]], "market_caps": []}

TEXTS = {
    "a web page": (b"<!DOCTYPE html>\n<html><head><title>Bitcoin price &amp; chart</title>", "a web page"),
    "with its title": (b"<html><head>\n<title>Just a moment...</title>", "a web page ('Just a moment...')"),
    "after blank lines": (b"\n\n  <html>\n<body>Price, Date", "line 3 begins a web page"),
    "after a comment": (b"<!-- made by a server -->\n<HTML><BODY>1,2</BODY></HTML>", "a web page"),
    "a page without a head": (b"<table><tr><td>date</td><td>price</td></tr></table>", "a web page"),
    "XHTML": (b'<?xml version="1.0"?>\n<!DOCTYPE html><html></html>', "a web page"),
    "a workbook as a page": (
        b'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><table><tr>',
        "a workbook, saved as XML or as a web page",
    ),
    "a workbook as XML": (
        b'<?xml version="1.0"?>\n<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        "a workbook, saved as XML or as a web page",
    ),
    "an error in XML": (
        b'<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>NoSuchKey</Code></Error>',
        'XML (<?xml version="1.0" encoding="UTF-8"?> <Error><Code>NoSuchKey</Code></Error>)',
    ),
    "an API's answer": (json.dumps(AN_ANSWER).encode(), 'JSON ({"prices": [[1706745600000, 1.5]]'),
    "spread over lines": (json.dumps(AN_ANSWER, indent=2).encode(), 'JSON ({ "prices": [ [ 1706745600000, 1.5'),
    "a list of records": (b'[{"id":"btc","price":1.5}]', 'JSON ([{"id":"btc","price":1.5}])'),
    "candles": (b"[[1706745600000,1,2,3,4],[1706749200000,1,2,3,4]]", "JSON ([[1706745600000"),
    "an error": (b'{"status":{"error_code":429}}', 'JSON ({"status":{"error_code":429}})'),
    "with a mark": (b'\xef\xbb\xbf{"id":"btc"}', "JSON"),
    "in UTF-16": ('\ufeff{"id":"btc"}'.encode("utf-16-le"), "JSON"),
    "a record a line": (b'{"id":"btc","price":1.5}\n{"id":"eth","price":2}\n', "JSON Lines"),
    "formatted": (rb"{\rtf1\ansi id,price", "a formatted text (RTF)"),
}  # fmt: skip


@pytest.mark.parametrize(("content", "said"), TEXTS.values(), ids=TEXTS)
def test_a_text_that_is_not_a_table_is_named(tmp_path: Path, content: bytes, said: str) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    run = ingest(path)
    assert isinstance(run.error, SourceRefused)
    assert said in str(run.error)
    assert "not a table" in str(run.error)
    assert "CRYPTO_SOURCE__CSV" not in str(run.error)


def a_database(path: Path) -> bytes:
    connection = sqlite3.connect(path)
    with connection:
        connection.execute("CREATE TABLE prices (id)")
    connection.close()
    return path.read_bytes()


def a_tar(form: int = tarfile.USTAR_FORMAT) -> bytes:
    file = io.BytesIO()
    with tarfile.open(fileobj=file, mode="w", format=form) as archive:
        member = tarfile.TarInfo("prices.csv")
        member.size = len(HEADER)
        archive.addfile(member, io.BytesIO(HEADER))
    return file.getvalue()


def a_zip(names: Iterable[str], content: bytes = b"<x/>") -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name in names:
            archive.writestr(name, content)
    return file.getvalue()


EXCEL = a_zip(["[Content_Types].xml", "_rels/.rels", "xl/workbook.xml", "xl/worksheets/sheet1.xml"])

BYTES = {
    "workbook.csv": (EXCEL, "it is an Excel workbook; open it and save the sheet as CSV"),
    "old.xls": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "it is an Excel workbook (.xls); open it and"),
    "free.ods": (a_zip(["mimetype", "content.xml", "META-INF/manifest.xml"]), "it is a workbook (OpenDocument)"),
    "apple.numbers": (a_zip(["Index/Document.iwa", "preview.jpg"]), "it is a workbook (Numbers)"),
    "letter.docx": (a_zip(["[Content_Types].xml", "word/document.xml"]), "it is a document"),
    "a.tar": (a_tar(), "it is a tar archive; unpack it, and name its files, or make a zip of them"),
    "gnu.tar": (a_tar(tarfile.GNU_FORMAT), "it is a tar archive"),
    "pax.tar": (a_tar(tarfile.PAX_FORMAT), "it is a tar archive"),
    "a.tar.gz": (gzip.compress(a_tar()), "it is a tar archive"),
    "a.tar.xz": (lzma.compress(a_tar()), "it is a tar archive"),
    "a.tar.bz2": (bz2.compress(a_tar()), "it is a tar archive"),
    "a.csv.zst": (b"\x28\xb5\x2f\xfd" + bytes(40), "it is packed with zstd, which is not read here; unpack it"),
    "a.csv.lz4": (b"\x04\x22\x4d\x18" + bytes(40), "it is packed with lz4"),
    "a.7z": (b"7z\xbc\xaf\x27\x1c" + bytes(40), "it is a 7z archive; unpack it"),
    "a.rar": (b"Rar!\x1a\x07\x01\x00" + bytes(40), "it is a rar archive; unpack it"),
    "a.parquet": (b"PAR1\x15\x04" + bytes(40) + b"PAR1", "it is a Parquet file; write it as CSV"),
    "a.feather": (b"ARROW1\x00\x00" + bytes(40) + b"ARROW1", "it is a Feather file"),
    "a.h5": (b"\x89HDF\r\n\x1a\n" + bytes(40), "it is an HDF5 file"),
    "a.pkl": (b"\x80\x04\x95" + bytes(40), "it is a Python pickle"),
    "a.pdf": (b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n", "it is a PDF document; name the file that holds the prices"),
    "a.png": (b"\x89PNG\r\n\x1a\n" + bytes(40), "it is a picture"),
    "page.csv.gz": (gzip.compress(TEXTS["a web page"][0]), "begins a web page"),
    "picture.csv.gz": (gzip.compress(b"\x89PNG\r\n\x1a\n" + bytes(40)), "it is a picture"),
    "zipped workbook.zip": (a_zip(["book.xlsx"], EXCEL), "book.xlsx: it is an Excel workbook"),
    "zipped archive.zip": (a_zip(["a.zip"], a_zip(["a.csv"])), "a.zip: it is packed twice (zip within zip)"),
    "zipped page.zip": (a_zip(["a.csv"], TEXTS["a web page"][0]), "a.csv: line 1 begins a web page"),
}  # fmt: skip


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_not_text_are_named(tmp_path: Path, name: str) -> None:
    content, said = BYTES[name]
    path = tmp_path / name
    path.write_bytes(content)
    run = ingest(path)
    assert isinstance(run.error, SourceRefused)
    assert said in str(run.error)
    assert str(run.error).count(str(path)) == 1, "one problem"


def test_a_database_is_named(tmp_path: Path) -> None:
    a_database(tmp_path / "prices.db")
    assert "it is an SQLite database; write it as CSV" in str(ingest(tmp_path / "prices.db").error)


TABLES = {
    "names in angle brackets": b"<DATE>\t<ID>\t<CLOSE>\n2024-01-31\tbtc\t1.5\n",
    "a name like a tag": b"<TICKER>,<DATE>,<CLOSE>,<ID>\nx,2024-01-31,1.5,btc\n",
    "names in square brackets": b"[id],[price],[date]\nbtc,1.5,2024-01-31\n",
    "a name like a magic number": b"PAR1,price,date,id\nx,1.5,2024-01-31,btc\n",
}


@pytest.mark.parametrize("content", TABLES.values(), ids=TABLES)
def test_a_table_that_begins_a_little_like_something_else_is_a_table(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(content)
    names = content.splitlines()[0].decode().replace("\t", ",").split(",")
    found = {name.strip("<>[]").lower(): name for name in names}
    columns = {
        "coin_id": found["id"],
        "price_usd": found.get("price", found.get("close", "")),
        "observed_at": found["date"],
    }
    run = ingest(path, declared={"columns": columns})
    assert (run.error, [quote.coin_id for quote in run.quotes]) == (None, ["btc"])


def test_what_stands_before_a_header_and_is_passed_over_may_be_anything(tmp_path: Path) -> None:
    path = tmp_path / "prices.csv"
    path.write_bytes(b'{"made": "by hand"}\n' + HEADER + row("btc"))
    assert "line 1 begins JSON" in str(ingest(path).error)
    assert [quote.coin_id for quote in ingest(path, declared={"skip_lines": 1}).quotes] == ["btc"]
