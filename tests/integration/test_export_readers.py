"""DuckDB, polars and pandas read our files with the lines that the documents show."""

import re
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pandas
import polars
import pyarrow
import pytest

from crypto.adapters.memory import MemoryStore
from tests.support.clock import ManualClock
from tests.support.exports import exported, hard_quotes, put
from tests.support.readme import ROOT
from tests.support.stores import InMemory

SECTION = (ROOT / "docs" / "how-to" / "export.md").read_text().partition("## Read them")[2]
LINES = re.findall(r"```python\n(.*?)```", SECTION, re.DOTALL)[0].splitlines()
ROWS = 300


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory with a file of each kind."""
    store = InMemory(MemoryStore(ManualClock()))
    await put(store, hard_quotes(ROWS))
    for form, name in (("parquet", "quotes.parquet"), ("arrow", "quotes.arrows")):
        (tmp_path / name).write_bytes(await exported(store, form))
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("line", LINES)
async def test_a_line_of_the_documents_reads_a_file(folder: Path, line: str) -> None:
    known = {"duckdb": duckdb, "pandas": pandas, "polars": polars, "pyarrow": pyarrow}
    found: Any = eval(line, known)  # noqa: S307 - our own documents
    if "count(*)" in line:
        [(source, rows, _)] = found
        assert (source, rows) == ("coingecko", ROWS)
    else:
        assert len(found) == ROWS


async def test_every_reader_sees_the_same_exact_amounts(folder: Path) -> None:
    expected = sorted(each.volume_24h for each in hard_quotes(ROWS) if each.volume_24h is not None)
    column = polars.read_ipc_stream("quotes.arrows")["volume_24h"]
    readers = (
        duckdb.read_parquet("quotes.parquet").pl()["volume_24h"].to_list(),
        polars.read_parquet("quotes.parquet")["volume_24h"].to_list(),
        pandas.read_parquet("quotes.parquet", dtype_backend="pyarrow")["volume_24h"].dropna().tolist(),
        column.to_list(),
    )
    for found in readers:
        assert sorted(Decimal(each) for each in found if each is not None) == expected


def test_there_are_lines_for_each_reader_and_each_kind_of_file() -> None:
    assert {line.partition(".")[0] for line in LINES} == {"duckdb", "polars", "pandas", "pyarrow"}
    assert sum("quotes.parquet" in line for line in LINES) == sum("quotes.arrows" in line for line in LINES) == 3
