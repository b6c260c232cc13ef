"""What the polite client promises, asked of it over a real socket; both sources keep every promise."""

import asyncio
import gzip
import socket
import time
import tracemalloc
from collections.abc import AsyncIterator
from datetime import timedelta
from email.utils import format_datetime
from typing import Any

import pytest

from crypto.adapters.memory import MemoryRequestBudget
from crypto.application.errors import SourceRateLimited, SourceRefused, SourceUnavailable
from tests.support import provider_answers as answers
from tests.support.clock import NOON, ManualClock
from tests.support.provider import Provider, Request
from tests.support.provider_answers import ERROR_OBJECTS, RATE_LIMITS, Answer
from tests.support.provider_sources import ONE_PAGE, REST, all_pages, source_at

BODY = b'[{"id":"fake-coin-1"}]'
pytestmark = pytest.mark.parametrize("name", REST)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture
async def provider(clock: ManualClock) -> AsyncIterator[Provider]:
    async with Provider(coins=3, now=lambda: NOON) as running:
        yield running


async def ask(provider: Provider, name: str, clock: ManualClock, **options: Any) -> None:
    options = {"pause": 0, "timeout": 2, **ONE_PAGE[name], **options}
    await all_pages(source_at(provider, name, clock, **options))


TRANSIENT: dict[str, Answer] = {
    **{str(code): answers.status(code) for code in (408, 429, 500, 502, 503, 504, 520, 204)},
    "429 as HTML": answers.html(429),
    "HTML with 200": answers.html(),
    "HTML called JSON": answers.json_answer(b" <!DOCTYPE html>"),
    "cut by length": answers.cut_length(BODY),
    "cut chunks": answers.cut_chunked(BODY),
    "cut gzip": answers.cut_gzip(BODY),
    "gzip cut in its second part": answers.json_answer(
        gzip.compress(b"[") + gzip.compress(b"]")[:-3], headers={"Content-Encoding": "gzip"}
    ),
    "broken gzip": answers.json_answer(BODY, headers={"Content-Encoding": "gzip"}),
    "an encoding not asked for": answers.json_answer(BODY, headers={"Content-Encoding": "br"}),
    "no announced end": answers.close_delimited(BODY),
    "reset in the middle": answers.reset(BODY),
    "hung up": answers.hung_up(),
    "garbage": answers.raw(b"garbage\r\n\r\n"),
    "a huge header": answers.raw(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 200_000 + b"\r\n\r\n"),
}


@pytest.mark.parametrize("answer", TRANSIENT.values(), ids=TRANSIENT)
async def test_what_may_pass_is_asked_again(
    name: str, answer: Answer, provider: Provider, clock: ManualClock
) -> None:
    provider.next(answer, answer)
    await ask(provider, name, clock)
    assert len(provider.requests) == 3
    first, second = clock.slept
    assert 0.5 <= first <= 1
    assert 1 <= second <= 2


@pytest.mark.parametrize("answer", TRANSIENT.values(), ids=TRANSIENT)
async def test_what_does_not_pass_is_said_at_the_end(
    name: str, answer: Answer, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answer)
    with pytest.raises(SourceUnavailable, match=f"{name}.* 3 times, . s of waiting") as error:
        await ask(provider, name, clock, retries=2)
    assert len(provider.requests) == 3
    is_limit = answer.chunks[:1] and answer.chunks[0].startswith(b"HTTP/1.1 429")
    assert isinstance(error.value, SourceRateLimited) == bool(is_limit)


async def test_six_retries_by_default_with_growing_waits(
    name: str, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answers.status(503))
    with pytest.raises(SourceUnavailable, match=r"7 times.*503 Service Unavailable, saying: scripted"):
        await ask(provider, name, clock)
    assert len(provider.requests) == 7
    for wait, whole in zip(clock.slept, (1, 2, 4, 8, 16, 32), strict=True):
        assert whole / 2 <= wait <= whole


