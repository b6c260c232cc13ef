"""The header tells the delimiter and the columns, and what is not a header is refused with what would help."""

from decimal import Decimal

import msgspec
import pytest

from crypto.adapters.csv.format.exports.binance import KLINES
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.csv.read.header import read_header
from crypto.adapters.csv.read.preamble import MAX_HEADER_BYTES
from crypto.adapters.csv.text.charset import Encoding
from crypto.adapters.csv.text.columns import find_columns, require_columns
from crypto.adapters.csv.unreadable import Unreadable


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_dialect_is_found(delimiter: str, end: str, mark: bytes) -> None:
    line = mark + delimiter.join(["id", "price", "date"]).encode() + end.encode()
    header = read_header(line + b"btc", FormatOptions())
    assert header.dialect.delimiter == delimiter
    assert header.names == ("id", "price", "date")
    assert header.size == len(line)
    assert header.text == delimiter.join(["id", "price", "date"])


def test_quoted_names_may_hold_other_delimiters() -> None:
    header = read_header(b'"id","price, in US dollars; last","price"\n', FormatOptions())
    assert header.dialect.delimiter == ","
    assert header.columns == {"coin_id": 0, "price_usd": 2}


@pytest.mark.parametrize(
    "before", ["https://www.example.org\n", "# made by me\n# https://a, b\n", "\n \n", "sep=,\n"]
)
def test_comments_blank_lines_and_the_delimiter_line_of_spreadsheets_may_come_before(before: str) -> None:
    header = read_header(before.encode() + b"id,price\nbtc,1\n", FormatOptions())
    assert header.names == ("id", "price")
    assert header.size == len(before) + len("id,price\n")
    assert (header.line, header.first_line) == (before.count("\n") + 1, before.count("\n") + 2)


def test_a_line_that_names_the_delimiter_is_believed() -> None:
    declared = FormatOptions(columns={"price_usd": "price,name"})
    assert read_header(b"sep=;\ncoin_id;price,name\na;1\n", declared).names == ("coin_id", "price,name")


def test_declared_lines_are_passed_over() -> None:
    header = read_header(b"My prices\nof 2024\nid,price\nbtc,1\n", FormatOptions(skip_lines=2))
    assert (header.names, header.line, header.first_line) == (("id", "price"), 3, 4)


def test_spaces_after_each_delimiter_belong_to_it() -> None:
    assert read_header(b'id, "price", date\n', FormatOptions()).dialect.spaces
    assert not read_header(b"id, price,date\n", FormatOptions()).dialect.spaces


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be", "latin-1", "windows-1252"])
def test_a_declared_encoding_is_read(encoding: Encoding) -> None:
    beginning = "id,price,caf\xe9\n".encode(encoding)
    header = read_header(beginning + "a,1,\n".encode(encoding), FormatOptions(encoding=encoding))
    assert (header.names, header.size) == (("id", "price", "caf\xe9"), len(beginning))


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le", "utf-16-be"])
def test_a_byte_order_mark_counts_before_what_is_declared(encoding: Encoding) -> None:
    beginning = "\ufeffid,price\n".encode(encoding)
    header = read_header(beginning + "a,1\n".encode(encoding), FormatOptions(encoding="latin-1"))
    assert (header.names, header.size, header.dialect.encoding) == (("id", "price"), len(beginning), encoding)


def test_carriage_returns_alone_end_lines() -> None:
    header = read_header(b"id,price\rbtc,1\r", FormatOptions())
    assert (header.names, header.size, header.dialect.line_end) == (("id", "price"), 9, "\r")


def test_columns_of_a_headerless_file_are_named_by_a_setting() -> None:
    header = read_header(b"1;2,5;btc\n", FormatOptions(headerless=("-", "price_usd", "coin_id")))
    assert (header.names, header.size, header.first_line) == (("", "price_usd", "coin_id"), 0, 1)
    assert (header.text, header.dialect.delimiter) == ("", ";")


@pytest.mark.parametrize(
    ("row", "columns"),
    [
        (b"1;2.5;btc;x\n", 4),
        (b"\n# made by hand\n1;2.5;btc;;;6\n", 6),
        (b"1\t2.5\tbtc\t4\n", 4),
        (b'1;"2;5";b;4\n', 4),
    ],
)
def test_a_file_with_more_columns_than_were_named_is_refused_with_both_counts(row: bytes, columns: int) -> None:
    with pytest.raises(Unreadable, match=rf"has {columns} columns, and CRYPTO_SOURCE__CSV__HEADERLESS=.* names 3"):
        read_header(row, FormatOptions(headerless=("-", "price_usd", "coin_id")))


