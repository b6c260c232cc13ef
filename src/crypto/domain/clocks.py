"""Whether this machine's clock and a provider's tell the same time: ages are reckoned between the two."""

from datetime import datetime

from crypto.domain.page import RawPage
from crypto.domain.quote import CLOCK_TOLERANCE


def clocks_apart(page: RawPage) -> str | None:
    """What is wrong when the provider's time and the page's arrival are too far apart; None when all is well.

    Some caches renew the time that a page was sent at. So by the provider's clock it was made neither before
    `sent_at` nor after `sent_at` + `cached_for`.
    """
    if page.sent_at is None:
        return None
    if -CLOCK_TOLERANCE <= page.received_at - page.sent_at <= page.cached_for + CLOCK_TOLERANCE:
        return None
    return (
        f"clock: a page arrived at {_told(page.received_at)} by this machine's clock, and was sent at"
        f" {_told(page.sent_at)} by the provider's; set the one right that is wrong, or quotes are taken for too"
        " new or too old"
    )


def _told(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds")
