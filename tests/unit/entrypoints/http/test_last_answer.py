"""A process that was told to end asks its callers to connect anew: over HTTP/1.1, as HTTP/2 has its own way."""

from typing import Any

import pytest

from crypto.entrypoints.http.kit.last_answer import CLOSE, last_answer

ETAG = (b"etag", b"x")


@pytest.mark.parametrize(("http_version", "told"), [("1.0", [CLOSE]), ("1.1", [CLOSE]), ("2", [])])
async def test_the_last_answer_of_a_connection_says_so(http_version: str, told: list[Any]) -> None:
    messages: list[Any] = []

    async def keep(message: Any) -> None:
        messages.append(message)

    send = last_answer({"http_version": http_version}, keep)  # type: ignore[typeddict-item]
    await send({"type": "http.response.start", "status": 200, "headers": [ETAG]})
    await send({"type": "http.response.body", "body": b"all", "more_body": False})

    start, body = messages
    assert start["headers"] == [ETAG, *told]
    assert body["body"] == b"all"
