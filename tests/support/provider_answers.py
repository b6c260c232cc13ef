"""Answers of a provider, byte by byte: right ones, refusals, and every way of being cut, slow or wrong."""

import gzip
import zlib
from http import HTTPStatus

from msgspec import Struct

JSON = "application/json; charset=utf-8"
HTML = "text/html; charset=UTF-8"


class Answer(Struct, frozen=True, kw_only=True):
    """What goes over the wire: `chunks`, `gap` seconds between them, and how the connection ends.

    `end` is "keep" (the connection stays open for the next request), "close", "reset" or "hang".
    """

    chunks: tuple[bytes, ...]
    gap: float = 0.0
    end: str = "close"


def json_answer(body: bytes, *, headers: dict[str, str] | None = None) -> Answer:
    """A right answer, its length announced."""
    head = _head(200, JSON, {"Content-Length": str(len(body)), **(headers or {})}, keep=True)
    return Answer(chunks=(head, body), end="keep")


def gzip_answer(body: bytes) -> Answer:
    """A right answer, compressed."""
    packed = gzip.compress(body, compresslevel=1)
    return json_answer(packed, headers={"Content-Encoding": "gzip"})


def chunked_answer(body: bytes, *, size: int = 1024) -> Answer:
    """A right answer in chunks."""
    return Answer(chunks=(_chunked_head(keep=True), *_chunked(body, size), b"0\r\n\r\n"), end="keep")


def status(
    code: int, body: bytes = b'{"error":"scripted"}', *, content_type: str = JSON, **headers: str
) -> Answer:
    """Any status; `Retry_After="3"` becomes the header Retry-After."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Answer(chunks=(_head(code, content_type, {"Content-Length": str(len(body)), **named}), body))


def limited(retry_after: str | None = None) -> Answer:
    """429, with any form of Retry-After or none."""
    body = b'{"status":{"error_code":429,"error_message":"You have exceeded the rate limit."}}'
    return status(429, body) if retry_after is None else status(429, body, Retry_After=retry_after)


def html(code: int = 200) -> Answer:
    """A page for people where data were asked for."""
    return status(code, b"<!DOCTYPE html><html><title>Just a moment...</title></html>", content_type=HTML)


def told_limit(shape: str, *, retry_after: str | None = None) -> Answer:
    """A rate limit with status 200."""
    return json_answer(RATE_LIMITS[shape], headers={"Retry-After": retry_after} if retry_after else {})


def redirect(location: str, *, code: int = 302) -> Answer:
    """Go somewhere else."""
    return status(code, b"<a>moved</a>", content_type=HTML, Location=location)


ERROR_OBJECTS = {
    "coingecko text": b'{"error":"Could not find coin with the given id"}',
    "coingecko nested": b'{"error":{"status":{"error_code":10002,"error_message":"API Key Missing"}}}',
    "coingecko number": b'{"status":500,"error":"Internal Server Error"}',
    "coinpaprika": b'{"error":"id not found"}',
    "bitstamp reason": b'{"status":"error","reason":"Invalid market","code":"API0000"}',
}

RATE_LIMITS = {
    "status": b'{"status":{"error_code":429,"error_message":"You have exceeded it"}}',
    "nested": b'{"error":{"status":{"error_code":429,"error_message":"You have exceeded it"}}}',
    "top": b'{"error_code":"429","status":{"error_message":"You have exceeded it"}}',
    "number": b'{"status":429,"error":"Too Many Requests"}',
    "beside a status": b'{"status":200,"error":{"code":429,"message":"You have exceeded it"}}',
    "coinpaprika": b'{"error":"you have reached maximum request limit"}',
    "bitstamp": b'{"response_code":"400.002","response_explanation":"Request rejected: rate limit"}',
    "text": b"Throttled",
    "cloudflare": b'{"error_code":1015,"message":"You are being stopped"}',
}
"""As they were recorded, documented or reported: by a code, or in words only."""


def error_object(shape: str = "coingecko nested") -> Answer:
    """An error with status 200."""
    return json_answer(ERROR_OBJECTS[shape])


def cut_length(body: bytes, *, missing: int = 10) -> Answer:
    """Fewer bytes than announced."""
    return Answer(chunks=(_head(200, JSON, {"Content-Length": str(len(body))}), body[:-missing]))


def cut_chunked(body: bytes) -> Answer:
    """Chunks without the last one."""
    return Answer(chunks=(_chunked_head(), *_chunked(body, 1024)))


def cut_gzip(body: bytes) -> Answer:
    """Compressed data without their end, though every announced byte comes."""
    packed = gzip.compress(body)[:-9]
    head = _head(200, JSON, {"Content-Length": str(len(packed)), "Content-Encoding": "gzip"})
    return Answer(chunks=(head, packed))


def close_delimited(body: bytes) -> Answer:
    """Neither length nor chunks: the end of the connection is the end of the body, or a cut."""
    return Answer(chunks=(_head(200, JSON, {}), body))


def reset(body: bytes) -> Answer:
    """The connection is torn down in the middle."""
    return Answer(
        chunks=(_head(200, JSON, {"Content-Length": str(len(body))}), body[: len(body) // 2]), end="reset"
    )


def hung_up() -> Answer:
    """No answer at all, then the end of the connection."""
    return Answer(chunks=())


def silence() -> Answer:
    """No answer, and no end either."""
    return Answer(chunks=(), end="hang")


def drip(body: bytes, *, gap: float, size: int = 1) -> Answer:
    """A few bytes at a time: each read is quick, the whole never ends."""
    pieces = tuple(body[at : at + size] for at in range(0, len(body), size))
    return Answer(chunks=(_head(200, JSON, {"Content-Length": str(len(body))}), *pieces), gap=gap)


def bomb(mebibytes: int) -> Answer:
    """A small compressed body that inflates to so many MiB."""
    packer = zlib.compressobj(9, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    block = b" " * 1024 * 1024
    packed = b"".join([packer.compress(b"["), *(packer.compress(block) for _ in range(mebibytes)), packer.flush()])
    return json_answer(packed, headers={"Content-Encoding": "gzip"})


def flood(mebibytes: int) -> Answer:
    """A large body, not compressed."""
    block = b" " * 1024 * 1024
    head = _head(200, JSON, {"Content-Length": str(mebibytes * len(block))})
    return Answer(chunks=(head, *(block for _ in range(mebibytes))))


def raw(*chunks: bytes) -> Answer:
    """Exactly these bytes."""
    return Answer(chunks=chunks)


def _head(code: int, content_type: str, headers: dict[str, str], *, keep: bool = False) -> bytes:
    try:
        phrase = HTTPStatus(code).phrase
    except ValueError:
        phrase = "Scripted"
    lines = [f"HTTP/1.1 {code} {phrase}", f"Content-Type: {content_type}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    lines += [] if keep else ["Connection: close"]
    return "\r\n".join([*lines, "", ""]).encode("latin-1")


def _chunked_head(*, keep: bool = False) -> bytes:
    return _head(200, JSON, {"Transfer-Encoding": "chunked"}, keep=keep)


def _chunked(body: bytes, size: int) -> list[bytes]:
    pieces = [body[at : at + size] for at in range(0, len(body), size)]
    return [f"{len(piece):x}\r\n".encode() + piece + b"\r\n" for piece in pieces]
