"""Every recorded CSV file, through the real code: read with these counts, or refused with line and setting."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import msgspec
import pytest

from crypto.application.errors import SourceRefused
from crypto.domain.page import ParsedPage, fold
from crypto.domain.rejection import Reason
from tests.support.clock import NOON
from tests.support.csv_files import Ingested, ingest
from tests.support.recordings import recordings


class Read(msgspec.Struct, kw_only=True):
    """What a file brings under the settings it needs; `first` is its first price."""

    file: str
    declared: dict[str, object] = {}
    quotes: int
    rejected: dict[Reason, int] = {}
    keys: int
    first: tuple[str, str, datetime]


class Refused(msgspec.Struct, kw_only=True):
    """What a file is refused for, and the setting or change that would help."""

    file: str
    declared: dict[str, object] = {}
    problem: str
    remedy: str


def at(year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0) -> datetime:
    return datetime(year, month, day, hour, minute, second, tzinfo=UTC)


READ = [
    Read(
        file="coin_gecko_2022-03-17.csv",
        declared={"columns": {"coin_id": "coin"}},
        quotes=500,
        keys=500,
        first=("Bitcoin", "40851.38", at(2022, 3, 18)),
    ),
    Read(
        file="coingecko_export_btc-usd-max.csv",
        declared={"coin_id": "bitcoin"},
        quotes=3160,
        keys=3160,
        first=("bitcoin", "135.3", at(2013, 4, 28)),
    ),
    Read(
        file="coinmarketcap_api_snapshot_2017-12-06.csv",
        quotes=1326,
        keys=1326,
        first=("bitcoin", "12739.5", at(2017, 12, 6, 8, 39, 14)),
    ),
    Read(
        file="coinmarketcap_btc_history_bom_thousands.csv",
        declared={"coin_id": "bitcoin", "date_format": "%d-%b-%y"},
        quotes=1826,
        rejected={Reason.NOT_A_NUMBER: 243},
        keys=1826,
        first=("bitcoin", "3857.30", at(2018, 12, 27)),
    ),
    Read(
        file="coinmarketcap_btc_history_bom_thousands.csv",
        declared={"coin_id": "bitcoin"},
        quotes=0,
        rejected={Reason.BAD_TIME: 1826, Reason.NOT_A_NUMBER: 243},
        keys=0,
        first=("", "", NOON),
    ),
    Read(
        file="coinpaprika_update_frequency_result.csv",
        declared={"columns": {"coin_id": "ticker_id"}},
        quotes=342,
        keys=36,
        first=("btc-bitcoin", "29459.483105", at(2023, 8, 2, 10, 26, 18)),
    ),
    Read(
        file="cryptodatadownload_Binance_BTCUSDT_d_2023.csv",
        declared={"coin_id": "bitcoin"},
        quotes=2299,
        keys=2299,
        first=("bitcoin", "44073.32", at(2023, 12, 5)),
    ),
    Read(
        file="investing_Bitcoin_Historical_Data.csv",
        declared={"coin_id": "bitcoin", "date_format": "%m/%d/%Y"},
        quotes=1767,
        keys=1767,
        first=("bitcoin", "69507.2", at(2024, 11, 2)),
    ),
    Read(
        file="peer_crypto_data_utkarsh3042.csv",
        quotes=16,
        rejected={
            Reason.NEGATIVE: 2,
            Reason.NOT_A_NUMBER: 7,
            Reason.MISSING_TIME: 2,
            Reason.BAD_TIME: 1,
            Reason.MISSING_ID: 2,
        },
        keys=16,
        first=("bitcoin", "45000", at(2024, 12, 25, 10)),
    ),
    Read(
        file="peer_crypto_market_harry-urek.csv",
        declared={"columns": {"coin_id": "symbol"}},
        quotes=15,
        keys=15,
        first=("BTC", "42150.5", at(2025, 12, 24, 10)),
    ),
    Read(
        file="peer_legacy_shashank4227.csv",
        declared={
            "columns": {"coin_id": "Ticker", "observed_at": "RecordedDate"},
            "date_format": "%d-%m-%Y %H:%M:%S",
        },
        quotes=50,
        keys=50,
        first=("LTC", "377.2", at(2025, 12, 5, 17, 43, 10)),
    ),
    Read(file="peer_sample_bni-7.csv", quotes=10, keys=10, first=("btc-bitcoin", "45000", NOON)),
    Read(
        file="pepe_history_scientific.csv",
        declared={"coin_id": "pepe"},
        quotes=366,
        keys=365,
        first=("pepe", "0.000006072127902657534", at(2024, 1, 15)),
    ),
    Read(
        file="top_100_dollar_signs.csv",
        declared={"columns": {"coin_id": "Ticker symbol"}},
        quotes=0,
        rejected={Reason.NOT_A_NUMBER: 100},
        keys=0,
        first=("", "", NOON),
    ),
]

NO_IDENTITY = "line 1 has no coin id column"
SYMBOL = "COLUMNS=coin_id="

REFUSED = [
    Refused(file="coin_gecko_2022-03-17.csv", problem=NO_IDENTITY, remedy=f"{SYMBOL}symbol"),
    Refused(file="coingecko_export_btc-usd-max.csv", problem=NO_IDENTITY, remedy="COIN_ID=<id>"),
    Refused(file="coinmarketcap_btc_history_bom_thousands.csv", problem=NO_IDENTITY, remedy="COIN_ID=<id>"),
    Refused(file="coinpaprika_update_frequency_result.csv", problem=NO_IDENTITY, remedy=f"{SYMBOL}<column>"),
    Refused(file="cryptodatadownload_Binance_BTCUSDT_d_2023.csv", problem=NO_IDENTITY, remedy="COIN_ID=<id>"),
    Refused(
        file="cryptodatadownload_Bitstamp_BTCUSD_d.csv",
        declared={"coin_id": "bitcoin"},
        problem="line 1 is a comment",
        remedy="remove it",
    ),
    Refused(file="investing_Bitcoin_Historical_Data.csv", problem=NO_IDENTITY, remedy="COIN_ID=<id>"),
    Refused(file="peer_crypto_market_harry-urek.csv", problem=NO_IDENTITY, remedy=f"{SYMBOL}symbol"),
    Refused(file="peer_legacy_shashank4227.csv", problem=NO_IDENTITY, remedy=f"{SYMBOL}Ticker"),
    Refused(
        file="peer_legacy_shashank4227.csv",
        declared={"columns": {"coin_id": "Ticker"}},
        problem="line 1 has no known time column",
        remedy="COLUMNS=observed_at=RecordedDate",
    ),
    Refused(
        file="pepe_history_scientific.csv",
        declared={"coin_id": "pepe", "currency": "BRL"},
        problem="only prices in US dollars",
        remedy="CURRENCY=BRL",
    ),
    Refused(file="pepe_history_scientific.csv", problem=NO_IDENTITY, remedy="COIN_ID=<id>"),
    Refused(file="top_100_dollar_signs.csv", problem=NO_IDENTITY, remedy=f"{SYMBOL}Ticker symbol"),
]


def recorded(file: str) -> Path:
    return recordings() / "csv" / file


def test_every_recorded_file_is_here() -> None:
    files = {path.name for path in (recordings() / "csv").iterdir()}
    assert files == {case.file for case in READ} | {case.file for case in REFUSED}


@pytest.mark.parametrize("case", READ, ids=lambda case: case.file)
def test_each_record_is_a_quote_or_a_rejection(case: Read) -> None:
    run = ingest(recorded(case.file), declared=case.declared)
    assert run.error is None
    assert (len(run.quotes), run.reasons) == (case.quotes, case.rejected)
    assert len({quote.key for quote in run.quotes}) == case.keys
    if run.quotes:
        quote = run.quotes[0]
        coin_id, price, observed_at = case.first
        assert (quote.coin_id, quote.price_usd, quote.observed_at) == (coin_id, Decimal(price), observed_at)


@pytest.mark.parametrize("case", REFUSED, ids=lambda case: case.file)
def test_what_cannot_be_read_is_refused(case: Refused) -> None:
    run = ingest(recorded(case.file), declared=case.declared)
    assert not run.pages
    assert isinstance(run.error, SourceRefused)
    assert case.problem in str(run.error)
    assert case.remedy in str(run.error)


@pytest.mark.parametrize("case", READ, ids=lambda case: case.file)
def test_chunks_are_the_file_and_bring_the_same_records(case: Read) -> None:
    content = recorded(case.file).read_bytes()
    whole = ingest(recorded(case.file), declared=case.declared)
    chunked = ingest(recorded(case.file), records=97, declared=case.declared)
    assert chunked.body == whole.body == content[content.index(b"\n") + 1 :]
    assert _said(chunked) == _said(whole)


def test_342_polls_of_one_coin_are_36_quotes() -> None:
    """The measurement behind the key: no stamp ever had two prices."""
    case = next(case for case in READ if case.keys == 36)
    run = ingest(recorded(case.file), declared=case.declared)
    folded = fold(ParsedPage(quotes=tuple(run.quotes), rejections=tuple(run.rejections)))
    assert (len(folded.quotes), folded.repeated, folded.rejections) == (36, 306, ())


def _said(run: Ingested) -> list[str]:
    quotes = [f"{quote.key} {quote.said}" for quote in run.quotes]
    return quotes + [f"{each.reason} {each.detail} {each.excerpt}" for each in run.rejections]
