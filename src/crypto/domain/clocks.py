"""Whether this machine's clock and a provider's tell the same time: ages are reckoned between the two."""

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from crypto.domain.page import RawPage
from crypto.domain.quote import CLOCK_TOLERANCE


def clocks_apart(page: RawPage) -> str | None:
    """What is wrong when the provider's `Date` and the page's arrival are too far apart; None when all is well.

    `Date` is when the answer was made, `Age` the seconds it then lay in a cache; some caches renew `Date`. So the
    answer was made neither before `Date` nor after `Date` + `Age` by the provider's clock.
    """
    made_at = _date(page.headers.get("Date", ""))
    if made_at is None:
        return None
    age = _age(page.headers.get("Age", ""))
    if -CLOCK_TOLERANCE <= page.received_at - made_at <= age + CLOCK_TOLERANCE:
        return None
    return (
        f"clock: a page arrived at {_told(page.received_at)} by this machine's clock, and was sent at"
        f" {_told(made_at)} by the provider's; set the one right that is wrong, or quotes are taken for too new or"
        " too old"
    )


def _date(header: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # a day of 40 digits is none
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _age(header: str) -> timedelta:
    """That of an answer without one, or with a senseless one, is 0."""
    return timedelta(seconds=int(header[:9])) if header.isascii() and header[:9].isdigit() else timedelta()


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
