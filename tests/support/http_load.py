"""Clients that ask again and again over bare sockets, and tell a cut answer from one that never began."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from enum import StrEnum

HOST = "127.0.0.1"
UNHEARD = 30.0
"""Seconds after which an answer is not waited for any more."""


class Fate(StrEnum):
    """What became of a request: answered whole; cut in the middle; a connection that was shut before its answer
    began, a kept one or a new one; or nobody who takes connections."""

    WHOLE = "whole"
    CUT = "cut"
    SHUT_KEPT = "shut, kept"
    SHUT_NEW = "shut, new"
    REFUSED = "refused"


class HttpLoad:
    """So many clients that ask for one path again and again; `fates` and `statuses` count what became of it.

    With `renews` each request has a connection of its own. A client goes when nobody takes its connection, or when
    it `may_ask` no more.
    """

    def __init__(
        self,
        port: int,
        path: str,
        *,
        clients: int,
        renews: bool = False,
        may_ask: Callable[[], bool] = lambda: True,
    ) -> None:
        self.fates: Counter[Fate] = Counter()
        self.statuses: Counter[int] = Counter()
        self._port = port
        self._clients = clients
        self._renews = renews
        self._may_ask = may_ask
        connection = "close" if renews else "keep-alive"
        self._request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: {connection}\r\n\r\n".encode()

    async def run(self) -> None:
        """Until every client is gone."""
        async with asyncio.TaskGroup() as group:
            for _ in range(self._clients):
                group.create_task(self._client())

    async def _client(self) -> None:
        while self._may_ask():
            try:
                reader, writer = await asyncio.open_connection(HOST, self._port)
            except OSError:
                self.fates[Fate.REFUSED] += 1
                return
            try:
                await self._on(reader, writer)
            finally:
                writer.close()

    async def _on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Ask over one connection until it is over."""
        is_kept = False
        while self._may_ask():
            answer = Received()
            await self._ask(reader, writer, answer)
            self.fates[answer.fate(is_kept=is_kept)] += 1
            if not answer.is_whole:
                return
            self.statuses[answer.status] += 1
            if answer.is_last:
                return
            is_kept = True

    async def _ask(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, answer: "Received") -> None:
        with suppress(OSError):  # a reset, or no answer in time: what has come until then tells
            async with asyncio.timeout(UNHEARD):
                writer.write(self._request)
                while not answer.is_whole and (chunk := await reader.read(65536)):
                    answer.add(chunk)


class Received:
    """The bytes of one answer, as far as they came."""

    def __init__(self) -> None:
        self.status = 0
        self.is_whole = False
        self.is_last = False
        self._bytes = b""

    def add(self, chunk: bytes) -> None:
        """More of it."""
        self._bytes += chunk
        head, end, body = self._bytes.partition(b"\r\n\r\n")
        if not end:
            return
        self.status, headers = parsed(head)
        self.is_last = headers.get("connection") == "close"
        self.is_whole = len(body) >= int(headers["content-length"])

    def fate(self, *, is_kept: bool) -> Fate:
        """What became of it."""
        if self.is_whole:
            return Fate.WHOLE
        if self._bytes:
            return Fate.CUT
        return Fate.SHUT_KEPT if is_kept else Fate.SHUT_NEW


def parsed(head: bytes) -> tuple[int, dict[str, str]]:
    """The status and the headers of an answer, by their names in small letters."""
    first, *lines = head.decode("latin-1").strip().split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return int(first.split(" ")[1]), headers


@asynccontextmanager
async def asking(*loads: HttpLoad) -> AsyncIterator[None]:
    """All of them ask within the block; at its end they are waited for."""
    running = [asyncio.create_task(load.run()) for load in loads]
    try:
        yield
        await asyncio.gather(*running)
    finally:
        for each in running:
            each.cancel()
        with suppress(asyncio.CancelledError):
            await asyncio.gather(*running)
