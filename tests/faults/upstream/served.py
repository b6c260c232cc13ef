"""What an upstream sent: every request with the exact bytes of its answer."""

import gzip
from collections.abc import Mapping

from msgspec import Struct

from tests.support.provider import Request
from tests.support.provider_answers import Answer

OK_LINE = b"HTTP/1.1 200 "


class Served(Struct, frozen=True, kw_only=True):
    """One answer: `wire` is what was sent, `end` how the connection ended ("keep" after a right answer)."""

    number: int
    at: float
    source: str
    params: Mapping[str, str]
    wire: bytes
    end: str

    @property
    def is_whole(self) -> bool:
        """Whether a client may believe it."""
        return self.end == "keep" and self.wire.startswith(OK_LINE)

    @property
    def body(self) -> bytes:
        """The content, decoded."""
        head, _, body = self.wire.partition(b"\r\n\r\n")
        if b"\r\nTransfer-Encoding: chunked" in head:
            body = _joined(body)
        return gzip.decompress(body) if b"\r\nContent-Encoding: gzip" in head else body


def served(number: int, request: Request, answer: Answer) -> Served:
    """The log's entry for an answer."""
    return Served(
        number=number,
        at=request.at,
        source=request.source,
        params=request.params,
        wire=b"".join(answer.chunks),
        end=answer.end,
    )


def _joined(chunked: bytes) -> bytes:
    pieces = []
    while chunked:
        size, _, rest = chunked.partition(b"\r\n")
        pieces.append(rest[: int(size, 16)])
        chunked = rest[int(size, 16) + 2 :]
    return b"".join(pieces)
