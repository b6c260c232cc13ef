"""A provider's key goes into its header and nowhere else."""

import logging
from collections.abc import AsyncIterator
from typing import Any

import pytest

from crypto.application.errors import CryptoError, SourceRefused, SourceUnavailable
from tests.support import provider_answers as answers
from tests.support.clock import NOON, ManualClock
from tests.support.provider import Provider
from tests.support.provider_sources import COIN_LISTS, all_pages, source_at

KEY = "CG-canary-8f3a"


@pytest.fixture
async def provider() -> AsyncIterator[Provider]:
    async with Provider(coins=3, now=lambda: NOON) as running:
        yield running


@pytest.mark.parametrize(
    ("name", "options", "header", "value"),
    [
        ("coinpaprika", {}, "authorization", KEY),
        ("coinpaprika", {"auth_prefix": "Bearer"}, "authorization", f"Bearer {KEY}"),
        ("coingecko", {}, "x-cg-demo-api-key", KEY),
        ("coingecko", {"plan": "demo"}, "x-cg-demo-api-key", KEY),
        ("coingecko", {"plan": "pro"}, "x-cg-pro-api-key", KEY),
    ],
)
async def test_the_key_is_in_its_header_only(
    name: str, options: dict[str, Any], header: str, value: str, provider: Provider
) -> None:
    pages = await all_pages(source_at(provider, name, ManualClock(), api_key=KEY, **options))
    request = provider.requests[0]
    assert [each for each, text in request.headers.items() if KEY in text] == [header]
    assert request.headers[header] == value
    assert KEY not in request.path + str(request.params) + repr(pages)


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_without_a_key_no_header_is_sent(name: str, provider: Provider) -> None:
    await all_pages(source_at(provider, name, ManualClock()))
    assert not {"authorization", "x-cg-demo-api-key", "x-cg-pro-api-key"} & set(provider.requests[0].headers)


ECHO = f'{{"error":"the key {KEY} is bad"}}'.encode()


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize(
    "answer",
    [
        answers.status(401, ECHO),
        answers.status(500, ECHO),
        answers.status(429, ECHO),
        answers.json_answer(ECHO),
        answers.json_answer(f"[{KEY}".encode()),
        answers.status(403, f"no {KEY}".encode(), content_type="text/plain"),
        answers.html(),
        answers.redirect(f"https://elsewhere.example/?key={KEY}"),
        answers.cut_length(ECHO),
        answers.raw(f"HTTP/1.1 {KEY}\r\n\r\n".encode()),
        answers.raw(f"HTTP/1.1 200 OK\r\nContent-Encoding: {KEY}\r\nContent-Length: 0\r\n\r\n".encode()),
        answers.raw(f"HTTP/1.1 200 OK\r\n{KEY} {KEY}\r\n\r\n".encode()),
    ],
)
async def test_a_key_that_a_provider_echoes_is_in_no_message(
    name: str, answer: answers.Answer, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    provider.always(answer)
    with pytest.raises(CryptoError) as error:
        await all_pages(source_at(provider, name, ManualClock(), api_key=KEY, retries=1))
    assert KEY not in f"{error.value} {error.value!r}"
    if isinstance(error.value, SourceUnavailable):
        assert KEY.encode() not in error.value.beginning


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_a_key_that_a_provider_echoes_in_a_header_is_not_kept(name: str, provider: Provider) -> None:
    provider.next(answers.json_answer(b"[]", headers={"ETag": f'"{KEY}"'}))
    pages = await all_pages(source_at(provider, name, ManualClock(), api_key=KEY))
    assert pages[0].headers["ETag"] == '"***"'


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_a_list_that_repeats_the_key_is_not_kept(name: str, provider: Provider) -> None:
    provider.next(answers.json_answer(f'[{{"id":"{KEY}"}}]'.encode()))
    with pytest.raises(SourceRefused, match="repeats the key it was sent with; it is not kept"):
        await all_pages(source_at(provider, name, ManualClock(), api_key=KEY))
    assert len(provider.requests) == 1


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_a_short_key_may_stand_in_a_list_by_chance(name: str, provider: Provider) -> None:
    body = b'[{"id":"bitcoin"}]'
    provider.next(answers.json_answer(body), answers.json_answer(b"[]"))
    pages = await all_pages(source_at(provider, name, ManualClock(), api_key="bitcoin"))
    assert pages[0].body == body


@pytest.mark.parametrize("name", COIN_LISTS)
async def test_nothing_that_is_logged_on_the_way_holds_the_key(
    name: str, provider: Provider, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    await all_pages(source_at(provider, name, ManualClock(), api_key=KEY))
    assert caplog.records
    assert KEY not in caplog.text


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize(
    "host", ["prices.example", "192.0.2.1", "localhost.example", "127.0.0.1.example", "[::2]"]
)
async def test_a_key_is_never_sent_in_the_clear(name: str, host: str, provider: Provider) -> None:
    clock = ManualClock()
    source = source_at(provider, name, clock, base_url=f"http://{host}/v1", api_key=KEY)
    with pytest.raises(SourceRefused, match="not sent over plain http") as error:
        await all_pages(source)
    assert KEY not in str(error.value)
    assert clock.slept == []


HOSTS = "please change your root URL"
OTHER_PLAN = {
    "top": '{{"timestamp":"2026-01-01T00:00:00.000+00:00","error_code":{},"status":{{"error_message":"{}"}}}}',
    "status": '{{"status":{{"error_code":{},"error_message":"{}"}}}}',
    "nested": '{{"error":{{"status":{{"error_code":{},"error_message":"{}"}}}}}}',
}
"""As CoinGecko words it: reported, and seen of its other errors."""


@pytest.mark.parametrize("shape", OTHER_PLAN)
@pytest.mark.parametrize("status", [400, 401, 403, 200])
@pytest.mark.parametrize(("code", "plan", "other"), [(10010, "demo", "pro"), (10011, "pro", "demo")])
async def test_a_key_of_the_other_plan_is_told_with_the_setting_that_cures_it(
    code: int, plan: str, other: str, status: int, shape: str, provider: Provider
) -> None:
    provider.always(answers.status(status, OTHER_PLAN[shape].format(code, HOSTS).encode()))
    with pytest.raises(SourceRefused) as error:
        await all_pages(source_at(provider, "coingecko", ManualClock(), api_key=KEY, plan=plan))
    assert HOSTS in str(error.value)
    assert str(error.value).endswith(f"; the key is a {other} key: set CRYPTO_SOURCE__COINGECKO__PLAN={other}")
    assert len(provider.requests) == 1


async def test_an_address_that_contradicts_the_plan_is_told_as_such(provider: Provider) -> None:
    provider.always(answers.status(400, OTHER_PLAN["top"].format(10011, HOSTS).encode()))
    with pytest.raises(SourceRefused, match=r"leave CRYPTO_SOURCE__COINGECKO__BASE_URL out$"):
        await all_pages(source_at(provider, "coingecko", ManualClock(), api_key=KEY, plan="demo"))


@pytest.mark.parametrize("name", COIN_LISTS)
@pytest.mark.parametrize("status", [401, 403])
async def test_a_key_that_is_refused_in_the_provider_s_own_words_is_advised_to_be_checked(
    name: str, status: int, provider: Provider
) -> None:
    provider.always(answers.status(status, b'{"status":{"error_code":10002,"error_message":"API Key Missing"}}'))
    with pytest.raises(SourceRefused, match=r"API Key Missing; check the settings .*API_KEY and .*PLAN"):
        await all_pages(source_at(provider, name, ManualClock(), api_key=KEY))
