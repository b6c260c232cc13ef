"""The view of a source's raw pages, one row a record, for looking at them from SQL."""

from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from crypto.adapters.postgres.connection.url import conninfo

MONTH = """
    CREATE TABLE raw_csv_2026_11 PARTITION OF raw_csv FOR VALUES FROM ('2026-11-01Z') TO ('2026-12-01Z')
"""
PAGE = """
    INSERT INTO raw_pages (
        source, received_at, page_id, run_id, sweep_id, page_seq, request, context, requested_at, headers,
        coin_ids, body_json, body_bytes, sha256, parser_version, version, cursor_after, is_last
    )
    VALUES (
        'csv', '2026-11-02Z', 1, 1, 1, 0, '{}', '{}', '2026-11-02Z', '{}', '{}',
        %s::json, %s::bytea, '', 1, 1, '{}', true
    )
"""
RECORDS = "SELECT position, record::text, line FROM raw_csv_records ORDER BY position"


@pytest.fixture
def connection(database_url: str) -> Iterator[psycopg.Connection[tuple[Any, ...]]]:
    with psycopg.connect(conninfo(database_url)) as connection:
        connection.execute(MONTH)
        yield connection


@pytest.mark.parametrize(
    ("body", "records"),
    [
        ('[{"id": "a", "p": 1.50}, {"id": "b\\u0000"}]', ['{"id": "a", "p": 1.50}', '{"id": "b\\u0000"}']),
        ('{"error": "slow down"}', ['{"error": "slow down"}']),
        ("null", ["null"]),
        ("[]", []),
    ],
)
def test_a_json_body_is_shown_by_element(
    connection: psycopg.Connection[tuple[Any, ...]], body: str, records: list[str]
) -> None:
    connection.execute(PAGE, [body, None])

    assert connection.execute(RECORDS).fetchall() == [(at, record, None) for at, record in enumerate(records)]


@pytest.mark.parametrize(
    ("body", "lines"),
    [
        (b"btc,1\r\neth,2\r\n", ["btc,1", "eth,2"]),
        (b"btc,1\n\neth,2", ["btc,1", "", "eth,2"]),
        (b"\x00\xff\\\ncaf\xc3\xa9", [r"\000\377\\", r"caf\303\251"]),
    ],
)
def test_any_other_body_is_shown_by_line(
    connection: psycopg.Connection[tuple[Any, ...]], body: bytes, lines: list[str]
) -> None:
    connection.execute(PAGE, [None, body])

    assert connection.execute(RECORDS).fetchall() == [(at, None, line) for at, line in enumerate(lines)]
