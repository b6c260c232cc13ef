"""What each source gets of its own: a part of the raw pages, and a view of them with one row a record."""

from collections.abc import Sequence
from typing import Any, LiteralString

import psycopg
from psycopg import sql

# Built apart and then attached, so that readers of raw_pages do not wait.
PARTITION: LiteralString = """
    CREATE TABLE {raw} (LIKE raw_pages INCLUDING ALL) PARTITION BY RANGE (received_at)
"""
ATTACH: LiteralString = "ALTER TABLE raw_pages ATTACH PARTITION {raw} FOR VALUES IN ({source})"

# `record` is an element of a JSON body, `line` a line of any other, in ASCII: \ooo for other bytes, so that
# no body breaks the view.
RECORDS: LiteralString = """
    CREATE VIEW {records} AS
    SELECT page_id, received_at, run_id, sweep_id, page_seq, (part.number - 1)::integer AS position, record, line
      FROM {raw},
           LATERAL (
               SELECT number, record, NULL::text AS line
                 FROM json_array_elements(CASE json_typeof(body_json) WHEN 'array' THEN body_json END)
                      WITH ORDINALITY AS element (record, number)
                UNION ALL
               SELECT 1, body_json, NULL
                WHERE json_typeof(body_json) <> 'array'
                UNION ALL
               SELECT number, NULL, rtrim(line, E'\\r')
                 FROM string_to_table(rtrim(encode(body_bytes, 'escape'), E'\\r\\n'), E'\\n')
                      WITH ORDINALITY AS text (line, number)
           ) AS part
"""
LACKING = """
    SELECT source
      FROM unnest(%s::text[]) AS source
     WHERE to_regclass(quote_ident('raw_' || source || '_records')) IS NULL
"""


def make_lacking(connection: psycopg.Connection[Any], sources: Sequence[str]) -> None:
    """Make what these sources lack, in the caller's transaction.

    :raises psycopg.Error: when the database refuses.
    """
    for (source,) in connection.execute(LACKING, [list(sources)]).fetchall():
        for statement in (PARTITION, ATTACH, RECORDS):
            connection.execute(_for_source(statement, source))


def _for_source(statement: LiteralString, source: str) -> sql.Composed:
    return sql.SQL(statement).format(
        raw=sql.Identifier(f"raw_{source}"),
        records=sql.Identifier(f"raw_{source}_records"),
        source=sql.Literal(source),
    )
