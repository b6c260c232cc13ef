"""Recorded pages of the providers, served byte for byte on loopback and read through the real code."""

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crypto.application.errors import CryptoError, SourceRateLimited, SourceRefused, SourceUnavailable
from crypto.domain.page import ParsedPage
from tests.support import provider_answers as answers
from tests.support.clock import ManualClock
from tests.support.provider import Provider
from tests.support.provider_sources import all_pages, source_at
from tests.support.recordings import recordings

AFTER_THEM_ALL = datetime(2026, 11, 2, 12, tzinfo=UTC)
FOLDERS = {"coingecko": "coingecko/coins_markets", "coinpaprika": "coinpaprika/tickers"}


async def read(name: str, *bodies: bytes) -> list[ParsedPage]:
    """What becomes of pages with these bodies, through a socket."""
    clock = ManualClock(AFTER_THEM_ALL)
    async with Provider(coins=0, served={name: bodies}) as provider:
        source = source_at(provider, name, clock, retries=0)
        pages = await all_pages(source)
    assert [page.body for page in pages[: len(bodies)]] == list(bodies)
    return [source.parse(page) for page in pages]


COUNTS = {
    "2021-05-15_ids_bitcoin_usd.json": (1, 0),
    "2022-01-18_category_nft_50_rows.json": (50, 0),
    "2022-01-29_usd_per_page_250_p1.json": (250, 0),
    "2022-01-29_usd_per_page_251_capped_to_250.json": (250, 0),
    "2022-02-23_past_the_end_empty_array.json": (0, 0),
    "2022-02-23_per_page_1_page_2.json": (1, 0),
    "2022-11-01_usd_per_page_20.json": (20, 0),
    "2025-11-02_usd_100.json": (100, 0),
    "2021-08-12_even_positions.json": (1898, 1022),
    "2026-09-29_free_plan_first_16_transcribed.json": (16, 0),
}
"""Quotes, and how many of them have no market cap, by recording."""


@pytest.mark.parametrize("name", FOLDERS)
async def test_every_recorded_page_is_counted(name: str) -> None:
    for path in sorted((recordings() / FOLDERS[name]).glob("*.json")):
        parsed = (await read(name, path.read_bytes()))[0]
        without_cap = sum(quote.market_cap is None for quote in parsed.quotes)
        assert (len(parsed.quotes), without_cap) == COUNTS[path.name], path.name
        assert not parsed.rejections
        assert all(quote.price_usd is not None for quote in parsed.quotes)


@pytest.mark.parametrize("name", FOLDERS)
async def test_every_number_of_a_recording_comes_with_all_its_digits(name: str) -> None:
    for path in sorted((recordings() / FOLDERS[name]).glob("*.json")):
        sent = [_numbers(name, record) for record in json.loads(path.read_bytes(), parse_float=Decimal)]
        quotes = (await read(name, path.read_bytes()))[0].quotes
        assert [(quote.coin_id, quote.price_usd, quote.market_cap, quote.volume_24h) for quote in quotes] == sent


def _numbers(name: str, record: dict[str, Any]) -> tuple[object, ...]:
    """Id, price, cap and volume as sent; a price or cap of 0 is unknown."""
    if name == "coingecko":
        return record["id"], record["current_price"] or None, record["market_cap"] or None, record["total_volume"]
    usd = record["quotes"]["USD"]
    return record["id"], usd["price"] or None, usd["market_cap"] or None, usd["volume_24h"]


async def test_the_smallest_real_price_stays() -> None:
    body = (recordings() / "coinpaprika/tickers/2021-08-12_even_positions.json").read_bytes()
    quotes = (await read("coinpaprika", body))[0].quotes
    assert min(quote.price_usd for quote in quotes if quote.price_usd) == Decimal("3.84e-18")


async def test_recorded_pages_make_a_sweep_that_ends_at_the_empty_one() -> None:
    folder = recordings() / FOLDERS["coingecko"]
    names = ("2022-01-29_usd_per_page_250_p1.json", "2025-11-02_usd_100.json", "2022-11-01_usd_per_page_20.json")
    parsed = await read("coingecko", *((folder / name).read_bytes() for name in names))
    assert [len(page.quotes) for page in parsed] == [250, 100, 20, 0]


async def test_a_recorded_single_ticker_is_not_a_page() -> None:
    for path in sorted((recordings() / "coinpaprika/tickers_id").glob("*.json")):
        with pytest.raises(SourceUnavailable, match="not a JSON list") as error:
            await read("coinpaprika", path.read_bytes())
        assert error.value.beginning == path.read_bytes()[:512]


def recorded_error(path: Path, **headers: str) -> answers.Answer:
    """A recorded error with the status that its file is named by."""
    content_type = answers.HTML if path.suffix == ".html" else answers.JSON
    return answers.status(int(path.name[:3]), path.read_bytes(), content_type=content_type, **headers)


async def refused(name: str, answer: answers.Answer) -> Exception:
    """What an answer becomes when the provider insists on it."""
    async with Provider(coins=0) as provider:
        provider.always(answer)
        with pytest.raises(CryptoError) as error:
            await all_pages(source_at(provider, name, ManualClock(AFTER_THEM_ALL), retries=1))
    return error.value


@pytest.mark.parametrize(
    ("file", "headers", "kind", "message"),
    [
        ("coingecko/errors/401_time_range.json", {}, SourceRefused, "Your request exceeds the allowed time range"),
        ("coingecko/errors/404_coin.json", {}, SourceRefused, "Could not find coin with the given id"),
        ("coingecko/errors/422_missing_ids.json", {}, SourceRefused, "Missing parameter ids"),
        (
            "coingecko/errors/429_rate_limit.json",
            {"Retry_After": "120"},
            SourceRateLimited,
            "exceeded the Rate Limit",
        ),
        ("coingecko/errors/429_cloudflare_page_a.html", {"Retry_After": "30"}, SourceRateLimited, "an HTML page"),
        (
            "coinpaprika/errors/301_trailing_slash.html",
            {"Location": "/v1/x"},
            SourceRefused,
            "301 Moved Permanently",
        ),
        ("coinpaprika/errors/404_id_not_found.json", {}, SourceRefused, "id not found"),
    ],
)
async def test_every_recorded_error_is_understood(
    file: str, headers: dict[str, str], kind: type[CryptoError], message: str
) -> None:
    error = await refused(file.split("/")[0], recorded_error(recordings() / file, **headers))
    assert type(error) is kind
    assert message in str(error)


@pytest.mark.parametrize("file", ["401_time_range.json", "404_coin.json", "422_missing_ids.json"])
async def test_a_recorded_error_with_status_200_is_not_a_page(file: str) -> None:
    body = (recordings() / "coingecko/errors" / file).read_bytes()
    with pytest.raises(SourceUnavailable, match="not a JSON list; it says: "):
        await read("coingecko", body)


async def test_a_recorded_rate_limit_with_status_200_is_one() -> None:
    body = (recordings() / "coingecko/errors/429_rate_limit.json").read_bytes()
    with pytest.raises(SourceRateLimited, match="429 Too Many Requests with status 200, saying: You've exceeded"):
        await read("coingecko", body)


def test_no_recorded_error_is_left_out() -> None:
    errors = {path.name for path in recordings().glob("*/errors/*")}
    assert len(errors) == 7
