"""A file's prices are in the money that it says, however it says it; what is left open is asked for."""

import re
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
import pytest

from crypto.adapters.csv.read.rows import parse_rows
from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.application.errors import SourceRefused
from crypto.domain.page import RawPage
from crypto.domain.rejection import Reason
from tests.support.clock import ManualClock
from tests.support.csv_files import Ingested, ingest

DAY = "2024-01-31"
EURO = {"rates": {"EUR": "1.1"}}

IN_EUROS: Mapping[str, tuple[str, str, Mapping[str, object]]] = {
    "a column of codes": ("a.csv", f"id,price,currency,date\nx,2,EUR,{DAY}\n", {}),
    "a column of codes under another name": ("a.csv", f"id,price,vs_currency,date\nx,2,eur,{DAY}\n", {}),
    "a column of quotes": ("a.csv", f"id,price,quote,date\nx,2,EUR,{DAY}\n", {}),
    "a column of signs": ("a.csv", f"id,price,convert,date\nx,2,€,{DAY}\n", {}),
    "the second of two symbols": ("a.csv", f"id,fsym,tsym,price,date\nx,BTC,EUR,2,{DAY}\n", {}),
    "a declared column": ("a.csv", f"id,price,Geld,date\nx,2,EUR,{DAY}\n", {"columns": {"currency": "Geld"}}),
    "a pair as the symbol": ("a.csv", f"id,symbol,price,date\nx,BTC/EUR,2,{DAY}\n", {}),
    "a pair as the id": ("a.csv", f"id,price,date\nBTC-EUR,2,{DAY}\n", {}),
    "a pair as the ticker": ("a.csv", f"Ticker,price,date\nBTCEUR,2,{DAY}\n", {"columns": {"coin_id": "Ticker"}}),
    "a pair of a coin that few trade": ("a.csv", f"id,symbol,price,date\nx,FOOEUR,2,{DAY}\n", {}),
    "a pair among other columns": ("a.csv", f"id,product_id,price,date\nx,BTC-EUR,2,{DAY}\n", {}),
    "a pair in a declared column": (
        "a.csv", f"id,Handel,price,date\nx,FOOEUR,2,{DAY}\n", {"columns": {"pair": "Handel"}},
    ),
    "the name of the price": ("a.csv", f"id,price_eur,date\nx,2,{DAY}\n", {}),
    "the close in brackets": ("a.csv", f"id,Close (EUR),date\nx,2,{DAY}\n", {}),
    "a word in the name": ("a.csv", f"id,price in euro,date\nx,2,{DAY}\n", {}),
    "a sign in the name": ("a.csv", f"id,Preis (€),date\nx,2,{DAY}\n", {}),
    "the money alone": ("a.csv", f"id,eur,date\nx,2,{DAY}\n", {}),
    "a declared price": ("a.csv", f"id,Kurs EUR,date\nx,2,{DAY}\n", {"columns": {"price_usd": "Kurs EUR"}}),
    "a wide table's pairs": ("a.csv", f"date,BTC-EUR\n{DAY},2\n", {"layout": "coin_columns"}),
    "a wide table's names": ("a.csv", f"date,Bitcoin (EUR)\n{DAY},2\n", {"layout": "coin_columns"}),
    "a wide table's rows": ("a.csv", f"id,{DAY},2024-02-01\nBTC-EUR,2,\n", {"layout": "day_columns"}),
    "the file's name": ("BTCEUR-1d-2024.csv", f"id,price,date\nx,2,{DAY}\n", {}),
    "the file's name in small letters": ("btc-eur-max.csv", f"id,price,date\nx,2,{DAY}\n", {}),
}  # fmt: skip
"""A price of two euros, told so."""


def read(folder: Path, name: str, text: str, declared: Mapping[str, Any]) -> Ingested:
    path = folder / name
    path.write_text(text)
    return ingest(path, declared=declared)


def columns_of(declared: Mapping[str, object]) -> dict[str, str]:
    columns = declared.get("columns", {})
    assert isinstance(columns, dict)
    return columns


def prices(run: Ingested) -> list[str]:
    return [f"{quote.price_usd:f}" for quote in run.quotes]


