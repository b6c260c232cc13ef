"""The bytes of an answer: all of them, or none; never more than fit."""

import io
import zlib
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Protocol

import httpx

from crypto.adapters.fetch.backoff import RetryableError, TooLarge

MEBIBYTE = 1024 * 1024
LARGEST = 12 * MEBIBYTE
"""Bytes of a body, as sent and inflated: four times the largest real one, CoinPaprika's of 2021."""

BLOCK = 64 * 1024
GZIP = 16 + zlib.MAX_WBITS


async def read_whole(response: httpx.Response) -> bytes:
    """The whole body, its content decoding undone.

    :raises RetryableError: when it was cut: fewer bytes than announced, gzip without its end, a close for an end.
    :raises TooLarge: when it is larger than 12 MiB, as sent or inflated.
    """
    _refuse_close_for_an_end(response)
    content = _content(response)
    sent = 0
    async for chunk in response.aiter_raw():
        sent += len(chunk)
        _check_size(sent, "as sent")
        content.take(chunk)
    return content.whole()


async def read_raw(response: httpx.Response) -> AsyncIterator[bytes]:
    """The whole body as sent, piece by piece, its content encoding not undone.

    :raises RetryableError: when its end could not be told from a cut.
    """
    _refuse_close_for_an_end(response)
    async for chunk in response.aiter_raw():
        yield chunk


async def read_beginning(response: httpx.Response, *, limit: int = BLOCK) -> bytes:
    """The first bytes of an error's body, however it ends; for its text only."""
    content: _Content = _Plain()
    with suppress(httpx.HTTPError, RetryableError, TooLarge):
        content = _content(response)
        async for chunk in response.aiter_raw():
            content.take(chunk[:limit])
            if content.taken.tell() >= limit:
                break
    return content.taken.getvalue()[:limit]


def _refuse_close_for_an_end(response: httpx.Response) -> None:
    chunked = "chunked" in response.headers.get("transfer-encoding", "").lower()
    if not chunked and "content-length" not in response.headers:
        raise RetryableError("the body has no announced end, so a cut one cannot be told from a whole one")


def _content(response: httpx.Response) -> "_Content":
    encoding = response.headers.get("content-encoding", "identity").strip().lower()
    if encoding in {"gzip", "x-gzip"}:
        return _Gzip()
    if encoding in {"identity", ""}:
        return _Plain()
    raise RetryableError("the body is encoded in a way that was not asked for")


def _check_size(size: int, how: str) -> None:
    if size > LARGEST:
        raise TooLarge(f"the body is larger than {LARGEST // MEBIBYTE} MiB {how}")


class _Content(Protocol):
    """`taken` is what came so far; its `getvalue` makes no copy."""

    taken: io.BytesIO

    def take(self, chunk: bytes) -> None: ...

    def whole(self) -> bytes: ...


class _Plain:
    def __init__(self) -> None:
        self.taken = io.BytesIO()

    def take(self, chunk: bytes) -> None:
        self.taken.write(chunk)

    def whole(self) -> bytes:
        return self.taken.getvalue()


class _Gzip:
    """Inflates block by block: httpx's own decoder makes 1 GiB of half a MiB before anyone can look.

    A body may be several gzip members, one after the other (RFC 1952, 2.2).
    """

    def __init__(self) -> None:
        self.taken = io.BytesIO()
        self._inflater = zlib.decompressobj(GZIP)

    def take(self, chunk: bytes) -> None:
        try:
            while chunk:
                if self._inflater.eof:
                    self._inflater = zlib.decompressobj(GZIP)
                self._add(self._inflater.decompress(chunk, BLOCK))
                chunk = self._inflater.unconsumed_tail or self._inflater.unused_data
        except zlib.error as error:
            raise RetryableError("the body is broken gzip") from error

    def whole(self) -> bytes:
        if not self._inflater.eof:
            raise RetryableError("the body was cut: gzip without its end")
        return self.taken.getvalue()

    def _add(self, block: bytes) -> None:
        self.taken.write(block)
        _check_size(self.taken.tell(), "inflated")
