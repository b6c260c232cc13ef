"""Send a body piece by piece: no faster than it is read, let go of when its reader is, and cut where it fails."""

import asyncio
from collections.abc import Awaitable, Mapping
from contextlib import aclosing
from typing import Any, TypeVar

from litestar import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from crypto.entrypoints.http.kit.pieces import Pieces
from crypto.entrypoints.http.kit.request_context import RequestContext

Answered = TypeVar("Answered")

PIECE_BYTES = 262_144
"""How much is handed to the server at once."""

WRITE_SECONDS = 30.0
"""How long a caller may take to read one piece: a snapshot waits for it."""

FLUSH_SECONDS = 1.0
"""How long what was said last has to reach the caller before the cut: a server drops what it still holds."""

LOOK_SECONDS = 0.1

CLIENT_LEFT = 499
"""The status that the log has of a request whose caller did not wait for the answer; nobody gets it."""


class SlowReader(Exception):
    """The caller did not read on."""


class Caller:
    """Who waits for an answer. granian is asked once whether they left: dropping that may hang the answer."""

    def __init__(self, receive: Receive) -> None:
        self._leaving = asyncio.ensure_future(_left(receive))

    async def unless_left(self, work: Awaitable[Answered]) -> Answered | None:
        """What the work gives; None when the caller left before, and the work was stopped."""
        working = asyncio.ensure_future(work)
        try:
            await asyncio.wait((working, self._leaving), return_when=asyncio.FIRST_COMPLETED)
            return working.result() if working.done() else None
        finally:
            await _ended(working)

    async def aclose(self) -> None:
        """Nobody has to know any more."""
        await _ended(self._leaving)


class PiecesResponse(Response[Any]):
    """Pieces as Litestar's handlers answer them."""

    def __init__(
        self, pieces: Pieces, context: RequestContext, caller: Caller, *, headers: Mapping[str, str]
    ) -> None:
        super().__init__(b"", headers=headers)
        self._pieces = pieces
        self._context = context
        self._caller = caller

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """The application that sends the pieces."""
        return _Sent(self._pieces, self._context, self._caller, headers=self.headers)


class _Sent(ASGIResponse):
    """Sends the pieces. A server closes the connection of an answer that its application leaves without an end."""

    _should_set_content_length = False

    def __init__(
        self, pieces: Pieces, context: RequestContext, caller: Caller, *, headers: dict[str, Any]
    ) -> None:
        super().__init__(headers=headers)
        self._pieces = pieces
        self._context = context
        self._caller = caller

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """The whole answer; whatever happens to it, what stands behind it is let go of."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            await self._pieces.aclose()
            await self._caller.aclose()

    async def send_body(self, send: Send, receive: Receive) -> None:
        """All of it; nothing after the headers for HEAD."""
        if self._context.method == "HEAD":
            await _send(send, b"", more=False)
        else:
            await self._send_or_cut(send)

    async def _send_or_cut(self, send: Send) -> None:
        """What went wrong is for the log: the status is sent already."""
        try:
            if await self._caller.unless_left(self._send_all(send)) is None:
                self._context.error = "the caller left before the end"
        except Exception as error:  # noqa: BLE001 - nobody above can answer any more: the connection is cut
            self._context.error = f"cut: {type(error).__name__}: {error}"
            await self._pieces.aclose()
            await asyncio.sleep(FLUSH_SECONDS)

    async def _send_all(self, send: Send) -> bool:
        """All pieces, and the end of the answer."""
        async with aclosing(self._pieces.pieces()) as pieces:
            async for piece in pieces:
                for start in range(0, len(piece), PIECE_BYTES):
                    await _send(send, piece[start : start + PIECE_BYTES], more=True)
        await _send(send, b"", more=False)
        return True


async def _send(send: Send, body: bytes, *, more: bool) -> None:
    try:
        async with asyncio.timeout(WRITE_SECONDS):
            await send({"type": "http.response.body", "body": body, "more_body": more})
    except TimeoutError as error:
        raise SlowReader(f"the caller took more than {WRITE_SECONDS:.0f} s to read {len(body)} bytes") from error


async def _left(receive: Receive) -> None:
    """Ends when the caller has gone; a server that says other things at once does not keep a processor busy."""
    while (await receive())["type"] != "http.disconnect":  # noqa: ASYNC110 - it is the receiving that waits
        await asyncio.sleep(LOOK_SECONDS)


async def _ended(*tasks: "asyncio.Future[Any]") -> None:
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
