"""Files of text, a line a quote: NDJSON, CSV, and one JSON document. Amounts keep every digit as it is stored."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import pyarrow as pa
import pyarrow.compute

from crypto.adapters.formats.rows import AS_TEXT, columns_of
from crypto.application.ports.exports import COLUMNS, MOMENT_COLUMNS, TEXT_COLUMNS, ExportFacts

compute: Any = pyarrow.compute
"""Its functions are made when it is imported: no checker knows them."""

LINE_END = "\r\n"
"""Of CSV, by RFC 4180."""

FORMULA = r"^([=+\-@\t\r'])"
"""How a text begins that a spreadsheet would run, and one that our own mark would be taken from."""

NEEDS_QUOTES = '[",\r\n]'

CONTROL = r"[\x00-\x1f]"
"""What JSON takes as an escape only, beside the quote and the backslash."""


class NdjsonWriter:
    """A JSON object a line; a file that was cut ends with the line `{"error": ...}` where that could be said."""

    def __init__(self, facts: ExportFacts) -> None:
        self._facts = facts

    def begin(self) -> bytes:
        """Nothing stands before the rows."""
        return b""

    def rows(self, block: bytes) -> bytes:
        """The rows as lines."""
        return json_rows(block, "{", "}\n")

    def end(self) -> bytes:
        """Nothing stands after the rows."""
        return b""

    def broken(self, reason: str) -> bytes:
        """The line that says that rows are missing."""
        return json.dumps({"error": reason}).encode() + b"\n"


class JsonWriter:
    """One JSON document, `{"data": [...], "total": N}`: cut anywhere, it is not JSON."""

    def __init__(self, facts: ExportFacts) -> None:
        self._facts = facts
        self._is_first = True

    def begin(self) -> bytes:
        """What stands before the rows."""
        return b'{"data":[\n'

    def rows(self, block: bytes) -> bytes:
        """The rows, each after a comma unless it is the first."""
        rows = json_rows(block, ",\n{", "}")
        was_first, self._is_first = self._is_first, False
        return rows.removeprefix(b",\n") if was_first else rows

    def end(self) -> bytes:
        """What stands after the rows."""
        return f'\n],"total":{self._facts.total}}}\n'.encode()

    def broken(self, reason: str) -> bytes:
        """Nothing: the document lacks its end."""
        return b""


class CsvWriter:
    """RFC 4180 with a header. Nothing is null, `""` the empty text.

    A text that begins as a formula does, or with an apostrophe, has an apostrophe before it: taking the first
    character away from each text that begins with one gives what was stored.
    """

    def __init__(self, facts: ExportFacts) -> None:
        self._facts = facts

    def begin(self) -> bytes:
        """The header."""
        return f"{','.join(COLUMNS)}{LINE_END}".encode()

    def rows(self, block: bytes) -> bytes:
        """The rows as lines."""
        cells = _cells(block, text=_csv_text, moment=_moment, other=lambda column: column)
        labels = ["", *[","] * (len(COLUMNS) - 1)]
        return _text(labels, cells, LINE_END, null="")

    def end(self) -> bytes:
        """Nothing stands after the rows."""
        return b""

    def broken(self, reason: str) -> bytes:
        """Nothing: any line would be read as a row."""
        return b""


def json_rows(block: bytes, start: str, end: str) -> bytes:
    """A JSON object a row, which starts and ends so."""
    cells = _cells(
        block,
        text=lambda column: _quoted(_json_text(column)),
        moment=lambda column: _quoted(_moment(column)),
        other=lambda column: column,
    )
    labels = [f'{"," if number else start}"{name}":' for number, name in enumerate(COLUMNS)]
    return _text(labels, cells, end, null="null")


def _cells(
    block: bytes, *, text: Callable[[Any], Any], moment: Callable[[Any], Any], other: Callable[[Any], Any]
) -> Iterator[Any]:
    """The columns as a file writes them, each by its kind."""
    batch = columns_of(block, AS_TEXT)
    for name, column in zip(COLUMNS, batch.columns, strict=True):
        write = text if name in TEXT_COLUMNS else moment if name in MOMENT_COLUMNS else other
        yield write(column)


def _moment(column: Any) -> Any:
    """2026-11-02T10:00:31.123Z, as RFC 3339 has it and answers do."""
    return compute.replace_substring(compute.binary_replace_slice(column, 10, 11, "T"), "+00", "Z")


def _json_text(column: Any) -> Any:
    escaped = compute.replace_substring(compute.replace_substring(column, "\\", "\\\\"), '"', '\\"')
    if not _any(compute.match_substring_regex(column, CONTROL)):
        return escaped
    texts = (None if text is None else json.dumps(text, ensure_ascii=False)[1:-1] for text in column.to_pylist())
    return pa.array(texts, pa.string())


def _csv_text(column: Any) -> Any:
    safe = compute.replace_substring_regex(column, FORMULA, r"'\1")
    is_quoted = compute.or_(compute.match_substring_regex(safe, NEEDS_QUOTES), compute.equal(safe, ""))
    if not _any(is_quoted):
        return safe
    return compute.if_else(is_quoted, _quoted(compute.replace_substring(safe, '"', '""')), safe)


def _quoted(column: Any) -> Any:
    """The texts in quotes; null stays null."""
    return compute.binary_join_element_wise('"', column, '"', "")


def _any(found: Any) -> bool:
    return bool(compute.any(found).as_py())


def _text(labels: Iterable[str], cells: Iterable[Any], end: str, *, null: str) -> bytes:
    """The text of all rows: each cell after its label, and the end of the row."""
    parts = [part for pair in zip(labels, cells, strict=True) for part in pair]
    lines = compute.binary_join_element_wise(*parts, end, "", null_handling="replace", null_replacement=null)
    _, _, texts = lines.buffers()
    return bytes(memoryview(texts)[: _length(lines)])


def _length(lines: Any) -> int:
    """How many bytes the lines have together: the last of their offsets."""
    return memoryview(lines.buffers()[1]).cast("i")[len(lines)]
