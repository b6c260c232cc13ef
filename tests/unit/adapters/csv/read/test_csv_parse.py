"""A chunk of a file is read from its bytes and its context alone: each record a quote or a rejection."""

from datetime import UTC, datetime
from decimal import Decimal

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.csv.read.rows import parse_rows
from crypto.domain.page import ParsedPage, RawPage
from crypto.domain.rejection import Reason
from tests.support.clock import NOON

HEADER = "coin_id,name,symbol,price_usd,market_cap,volume_24h,observed_at"
TIME = "2024-01-01T00:00:00Z"


def page(body: bytes, **context: object) -> RawPage:
    known: dict[str, object] = {"path": "a.csv", "header": HEADER, "delimiter": ",", "first_line": 2}
    return RawPage(
        source="csv",
        request={"path": "a.csv", "offset": 0},
        context={**known, **context},
        requested_at=NOON,
        received_at=NOON,
        status=None,
        headers={},
        body=body,
        cursor_after={},
        is_last=True,
    )


def parse(body: str | bytes, **context: object) -> ParsedPage:
    return parse_rows(page(body.encode() if isinstance(body, str) else body, **context))


def reason(body: str | bytes, **context: object) -> Reason:
    parsed = parse(body, **context)
    assert not parsed.quotes
    (rejection,) = parsed.rejections
    return rejection.reason


def test_a_row_becomes_a_quote() -> None:
    (quote,) = parse(f"btc-bitcoin,Bitcoin,BTC,1.50,10,,{TIME}\n").quotes
    assert (quote.coin_id, quote.name, quote.symbol, quote.source) == ("btc-bitcoin", "Bitcoin", "BTC", "csv")
    assert (quote.price_usd, quote.market_cap, quote.volume_24h) == (Decimal("1.5"), Decimal(10), None)
    assert quote.observed_at == datetime(2024, 1, 1, tzinfo=UTC)
    assert quote.ingested_at == NOON
    assert quote.position == 0


def test_an_id_is_kept_byte_for_byte() -> None:
    (quote,) = parse(f" dps-Doubloon ,Ünïcode 🪙,,1,,,{TIME}\n").quotes
    assert quote.coin_id == " dps-Doubloon "
    assert quote.name == "Ünïcode 🪙"
    assert quote.symbol is None


def test_positions_count_records_and_details_name_lines() -> None:
    parsed = parse(f"\r\n\na,,,1,,,{TIME}\n\nb,,,x,,,{TIME}\n", first_line=100)
    assert [quote.position for quote in parsed.quotes] == [0]
    (rejection,) = parsed.rejections
    assert rejection.position == 1
    assert rejection.detail.startswith("line 104: price_usd is 'x'")
    assert rejection.coin_id == "b"
    assert rejection.excerpt == f"b,,,x,,,{TIME}\n"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        ("a,b,c,1\n", Reason.TOO_FEW_CELLS),
        (f"a,,,1,,,{TIME},more\n", Reason.BAD_FIELD),
        (f'a,"b"c,,1,,,{TIME}\n', Reason.BAD_FIELD),
        (f"a,b\rc,,1,,,{TIME}\n", Reason.BAD_FIELD),
        (f"a,{'b' * 200_000},,1,,,{TIME}\n", Reason.BAD_FIELD),
        (f",,,1,,,{TIME}\n", Reason.MISSING_ID),
        (f"  ,,,1,,,{TIME}\n", Reason.MISSING_ID),
        (f"{'a' * 513},,,1,,,{TIME}\n", Reason.BAD_TEXT),
        (f"a\x00,,,1,,,{TIME}\n", Reason.BAD_TEXT),
        (b"a,caf\xe9,,1,,,2024-01-01T00:00:00Z\n", Reason.BAD_TEXT),
        (b"a,\xed\xa0\x80,,1,,,2024-01-01T00:00:00Z\n", Reason.BAD_TEXT),
        (f"a,,,-1,,,{TIME}\n", Reason.NEGATIVE),
        (f"a,,,inf,,,{TIME}\n", Reason.NOT_A_NUMBER),
        (f"a,,,\u20ac5,,,{TIME}\n", Reason.OTHER_CURRENCY),
        (f"a,,BTC/USDT,5,,,{TIME}\n", Reason.OTHER_CURRENCY),
        ("a,,,1,,,01/02/2024\n", Reason.BAD_TIME),
        (f"a,,,1e99,,,{TIME}\n", Reason.OUT_OF_RANGE),
        ("a,,,1,,,\n", Reason.MISSING_TIME),
        ("a,,,1,,,yesterday\n", Reason.BAD_TIME),
        ("a,,,1,,,2008-01-01T00:00:00Z\n", Reason.TIME_OUT_OF_RANGE),
        ("a,,,1,,,2027-01-01\n", Reason.TIME_OUT_OF_RANGE),
    ],
)
def test_a_bad_row_is_rejected_for_its_reason(body: str | bytes, expected: Reason) -> None:
    assert reason(body) is expected


