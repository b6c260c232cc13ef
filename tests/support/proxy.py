"""A proxy before PostgreSQL that cuts, swallows and refuses, where a test says."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from sqlalchemy.engine import URL, make_url

COMMIT = b"COMMIT\x00"
"""The statement itself, as it ends on the wire."""


class Proxy:
    """Passes bytes on; cuts the next COMMIT before the server has it, or only the server's answer to it.

    While `stalled` it swallows what clients say and answers nothing; `delay` seconds go by before anything is
    passed on to the server. While `refusing` it hangs up on who comes, with the `last_words` of a server, if there
    are some; it `refuses_after_cut` of a COMMIT. With `hides_ends` the server never hears that a client is gone.
    """

    def __init__(self, database_url: str) -> None:
        self._server = make_url(database_url)
        self.url = database_url
        self.cuts = 0
        self.cut_before_commit = False
        self.cut_after_commit = False
        self.stalled = False
        self.refusing = False
        self.last_words = ""
        self.refuses_after_cut = False
        self.hides_ends = False
        self.delay = 0.0
        self._forgotten = 0
        self._number = 0
        self.port = 0
        self._server_socket: asyncio.Server | None = None
        self._ways: set[asyncio.Task[None]] = set()
        self._hidden: list[asyncio.StreamWriter] = []

    async def listen(self) -> None:
        """Take connections on a loopback port."""
        self._server_socket = await asyncio.start_server(self.serve, "127.0.0.1", 0)
        self.port = self._server_socket.sockets[0].getsockname()[1]

    def close(self) -> None:
        """Cut every connection and take no more."""
        if self._server_socket:
            self._server_socket.close()
        self.cut_clients()
        for writer in self._hidden:
            writer.close()

    def cut_clients(self) -> None:
        """Hang up on all who are connected."""
        for way in self._ways:
            way.cancel()

    def forget(self) -> None:
        """Swallow from now on what those who are connected say, as a firewall does that restarted."""
        self._forgotten = self._number

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if self.refusing:
            await reader.read(65536)
            writer.write(_refusal(self.last_words) if self.last_words else b"")
            writer.close()
            return
        up_reader, up_writer = await _connect(self._server)
        hushed = asyncio.Event()
        ways = {
            asyncio.create_task(self._upward(reader, up_writer, hushed)),
            asyncio.create_task(_downward(up_reader, writer, hushed)),
        }
        self._ways |= ways
        _, pending = await asyncio.wait(ways, return_when=asyncio.FIRST_COMPLETED)
        for way in pending:
            way.cancel()
        self._ways -= ways
        writer.close()
        if self.hides_ends:
            self._hidden.append(up_writer)
        else:
            up_writer.close()

    async def _upward(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hushed: asyncio.Event
    ) -> None:
        self._number += 1
        number = self._number
        while data := await reader.read(65536):
            if self.stalled or number <= self._forgotten:
                continue
            if self.delay:
                await asyncio.sleep(self.delay)
            if COMMIT in data and self._cuts_before():
                return
            if COMMIT in data and self._cuts_after():
                hushed.set()
            writer.write(data)
            await writer.drain()

    def _cuts_before(self) -> bool:
        cut, self.cut_before_commit = self.cut_before_commit, False
        return self._counted(cut)

    def _cuts_after(self) -> bool:
        cut, self.cut_after_commit = self.cut_after_commit, False
        return self._counted(cut)

    def _counted(self, cut: bool) -> bool:
        self.cuts += cut
        self.refusing = self.refusing or (cut and self.refuses_after_cut)
        return cut


def _refusal(words: str) -> bytes:
    """The message with which PostgreSQL refuses a connection."""
    fields = {"S": "FATAL", "V": "FATAL", "C": "57P03", "M": words}
    body = b"".join(f"{name}{text}".encode() + b"\0" for name, text in fields.items()) + b"\0"
    return b"E" + (len(body) + 4).to_bytes(4, "big") + body


async def _downward(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, hushed: asyncio.Event) -> None:
    """Stops, unheard, at the first answer after it was hushed."""
    while (data := await reader.read(65536)) and not hushed.is_set():
        writer.write(data)
        await writer.drain()


async def _connect(server: URL) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    host, port = server.query.get("host") or server.host, server.port or 5432
    if isinstance(host, str) and host.startswith("/"):
        return await asyncio.open_unix_connection(f"{host}/.s.PGSQL.{port}")
    return await asyncio.open_connection(str(host), port)


@asynccontextmanager
async def proxied(database_url: str) -> AsyncIterator[Proxy]:
    """A proxy on loopback; its `url` leads through it."""
    proxy = Proxy(database_url)
    await proxy.listen()
    plain = {"sslmode": "disable", "gssencmode": "disable"}
    through = make_url(database_url).set(host="127.0.0.1", port=proxy.port, query=plain)
    proxy.url = through.render_as_string(hide_password=False)
    try:
        yield proxy
    finally:
        proxy.close()
