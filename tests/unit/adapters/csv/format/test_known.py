"""A known export is read as if its owner had declared what is known of it; what is declared counts before that."""

from pathlib import Path

import pytest

from crypto.adapters.csv.format.pairs import quoted_in
from crypto.adapters.csv.format.registry import FORMATS
from crypto.adapters.csv.layout.format_options import FormatOptions
from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.application.errors import SourceRefused
from crypto.domain.page import RawPage
from tests.support.clock import ManualClock
from tests.support.csv_files import ingest

DAYS = FORMATS["binance_klines"].example
DOLLARS = {"coin_id": "aaa", "currency": "USDT", "rate": "1"}


def file(folder: Path, text: str = DAYS, name: str = "AAAUSDT-1d-2025-01.csv") -> Path:
    path = folder / name
    path.write_text(text)
    return path


def test_all_that_it_cannot_say_is_asked_for_at_once(tmp_path: Path) -> None:
    asked = str(ingest(file(tmp_path)).error)
    assert "2 things are open" in asked
    assert "COIN_ID=<id>" in asked
    assert "RATES=USDT=<US dollars for one USDT>" in asked


def test_without_a_pair_in_its_name_the_money_is_asked_for_and_not_taken_for_dollars(tmp_path: Path) -> None:
    asked = ingest(file(tmp_path, name="prices.csv"), declared={"coin_id": "aaa"}).error
    assert "not saying in which money its prices are; set CRYPTO_SOURCE__CSV__CURRENCY=<code" in str(asked)


def test_the_clock_of_a_broker_is_asked_for(tmp_path: Path) -> None:
    known = FORMATS["metatrader_days"]
    path = file(tmp_path, known.example, known.example_file)
    said = {"coin_id": "aaa", "currency": "EUR", "rate": "1"}
    asked = ingest(path, declared=said).error
    assert "not saying by which clock its times are; set CRYPTO_SOURCE__CSV__TIMEZONE=<IANA zone" in str(asked)
    run = ingest(path, declared={**said, "timezone": "Europe/Athens"})
    assert [f"{quote.observed_at:%m-%d %H:%M}" for quote in run.quotes] == ["02-01 22:00", "02-02 22:00"]


def test_a_pair_in_money_that_is_not_known_is_not_taken_for_dollars(tmp_path: Path) -> None:
    text = FORMATS["kraken_ohlcvt"].example
    asked = ingest(file(tmp_path, text, "AAAZZZ_60.csv"), declared={"coin_id": "aaa"}).error
    assert "CURRENCY=<code" in str(asked)


def test_what_is_declared_counts_before_what_is_known(tmp_path: Path) -> None:
    said = {**DOLLARS, "columns": {"price_usd": "open", "volume_24h": "-"}}
    run = ingest(file(tmp_path), declared=said)
    assert [(f"{quote.price_usd:f}", quote.volume_24h) for quote in run.quotes] == [("10", None), ("11", None)]


def test_a_declared_length_of_candles_is_counted_from_their_beginning(tmp_path: Path) -> None:
    run = ingest(file(tmp_path), declared={**DOLLARS, "candle": "1d"})
    assert [f"{quote.observed_at:%m-%d %H:%M:%S}" for quote in run.quotes] == ["01-02 00:00:00", "01-03 00:00:00"]


def test_columns_of_a_file_without_a_header_that_are_declared_are_not_looked_for(tmp_path: Path) -> None:
    said = {**DOLLARS, "headerless": ["observed_at", "o", "h", "l", "price_usd", *"-------"], "candle": "1d"}
    run = ingest(file(tmp_path), declared=said)
    assert [page.context["format"] for page in run.pages] == [None]


def test_none_is_recognised_where_that_is_switched_off(tmp_path: Path) -> None:
    asked = ingest(file(tmp_path), declared={**DOLLARS, "format": "none"}).error
    assert "HEADERLESS=<names of its 12 columns" in str(asked)


def test_a_format_that_is_declared_is_taken_whatever_the_file_is_called(tmp_path: Path) -> None:
    text = FORMATS["kraken_ohlcvt"].example
    run = ingest(
        file(tmp_path, text, "mine.csv"), declared={"coin_id": "aaa", "format": "kraken_ohlcvt", "candle": "1h"}
    )
    assert [f"{quote.observed_at:%m-%d %H:%M}" for quote in run.quotes] == ["02-01 01:00", "02-01 02:00"]


def test_a_format_that_does_not_fit_is_refused_with_what_it_has(tmp_path: Path) -> None:
    asked = ingest(file(tmp_path), declared={**DOLLARS, "format": "coingecko_export"}).error
    assert "line 1 does not begin a file as CRYPTO_SOURCE__CSV__FORMAT=coingecko_export says" in str(asked)
    assert "has snapped_at, price, market_cap, total_volume" in str(asked)
    assert "FORMAT=none reads any file" in str(asked)


