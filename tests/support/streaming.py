"""An API whose quotes change all the time, for who listens to its stream; and a listener that reads raw events."""

import asyncio
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import msgspec
from litestar import Litestar
from msgspec import Struct

from crypto.application.query.list_changes import ListChanges
from crypto.application.query.stream_changes import StreamChanges
from crypto.application.query.watch_data import WatchData
from crypto.entrypoints.http.app import create_app
from crypto.entrypoints.http.kit.endpoint import Service
from crypto.entrypoints.runtime.signals import told_of_signals
from tests.support.api import SOURCES, GivenUseCases, Served, quote

EACH, AT_ONCE, NAME = 0.1, 500, "x" * 900
"""Every so many seconds so many quotes change, of such a name: they fill the buffers of a socket soon."""

MOST, PATIENCE, HEARTBEAT = 3, 2.0, 0.5


def served_with_changes() -> Litestar:
    """What a server process loads."""
    served = Served()
    changes = ListChanges(reader=served.store)
    watch = WatchData(reader=served.store, elapsed=time.monotonic)
    stream = StreamChanges(
        list_changes=changes,
        watch=watch,
        elapsed=time.monotonic,
        wait=asyncio.sleep,
        most=MOST,
        heartbeat=HEARTBEAT,
        patience=PATIENCE,
    )

    async def change() -> None:
        for number in range(1, 200):
            quotes = [
                quote(f"coin-{each:03}", price=str(number), position=each, name=NAME) for each in range(AT_ONCE)
            ]
            await served.ingest(*quotes)
            await asyncio.sleep(EACH)

    @asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        changing = asyncio.create_task(change())
        with told_of_signals(stream.stop):
            yield
        changing.cancel()

    others = [each for each in served.use_cases() if not isinstance(each, StreamChanges)]
    service = Service(use_case=GivenUseCases(*others, stream), sources=SOURCES)
    return create_app(service=service, lifespan=[lifespan])


class Event(Struct, frozen=True):
    """An event as it came."""

    kind: str
    id: str
    data: dict[str, Any]

    @property
    def prices(self) -> dict[str, int]:
        """The price of each coin that it is about."""
        return {each["coin_id"]: int(each["quote"]["price_usd"]) for each in self.data.get("data", ())}


@contextmanager
def listening(port: int, query: str = "", last: str | None = None) -> Iterator["Listener"]:
    """A listener that has read nothing but the head of the answer."""
    with socket.socket() as connection:
        connection.settimeout(20)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65536)
        connection.connect(("127.0.0.1", port))
        head = f"Last-Event-ID: {last}\r\n" if last else ""
        asked = f"GET /api/v1/stream{query} HTTP/1.1\r\nHost: localhost\r\n{head}\r\n"
        connection.sendall(asked.encode())
        yield Listener(connection)


class Listener:
    """Reads an answer in chunks, event by event."""

    def __init__(self, connection: socket.socket) -> None:
        self._file = connection.makefile("rb")
        self.status = int(self._file.readline().split()[1])
        self.headers = dict(self._headers())
        self._text = b""

    def _headers(self) -> Iterator[tuple[str, str]]:
        while (line := self._file.readline().strip()) != b"":
            name, _, value = line.decode().partition(": ")
            yield name.lower(), value

    def events(self) -> Iterator[Event]:
        """Up to the end of the answer, or the one of its connection."""
        while chunk := self._chunk():
            self._text += chunk
            *whole, self._text = self._text.split(b"\n\n")
            for each in whole:
                fields = dict(line.split(b": ", 1) for line in each.split(b"\n"))
                if b"event" in fields:
                    data = msgspec.json.decode(fields[b"data"], type=dict[str, Any])
                    yield Event(fields[b"event"].decode(), fields[b"id"].decode(), data)

    def _chunk(self) -> bytes:
        size = int(self._file.readline().strip() or b"0", 16)
        chunk = self._file.read(size)
        self._file.readline()
        return chunk if len(chunk) == size else b""
