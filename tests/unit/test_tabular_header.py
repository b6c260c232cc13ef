"""The header tells the delimiter and the columns, and what is no header is refused with what would help."""

import pytest

from crypto.adapters.tabular.columns import find_columns, require_columns
from crypto.adapters.tabular.header import read_header
from crypto.adapters.tabular.unreadable import Unreadable


@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_the_dialect_is_found(delimiter: str, end: str, mark: bytes) -> None:
    line = mark + delimiter.join(["id", "price", "date"]).encode() + end.encode()
    header = read_header(line + b"btc", {})
    assert header.delimiter == delimiter
    assert header.names == ("id", "price", "date")
    assert header.size == len(line)
    assert header.text == delimiter.join(["id", "price", "date"])


def test_quoted_names_may_hold_other_delimiters() -> None:
    header = read_header(b'"id","price, in US dollars; last","price"\n', {})
    assert header.delimiter == ","
    assert header.columns == {"coin_id": 0, "price_usd": 2}


@pytest.mark.parametrize(
    ("beginning", "problem"),
    [
        (b"", "empty"),
        (b"\n \n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        ("id,price\n".encode("utf-16"), "UTF-16"),
        ("id,price\n".encode("utf-16-le"), "NUL"),
        (b"id,price\x00\n", "NUL"),
        (b"id,pr\xefce\n", "byte 0xef"),
        (b"id,price\rbtc,1\r", "CR alone"),
        (b"\nid,price\n", "blank"),
        (b"https://www.example.org\nid,price\n", "comment"),
        (b"# made by me\nid,price\n", "comment"),
        (b"coin_id;price,name\n", "may be split at"),
        (b'id,"price\nbtc,1\n', "no header"),
        (b"x" * 65_536, "longer than"),
    ],
)
def test_what_is_no_header_is_refused(beginning: bytes, problem: str) -> None:
    with pytest.raises(Unreadable, match=problem):
        read_header(beginning, {})


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


def test_a_symbol_is_no_identity_unless_declared() -> None:
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
