"""Rows of text as columns of Arrow: as they stand, or typed."""

from collections.abc import Mapping
from typing import Any, TypeAlias

import pyarrow as pa
from pyarrow import csv

from crypto.application.ports.exports import COLUMNS

Types: TypeAlias = Mapping[str, pa.DataType]

AS_TEXT: Types = dict.fromkeys(COLUMNS, pa.string())


def columns_of(block: bytes, types: Types) -> pa.RecordBatch:
    """The rows in a block of `QuoteRows`, with each column of its type.

    :raises pyarrow.ArrowInvalid: for a value that its type does not take.
    """
    table = csv.read_csv(
        pa.BufferReader(block),
        read_options=csv.ReadOptions(column_names=list(COLUMNS), use_threads=False, block_size=len(block) + 1),
        parse_options=csv.ParseOptions(newlines_in_values=True),
        convert_options=csv.ConvertOptions(
            column_types=dict(types),
            null_values=[""],
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
        ),
    )
    columns: list[Any] = [_whole(column) for column in table.columns]
    return pa.record_batch(columns, schema=table.schema)


def _whole(column: pa.ChunkedArray) -> pa.Array:
    """The column in one piece."""
    return column.chunk(0) if column.num_chunks == 1 else pa.concat_arrays(column.chunks)