@pytest.mark.parametrize("way", IN_EUROS)
def test_other_money_is_not_taken_for_dollars_and_is_converted_at_its_rate(tmp_path: Path, way: str) -> None:
    name, text, declared = IN_EUROS[way]
    without = read(tmp_path, name, text, declared)
    assert without.quotes == []
    assert without.error or without.reasons == {Reason.OTHER_CURRENCY: 1}
    said = str(without.error or without.rejections[0].detail)
    assert "RATES=EUR=<US dollars for one EUR>" in said or "CURRENCY=EUR and" in said
    assert prices(read(tmp_path, name, text, {**declared, **EURO})) == ["2.2"]
    assert prices(read(tmp_path, name, text, {**declared, "rate": "1.1"})) == ["2.2"]
    assert prices(read(tmp_path, name, text, {**declared, "currency": "EUR", "rate": "1.1"})) == ["2.2"]


@pytest.mark.parametrize("way", IN_EUROS)
def test_it_is_never_converted_at_the_rate_of_a_currency_that_is_declared_for_all(
    tmp_path: Path, way: str
) -> None:
    name, text, declared = IN_EUROS[way]
    for other in ({"currency": "USD"}, {"currency": "USDT", "rate": "0.99"}):
        run = read(tmp_path, name, text, {**declared, **other})
        assert run.quotes == []
        assert run.error or run.reasons == {Reason.OTHER_CURRENCY: 1}
    assert prices(read(tmp_path, name, text, {**declared, "currency": "USDT", "rate": "0.99", **EURO})) in (
        ["2.2"],
        [],
    )


@pytest.mark.parametrize("way", IN_EUROS)
def test_dollars_told_in_the_same_ways_are_dollars(tmp_path: Path, way: str) -> None:
    name, text, declared = IN_EUROS[way]
    columns = {field: column.replace("EUR", "USD") for field, column in columns_of(declared).items()}
    for euro, dollar in (("EUR", "USD"), ("euro", "dollars"), ("eur", "usd"), ("€", "$")):
        name, text = name.replace(euro, dollar), text.replace(euro, dollar)
    declared = {**declared, "columns": columns}
    assert prices(read(tmp_path, name, text, declared)) == ["2"]
    assert read(tmp_path, name, text, {**declared, "currency": "EUR", "rate": "1.1"}).quotes == []


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            f"id,price,currency,date\nx,2,,{DAY}\n",
            "line 2: currency is empty and says no money; .*CURRENCY=<code>",
        ),
        (f"id,price,base_currency,date\nx,2,USD,{DAY}\n", "COLUMNS=currency=base_currency if it is"),
        (f"id,price,currency,date\nx,2,BTC,{DAY}\n", "COLUMNS=currency=currency if it is, .*coin_id=currency"),
        (
            f"id,price_usd,currency,date\nx,2,EUR,{DAY}\n",
            "EUR, but column 'price_usd' is in USD; .*currency=- would",
        ),
        (f"id,symbol,price,currency,date\nx,BTC/EUR,2,USD,{DAY}\n", "is in USD, but BTC/EUR is in EUR"),
        (f"id,symbol,price,date\nx,ARBUSD,2,{DAY}\n", "ARB in USD or AR in BUSD; set .*=USD, or .*=BUSD and"),
        (f"symbol,price,date\nXYZTUSD,2,{DAY}\n", "XYZT in USD or XYZ in TUSD; set .*=USD, or .*=TUSD and"),
        (f"id,market,price,date\nx,KRW-BTC,2,{DAY}\n", "KRW in BTC or BTC in KRW"),
        (f"symbol,price,date\nBTC-PERP,2,{DAY}\n", "does not say in which money it is; set .*CURRENCY=USD"),
        (f"symbol,price,date\nRENBTC,2,{DAY}\n", "RATES=BTC=.* if that is what a coin is called, .*pair=-"),
        (f"price in rupees,date\n2,{DAY}\n", "RATES=INR=.* or .*RATES=PKR="),
        (f"BTC price,date\n2,{DAY}\n", "is that what BTC costs, or what something costs in BTC"),
    ],
)
def test_what_leaves_the_money_open_is_not_a_quote_and_it_is_told_what_would_say_it(
    tmp_path: Path, text: str, said: str
) -> None:
    declared: dict[str, object] = {} if text.startswith("id") else {"coin_id": "x"}
    if text.startswith("BTC price"):
        declared["columns"] = {"price_usd": "BTC price"}
    run = read(tmp_path, "a.csv", text, declared)
    assert run.quotes == []
    assert re.search(said, str(run.error or run.rejections[0].detail))


