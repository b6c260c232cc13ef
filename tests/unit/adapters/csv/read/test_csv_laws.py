"""Laws of reading a file, whatever is in it: character sets, line ends and pages change nothing that it says."""

import tempfile
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from crypto.domain.amount import MAX_DIGITS
from crypto.domain.quote import Key
from tests.support.csv_files import Ingested, ingest
from tests.support.laws import examples

ENCODINGS = {"utf-8": "", "utf-8-sig": "", "utf-16": "", "utf-16-le": "utf-16-le", "utf-16-be": "utf-16-be"}
"""Python's name of each, and how it must be declared."""

name = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=5).map(
    lambda text: text.replace('"', '""')
)
price = st.decimals(
    min_value=Decimal("1e-18"), max_value=Decimal("1e15"), allow_nan=False, allow_infinity=False
).filter(lambda value: len(value.as_tuple().digits) <= MAX_DIGITS)
rows = st.lists(st.tuples(name, price, st.integers(1, 28)), min_size=1, max_size=6)


def table(body: list[tuple[str, Decimal, int]], delimiter: str, line_end: str) -> str:
    lines = [delimiter.join(("id", "name", "price", "date"))]
    lines += [
        delimiter.join((f"coin-{place}", f'"{text}"', f"{amount:f}", f"{day}/1/2024"))
        for place, (text, amount, day) in enumerate(body)
    ]
    return line_end.join([*lines, ""])


def said(run: Ingested) -> list[object]:
    quotes = [(quote.key, quote.said) for quote in run.quotes]
    return [
        str(run.error).partition(": ")[2] if run.error else "",
        *quotes,
        *(each.detail for each in run.rejections),
    ]


def read(content: bytes, declared: Mapping[str, object], **limits: int) -> Ingested:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        path.write_bytes(content)
        return ingest(path, declared=declared, **limits)  # type: ignore[arg-type]


@settings(max_examples=examples(25), deadline=None)
@given(
    rows,
    st.sampled_from(sorted(ENCODINGS)),
    st.sampled_from([",", ";", "\t", "|"]),
    st.sampled_from(["\n", "\r\n", "\r"]),
)
def test_any_charset_delimiter_and_line_end_give_the_same_quotes(
    body: list[tuple[str, Decimal, int]], encoding: str, delimiter: str, line_end: str
) -> None:
    declared = {"date_order": "dmy", "delimiter": delimiter, "decimal": "point"}
    plain = read(table(body, delimiter, "\n").encode(), declared)
    other = {**declared, **({"encoding": ENCODINGS[encoding]} if ENCODINGS[encoding] else {})}
    assert said(read(table(body, delimiter, line_end).encode(encoding), other)) == said(plain)
    assert [quote.price_usd for quote in plain.quotes] == [amount for _, amount, _ in body]


@settings(max_examples=examples(25), deadline=None)
@given(rows, st.sampled_from(sorted(ENCODINGS)), st.sampled_from(["\n", "\r"]), st.integers(1, 3))
def test_pages_change_nothing(
    body: list[tuple[str, Decimal, int]], encoding: str, line_end: str, records: int
) -> None:
    content = table(body, ",", line_end).encode(encoding)
    declared = {"encoding": ENCODINGS[encoding]} if ENCODINGS[encoding] else {}
    whole, paged = read(content, declared), read(content, declared, records=records)
    assert said(paged) == said(whole)
    assert paged.body == whole.body
    assert len(paged.pages) == -(-len(whole.pages and body) // records)


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(st.lists(st.none() | price, min_size=3, max_size=3), min_size=1, max_size=5),
    st.sampled_from(["coin_columns", "day_columns"]),
    st.integers(1, 9),
)
def test_every_cell_of_a_wide_table_is_a_quote_however_it_is_cut(
    cells: list[list[Decimal | None]], layout: str, records: int
) -> None:
    days = [f"2024-01-{place + 1:02d}" for place in range(5)]
    coins = [f"coin-{place}" for place in range(5)]
    keys, columns = (days, coins) if layout == "coin_columns" else (coins, days)
    lines = [",".join([{"coin_columns": "date", "day_columns": "id"}[layout], *columns[:3]])]
    lines += [
        ",".join([key, *("" if cell is None else f"{cell:f}" for cell in row)])
        for key, row in zip(keys, cells, strict=False)
    ]
    content = "\n".join(lines).encode()
    declared = {"layout": layout, "decimal": "point"}
    whole, paged = read(content, declared), read(content, declared, records=records)
    assert said(paged) == said(whole)
    assert max(len(page.body.splitlines()) for page in paged.pages) <= max(1, records // 3)
    assert [quote.price_usd for quote in whole.quotes] == [
        cell for row in cells for cell in row if cell is not None
    ]


@settings(max_examples=examples(25), deadline=None)
@given(st.lists(st.integers(0, 6), min_size=1, max_size=6, unique=True), st.lists(st.integers(1, 6), max_size=3))
def test_a_file_that_grows_ends_as_if_it_had_been_read_at_once(hours: list[int], sizes: list[int]) -> None:
    """Though what its first rows settle, here the length of its candles, may change as it grows."""
    lines = [f"{1_700_000_000 + 3600 * hour},1,1,1,{place + 1}\n" for place, hour in enumerate(hours)]
    declared, cursor, seen = {"coin_id": "btc"}, dict[str, object](), set[Key]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "a.csv"
        for size in [*sizes, len(lines)]:
            path.write_text("unix,open,high,low,close\n" + "".join(lines[:size]))
            run, whole = ingest(path, cursor=cursor, declared=declared), ingest(path, declared=declared)
            cursor = dict(run.cursor)
            seen |= {quote.key for quote in run.quotes}
            assert str(run.error) == str(whole.error)
            assert {quote.key for quote in whole.quotes} <= seen


@settings(max_examples=examples(25), deadline=None)
@given(
    st.lists(st.tuples(price, st.none() | price, st.none() | price), min_size=1, max_size=5),
    st.permutations(["price", "market_cap", "volume_24h"]),
    st.integers(1, 9),
)
def test_a_row_a_metric_says_the_same_as_a_row_a_quote(
    body: list[tuple[Decimal, Decimal | None, Decimal | None]], order: list[str], records: int
) -> None:
    named = [dict(zip(("price", "market_cap", "volume_24h"), row, strict=True)) for row in body]
    wide = ["id,date,price,market_cap,volume_24h"]
    wide += [",".join([f"coin-{place}", "2024-01-31", *map(_cell, row)]) for place, row in enumerate(body)]
    long = ["id,date,metric,value"]
    long += [
        f"coin-{place},2024-01-31,{metric},{_cell(row[metric])}"
        for place, row in enumerate(named)
        for metric in order
    ]
    one_a_row = read("\n".join(wide).encode(), {})
    one_a_metric = read("\n".join(long).encode(), {"layout": "metric_rows"}, records=records)
    assert [(quote.key, quote.said) for quote in one_a_metric.quotes] == [
        (quote.key, quote.said) for quote in one_a_row.quotes
    ]
    assert not one_a_metric.rejections
    assert not one_a_metric.error


def _cell(value: Decimal | None) -> str:
    return "" if value is None else f"{value:f}"
