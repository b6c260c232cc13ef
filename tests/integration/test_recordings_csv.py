"""Every recorded CSV file, through the real code: read with the counts of the reference, or refused as it says."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from crypto.application.errors import SourceRefused
from crypto.domain.page import ParsedPage, fold
from tests.support.csv_files import Ingested, ingest
from tests.support.dialects import counted, declared, table
from tests.support.recordings import recordings

READ = table("Recorded")
REFUSED = table("Recorded, and refused")

FIRST = {
    "coin_gecko_2022-03-17.csv": ("Bitcoin", "40851.38", datetime(2022, 3, 18, tzinfo=UTC)),
    "coingecko_export_btc-usd-max.csv": ("bitcoin", "135.3", datetime(2013, 4, 28, tzinfo=UTC)),
    "coinmarketcap_api_snapshot_2017-12-06.csv": (
        "bitcoin", "12739.5", datetime(2017, 12, 6, 8, 39, 14, tzinfo=UTC),
    ),
    "coinmarketcap_btc_history_bom_thousands.csv": ("bitcoin", "3857.30", datetime(2018, 12, 27, tzinfo=UTC)),
    "coinpaprika_update_frequency_result.csv": (
        "btc-bitcoin", "29459.483105", datetime(2023, 8, 2, 10, 26, 18, tzinfo=UTC),
    ),
    "cryptodatadownload_Binance_BTCUSDT_d_2023.csv": (
        "bitcoin", "44051.28334", datetime(2023, 12, 6, tzinfo=UTC),
    ),
    "cryptodatadownload_Bitstamp_BTCUSD_d.csv": ("bitcoin", "20957", datetime(2022, 8, 21, tzinfo=UTC)),
    "investing_Bitcoin_Historical_Data.csv": ("bitcoin", "69507.2", datetime(2024, 11, 2, tzinfo=UTC)),
    "peer_crypto_data_utkarsh3042.csv": ("bitcoin", "45000", datetime(2024, 12, 25, 10, tzinfo=UTC)),
    "peer_crypto_market_harry-urek.csv": ("BTC", "42150.5", datetime(2025, 12, 24, 10, tzinfo=UTC)),
    "peer_legacy_shashank4227.csv": ("LTC", "377.2", datetime(2025, 12, 5, 17, 43, 10, tzinfo=UTC)),
    "peer_sample_bni-7.csv": ("btc-bitcoin", "45000", datetime(2025, 11, 1, tzinfo=UTC)),
    "pepe_history_scientific.csv": ("pepe", "0.00000105327130599497584764", datetime(2024, 1, 15, tzinfo=UTC)),
    "top_100_dollar_signs.csv": ("BTC", "10250.02", datetime(2026, 11, 2, 12, tzinfo=UTC)),
}  # fmt: skip
"""The first quote of each, looked up in the file by eye."""


def recorded(file: str) -> Path:
    return recordings() / "csv" / file.strip("`")


def named(case: list[str]) -> str:
    return f"{case[0].strip('`')} {case[2] if len(case) > 3 else case[1]}".strip()


def test_every_recorded_file_is_here() -> None:
    files = {path.name for path in (recordings() / "csv").iterdir()}
    assert files == {case[0].strip("`") for case in READ} == FIRST.keys()


@pytest.mark.parametrize("case", READ, ids=named)
def test_each_record_is_a_quote_or_a_rejection(case: list[str]) -> None:
    file, _, settings, *expected = case
    run = ingest(recorded(file), declared=declared(settings))
    assert run.error is None
    assert list(counted(run)) == expected


@pytest.mark.parametrize("case", [case for case in READ if case[4] != "0"], ids=named)
def test_the_first_quote_is_what_the_file_says(case: list[str]) -> None:
    quote = ingest(recorded(case[0]), declared=declared(case[2])).quotes[0]
    coin_id, price, observed_at = FIRST[case[0].strip("`")]
    assert (quote.coin_id, quote.price_usd, quote.observed_at) == (coin_id, Decimal(price), observed_at)


@pytest.mark.parametrize("case", REFUSED, ids=named)
def test_what_cannot_be_read_is_refused_with_the_setting_that_would_help(case: list[str]) -> None:
    file, settings, problem = case
    path = recorded(file)
    run = ingest(path, declared=declared(settings))
    assert not run.pages
    assert isinstance(run.error, SourceRefused)
    assert str(run.error) == f"{path}: {problem}"


@pytest.mark.parametrize("case", READ, ids=named)
def test_chunks_are_the_file_and_bring_the_same_records(case: list[str]) -> None:
    path, options = recorded(case[0]), declared(case[2])
    content = path.read_bytes()
    whole = ingest(path, declared=options)
    chunked = ingest(path, records=97, declared=options)
    assert chunked.body == whole.body == content[len(content) - len(whole.body) :]
    assert _said(chunked) == _said(whole)


def test_342_polls_of_one_coin_are_36_quotes() -> None:
    """The measurement behind the key: no stamp ever had two prices."""
    case = next(case for case in READ if "update_frequency" in case[0])
    run = ingest(recorded(case[0]), declared=declared(case[2]))
    folded = fold(ParsedPage(quotes=tuple(run.quotes), rejections=tuple(run.rejections)))
    assert (len(folded.quotes), folded.repeated, folded.rejections) == (36, 306, ())


def _said(run: Ingested) -> list[str]:
    quotes = [f"{quote.key} {quote.said}" for quote in run.quotes]
    return quotes + [f"{each.reason} {each.detail} {each.excerpt}" for each in run.rejections]