def test_a_row_that_does_not_tell_its_money_where_others_do_is_not_taken_for_dollars(tmp_path: Path) -> None:
    text = f"id,ticker,price,date\nx,BTC-USD,2,{DAY}\ny,ETH,3,{DAY}\n"
    run = read(tmp_path, "a.csv", text, {})
    assert prices(run) == ["2"]
    assert "line 3: ticker is 'ETH' and says no money" in run.rejections[0].detail
    assert prices(read(tmp_path, "a.csv", text, {"currency": "USD"})) == ["2", "3"]


@pytest.mark.parametrize(
    ("text", "declared", "expected"),
    [
        (f"id,price,quote,date\nx,2,42.5,{DAY}\n", {}, "2"),
        (f"id,price,currency,date\nx,2,bitcoin-cash,{DAY}\n", {}, "2"),
        (f"currency,price,date\nBTC,2,{DAY}\nXRP,2,{DAY}\n", {"columns": {"coin_id": "currency"}}, "2"),
        (f"id,price,unit,date\nx,2,coins,{DAY}\nx,2,pieces,{DAY}\n", {}, "2"),
        (f"id,price,currency,date\nx,2,EUR,{DAY}\n", {"columns": {"currency": "-"}}, "2"),
        (f"id,symbol,price,date\nx,BTC,2,{DAY}\ny,MCEUR,2,{DAY}\nz,ETH,2,{DAY}\n", {}, "2"),
        (f"symbol,price,date\nFOOEUR,2,{DAY}\n", {"coin_id": "x", "columns": {"pair": "-"}}, "2"),
        (f"id,price,date\nusd-coin,2,{DAY}\n", {}, "2"),
        (f"id,symbol,price,date\nx,ARBUSD,2,{DAY}\n", {"currency": "USD"}, "2"),
        (f"id,symbol,price,date\nx,ARBUSD,2,{DAY}\n", {"currency": "BUSD", "rate": "0.5"}, "1"),
        (f"id,market,price,date\nx,KRW-BTC,2,{DAY}\n", {"currency": "KRW", "rate": "0.5"}, "1"),
        (f"id,price in rupees,date\nx,2,{DAY}\n", {"rates": {"PKR": "0.5"}}, "1"),
        (f"id,price,currency,date\nx,2,,{DAY}\n", {"currency": "EUR", "rate": "0.5"}, "1"),
        (f"id,price,currency,date\nx,2,USD,{DAY}\n", {"currency": "EUR", "rate": "1.1", "rates": {"USD": 1}}, "2"),
        (f"id,price,market_cap_usd,date\nx,2,7,{DAY}\n", {"currency": "EUR", "rate": "0.5"}, "1"),
    ],
)
def test_what_does_not_count_or_is_declared_is_read(
    tmp_path: Path, text: str, declared: Mapping[str, object], expected: str
) -> None:
    run = read(tmp_path, "a.csv", text, declared)
    assert (run.error, prices(run)[0], run.rejections) == (None, expected, [])


def test_each_row_is_converted_at_the_rate_of_its_own_money(tmp_path: Path) -> None:
    text = f"id,price,quote_currency,date\na,2,EUR,{DAY}\nb,2,USD,{DAY}\nc,2,USDT,{DAY}\nd,2,GBP,{DAY}\n"
    run = read(tmp_path, "a.csv", text, {"rates": {"EUR": "1.1", "usdt": "0.9"}})
    assert prices(run) == ["2.2", "2", "1.8"]
    assert "RATES=GBP=<US dollars for one GBP>" in run.rejections[0].detail


