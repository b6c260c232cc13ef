"""Two clocks that tell different times are noticed, and a cache is not taken for one."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from crypto.domain.clocks import clocks_apart
from tests.support.clock import NOON
from tests.support.provider_sources import page_of

AT_NOON = "Mon, 02 Nov 2026 12:00:00 GMT"
TEN_MINUTES = timedelta(minutes=10)
SECOND = timedelta(seconds=1)


@pytest.mark.parametrize(
    ("ahead", "headers", "apart"),
    [
        (timedelta(), {"Date": AT_NOON}, False),
        (TEN_MINUTES, {"Date": AT_NOON}, False),
        (TEN_MINUTES + SECOND, {"Date": AT_NOON}, True),
        (-TEN_MINUTES, {"Date": AT_NOON}, False),
        (-TEN_MINUTES - SECOND, {"Date": AT_NOON}, True),
        (timedelta(minutes=30), {"Date": AT_NOON, "Age": "1200"}, False),
        (timedelta(minutes=30, seconds=1), {"Date": AT_NOON, "Age": "1200"}, True),
        (-TEN_MINUTES, {"Date": AT_NOON, "Age": "1200"}, False),
        (timedelta(days=1), {"Date": AT_NOON, "Age": "an hour"}, True),
        (timedelta(days=1), {}, False),
        (timedelta(days=1), {"Date": "yesterday"}, False),
        (timedelta(days=1), {"Date": f"Mon, {'9' * 40} Nov 2026 12:00:00 GMT"}, False),
        (timedelta(days=1), {"Date": "Mon, 02 Nov 2026 12:00:00 -0000"}, True),
        (timedelta(0), {"Date": "Fri, 31 Dec 9999 23:59:59 -2359"}, True),
    ],
)
def test_clocks_are_apart_by_more_than_ten_minutes_and_the_age_of_a_copy(
    ahead: timedelta, headers: dict[str, str], apart: bool
) -> None:
    page = replace(page_of(b"[]", source="market", received_at=NOON + ahead), headers=headers)
    assert (clocks_apart(page) is not None) == apart


def test_both_times_are_told() -> None:
    page = page_of(b"[]", source="market", received_at=NOON - timedelta(days=1))
    told = clocks_apart(replace(page, headers={"Date": AT_NOON}))
    assert told is not None
    assert told.startswith("clock: a page arrived at 2026-11-01T12:00:00+00:00 by this machine's clock")
    assert "2026-11-02T12:00:00+00:00 by the provider's" in told