@pytest.mark.parametrize(
    ("cap", "volume", "field", "expected"),
    [
        ("-1", "7", "market_cap", Reason.NEGATIVE),
        ("Infinity", "7", "market_cap", Reason.NOT_A_NUMBER),
        ("$541.43B$640", "7", "market_cap", Reason.NOT_A_NUMBER),
        ("1e99", "7", "market_cap", Reason.OUT_OF_RANGE),
        ("\u20ac5", "7", "market_cap", Reason.OTHER_CURRENCY),
        ("9", "abc", "volume_24h", Reason.NOT_A_NUMBER),
        ("9", "5%", "volume_24h", Reason.NOT_A_NUMBER),
        ("9", "-3", "volume_24h", Reason.NEGATIVE),
    ],
)
def test_a_cell_that_cannot_be_read_beside_a_sure_price_costs_that_cell(
    cap: str, volume: str, field: str, expected: Reason
) -> None:
    parsed = parse(f"a,,,1.5,{cap},{volume},{TIME}\n", first_line=7)
    known = {"market_cap": Decimal(9), "volume_24h": Decimal(7), field: None}
    (quote,), (told,) = parsed.quotes, parsed.unread
    assert (quote.price_usd, quote.market_cap, quote.volume_24h) == (
        Decimal("1.5"), known["market_cap"], known["volume_24h"],
    )  # fmt: skip
    assert (told.position, told.field, told.reason, told.coin_id) == (0, field, expected, "a")
    assert told.detail.startswith("line 7: ")
    assert (parsed.received, parsed.rejections) == (1, ())


@pytest.mark.parametrize("cells", ["1,abc,yesterday", "x,-1,2024-01-01", "\u20ac1,abc,2024-01-01"])
def test_a_row_whose_price_or_time_is_not_sure_is_told_as_a_row_only(cells: str) -> None:
    price, volume, time = cells.split(",")
    parsed = parse(f"a,,,{price},,{volume},{time}\n")
    assert (parsed.quotes, parsed.unread, len(parsed.rejections)) == ((), (), 1)


def test_empty_cells_after_the_last_column_are_nothing() -> None:
    assert len(parse(f"a,,,1,,,{TIME},,\n").quotes) == 1
    trailing = parse("a,1\nb,1,\n", header="id,price,", observed_at="2024-01-01T00:00:00Z")
    assert len(trailing.quotes) == 2


def test_a_rejected_row_that_holds_a_nul_can_be_stored() -> None:
    (rejection,) = parse(f"a\x00b,,,1,,,{TIME}\n").rejections
    assert "\x00" not in rejection.excerpt
    assert rejection.coin_id is None


def test_semicolons_and_tabs_delimit_too() -> None:
    (quote,) = parse("a;1,234.5\n", header="id;price", delimiter=";", observed_at=TIME).quotes
    assert quote.price_usd == Decimal("1234.5")
    assert reason("a\t1,234\n", header="id\tprice", delimiter="\t", observed_at=TIME) is Reason.NOT_A_NUMBER


def test_a_page_of_before_the_sign_before_decimals_was_looked_for_means_what_it_meant() -> None:
    old = {"header": "id;price", "delimiter": ";", "observed_at": TIME}
    (quote,) = parse("a;1.234\n", **old).quotes
    assert quote.price_usd == Decimal("1.234")
    (quote,) = parse('a,"1,234"\n', header="id,price", observed_at=TIME).quotes
    assert quote.price_usd == 1234
    assert reason('a,"0,512"\n', header="id,price", observed_at=TIME) is Reason.NOT_A_NUMBER


