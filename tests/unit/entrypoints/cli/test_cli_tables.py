"""Tables read well on a narrow screen: nothing is wider than it is, and no digit is ever lost."""

import re
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from io import BytesIO, TextIOWrapper

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from crypto.application.formatting import ago
from crypto.entrypoints.cli.screen.display import folded, pinched, reader_width, shortened
from crypto.entrypoints.cli.screen.grid import Column, Grid
from crypto.entrypoints.cli.screen.show import grouped, show_lines, show_table, show_wide
from crypto.entrypoints.cli.screen.table import fitting_lines, table_lines, wide_lines
from tests.support.clock import NOON

COINS = (
    Column(name="coin_id", gives="middle", least=12),
    Column(name="name", gives="end", rank=2),
    Column(name="price_usd", is_number=True),
    Column(name="market_cap", is_number=True, rank=1),
    Column(name="source"),
)
FINGERPRINT = re.compile(r"[^\d]")


def digits(text: str) -> str:
    return FINGERPRINT.sub("", text)


def coins(*rows: tuple[str, ...]) -> Grid:
    return Grid(columns=COINS, rows=rows)


def lines(grid: Grid, width: int = 80) -> list[str]:
    return list(table_lines(grid, width))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Decimal("1234567.89"), "1,234,567.89"),
        (Decimal("3.84E-18"), "0.00000000000000000384"),
        (Decimal("2.201E+12"), "2,201,000,000,000"),
        (Decimal("12345678901234.56"), "12,345,678,901,234.56"),
        (
            Decimal("123456789012345678901234567890.123456789012345678"),
            "123,456,789,012,345,678,901,234,567,890.123456789012345678",
        ),
        (1000, "1,000"),
        (1234.5, "1,234.50"),
        (True, "yes"),
        (None, "-"),
        ("1234567", "1234567"),
        (datetime(2026, 11, 2, 12, tzinfo=UTC), "2026-11-02 12:00:00"),
    ],
)
def test_a_person_reads_every_digit_in_groups_of_three(value: object, shown: str) -> None:
    assert grouped(value) == shown


@pytest.mark.parametrize(
    ("age", "told"),
    [
        (timedelta(seconds=5), "5 s ago"),
        (timedelta(minutes=3), "3 min ago"),
        (timedelta(days=2, hours=23), "2 days ago"),
        (timedelta(days=2400), "6 years ago"),
        (timedelta(minutes=-3), "in 3 min"),
    ],
)
def test_ages_are_told_in_words(age: timedelta, told: str) -> None:
    assert ago(NOON - age, NOON) == told


def test_what_fits_is_a_table_with_numbers_to_the_right() -> None:
    grid = coins(("bitcoin", "Bitcoin", "110,233", "2,200", "csv"), ("龙币", "龙", "0.5", "-", "csv"))
    assert lines(grid) == [
        " coin_id  name     price_usd  market_cap  source",
        " ───────────────────────────────────────────────",
        " bitcoin  Bitcoin    110,233       2,200  csv",
        " 龙币     龙             0.5           -  csv",
    ]


def test_a_column_that_may_be_left_out_goes_before_an_id_is_shortened() -> None:
    shown = lines(coins(("an-identifier-of-24-signs", "A coin", "1.5", "9" * 50, "coinpaprika")))
    assert [line.split() for line in shown] == [
        ["coin_id", "name", "price_usd", "source"],
        ["─" * 57],
        ["an-identifier-of-24-signs", "A", "coin", "1.5", "coinpaprika"],
    ]


def test_a_table_without_rows_is_no_wider_either() -> None:
    columns = (Column(name="observed_at"), *(Column(name=f"column_{n}", rank=n) for n in range(1, 20)))
    heading, _ = lines(Grid(columns=columns, rows=()), 60)
    assert heading == " observed_at  column_1  column_2  column_3  column_4"


