"""How long to wait before a provider is asked again."""

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tenacity import AsyncRetrying, Future, RetryCallState

from crypto.adapters.fetch.backoff import Backoff, RetryableError, retry_after
from crypto.application.errors import SourceRateLimited
from tests.support.clock import NOON, ManualClock


def failed(attempt: int, failure: RetryableError) -> RetryCallState:
    state = RetryCallState(AsyncRetrying(), None, (), {})
    state.attempt_number = attempt
    state.outcome = Future(attempt)
    state.outcome.set_exception(failure)
    return state


def backoff(random: float = 1.0) -> Backoff:
    return Backoff("some", clock=ManualClock(), random=lambda: random)


def test_own_backoff_doubles_up_to_a_minute() -> None:
    wait = backoff()
    waits = [wait(failed(attempt, RetryableError("500"))) for attempt in range(1, 9)]
    assert waits == [1, 2, 4, 8, 16, 32, 60, 60]


def test_jitter_takes_up_to_half_of_it() -> None:
    assert backoff(random=0.0)(failed(4, RetryableError("500"))) == 4


def test_what_the_provider_asks_for_is_waited_and_a_little_more() -> None:
    assert 30 <= backoff(random=0.5)(failed(1, RetryableError("429", retry_after=30))) <= 31


def test_more_than_the_run_has_left_ends_it() -> None:
    wait = backoff(random=0.0)
    wait(failed(1, RetryableError("429", retry_after=400)))
    with pytest.raises(SourceRateLimited, match="rate_limited until 2026-11-02T12:05:00") as limit:
        wait(failed(2, RetryableError("429", retry_after=300)))
    assert limit.value.until == NOON + timedelta(seconds=300)


def test_a_run_does_not_back_off_for_ever() -> None:
    wait = backoff()
    failure = RetryableError("503")
    for _ in range(10):
        wait(failed(20, failure))
    with pytest.raises(RetryableError) as last:
        wait(failed(20, failure))
    assert last.value is failure
    assert wait.waited == 600


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("120", 120),
        (" 7 ", 7),
        (format_datetime(NOON + timedelta(seconds=90), usegmt=True), 90),
        ("Mon, 02 Nov 2026 12:00:05 -0000", 5),
        ("Mon, 02 Nov 2026 13:00:05 +0100", 5),
        (format_datetime(NOON - timedelta(seconds=90), usegmt=True), None),
        (None, None),
        ("", None),
        ("0", None),
        ("-5", None),
        ("1.5", None),
        ("nan", None),
        ("inf", None),
        ("soon", None),
        ("9" * 5000, None),
        ("Mon, 02 Nov 9999 12:00:05 GMT", None),
        (f"Mon, {'2' * 40} Nov 2026 12:00:05 GMT", None),
        ("²", None),
    ],
)
def test_retry_after(header: str | None, seconds: float | None) -> None:
    assert retry_after(header, now=NOON) == seconds


@given(st.text() | st.integers().map(str) | st.datetimes().map(format_datetime))
def test_any_retry_after_is_a_sane_wait_or_none(header: str) -> None:
    wait = retry_after(header, now=datetime(2026, 1, 1, tzinfo=UTC))
    assert wait is None or 0 < wait <= 31 * 24 * 3600
