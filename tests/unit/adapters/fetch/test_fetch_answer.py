"""What the headers of an answer say of the moment it was made at."""

from datetime import datetime, timedelta

import pytest

from crypto.adapters.fetch.answer import Answer, http_age, http_date
from crypto.domain.clocks import clocks_apart
from tests.support.clock import NOON

AT_NOON = "Mon, 02 Nov 2026 12:00:00 GMT"


@pytest.mark.parametrize(
    ("header", "moment"),
    [
        (AT_NOON, NOON),
        ("Mon, 02 Nov 2026 12:00:00 -0000", NOON),
        ("Mon, 02 Nov 2026 14:00:00 +0200", NOON),
        ("yesterday", None),
        ("", None),
        (f"Mon, {'9' * 40} Nov 2026 12:00:00 GMT", None),
    ],
)
def test_a_date_is_a_moment_or_none(header: str, moment: datetime | None) -> None:
    assert http_date(header) == moment


@pytest.mark.parametrize(("header", "seconds"), [("1200", 1200), ("", 0), ("an hour", 0), ("-5", 0), ("²", 0)])
def test_a_senseless_age_is_none(header: str, seconds: int) -> None:
    assert http_age(header) == timedelta(seconds=seconds)


@pytest.mark.parametrize(
    ("headers", "apart"),
    [
        ({"Date": AT_NOON, "Age": "1200"}, False),
        ({"Date": AT_NOON, "Age": "1199"}, True),
        ({"Date": AT_NOON}, True),
        ({"Date": "Fri, 31 Dec 9999 23:59:59 -2359"}, True),
        ({}, False),
    ],
)
def test_the_page_of_an_answer_says_when_it_was_made(headers: dict[str, str], apart: bool) -> None:
    answer = Answer(
        source="coingecko",
        request={},
        requested_at=NOON,
        received_at=NOON + timedelta(minutes=30),
        status=200,
        headers=headers,
        body=b"[]",
        records=0,
    )
    page = answer.page(cursor_after={})
    assert (page.headers, clocks_apart(page) is not None) == (headers, apart)
