"""What is still there and will go: said in the headers of its answers (RFC 9745, RFC 8594) and in the document."""

from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime

from msgspec import Meta, Struct

DEPRECATED_FIELD = Meta(extra_json_schema={"deprecated": True})
"""Marks a field of an answer: the document says so. The headers are for whole endpoints only."""


class Deprecation(Struct, frozen=True, kw_only=True):
    """Since when an endpoint is deprecated, aware; when it will be gone, if that is known; what to use instead.

    `guide` is a path or URL that explains how to move on.
    """

    since: datetime
    instead: str
    sunset: datetime | None = None
    guide: str | None = None

    def headers(self, given: Mapping[str, str]) -> Mapping[str, str]:
        """The headers of an answer with those that say so; a Link is added to those that are there."""
        said = {**given, "Deprecation": f"@{int(self.since.timestamp())}"}
        if self.sunset:
            said["Sunset"] = format_datetime(self.sunset.astimezone(UTC), usegmt=True)
        if self.guide:
            link = f'<{self.guide}>; rel="deprecation"; type="text/html"'
            said["Link"] = f"{given['Link']}, {link}" if "Link" in given else link
        return said

    @property
    def words(self) -> str:
        """What the document says of it."""
        until = f" and gone from {self.sunset.date().isoformat()} on" if self.sunset else ""
        return f"Deprecated since {self.since.date().isoformat()}{until}: {self.instead}"
