"""A provider's answer as it arrived, and the page that it becomes."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

from msgspec import Struct

from crypto.domain.page import ASKED_FOR, Cursor, RawPage

KEPT_HEADERS = ("ETag", "Content-Type", "Last-Modified", "Date", "Age", "Cache-Control")


class Answer(Struct, frozen=True, kw_only=True):
    """A whole answer with status 200; `records` is how many its list holds."""

    source: str
    request: Mapping[str, object]
    requested_at: datetime
    received_at: datetime
    status: int
    headers: Mapping[str, str]
    body: bytes
    records: int

    def page(
        self, *, cursor_after: Cursor, is_last: bool = False, asked_for: Sequence[str] | None = None
    ) -> RawPage:
        """The page to keep; nothing but its bytes is needed to read it again."""
        return RawPage(
            source=self.source,
            request=self.request,
            context={} if asked_for is None else {ASKED_FOR: asked_for},
            requested_at=self.requested_at,
            received_at=self.received_at,
            status=self.status,
            headers=self.headers,
            body=self.body,
            cursor_after=cursor_after,
            is_last=is_last,
            sent_at=http_date(self.headers.get("Date", "")),
            cached_for=http_age(self.headers.get("Age", "")),
        )


def http_date(header: str) -> datetime | None:
    """The moment that a header such as `Date` says; None when it says none."""
    try:
        moment = parsedate_to_datetime(header)
    except (ValueError, OverflowError):  # a day of 40 digits is none
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def http_age(header: str) -> timedelta:
    """How long an answer lay in a cache by its header `Age`: one that is not there, or senseless, says 0."""
    return timedelta(seconds=int(header[:9])) if header.isascii() and header[:9].isdigit() else timedelta()


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """The headers worth keeping, by their names in any spelling; their values are as sent."""
    return {name: headers[name] for name in KEPT_HEADERS if name in headers}
