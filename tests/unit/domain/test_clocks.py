"""Two clocks that tell different times are noticed, and a cache is not taken for one."""

from datetime import datetime, timedelta, timezone

import pytest
from msgspec.structs import replace

from crypto.domain.clocks import clocks_apart
from tests.support.clock import NOON
from tests.support.provider_sources import page_of

TEN_MINUTES = timedelta(minutes=10)
SECOND = timedelta(seconds=1)
NONE = timedelta()
LAST = datetime(9999, 12, 31, 23, 59, 59, tzinfo=timezone(-timedelta(hours=23, minutes=59)))
"""By UTC it is in no year that there is."""


@pytest.mark.parametrize(
    ("ahead", "sent_at", "cached_for", "apart"),
    [
        (NONE, NOON, NONE, False),
        (TEN_MINUTES, NOON, NONE, False),
        (TEN_MINUTES + SECOND, NOON, NONE, True),
        (-TEN_MINUTES, NOON, NONE, False),
        (-TEN_MINUTES - SECOND, NOON, NONE, True),
        (timedelta(minutes=30), NOON, timedelta(minutes=20), False),
        (timedelta(minutes=30, seconds=1), NOON, timedelta(minutes=20), True),
        (-TEN_MINUTES, NOON, timedelta(minutes=20), False),
        (timedelta(days=1), None, NONE, False),
        (NONE, LAST, NONE, True),
    ],
)
def test_clocks_are_apart_by_more_than_ten_minutes_and_the_age_of_a_copy(
    ahead: timedelta, sent_at: datetime | None, cached_for: timedelta, apart: bool
) -> None:
    page = page_of(b"[]", source="market", received_at=NOON + ahead)
    assert (clocks_apart(replace(page, sent_at=sent_at, cached_for=cached_for)) is not None) == apart


def test_both_times_are_told() -> None:
    page = page_of(b"[]", source="market", received_at=NOON - timedelta(days=1))
    told = clocks_apart(replace(page, sent_at=NOON))
    assert told is not None
    assert told.startswith("clock: a page arrived at 2026-11-01T12:00:00+00:00 by this machine's clock")
    assert "2026-11-02T12:00:00+00:00 by the provider's" in told
