"""A provider's answer as it arrived, and the page that it becomes."""

from collections.abc import Mapping, Sequence
from datetime import datetime

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
        )


def kept(headers: Mapping[str, str]) -> dict[str, str]:
    """Of headers, found by any spelling of their names, those worth keeping; their values are as sent."""
    return {name: headers[name] for name in KEPT_HEADERS if name in headers}
