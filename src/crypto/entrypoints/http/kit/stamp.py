"""Put on an answer, as it leaves, what every answer has: ids, safe headers, CORS, gzip where it is asked for."""

from collections.abc import Mapping
from typing import Any, TypeAlias

from litestar.types import Message, Send

from crypto.entrypoints.http.kit.cache_policies import NO_STORE
from crypto.entrypoints.http.kit.compression import SMALLEST, gzipped, is_compressible, wants_gzip
from crypto.entrypoints.http.kit.cors import Cors
from crypto.entrypoints.http.kit.methods import methods
from crypto.entrypoints.http.kit.request_context import RequestContext

Headers: TypeAlias = dict[bytes, bytes]
"""The headers of an answer by their names in small letters."""

SAFE: Headers = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"DENY",
    b"referrer-policy": b"no-referrer",
    b"content-security-policy": b"default-src 'none'; frame-ancestors 'none'",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": NO_STORE.encode(),
}
"""What an answer says to browsers and caches where it does not say otherwise: it is data, run it nowhere."""


OwnHeaders: TypeAlias = list[tuple[bytes, bytes]]
"""Headers in the order in which they are sent."""


def plain(given: Mapping[str, str], cors: Cors) -> OwnHeaders:
    """The headers of an answer with all that every answer has to a request that brings nothing of its own."""
    headers = SAFE | {name.lower().encode(): value.encode("latin-1") for name, value in given.items()}
    _say_what_it_varies_with(headers, cors)
    return list(headers.items())


def stamped(send: Send, context: RequestContext, cors: Cors) -> Send:
    """Sends what it is given with all that every answer has; what a HEAD gets is without a body.

    The start of an answer that may be packed waits for its body, any other goes at once.
    """
    waiting: list[Any] = []

    async def sending(message: Message) -> None:
        if message["type"] == "http.response.start":
            context.status = int(message["status"])
            headers = _stamp(dict(message["headers"]), context, cors)
            if _may_be_packed(headers, context):
                waiting.append((message, headers))
            else:
                await send(_with(message, headers))
            return
        if message["type"] == "http.response.body":
            if waiting:
                start, headers = waiting.pop()
                message["body"] = await _packed(headers, message)
                await send(_with(start, headers))
            if context.method == "HEAD":
                message["body"] = b""
        await send(message)

    return sending


def _with(start: Any, headers: Headers) -> Any:
    return start | {"headers": list(headers.items())}


def _may_be_packed(headers: Headers, context: RequestContext) -> bool:
    if b"content-encoding" in headers or not is_compressible(_media(headers)):
        return False
    return wants_gzip(context.headers.accept_encoding)


async def _packed(headers: Headers, message: Any) -> bytes:
    """The body, packed if it is whole and large; a stream goes as it is."""
    body: bytes = message.get("body", b"")
    if message.get("more_body") or len(body) < SMALLEST:
        return body
    packed = await gzipped(body)
    headers |= {b"content-encoding": b"gzip", b"content-length": str(len(packed)).encode()}
    return packed


def _stamp(given: Headers, context: RequestContext, cors: Cors) -> Headers:
    """The headers of an answer with all that every answer has."""
    headers = SAFE | {name.lower(): value for name, value in given.items()}
    headers[b"x-request-id"] = context.request_id.encode()
    if context.trace:
        headers[b"traceresponse"] = context.trace.response.encode()
    if b"allow" in headers:
        headers[b"allow"] = ", ".join(methods(headers[b"allow"].decode())).encode()
    _say_what_it_varies_with(headers, cors)
    _open(headers, context, cors)
    return headers


def _say_what_it_varies_with(headers: Headers, cors: Cors) -> None:
    if is_compressible(_media(headers)):
        _vary(headers, b"Accept-Encoding")
    if cors.varies:
        _vary(headers, b"Origin")


def _open(headers: Headers, context: RequestContext, cors: Cors) -> None:
    """Let pages of other origins read the answer, as far as that is set."""
    origin = context.headers.origin
    asks_first = context.method == "OPTIONS" and context.headers.access_control_request_method is not None
    if asks_first and b"allow" in headers:
        said = cors.of_preflight(origin, allow=headers[b"allow"].decode())
    else:
        said = cors.of_answer(origin) if origin else {}
    headers |= {name.lower().encode(): value.encode("latin-1") for name, value in said.items()}


def _media(headers: Headers) -> str:
    return headers.get(b"content-type", b"").decode("latin-1")


def _vary(headers: Headers, name: bytes) -> None:
    """Say that the answer depends on a header of the request, beside what it depends on already."""
    given = headers.get(b"vary", b"")
    if name.lower() not in given.lower():
        headers[b"vary"] = given + b", " + name if given else name