def test_a_row_whose_number_has_no_room_becomes_a_block_among_the_others() -> None:
    price = "0." + "123456789" * 6
    many = [(f"coin-{n}", "-", "1.5", "2", "csv") for n in range(6)]
    shown = lines(coins(*many[:3], ("tiny", "Tiny", price, "2", "csv"), *many[3:]))
    assert shown[0] == " coin_id  name  price_usd  market_cap  source"
    assert shown[4:8] == [
        " coin-2   -           1.5           2  csv",
        " coin_id: tiny  name: Tiny",
        f"   price_usd: {price}",
        "   market_cap: 2  source: csv",
    ]


def test_where_most_rows_have_no_room_all_are_blocks() -> None:
    shown = lines(coins(*[("tiny", "-", "0." + "1" * 70, "-", "csv")] * 2, ("bitcoin", "-", "1", "-", "csv")))
    assert [line.split()[0] for line in shown] == ["coin_id:", "price_usd:", "source:"] * 2 + ["coin_id:"]


def test_two_ids_that_would_look_alike_are_shown_in_full() -> None:
    first, second = ("a-very-long-beginning-" + each + "-and-a-long-end-of-it-as-well" for each in "xy")
    rows = [(each, "-", "12,345,678,901,234.56", "-", "coinpaprika") for each in (first, second)]
    rows += [(f"coin-{n}", "-", "12,345,678,901,234.56", "-", "coinpaprika") for n in range(3)]
    shown = "\n".join(lines(coins(*rows), 60))
    assert first in shown
    assert second in shown


def test_a_column_that_says_nothing_is_left_out_and_one_that_says_something_is_not() -> None:
    columns = (Column(name="source"), Column(name="skipped", is_number=True, unless=("0", "-")))
    nothing = Grid(columns=columns, rows=(("a", "0"), ("b", "-")))
    something = Grid(columns=columns, rows=(("a", "0"), ("b", "120")))
    assert lines(nothing)[0] == " source"
    assert lines(something)[0] == " source  skipped"


def test_a_note_stands_beside_its_row_where_it_fits_and_else_below_in_full() -> None:
    note = "asked example.org for /tickers once; the last time: HTTP 500 after 12,345,678 bytes, and so on"
    grid = Grid(columns=(Column(name="source"),), rows=(("a",), ("b",)), note_name="error", notes=(note, ""))
    assert lines(grid, 60) == [
        " source  error",
        " ───────────────────────────────────────────────────────────",
        " a       asked example.org for /tickers once; the last time:",
        "         HTTP 500 after 12,345,678 bytes, and so on",
        " b",
    ]
    wide = Grid(columns=(Column(name="x" * 50),), rows=(("a",), ("b",)), note_name="error", notes=(note, note))
    assert lines(wide, 60)[2:] == [
        " a",
        "   asked example.org for /tickers once; the last time: HTTP",
        "   500 after 12,345,678 bytes, and so on",
        " b",
        "   the same as above",
    ]


def test_a_wide_table_has_everything_on_one_line_a_row(capsys: pytest.CaptureFixture[str]) -> None:
    price, error = Decimal("123456789.123456789123456789"), "no answer " * 40
    show_wide(("source", "price_usd"), [{"source": "csv", "price_usd": price, "error": error}], noted="error")
    assert capsys.readouterr().out.splitlines()[2] == f" csv     {price}  {error}".rstrip()


def test_where_a_wide_table_does_not_fit_each_value_has_a_line() -> None:
    grid = Grid(
        columns=COINS[:3],
        rows=(("bitcoin", "Bitcoin", "110233.123456789123456789123456789"), ("龙币", "-", "0.5")),
        note_name="error",
        notes=("asked example.org for /tickers once; the last time: HTTP 500", ""),
    )
    assert list(fitting_lines(grid, 200)) == list(wide_lines(grid))
    assert list(fitting_lines(grid, 48)) == [
        " coin_id    bitcoin",
        " name       Bitcoin",
        " price_usd  110233.123456789123456789123456789",
        " error      asked example.org for /tickers once;",
        "            the last time: HTTP 500",
        "",
        " coin_id    龙币",
        " name       -",
        " price_usd  0.5",
    ]