async def test_no_retries_when_none_are_wanted(name: str, provider: Provider, clock: ManualClock) -> None:
    provider.always(answers.status(500))
    with pytest.raises(SourceUnavailable, match="once"):
        await ask(provider, name, clock, retries=0)
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    ("code", "advice"),
    [
        (400, "changed its API"),
        (401, "API_KEY|takes no key"),
        (402, "PLAN|takes no key"),
        (403, "API_KEY|is blocked"),
        (404, "BASE_URL"),
        (405, "same answer"),
        (422, "changed its API"),
        (451, "is blocked"),
    ],
)
async def test_a_refusal_is_final_and_says_what_to_do(
    name: str, code: int, advice: str, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answers.status(code, b'{"error":"why it is so"}'))
    with pytest.raises(SourceRefused, match=f"{name} answered {code} .*saying: why it is so; .*{advice}"):
        await ask(provider, name, clock)
    assert len(provider.requests) == 1
    assert clock.slept == []


@pytest.mark.parametrize("retry_after", ["7", format_datetime(NOON + timedelta(seconds=7), usegmt=True)])
@pytest.mark.parametrize("code", [429, 503])
async def test_retry_after_is_honoured(
    name: str, code: int, retry_after: str, provider: Provider, clock: ManualClock
) -> None:
    provider.next(answers.status(code, Retry_After=retry_after), source=name)
    await ask(provider, name, clock)
    assert 7 <= clock.slept[0] <= 8


@pytest.mark.parametrize(
    "retry_after", ["0", "-3", "soon", "9999999999", format_datetime(NOON - timedelta(days=1), usegmt=True)]
)
async def test_a_senseless_retry_after_means_own_backoff(
    name: str, retry_after: str, provider: Provider, clock: ManualClock
) -> None:
    provider.next(answers.limited(retry_after))
    await ask(provider, name, clock)
    assert 0.5 <= clock.slept[0] <= 1


async def test_a_refusal_is_understood_however_its_body_is_encoded(
    name: str, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answers.status(401, b"...", Content_Encoding="br"))
    with pytest.raises(SourceRefused, match="answered 401 Unauthorized"):
        await ask(provider, name, clock)


PAGES = {
    "a page": answers.html(403),
    "a page called JSON": answers.status(403, b"\n<!DOCTYPE html><title>Attention Required!</title>"),
    "an empty page": answers.status(403, b"", content_type="text/html"),
    "a firewall's text": answers.status(403, b"error code: 1020", content_type="text/plain"),
    "a proxy's text": answers.status(403, b"Forbidden by policy", content_type="text/plain"),
}


@pytest.mark.parametrize("answer", PAGES.values(), ids=PAGES)
async def test_a_firewall_s_403_is_not_put_down_to_a_key(
    name: str, answer: Answer, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answer)
    with pytest.raises(
        SourceRefused, match=f"{name} answered 403 .*; this address or network is blocked"
    ) as error:
        await ask(provider, name, clock)
    assert "another network" in str(error.value)
    assert not any(each in str(error.value) for each in ("API_KEY", "PLAN"))
    assert len(provider.requests) == 1


async def test_a_wait_longer_than_the_run_ends_it(name: str, provider: Provider, clock: ManualClock) -> None:
    provider.always(answers.limited("3600"))
    with pytest.raises(SourceRateLimited, match="rate_limited until 2026-11-02T13:00:00") as error:
        await ask(provider, name, clock)
    assert error.value.until == NOON + timedelta(hours=1)
    assert len(provider.requests) == 1
    assert clock.slept == []


async def test_no_process_asks_while_the_provider_wants_a_pause(
    name: str, provider: Provider, clock: ManualClock
) -> None:
    budget = MemoryRequestBudget(clock)
    first, second = (source_at(provider, name, clock, budget, pause=0, **ONE_PAGE[name]) for _ in range(2))
    provider.next(answers.limited("3600"))
    with pytest.raises(SourceRateLimited):
        await all_pages(first)
    for each in (first, second):
        with pytest.raises(SourceRateLimited, match="the provider asked for a pause"):
            await all_pages(each)
    assert len(provider.requests) == 1
    clock.advance(900)
    await all_pages(second)
    assert len(provider.requests) == 2


