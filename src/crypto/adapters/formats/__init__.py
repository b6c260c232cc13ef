"""The formats that results can be had in as files, by their names; Arrow is imported when a file is written."""

from collections.abc import Mapping

from crypto.adapters.formats.format import Format
from crypto.application.ports import FileFormat

FORMATS: Mapping[str, FileFormat] = {
    each.name: each
    for each in (
        Format(
            name="ndjson",
            media_type="application/x-ndjson",
            suffixes=(".ndjson", ".jsonl"),
            is_typed=False,
            module="lines",
            kind="NdjsonWriter",
        ),
        Format(
            name="json",
            media_type="application/json",
            suffixes=(".json",),
            is_typed=False,
            module="lines",
            kind="JsonWriter",
        ),
        Format(
            name="csv",
            media_type="text/csv",
            suffixes=(".csv",),
            is_typed=False,
            module="lines",
            kind="CsvWriter",
        ),
        Format(
            name="arrow",
            media_type="application/vnd.apache.arrow.stream",
            suffixes=(".arrows", ".arrow"),
            is_typed=True,
            module="columnar",
            kind="ArrowWriter",
        ),
        Format(
            name="parquet",
            media_type="application/vnd.apache.parquet",
            suffixes=(".parquet",),
            is_typed=True,
            module="columnar",
            kind="ParquetFileWriter",
        ),
    )
}
"""The first is what a caller gets who takes anything."""
