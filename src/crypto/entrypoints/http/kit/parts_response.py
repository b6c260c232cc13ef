"""An answer whose bytes come part by part, so that memory holds one part of them only.

Litestar's own stream listens until the caller hangs up, also after the last part; this one ends with it.
"""

from collections.abc import AsyncIterator, Mapping
from typing import Any

from litestar import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send


class PartsResponse(Response[Any]):
    """The parts, in their order; `headers` has Content-Length, by which a caller notices that some are missing."""

    def __init__(self, parts: AsyncIterator[bytes], *, status_code: int, headers: Mapping[str, str]) -> None:
        super().__init__(b"", status_code=status_code, headers=headers)
        self._parts = parts

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """The application that sends the parts."""
        return _Sender(self._parts, status_code=self.status_code, headers=self.headers)


class _Sender(ASGIResponse):
    def __init__(self, parts: AsyncIterator[bytes], *, status_code: int | None, headers: dict[str, Any]) -> None:
        super().__init__(status_code=status_code, headers=headers)
        self._parts = parts

    async def send_body(self, send: Send, receive: Receive) -> None:
        async for part in self._parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})
