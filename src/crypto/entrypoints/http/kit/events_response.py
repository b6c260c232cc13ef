"""An answer of server-sent events: it ends when its source does, when the caller goes, or takes too long to read.

No event is made before the one before has been taken: what waits for a slow reader is one event, and what the
sockets hold.
"""

import asyncio
from collections.abc import Mapping
from typing import Any

from litestar import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Send

from crypto.entrypoints.http.kit.event_stream import EventStream

LOOK_SECONDS = 0.1

STUCK_SECONDS = 60.0
"""Who takes nothing for so long is cut off."""


class EventsResponse(Response[Any]):
    """The events as they come."""

    def __init__(self, stream: EventStream, *, status_code: int, headers: Mapping[str, str]) -> None:
        super().__init__(b"", status_code=status_code, headers=headers)
        self._stream = stream

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """The application that sends the events."""
        return _Sender(self._stream, status_code=self.status_code, headers=self.headers)


class _Sender(ASGIResponse):
    _should_set_content_length = False

    def __init__(self, stream: EventStream, *, status_code: int | None, headers: dict[str, Any]) -> None:
        super().__init__(status_code=status_code, headers=headers)
        self._events = stream.events

    async def send_body(self, send: Send, receive: Receive) -> None:
        sending = asyncio.create_task(self._send(send))
        leaving = asyncio.create_task(_gone(receive))
        try:
            await asyncio.wait((sending, leaving), return_when=asyncio.FIRST_COMPLETED)
            if sending.done():
                await sending
        finally:
            for task in (sending, leaving):
                task.cancel()
            await asyncio.gather(sending, leaving, return_exceptions=True)
            await self._events.aclose()

    async def _send(self, send: Send) -> None:
        async for each in self._events:
            try:
                async with asyncio.timeout(STUCK_SECONDS):
                    await send({"type": "http.response.body", "body": each, "more_body": True})
            except TimeoutError:
                return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _gone(receive: Receive) -> None:
    """Waits until the caller hangs up. A server whose parent was killed says that more of the request came, and
    says so at once however often it is asked: that must not keep a processor busy.
    """
    while (await receive())["type"] != "http.disconnect":  # noqa: ASYNC110 - it is the receiving that waits
        await asyncio.sleep(LOOK_SECONDS)