@pytest.mark.parametrize("row", [b"1;2.5;btc;;\n", b"1;2.5;btc; ;\n"])
def test_empty_cells_after_the_last_named_column_are_nothing(row: bytes) -> None:
    assert read_header(row, FormatOptions(headerless=("-", "price_usd", "coin_id"))).first_cells[:3] == (
        "1",
        "2.5",
        "btc",
    )


def test_a_column_without_a_name_is_told_by_its_number() -> None:
    header = read_header(b",price\n2024-01-02,1\n", FormatOptions(coin_id="btc", columns={"observed_at": "#1"}))
    assert header.columns == {"observed_at": 0, "price_usd": 1}


@pytest.mark.parametrize(
    ("beginning", "problem"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("id,price\n".encode("utf-16-le"), "line 1 holds a NUL.*ENCODING=utf-16-le"),
        ("id,price\n".encode("utf-16-be"), "line 1 holds a NUL.*ENCODING=utf-16-be"),
        (b"id,price\x00\n", "NUL"),
        (b"id,pr\xefce\n", "byte 0xef.*ENCODING=windows-1252"),
        (b"id,price\rbtc,1\n", "line 1 holds a CR"),
        (b"https://www.example.org\n# nothing more\n", "no header in its 2 lines"),
        (b"coin_id;price,name\n", "may be split at.*DELIMITER=comma"),
        (b'id,"price\nbtc,1\n', "not a header"),
        (b"x" * MAX_HEADER_BYTES, "longer than"),
        (b"All my prices\nid,price\nbtc,1\n", "line 1 is not a header .*line 2 is; set .*SKIP_LINES=1"),
        (b"id,date,what,n\nbtc,2024-01-01,price,1.5\n", "COLUMNS=price_usd=<column>"),
        (
            b"btc,1.5,2024-01-01\neth,2,2024-01-01\n",
            "line 1 is not a header but a row.*HEADERLESS=<names of its 3",
        ),
        (b"id,2024-01-01,2024-01-02\nbtc,1,2\n", "line 1 names a column for each day.*LAYOUT=day_columns"),
        (
            b"1704067200000,42283.58,1704070799999\n",
            "line 1 is not a header but a row.*HEADERLESS=<names of its 3",
        ),
        (b"id,name\nbtc,1\n", "COLUMNS=price_usd=<column>"),
    ],
)
def test_what_is_not_a_header_is_refused(beginning: bytes, problem: str) -> None:
    with pytest.raises(Unreadable, match=problem):
        read_header(beginning, FormatOptions())


@pytest.mark.parametrize(
    ("declared", "problem"),
    [
        ({"headerless": ("date", "price")}, "HEADERLESS names no coin id column (it has: date, price); set"),
        ({"headerless": ("date", "worth"), "coin_id": "x"}, "HEADERLESS names no known price column"),
        ({"headerless": ("when", "price"), "coin_id": "x"}, "HEADERLESS names no known time column; set"),
        ({"headerless": ("price", "price"), "coin_id": "x"}, "HEADERLESS names two columns 'price'"),
        (
            {"headerless": ("date", "price"), "columns": {"coin_id": "Foo"}},
            "HEADERLESS names no column 'Foo' as CRYPTO_SOURCE__CSV__COLUMNS=coin_id=Foo says",
        ),
    ],
)
def test_what_a_file_without_a_header_lacks_is_not_told_of_its_first_line(
    declared: dict[str, object], problem: str
) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_header(b"2024-01-01,42283.58\n", msgspec.convert(declared, FormatOptions))
    assert str(refusal.value).startswith(f"CRYPTO_SOURCE__CSV__{problem}")


def test_what_a_known_export_without_a_header_lacks_is_its_coin() -> None:
    with pytest.raises(Unreadable) as refusal:
        read_header(KLINES.example.encode(), FormatOptions(rates={"USDT": Decimal(1)}), name=KLINES.example_file)
    assert str(refusal.value).startswith(
        f"the known export {KLINES.title} has no coin id column (it has: open_time"
    )


