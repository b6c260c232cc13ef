"""Send the last answer of a connection: who asks more connects anew, and meets a process that stays."""

from typing import Any

from litestar.types import HTTPScope, Message, Send

CLOSE = (b"connection", b"close")


def last_answer(scope: HTTPScope, send: Send) -> Send:
    """Sends what it is given, and over HTTP/1.1 that the connection ends with it.

    HTTP/2 has a message of its own for that, and forbids this header.
    """
    if not scope["http_version"].startswith("1"):
        return send

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            start: Any = message
            message = start | {"headers": [*start["headers"], CLOSE]}
        await send(message)

    return sending