def test_a_rate_of_no_named_money_needs_one_that_the_file_says(tmp_path: Path) -> None:
    nothing = read(tmp_path, "a.csv", f"id,price,date\nx,2,{DAY}\n", {"rate": "1.1"})
    assert "set the currency that it is for, too" in str(nothing.error)
    two = f"id,price,currency,date\nx,2,EUR,{DAY}\ny,2,GBP,{DAY}\n"
    assert read(tmp_path, "a.csv", two, {"rate": "1.1"}).reasons == {Reason.OTHER_CURRENCY: 2}
    dollars = read(tmp_path, "a.csv", f"id,price,currency,date\nx,2,USD,{DAY}\n", {"rate": "1.1"})
    assert prices(dollars) == ["2"]


def test_two_files_do_not_share_a_rate_of_no_named_money(tmp_path: Path) -> None:
    for money in ("EUR", "GBP"):
        (tmp_path / f"BTC-{money}.csv").write_text(f"id,price,date\nx,2,{DAY}\n")
    run = ingest(tmp_path / "*.csv", declared={"rate": "1.1"})
    assert prices(run) == ["2.2"]
    assert "RATES=EUR=<US dollars for one>,GBP=<US dollars for one>" in str(run.error)
    both = ingest(tmp_path / "*.csv", declared={"rates": {"EUR": "1.1", "GBP": "1.2"}})
    assert (both.error, prices(both)) == (None, ["2.2", "2.4"])


def test_what_the_beginning_settled_is_kept_with_each_page(tmp_path: Path) -> None:
    path = tmp_path / "BTC-EUR.csv"
    path.write_text("id,price,date\n" + "".join(f"x,{day},2024-01-{day:02d}\n" for day in range(1, 9)))
    run = ingest(path, records=3, declared={"rate": "1.1"})
    assert {(page.context["currency"], page.context["rate"]) for page in run.pages} == {("EUR", "1.1")}
    assert prices(run) == [f"{Decimal('1.1') * day:f}".removesuffix(".0") for day in range(1, 9)]


def before(page: RawPage, **context: object) -> RawPage:
    """The page as the version before kept it."""
    kept = {name: value for name, value in page.context.items() if name not in {"rates", "volume"}}
    return msgspec.structs.replace(page, context={**kept, "columns": {}, "currency": "USD", **context})


def test_a_page_of_the_version_before_means_what_it_meant(tmp_path: Path) -> None:
    (page,) = read(tmp_path, "a.csv", f"id,price,quote,date\nx,2,42.5,{DAY}\n", {}).pages
    (quote,) = parse_rows(before(page)).quotes
    assert quote.price_usd == 2
    (quote,) = parse_rows(before(page, currency="EUR", rate="1.1")).quotes
    assert quote.price_usd == Decimal("2.2")
    (rejection,) = parse_rows(before(page, currency="EUR")).rejections
    assert rejection.reason is Reason.OTHER_CURRENCY


def source(path: Path, **declared: Any) -> CsvFiles:
    return CsvFiles(msgspec.convert({"paths": [str(path)], **declared}, Options), clock=ManualClock())


def test_a_stored_page_is_read_in_the_money_that_its_rows_say_once_that_is_heeded(tmp_path: Path) -> None:
    (page,) = read(tmp_path, "a.csv", f"id,price,currency,date\nx,2,EUR,{DAY}\n", {}).pages
    path = tmp_path / "a.csv"
    assert parse_rows(source(path).declared_now(before(page))).rejections[0].reason is Reason.OTHER_CURRENCY
    (quote,) = parse_rows(source(path, rates={"EUR": "1.1"}).declared_now(page)).quotes
    assert quote.price_usd == Decimal("2.2")
    (quote,) = parse_rows(source(path, rate="1.2").declared_now(page)).quotes
    assert quote.price_usd == Decimal("2.4")
    assert source(path).declared_now(page) is page


def test_stored_pages_of_two_moneys_do_not_share_a_rate_of_no_named_money(tmp_path: Path) -> None:
    texts = {money: f"id,price,currency,date\nx,2,{money},{DAY}\n" for money in ("EUR", "GBP")}
    pages = [read(tmp_path, f"{money}.csv", text, {}).pages[0] for money, text in texts.items()]
    now = source(tmp_path / "*.csv", rate="1.1")
    now.declared_now(pages[0])
    with pytest.raises(SourceRefused, match="RATES=EUR="):
        now.declared_now(pages[1])
