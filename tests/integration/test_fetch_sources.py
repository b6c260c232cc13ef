"""The REST sources page by page, against the provider fake."""

from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from crypto.application.errors import SourceUnavailable
from tests.support import provider_answers as answers
from tests.support.clock import NOON, ManualClock
from tests.support.provider import Provider
from tests.support.provider_market import as_text, missing, renamed
from tests.support.provider_sources import COIN_LISTS, REST, all_pages, source_at


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[Provider]:
    async with Provider(coins=600, now=lambda: NOON) as running:
        yield running


async def test_coinpaprika_is_one_page(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coinpaprika", clock)
    pages = await all_pages(source)
    assert [(page.cursor_after, page.is_last, page.status) for page in pages] == [({}, True, 200)]
    assert source.cursor_past({}) is None
    assert provider.requests[0].params == {"quotes": "USD"}
    assert len(source.parse(pages[0]).quotes) == 600


async def test_coingecko_ends_at_an_empty_page(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coingecko", clock)
    pages = await all_pages(source)
    assert [len(source.parse(page).quotes) for page in pages] == [250, 250, 100, 0]
    assert [page.cursor_after for page in pages] == [{"page": 2}, {"page": 3}, {"page": 4}, {"page": 1}]
    assert [page.is_last for page in pages] == [False, False, False, True]
    asked = {"vs_currency": "usd", "order": "market_cap_desc", "per_page": "250"}
    assert [each.params for each in provider.requests] == [asked | {"page": str(page)} for page in (1, 2, 3, 4)]


async def test_coingecko_ends_at_pages(provider: Provider, clock: ManualClock) -> None:
    pages = await all_pages(source_at(provider, "coingecko", clock, pages=2))
    assert [(page.cursor_after, page.is_last) for page in pages] == [({"page": 2}, False), ({"page": 1}, True)]


async def test_coingecko_goes_on_at_its_cursor(provider: Provider, clock: ManualClock) -> None:
    pages = await all_pages(source_at(provider, "coingecko", clock), {"page": 3})
    assert [each.params["page"] for each in provider.requests] == ["3", "4"]
    assert pages[-1].is_last


async def test_a_cursor_past_a_lowered_pages_ends_the_sweep(provider: Provider, clock: ManualClock) -> None:
    pages = await all_pages(source_at(provider, "coingecko", clock, pages=1), {"page": 2})
    assert [(page.cursor_after, page.is_last) for page in pages] == [({"page": 1}, True)]


async def test_the_page_past_a_failed_one(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coingecko", clock)
    assert [source.cursor_past(cursor) for cursor in ({}, {"page": 3}, {"page": 4})] == [
        {"page": 2}, {"page": 4}, None,
    ]  # fmt: skip


async def test_the_pages_before_a_failure_are_given(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coingecko", clock, retries=0)
    pages = source.pages({})
    first = await anext(pages)
    provider.always(answers.status(500))
    with pytest.raises(SourceUnavailable):
        await anext(pages)
    assert len(source.parse(first).quotes) == 250


@pytest.mark.parametrize("name", REST)
async def test_a_page_says_what_was_asked_and_when(name: str, provider: Provider, clock: ManualClock) -> None:
    page = (await all_pages(source_at(provider, name, clock)))[0]
    assert page.request == {
        "url": provider.requests[0].path and provider.url + provider.requests[0].path,
        "params": provider.requests[0].params,
    }
    assert set(page.headers) == {"ETag", "Content-Type", "Cache-Control"}
    assert page.requested_at == page.received_at == NOON


async def test_requests_are_paced(provider: Provider, clock: ManualClock) -> None:
    await all_pages(source_at(provider, "coingecko", clock, per_minute=2))
    assert clock.slept == pytest.approx([0.5, 60.5, 0.5])
    assert clock.now() == NOON + timedelta(seconds=61.5)


async def test_the_budget_is_kept_from_run_to_run(provider: Provider, clock: ManualClock) -> None:
    source = source_at(provider, "coinpaprika", clock, per_minute=1)
    await all_pages(source)
    await all_pages(source)
    assert clock.slept == pytest.approx([61])


@pytest.mark.parametrize("name", REST)
async def test_a_repeated_poll_says_the_same_until_the_market_moves(
    name: str, provider: Provider, clock: ManualClock
) -> None:
    source = source_at(provider, name, clock, pause=0)
    first, second = [(await all_pages(source))[0] for _ in range(2)]
    assert first.body == second.body
    provider.market.move(0.5)
    assert (await all_pages(source))[0].body != second.body


async def test_a_provider_that_compresses_is_read(clock: ManualClock) -> None:
    async with Provider(coins=600, now=clock.now, compress=True) as provider:
        source = source_at(provider, "coinpaprika", clock)
        page = (await all_pages(source))[0]
        assert page.body == provider.market.tickers()


@pytest.mark.parametrize(
    ("drift", "reason"),
    [
        (renamed("current_price"), "bad_field"),
        (missing("last_updated"), "missing_time"),
        (missing("id"), "missing_id"),
    ],
)
async def test_drift_is_rejected_record_by_record(
    drift: object, reason: str, provider: Provider, clock: ManualClock
) -> None:
    provider.market.drift = drift  # type: ignore[assignment]
    source = source_at(provider, "coingecko", clock, pages=1)
    parsed = source.parse((await all_pages(source))[0])
    assert not parsed.quotes
    assert {each.reason for each in parsed.rejections} == {reason}
    assert len(parsed.rejections) == 250


@pytest.mark.parametrize("field", ["current_price", "market_cap", "total_volume"])
async def test_numbers_sent_as_texts_are_drift_and_the_same_numbers(
    field: str, provider: Provider, clock: ManualClock
) -> None:
    source = source_at(provider, "coingecko", clock, pages=1)
    plain = source.parse((await all_pages(source))[0])
    provider.market.drift = as_text(field)
    texts = source.parse((await all_pages(source))[0])
    assert [quote.said for quote in texts.quotes] == [quote.said for quote in plain.quotes]
    assert [(each.path, each.type) for each in texts.drift] == [(field, "string")]


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_a_tiny_price_comes_with_every_digit(name: str, clock: ManualClock) -> None:
    digits = "3.8412345678901234567890123456789e-18"
    async with Provider(coins=1, now=lambda: NOON) as provider:
        body = (await all_pages(source_at(provider, name, clock)))[0].body
        price = str(provider.market.price(0)).encode()
        provider.always(answers.json_answer(body.replace(b":" + price, b":" + digits.encode())))
        source = source_at(provider, name, clock)
        quote = source.parse((await all_pages(source))[0]).quotes[0]
    assert quote.price_usd == Decimal(digits)