def test_a_table_in_a_pipe_is_for_eighty_columns_or_as_many_as_are_set(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = {"coin_id": "x" * 300, "price_usd": Decimal(1)}
    columns = (Column(name="coin_id", gives="middle"), Column(name="price_usd"))
    monkeypatch.delenv("COLUMNS", raising=False)
    show_table(columns, [row])
    monkeypatch.setenv("COLUMNS", "120")
    show_table(columns, [row])
    assert {len(line) for line in capsys.readouterr().out.splitlines()} == {80, 120}


def test_sentences_in_a_pipe_are_not_folded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("COLUMNS", raising=False)
    assert reader_width() is None
    monkeypatch.setenv("COLUMNS", "60")
    assert reader_width() == 60


def test_what_stdout_cannot_write_is_shown_and_ends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    raw = BytesIO()
    monkeypatch.setattr(sys, "stdout", TextIOWrapper(raw, encoding="ascii"))
    show_lines(["─── 龙币 …"])
    sys.stdout.flush()
    assert raw.getvalue() == b"--- \\u9f99\\u5e01 ~\n"


@given(st.text(min_size=1), st.integers(4, 40))
def test_a_shortened_text_fits_and_says_so(text: str, width: int) -> None:
    for made in (shortened(text, width), pinched(text, width)):
        assert cell_len(made) <= width
        assert made == text or "…" in made


@given(
    st.lists(st.text("ab1,.é龙🚀", min_size=1, max_size=90), max_size=20), st.integers(20, 100), st.integers(0, 8)
)
def test_folding_keeps_every_character_and_no_number_is_broken(words: list[str], width: int, hang: int) -> None:
    made = folded(" ".join(words), width, hang=hang)
    assert "".join("".join(made).split()) == "".join(words)
    for line in made:
        assert cell_len(line) <= width or re.fullmatch(r"[\d,.]+", line.strip())


amounts = st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**24).map(grouped) | st.just(
    "-"
)
ids = st.text("abc-0123龙🚀é", min_size=1, max_size=60)
records = st.tuples(ids, ids, amounts, amounts, st.sampled_from(("csv", "coinpaprika", "a_source_of_my_own")))


@given(st.lists(records, min_size=1, max_size=30), st.integers(60, 200))
def test_at_any_width_every_digit_is_there_and_no_line_is_wider(
    rows: list[tuple[str, str, str, str, str]], width: int
) -> None:
    shown = lines(coins(*rows), width)
    longest = max(cell_len(text) for row in rows for text in row)
    text = "\n".join(shown)
    with_cap = "market_cap" in text
    place = 0
    for _, _, price, cap, _ in rows:
        for number in (price, cap) if with_cap else (price,):
            place = text.index(number, place) + len(number)
    for line in shown:
        assert cell_len(line) <= width or cell_len(line) <= longest + len("   market_cap: ")


@given(st.lists(records, min_size=1, max_size=10))
def test_a_wide_table_has_every_text_of_every_row(rows: list[tuple[str, str, str, str, str]]) -> None:
    shown = list(wide_lines(coins(*rows)))[2:]
    for row, line in zip(rows, shown, strict=True):
        place = 0
        for text in row:
            place = line.index(text, place) + len(text)


@given(st.lists(records, min_size=1, max_size=10), st.integers(40, 300))
def test_what_shows_every_column_fits_a_terminal_and_breaks_no_word(
    rows: list[tuple[str, str, str, str, str]], width: int
) -> None:
    shown = list(fitting_lines(coins(*rows), width))
    words = " ".join(shown).split()
    assert {word for row in rows for text in row for word in text.split()} <= set(words)
    assert [line for line in shown if cell_len(line) > width and len(line.split()) > 2] == []
