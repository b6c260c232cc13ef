"""What a file says is what was stored, in every format, whatever names and amounts there are."""

import asyncio
import csv
import io
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.adapters.formats import FORMATS
from crypto.adapters.memory.export import MemoryQuoteRows
from crypto.application.ports.exports import TEXT_COLUMNS
from crypto.domain.market_data import StoredQuote
from tests.support import files
from tests.support.files import rows_in, sorted_rows
from tests.support.laws import examples

NOON = datetime(2026, 10, 31, 12, tzinfo=UTC)

TEXTS = st.text(
    st.characters(codec="utf-8", exclude_characters="\x00") | st.sampled_from("=+-@'\t\r\n\",{}\\\x1f\u2028"),
    min_size=1,
    max_size=12,
)
AMOUNTS = st.none() | st.builds(
    lambda digits, places: Decimal(digits).scaleb(-places).normalize(),
    st.integers(1, 10**38 - 1) | st.integers(1, 99),
    st.integers(0, 60),
)
MOMENTS = st.datetimes(datetime(2009, 1, 3), datetime(2100, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 - bounds


def stored(**changed: object) -> StoredQuote:
    values = {
        "coin_id": "bitcoin",
        "name": "Bitcoin",
        "symbol": "btc",
        "price_usd": Decimal("110394.5"),
        "market_cap": None,
        "volume_24h": Decimal(0),
        "source": "coingecko",
        "observed_at": NOON,
        "ingested_at": NOON + timedelta(seconds=3),
        "recorded_at": NOON,
        "version": 1,
        "page_id": 812,
        "position": 0,
    }
    return StoredQuote(**values | changed)  # type: ignore[arg-type]


QUOTES = st.lists(
    st.builds(
        stored,
        coin_id=TEXTS,
        name=st.none() | TEXTS,
        symbol=st.none() | TEXTS,
        price_usd=AMOUNTS,
        market_cap=AMOUNTS,
        volume_24h=AMOUNTS,
        observed_at=MOMENTS,
        page_id=st.integers(1, 2**63 - 1),
        position=st.integers(0, 2**31 - 1),
    ),
    max_size=8,
)


def file_of(quotes: list[StoredQuote], form: str, *, block: int = 3) -> bytes:
    """The file of these quotes, written from blocks of so many rows."""
    rows = MemoryQuoteRows(quotes, taken_at=NOON)
    writer = FORMATS[form].writer(rows.facts)
    lines = asyncio.run(_lines(rows))
    blocks = [b"".join(lines[start : start + block]) for start in range(0, len(lines), block)]
    return b"".join([writer.begin(), *map(writer.rows, blocks), writer.end()])


async def _lines(rows: MemoryQuoteRows) -> list[bytes]:
    return [line async for line in rows.blocks(rows_at_once=1)]


@pytest.mark.parametrize("form", files.FORMATS)
@given(quotes=QUOTES)
@settings(max_examples=examples(300))
def test_a_file_reads_back_as_what_was_stored(quotes: list[StoredQuote], form: str) -> None:
    assert rows_in(file_of(quotes, form), form) == sorted_rows(quotes)


@pytest.mark.parametrize("form", ["ndjson", "json", "arrow", "parquet"])
def test_the_empty_text_is_not_null(form: str) -> None:
    quotes = [stored(name="", symbol=None)]
    assert rows_in(file_of(quotes, form), form) == sorted_rows(quotes)


def test_csv_has_nothing_for_null_and_two_quotes_for_the_empty_text() -> None:
    _, line = file_of([stored(name="", symbol=None)], "csv").decode().splitlines()
    assert line.startswith('bitcoin,"",,110394.5,,0,coingecko,2026-10-31T12:00:00Z,2026-10-31T12:00:03Z,812,0')


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_no_text_in_csv_begins_as_a_formula_does(begin: str) -> None:
    texts = dict.fromkeys(TEXT_COLUMNS, f"{begin}HYPERLINK(1)")
    [row] = csv.DictReader(io.StringIO(file_of([stored(**texts)], "csv").decode(), newline=""))
    assert {row[name] for name in TEXT_COLUMNS} == {f"'{begin}HYPERLINK(1)"}


def test_a_negative_number_in_csv_is_a_number() -> None:
    assert b",-5.3," in file_of([stored(price_usd=Decimal("-5.3"))], "csv")


def test_text_files_have_every_digit_and_no_exponent() -> None:
    quotes = [stored(price_usd=Decimal("1.23E-57"), market_cap=Decimal("9E+60"))]
    for form in ("ndjson", "json", "csv"):
        body = file_of(quotes, form).decode()
        assert "0." + "0" * 56 + "123," in body
        assert "9" + "0" * 60 + "," in body


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_amounts_are_decimals_of_the_smallest_scale_that_holds_them_all(form: str) -> None:
    quotes = [stored(price_usd=Decimal("123456.789")), stored(price_usd=Decimal("0.00000001"))]
    field = schema_of(file_of(quotes, form), form).field("price_usd")
    assert field.type == pa.decimal128(38, 8)
    assert field.metadata[b"unit"] == b"USD"
    assert field.metadata[b"exactness"] == b"every digit"


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_amounts_that_no_decimal_holds_are_text_and_the_schema_says_why(form: str) -> None:
    quotes = [stored(price_usd=Decimal(10) ** 30), stored(price_usd=Decimal("1E-30"), market_cap=Decimal(5))]
    schema = schema_of(file_of(quotes, form), form)
    assert schema.field("price_usd").type == pa.string()
    why = schema.field("price_usd").metadata[b"exactness"].decode()
    assert why.startswith(
        "decimal as text because it has amounts of 31 digits before the point and of 30 after it"
    )
    assert schema.field("market_cap").type == pa.decimal128(38, 0)


@pytest.mark.parametrize("form", ["arrow", "parquet"])
def test_a_file_of_columns_knows_how_many_rows_it_has_and_of_when(form: str) -> None:
    told = schema_of(file_of([stored(), stored()], form), form).metadata
    assert (told[b"crypto.rows"], told[b"crypto.taken_at"]) == (b"2", b"2026-10-31T12:00:00+00:00")


def test_a_broken_ndjson_file_says_so_in_its_last_line() -> None:
    writer = FORMATS["ndjson"].writer(MemoryQuoteRows([], taken_at=NOON).facts)
    writer.begin()
    assert json.loads(writer.broken("this file is not whole")) == {"error": "this file is not whole"}


@pytest.mark.parametrize("form", ["json", "csv", "arrow", "parquet"])
def test_a_broken_file_of_another_format_just_ends(form: str) -> None:
    writer = FORMATS[form].writer(MemoryQuoteRows([], taken_at=NOON).facts)
    writer.begin()
    assert writer.broken("this file is not whole") == b""


@pytest.mark.parametrize("form", ["json", "arrow", "parquet"])
def test_no_beginning_of_a_file_is_taken_for_a_whole_one(form: str) -> None:
    body = file_of([stored(name=f"coin {number}") for number in range(7)], form)
    for end in range(0, len(body) - 1, max(1, len(body) // 200)):
        with pytest.raises(Exception):  # noqa: B017, PT011 - each reader has errors of its own
            rows_in(body[:end], form)


def schema_of(body: bytes, form: str) -> pa.Schema:
    from pyarrow import parquet

    return pa.ipc.open_stream(body).schema if form == "arrow" else parquet.read_schema(io.BytesIO(body))