def test_a_format_that_nobody_knows_is_refused_with_those_that_are_known() -> None:
    with pytest.raises(
        ValueError, match=r"format is 'excel'; it takes none or one of binance_klines, .*kaggle_minutes"
    ):
        FormatOptions(format="excel")


@pytest.mark.parametrize(
    "mutated",
    [
        DAYS.replace("1735689600000000,", "1735689617000000,"),
        DAYS.replace("1735775999999999", "1735775912345678"),
        DAYS.replace(",7,2.0,", ",many,2.0,"),
        DAYS.replace("10.0,12.0,9.0,11.0", "10.0,9.0,12.0,11.0").replace("11.0,13.0,10.0,", "11.0,10.0,13.0,"),
        DAYS.replace(",0\n", "\n"),
    ],
    ids=["off the minute", "closing early", "words for a count", "high and low mixed up", "a column less"],
)
def test_what_only_nearly_fits_is_not_recognised(tmp_path: Path, mutated: str) -> None:
    assert "HEADERLESS=<names" in str(ingest(file(tmp_path, mutated), declared=DOLLARS).error)


def test_a_volume_that_the_prices_contradict_is_not_taken(tmp_path: Path) -> None:
    contracts = DAYS.replace(",52.5,", ",0.5,").replace(",46.0,", ",0.4,")
    run = ingest(file(tmp_path, contracts), declared=DOLLARS)
    assert [quote.volume_24h for quote in run.quotes] == [None, None]


def test_the_volume_of_an_hour_is_not_taken_for_that_of_a_day(tmp_path: Path) -> None:
    hours = DAYS.replace("1735776000000000", "1735693200000000").replace("1735775999999999", "1735693199999999")
    hours = hours.replace("1735862399999999", "1735696799999999")
    run = ingest(file(tmp_path, hours, "AAAUSDT-1h-2025-01.csv"), declared=DOLLARS)
    assert [quote.volume_24h for quote in run.quotes] == [None, None]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_it_is_recognised_however_it_is_written(tmp_path: Path, encoding: str, end: str) -> None:
    path = tmp_path / "export.csv"
    path.write_bytes(FORMATS["kaggle_coins"].example.replace("\n", end).encode(encoding))
    run = ingest(path, declared={"coin_id": "aaa"})
    assert [page.context["format"] for page in run.pages] == ["kaggle_coins"]


def again(page: RawPage, path: Path, **declared: object) -> list[str]:
    source = CsvFiles(Options(paths=(str(path),), **declared), clock=ManualClock())  # type: ignore[arg-type]
    return [f"{quote.coin_id} {quote.price_usd:f}" for quote in source.parse(source.declared_now(page)).quotes]


def test_a_page_read_again_under_other_declarations_is_still_of_its_format(tmp_path: Path) -> None:
    path = file(tmp_path, FORMATS["kaggle_coins"].example, "coin_Aaa.csv")
    page = ingest(path, declared={"coin_id": "bbb"}).pages[0]
    assert again(page, path, coin_id="aaa") == ["aaa 11", "aaa 12.5"]
    assert again(page, path, coin_id="aaa", columns={"price_usd": "Open"}) == ["aaa 10", "aaa 11"]
    assert again(page, path, coin_id="aaa", format="none") == ["aaa 11", "aaa 12.5"]


def test_a_page_is_not_read_again_as_another_format(tmp_path: Path) -> None:
    path = file(tmp_path, FORMATS["kaggle_coins"].example, "coin_Aaa.csv")
    page = ingest(path, declared={"coin_id": "aaa"}).pages[0]
    with pytest.raises(SourceRefused, match="it was read as kaggle_coins; ingest the file again"):
        again(page, path, coin_id="aaa", format="ccxt")


@pytest.mark.parametrize(
    ("pair", "code"),
    [
        ("BTCUSDT", "USDT"), ("XBTUSD", "USD"), ("BATUSD", "USD"), ("USDTUSD", "USD"), ("BNBBUSD", "BUSD"),
        ("ETHXBT", "BTC"), ("ETHBTC", "BTC"), ("BTC-EUR", "EUR"), ("btc-usd", "USD"), ("BTC_ZZZ", None),
        ("EXPORT", None),
    ],
)  # fmt: skip
def test_the_money_of_a_pair_is_told_by_the_coin_that_is_known(pair: str, code: str | None) -> None:
    assert quoted_in(pair) == code


def test_an_exchange_without_dollars_has_no_pair_in_dollars() -> None:
    assert quoted_in("SHIBUSD", never_dollars=True) == "BUSD"
