"""Server-sent events: how they are written, and a stream of them as an answer."""

from collections.abc import AsyncGenerator, Mapping

from msgspec import Struct

MEDIA = "text/event-stream"
HEADERS: Mapping[str, str] = {"X-Accel-Buffering": "no"}
"""A proxy that would collect the events before it passes them on is asked not to."""


class EventStream(Struct, frozen=True, kw_only=True):
    """The events, written as they are sent; their source is closed when they end."""

    events: AsyncGenerator[bytes, None]


def event(kind: str, *, id: str, data: bytes) -> bytes:  # noqa: A002 - the field's name
    """An event; `data` is JSON without line ends, `id` what a caller sends as Last-Event-ID to go on after it."""
    return b"event: %s\nid: %s\ndata: %s\n\n" % (kind.encode(), id.encode(), data)
