"""Read an exported file of any format back, to the values that were stored."""

import csv
import io
import json
from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, TypeAlias

import pyarrow as pa
from pyarrow import parquet

from crypto.application.ports.exports import AMOUNT_COLUMNS, COLUMNS, MOMENT_COLUMNS, TEXT_COLUMNS
from crypto.domain.market_data import StoredQuote

Row: TypeAlias = tuple[object, ...]
"""The values of COLUMNS."""

FORMATS = ("ndjson", "json", "csv", "arrow", "parquet")


def row_of(quote: StoredQuote) -> Row:
    return tuple(getattr(quote, name) for name in COLUMNS)


def rows_in(body: bytes, form: str) -> list[Row]:
    """Every row, sorted: the order is not promised. Fails for a file that is not whole."""
    return sorted(_READERS[form](body), key=repr)


def sorted_rows(quotes: "list[StoredQuote]") -> list[Row]:
    return sorted(map(row_of, quotes), key=repr)


def _ndjson(body: bytes) -> list[Row]:
    return [_from_json(json.loads(line, parse_float=Decimal, parse_int=Decimal)) for line in body.splitlines()]


def _json(body: bytes) -> list[Row]:
    document = json.loads(body, parse_float=Decimal, parse_int=Decimal)
    assert document["total"] == len(document["data"])
    return [_from_json(each) for each in document["data"]]


def _from_json(found: Mapping[str, Any]) -> Row:
    assert tuple(found) == COLUMNS
    return tuple(_value(name, found[name]) for name in COLUMNS)


def _csv(body: bytes) -> list[Row]:
    text = body.decode("utf-8")
    assert text.endswith("\r\n")
    header, *rows = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert tuple(header) == COLUMNS
    return [
        tuple(_value(name, _cell(name, cell)) for name, cell in zip(COLUMNS, row, strict=True)) for row in rows
    ]


def _cell(name: str, cell: str) -> str | None:
    """As docs/how-to/export.md says: nothing is null, and a text's first apostrophe is ours.

    The module csv does not tell nothing from the empty text.
    """
    if not cell:
        return None
    return cell.removeprefix("'") if name in TEXT_COLUMNS else cell


def _arrow(body: bytes) -> list[Row]:
    assert body.endswith(b"\xff\xff\xff\xff\x00\x00\x00\x00"), "it lacks its end"
    return _from_columns(pa.ipc.open_stream(body).read_all())


def _parquet(body: bytes) -> list[Row]:
    return _from_columns(parquet.read_table(io.BytesIO(body)))


def _from_columns(table: Any) -> list[Row]:
    assert tuple(table.column_names) == COLUMNS
    assert {str(table.schema.field(name).type) for name in MOMENT_COLUMNS} == {"timestamp[us, tz=UTC]"}
    return [tuple(_value(name, row[name]) for name in COLUMNS) for row in table.to_pylist()]


def _value(name: str, found: Any) -> object:
    if found is None or name in TEXT_COLUMNS:
        return found
    if name in AMOUNT_COLUMNS:
        return Decimal(found).normalize()
    if name in MOMENT_COLUMNS:
        return datetime.fromisoformat(found) if isinstance(found, str) else found
    return int(found)


_READERS: Mapping[str, Callable[[bytes], list[Row]]] = {
    "ndjson": _ndjson,
    "json": _json,
    "csv": _csv,
    "arrow": _arrow,
    "parquet": _parquet,
}