async def test_failed_requests_count(name: str, provider: Provider, clock: ManualClock) -> None:
    budget = MemoryRequestBudget(clock)
    source = source_at(provider, name, clock, budget, pause=0, **ONE_PAGE[name])
    provider.next(answers.status(500), answers.hung_up())
    await all_pages(source)
    assert source.profile.allowance
    assert (await budget.standing(source.profile.allowance)).used_in_month == len(provider.requests) == 3


async def test_waits_add_up_to_ten_minutes_at_most(name: str, provider: Provider, clock: ManualClock) -> None:
    provider.always(answers.limited("250"))
    with pytest.raises(SourceRateLimited):
        await ask(provider, name, clock)
    assert len(provider.requests) == 3
    assert sum(clock.slept) < 600


@pytest.mark.parametrize(
    "answer", [answers.drip(BODY * 100, gap=0.05), answers.silence()], ids=["a drip feed", "silence"]
)
async def test_a_request_has_a_deadline_in_all(
    name: str, answer: Answer, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answer)
    began = time.monotonic()
    with pytest.raises(SourceUnavailable, match=r"took longer than 0\.4 s in all|did not answer in time"):
        await ask(provider, name, clock, timeout=0.4, retries=1)
    assert time.monotonic() - began < 2
    assert len(provider.requests) == 2


async def test_redirects_are_not_followed(name: str, provider: Provider, clock: ManualClock) -> None:
    provider.always(answers.redirect("https://user:word@elsewhere.example/path?token=1"))
    with pytest.raises(SourceRefused, match=r"302 Found, a redirect to elsewhere\.example") as error:
        await ask(provider, name, clock)
    assert len(provider.requests) == 1
    assert not any(part in str(error.value) for part in ("word", "token", "/path"))


@pytest.mark.parametrize("shape", RATE_LIMITS)
@pytest.mark.parametrize("code", [200, 400, 403, 503])
async def test_a_rate_limit_told_with_another_status_is_waited_for(
    name: str, code: int, shape: str, provider: Provider, clock: ManualClock
) -> None:
    provider.next(answers.status(code, RATE_LIMITS[shape], content_type="text/plain"))
    await ask(provider, name, clock)
    assert len(provider.requests) == 2
    assert 0.5 <= clock.slept[0] <= 1


@pytest.mark.parametrize("shape", RATE_LIMITS)
async def test_a_rate_limit_told_with_status_200_waits_as_long_as_it_says(
    name: str, shape: str, provider: Provider, clock: ManualClock
) -> None:
    provider.next(answers.told_limit(shape, retry_after="7"))
    await ask(provider, name, clock)
    assert 7 <= clock.slept[0] <= 8


@pytest.mark.parametrize("shape", RATE_LIMITS)
async def test_a_rate_limit_told_with_status_200_is_one_at_the_end(
    name: str, shape: str, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answers.told_limit(shape))
    with pytest.raises(SourceRateLimited, match=r"3 times.*: 429 Too Many Requests with status 200"):
        await ask(provider, name, clock, retries=2)


@pytest.mark.parametrize("code", [401, 402, 404])
async def test_words_about_the_limits_of_a_plan_are_not_a_rate_limit(
    name: str, code: int, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answers.status(code, b'{"error":"Subscribe to a plan with higher rate limits"}'))
    with pytest.raises(SourceRefused, match="higher rate limits"):
        await ask(provider, name, clock)


@pytest.mark.parametrize("shape", ERROR_OBJECTS)
async def test_an_error_with_status_200_is_not_a_page(
    name: str, shape: str, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answers.error_object(shape))
    with pytest.raises(SourceUnavailable, match=r"not a JSON list; it says: \w") as error:
        await ask(provider, name, clock)
    assert error.value.beginning == ERROR_OBJECTS[shape]
    assert len(provider.requests) == 1


@pytest.mark.parametrize(
    "body", [b"", b"null", b"[{", b"[1,]", b"\xff\xfe[]", b"[" * 100_000, b'[{"a":' * 100_000]
)
async def test_a_body_that_is_not_a_list_is_not_a_page(
    name: str, body: bytes, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answers.json_answer(body))
    with pytest.raises(SourceUnavailable) as error:
        await ask(provider, name, clock)
    assert error.value.beginning == body[:512]