@pytest.mark.parametrize("columns", [{}, {"price_usd": "#2"}, {"price_usd": "#2", "observed_at": "#1"}])
def test_the_values_of_a_first_row_are_not_told_as_names_of_columns(columns: dict[str, str]) -> None:
    with pytest.raises(Unreadable) as refusal:
        read_header(b"2024-01-01,42283.58\n2024-01-02,42283.59\n", FormatOptions(columns=columns))
    assert str(refusal.value) == (
        "line 1 is not a header but a row (2024-01-01,42283.58); for a file without a header set "
        "CRYPTO_SOURCE__CSV__HEADERLESS=<names of its 2 columns, such as observed_at,price_usd,->"
    )


@pytest.mark.parametrize(
    ("column", "declared", "remedy"),
    [
        ("price_eur", {"columns": {"price_usd": "price_eur"}}, "CURRENCY=EUR and .*RATE=<US dollars for one EUR>"),
        ("Price (INR)", {"columns": {"price_usd": "Price (INR)"}}, "CURRENCY=INR"),
        ("price_usd", {"currency": "BRL"}, "CURRENCY=USD"),
        ("price", {"columns": {"volume_24h": "Volume BTC"}}, "COLUMNS=volume_24h="),
    ],
)
def test_a_column_in_other_money_by_its_name_is_not_taken(
    column: str, declared: dict[str, object], remedy: str
) -> None:
    with pytest.raises(Unreadable, match=remedy):
        read_header(f"id,{column},Volume BTC\nbtc,1,2\n".encode(), msgspec.convert(declared, FormatOptions))


@pytest.mark.parametrize(
    "name",
    ["price", "PRICE", " Price_USD", "current price", "Close", "LAST", "LastPrice", "price_value", "usd_price"],
)
def test_prices_are_known_by_many_names(name: str) -> None:
    assert find_columns(("id", name), {})["price_usd"] == 1


@pytest.mark.parametrize(
    "name", ["price_btc", "price_eur", "Price (INR)", "open", "Volume BTC", "price_change_24h"]
)
def test_prices_in_other_money_are_not_taken_for_dollars(name: str) -> None:
    assert "price_usd" not in find_columns(("id", name), {})


def test_our_own_name_wins_then_unix_before_dates_whatever_the_order() -> None:
    assert find_columns(("date", "unix", "price", "price_usd"), {}) == {"price_usd": 3, "observed_at": 1}
    assert find_columns(("unix", "observed_at"), {}) == {"observed_at": 1}
    assert find_columns(("last_update", "last_update_timestamp"), {}) == {"observed_at": 1}


def test_a_declared_column_counts_before_the_known_ones() -> None:
    assert find_columns(("id", "price", "Adj Close"), {"price_usd": "adj_close"})["price_usd"] == 2


def test_two_columns_of_one_name_are_not_chosen_between() -> None:
    with pytest.raises(Unreadable, match="two columns"):
        find_columns(("id", "price", "Price"), {})


def test_a_symbol_is_not_an_identity_unless_declared() -> None:
    names = ("symbol", "price")
    with pytest.raises(Unreadable, match=r"COIN_ID=<id>.*COLUMNS=coin_id=symbol"):
        require_columns(find_columns(names, {}), names, {}, coin_id=None)
    declared = {"coin_id": "symbol"}
    require_columns(find_columns(names, declared), names, declared, coin_id=None)
    require_columns(find_columns(names, {}), names, {}, coin_id="bitcoin")


def test_a_missing_price_and_a_missing_declared_column_name_the_setting() -> None:
    with pytest.raises(Unreadable, match="COLUMNS=price_usd=<column>"):
        require_columns({"coin_id": 0}, ("id", "x"), {}, coin_id=None)
    with pytest.raises(Unreadable, match="COLUMNS=price_usd=Close"):
        require_columns({"coin_id": 0}, ("id", "x"), {"price_usd": "Close"}, coin_id=None)


def test_what_the_rows_settle_of_candles_counts_for_the_columns() -> None:
    hours = b"unix,open,high,low,close,volume\n1706659200,1,1,1,1,7\n1706662800,1,1,1,1,7\n"
    days = hours.replace(b"1706662800", b"1706745600")
    declared = FormatOptions(coin_id="btc", volume="usd")
    assert "volume_24h" not in read_header(hours, declared).columns
    assert "volume_24h" in read_header(days, declared).columns
