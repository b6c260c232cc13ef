"""Files of columns, Arrow's stream and Parquet: amounts are exact decimals, or text where none holds them."""

from typing import Any

import pyarrow as pa
from pyarrow import parquet

from crypto.adapters.formats.rows import Types, columns_of
from crypto.application.ports.exports import (
    AMOUNT_COLUMNS,
    COLUMNS,
    MOMENT_COLUMNS,
    TEXT_COLUMNS,
    Digits,
    ExportFacts,
)

MOST_DIGITS = 38
"""What a decimal128 holds."""

UNIT = {"unit": "USD"}

HARDLY_REPEATED = {*AMOUNT_COLUMNS, "observed_at"}
"""Columns whose values are seldom the same: a dictionary of them costs time and space."""


class ArrowWriter:
    """An Arrow IPC stream, a record batch a block; not compressed, as not every reader takes that."""

    def __init__(self, facts: ExportFacts) -> None:
        self._schema = schema_of(facts)
        self._sink = Sink()
        self._writer = pa.ipc.new_stream(pa.PythonFile(self._sink, mode="w"), self._schema)

    def begin(self) -> bytes:
        """The schema."""
        return self._sink.taken()

    def rows(self, block: bytes) -> bytes:
        """A record batch."""
        self._writer.write_batch(typed(block, self._schema))
        return self._sink.taken()

    def end(self) -> bytes:
        """The mark of the end."""
        self._writer.close()
        return self._sink.taken()

    def broken(self, reason: str) -> bytes:
        """Nothing: the stream lacks its end."""
        return b""


class ParquetFileWriter:
    """A Parquet file, a row group a block, compressed with zstd. Its footer comes last; cut, it cannot be read."""

    def __init__(self, facts: ExportFacts) -> None:
        self._schema = schema_of(facts)
        self._sink = Sink()
        self._writer = parquet.ParquetWriter(
            pa.PythonFile(self._sink, mode="w"),
            self._schema,
            compression="zstd",
            compression_level=1,
            use_dictionary=[name for name in COLUMNS if name not in HARDLY_REPEATED],  # pyright: ignore[reportArgumentType]  # its docs say so
        )

    def begin(self) -> bytes:
        """The mark of the beginning."""
        return self._sink.taken()

    def rows(self, block: bytes) -> bytes:
        """A row group."""
        self._writer.write_table(pa.Table.from_batches([typed(block, self._schema)]))
        return self._sink.taken()

    def end(self) -> bytes:
        """The footer."""
        self._writer.close()
        return self._sink.taken()

    def broken(self, reason: str) -> bytes:
        """Nothing: the file lacks its footer."""
        return b""


class Sink:
    """A file that is handed on while it is written."""

    closed = False

    def __init__(self) -> None:
        self._parts: list[bytes] = []
        self._written = 0

    def write(self, data: Any) -> int:
        """Keep what was written until it is taken."""
        self._parts.append(bytes(data))
        self._written += len(data)
        return len(data)

    def tell(self) -> int:
        """How much was written in all."""
        return self._written

    def flush(self) -> None:
        """There is nothing to wait for."""

    def close(self) -> None:
        """What was written can still be taken."""

    def taken(self) -> bytes:
        """What was written since it was asked last."""
        parts, self._parts = self._parts, []
        return b"".join(parts)


def schema_of(facts: ExportFacts) -> pa.Schema:
    """The columns and what each holds, with what can be said of the whole file."""
    told = {"rows": str(facts.total), "taken_at": facts.taken_at.isoformat()}
    return pa.schema(
        [_field(name, facts) for name in COLUMNS], metadata={f"crypto.{k}": v for k, v in told.items()}
    )


def typed(block: bytes, schema: pa.Schema) -> pa.RecordBatch:
    """The rows of a block, as this schema says."""
    types: Types = {field.name: field.type for field in schema}
    return pa.record_batch(columns_of(block, types).columns, schema=schema)


def _field(name: str, facts: ExportFacts) -> pa.Field:
    if name in AMOUNT_COLUMNS:
        return _amount(name, facts.digits[name])
    if name in MOMENT_COLUMNS:
        return pa.field(name, pa.timestamp("us", "UTC"), nullable=False)
    if name in TEXT_COLUMNS:
        return pa.field(name, pa.string())
    return pa.field(name, pa.int64(), nullable=False)


def _amount(name: str, digits: Digits) -> pa.Field:
    """A decimal with as many places as the longest amount has, where it holds the largest, too."""
    if digits.before + digits.after > MOST_DIGITS:
        said = f"it has amounts of {digits.before} digits before the point and of {digits.after} after it"
        reason = f"decimal as text because {said}, and a decimal128 holds {MOST_DIGITS} together"
        return pa.field(name, pa.string(), metadata={**UNIT, "exactness": reason})
    kind = pa.decimal128(MOST_DIGITS, digits.after)
    return pa.field(name, kind, metadata={**UNIT, "exactness": "every digit"})
