"""Send a large answer smaller to who can read it so: gzip, where the caller asks for it."""

import asyncio
import gzip

from crypto.entrypoints.http.kit.negotiation import weights

SMALLEST = 1024
"""Bytes; what is smaller gains nothing."""

LARGE = 256 * 1024
"""Bytes; from here on another thread does the work, so that nobody else waits for it."""

LEVEL = 5

_TEXTS = ("text/", "application/json", "application/problem+json", "application/x-ndjson")
_EVENTS = "text/event-stream"


def is_compressible(media: str) -> bool:
    """Whether gzip makes bytes of this media type smaller: Parquet is packed already, and events do not wait."""
    return media.startswith(_TEXTS) and not media.startswith(_EVENTS)


def wants_gzip(accept_encoding: str | None) -> bool:
    """Whether an Accept-Encoding header asks for gzip; who sends none gets the bytes as they are."""
    if not accept_encoding:
        return False
    asked = weights(accept_encoding)
    return asked.get("gzip", asked.get("x-gzip", asked.get("*", 0))) > 0


async def gzipped(body: bytes) -> bytes:
    """The body packed: the same bytes for the same body, as there is no time in it."""
    if len(body) < LARGE:
        return gzip.compress(body, LEVEL, mtime=0)
    return await asyncio.to_thread(gzip.compress, body, LEVEL, mtime=0)