@pytest.mark.parametrize(
    ("answer", "message"),
    [(answers.bomb(400), "larger than 12 MiB inflated"), (answers.flood(34), "larger than 12 MiB as sent")],
    ids=["bomb", "flood"],
)
async def test_a_body_that_is_too_large_is_not_taken_in(
    name: str, answer: Answer, message: str, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answer)
    tracemalloc.start()
    try:
        with pytest.raises(SourceUnavailable, match=f"{name}: the body is {message}"):
            await ask(provider, name, clock, timeout=20)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 20 * 1024 * 1024
    assert len(provider.requests) == 1


IN_PARTS = gzip.compress(b"[") + gzip.compress(b"]")
RIGHT = {
    "gzip": answers.gzip_answer(b"[]"),
    "gzip in parts": answers.json_answer(IN_PARTS, headers={"Content-Encoding": "gzip"}),
    "chunked": answers.chunked_answer(b"[]"),
    "another content type": answers.status(200, b"[]", content_type="text/plain"),
}


@pytest.mark.parametrize("answer", RIGHT.values(), ids=RIGHT)
async def test_right_bodies_of_any_make_are_taken(
    name: str, answer: Answer, provider: Provider, clock: ManualClock
) -> None:
    provider.always(answer)
    pages = await all_pages(source_at(provider, name, clock))
    assert [page.body for page in pages] == [b"[]"]
    assert provider.requests[0].headers["accept-encoding"] == "gzip"


async def test_a_server_that_is_gone_is_asked_again(name: str, clock: ManualClock) -> None:
    async with Provider(coins=1) as gone:
        pass
    with pytest.raises(SourceUnavailable, match="refused the connection or cannot be reached"):
        await ask(gone, name, clock, retries=2)
    assert len(clock.slept) == 2


async def test_a_name_that_is_not_known_is_told_apart(name: str, provider: Provider, clock: ManualClock) -> None:
    with pytest.raises(SourceUnavailable, match=r"nowhere\.invalid cannot be looked up \(DNS\)"):
        await ask(provider, name, clock, base_url="http://nowhere.invalid", retries=1)
    assert len(clock.slept) == 1


@pytest.mark.parametrize(
    ("errno", "kind", "times"),
    [
        (socket.EAI_NONAME, SourceRefused, 3),
        (socket.EAI_NODATA, SourceRefused, 3),
        (socket.EAI_AGAIN, SourceUnavailable, 7),
    ],
)
async def test_a_name_that_there_is_not_is_asked_for_three_times(
    name: str, errno: int, kind: type[Exception], times: int,
    provider: Provider, clock: ManualClock, monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def resolve(*_: object, **__: object) -> None:
        raise socket.gaierror(errno, "scripted")

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    advice = (
        "; see that this machine reaches the network, then check the setting .*BASE_URL"
        if kind is SourceRefused
        else ""
    )
    with pytest.raises(kind, match=rf"{times} times, .*nowhere\.example cannot be looked up \(DNS\).*{advice}"):
        await ask(provider, name, clock, base_url="http://nowhere.example", per_minute=1000)
    assert len([wait for wait in clock.slept if wait]) == times - 1


@pytest.mark.parametrize("variable", ["HTTP_PROXY", "ALL_PROXY"])
async def test_proxies_of_the_environment_do_not_count(
    name: str, variable: str, provider: Provider, clock: ManualClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "http://127.0.0.1:1")
    monkeypatch.delenv("NO_PROXY", raising=False)
    await ask(provider, name, clock)
    assert provider.requests


async def test_a_run_that_is_cancelled_stops_at_once(name: str, provider: Provider, clock: ManualClock) -> None:
    arrived = asyncio.Event()

    def keep_silent(_: Request) -> Answer:
        arrived.set()
        return answers.silence()

    provider.always(keep_silent)
    asking = asyncio.create_task(ask(provider, name, clock, timeout=30))
    await arrived.wait()
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    assert len(provider.requests) == 1