def test_what_nothing_settles_is_not_believed() -> None:
    context = {"header": "id,price", "observed_at": TIME, "decimal_asked": True}
    (quote,) = parse("a,1.5\n", **context).quotes
    assert quote.price_usd == Decimal("1.5")
    for cell in ("1.234", '"1,234"', '"1,5"', '"0,512"'):
        assert reason(f"a,{cell}\n", **context) is Reason.NOT_A_NUMBER


def test_a_file_of_one_coin_does_not_name_a_second_one() -> None:
    context = {"header": "symbol,price,date", "coin_id": "bitcoin"}
    parsed = parse("BTC,1,2024-01-01\nETH,2,2024-01-01\nBTC,3,2024-01-02\n", **context)
    assert [f"{quote.coin_id} {quote.price_usd}" for quote in parsed.quotes] == ["bitcoin 1", "bitcoin 3"]
    assert [rejection.reason for rejection in parsed.rejections] == [Reason.BAD_FIELD]


def test_a_page_whose_context_cannot_be_understood_is_one_rejection() -> None:
    assert reason(b"a,1\n", delimiter="xx") is Reason.NOT_A_RECORD
    assert reason(b"a,1\n", header="no,such") is Reason.NOT_A_RECORD
    assert reason(b"a,1\n", timezone="Mars/Olympus") is Reason.NOT_A_RECORD


@given(st.binary(max_size=300))
def test_parse_never_raises_on_any_bytes(body: bytes) -> None:
    _check(parse(body))


some_text = st.text(max_size=20)
row_text = st.text(alphabet='ab1-:TZ.,"\n\r\x00é ', max_size=80)


@given(
    row_text,
    st.fixed_dictionaries(
        {},
        optional={
            "header": some_text | st.sampled_from(["id,price,date", "id,metric,value"]),
            "delimiter": st.sampled_from([",", ";", "\t", "|", "xx", ""]),
            "encoding": st.sampled_from(["utf-8", "utf-16-le", "utf-16-be", "latin-1", "windows-1252", "klingon"]),
            "line_end": st.sampled_from(["\n", "\r", "x"]),
            "layout": st.sampled_from(["rows", "day_columns", "coin_columns", "metric_rows"]),
            "headerless": st.lists(some_text | st.sampled_from(["coin_id", "price_usd", "date"]), max_size=4),
            "decimal": st.sampled_from(["comma", "point"]),
            "candle": st.sampled_from(["1d", "0", "5m", "never"]),
            "date_order": st.sampled_from(["dmy", "mdy", "ymd"]),
            "currency": st.sampled_from(["EUR", "USD", "?"]),
            "rate": st.none() | st.decimals().map(str),
            "spaces": st.booleans(),
            "first_line": st.integers() | some_text,
            "columns": st.dictionaries(st.sampled_from(["price_usd", "coin_id", "x"]), some_text) | st.none(),
            "coin_id": st.none() | st.text(st.characters(), max_size=5),
            "timezone": some_text | st.just("Europe/Berlin"),
            "date_format": st.none() | some_text | st.just("%d"),
            "observed_at": st.none() | some_text | st.datetimes().map(str) | st.integers(),
        },
    ),
)
def test_parse_never_raises_on_any_context(body: str, context: dict[str, object]) -> None:
    _check(parse(body.encode("utf-8", "surrogatepass"), **context))


@given(st.dictionaries(some_text, some_text | st.integers() | st.none() | st.lists(some_text)))
def test_parse_never_raises_on_foreign_contexts(context: dict[str, object]) -> None:
    _check(parse_rows(msgspec.structs.replace(page(b"a,1\n"), context=context)))


def _check(parsed: ParsedPage) -> None:
    """Every record is there once or says nothing, and what is said of the rejected can be stored."""
    positions = [quote.position for quote in parsed.quotes] + [each.position for each in parsed.rejections]
    assert len(set(positions)) == len(positions) == parsed.received - parsed.skipped
    assert all(position >= 0 for position in positions)
    for rejection in parsed.rejections:
        stored = f"{rejection.detail}{rejection.excerpt}{rejection.coin_id}"
        assert "\x00" not in stored
        assert stored.encode("utf-8")


@given(st.integers(min_value=1, max_value=10**40), st.integers(min_value=-30, max_value=-10))
def test_prices_keep_every_digit(digits: int, exponent: int) -> None:
    price = Decimal(f"{digits}e{exponent}")
    (quote,) = parse(f"a,,,{price:f},{price:e},,{TIME}\n").quotes
    assert quote.price_usd == price
    assert quote.market_cap == price
