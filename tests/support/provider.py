"""A provider of market data on this machine: CoinPaprika and CoinGecko on one port, and as bad as told to be.

In a test: `async with Provider(coins=1000) as provider:` and `provider.base_url("coingecko")` as BASE_URL.
By hand: `python -m tests.support.provider --coins 5000 --latency 0.05` (see `--help`).
"""

import asyncio
import json
import ssl
import time
from collections import defaultdict, deque
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Self, TypeAlias
from urllib.parse import parse_qsl, urlsplit

from msgspec import Struct, to_builtins

from tests.support.provider_answers import Answer, gzip_answer, json_answer, status
from tests.support.provider_market import Market

PATHS = {"/v1/tickers": "coinpaprika", "/api/v3/coins/markets": "coingecko", "/api/v2/ticker/": "bitstamp"}
BASES = {"coinpaprika": "/v1", "coingecko": "/api/v3", "bitstamp": "/api/v2"}
MOST_PER_PAGE = 250


class Request(Struct, frozen=True, kw_only=True):
    """A request as it came: `at` in seconds since 1970, header names in lower case."""

    at: float
    source: str
    method: str
    path: str
    params: dict[str, str]
    headers: dict[str, str]


Scripted: TypeAlias = Answer | Callable[[Request], Answer]


class Provider:
    """A server on a loopback socket; `requests` are those for market data, in order of arrival."""

    def __init__(
        self,
        *,
        coins: int = 1000,
        seed: int = 1,
        now: Callable[[], datetime] | None = None,
        served: Mapping[str, Sequence[bytes]] | None = None,
        latency: float = 0.0,
        compress: bool = False,
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.market = Market(coins, seed=seed, now=now)
        self.requests: list[Request] = []
        self.served = dict(served or {})
        self.latency = latency
        self.compress = compress
        self._port = port
        self._tls = tls
        self._next: defaultdict[str, deque[Scripted]] = defaultdict(deque)
        self._always: dict[str, Scripted] = {}
        self._connections: set[asyncio.Task[None]] = set()

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._accept, "127.0.0.1", self._port, ssl=self._tls)
        self._port = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_: object) -> None:
        self._server.close()
        for connection in self._connections:
            connection.cancel()
        await asyncio.gather(*self._connections, return_exceptions=True)
        await self._server.wait_closed()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"{'https' if self._tls else 'http'}://127.0.0.1:{self._port}"

    def base_url(self, source: str) -> str:
        """The BASE_URL setting of a source."""
        return self.url + BASES[source]

    def next(self, *answers: Scripted, source: str = "any") -> None:
        """Answer the next requests with these, one each; then as before."""
        self._next[source].extend(answers)

    def always(self, answer: Scripted, *, source: str = "any") -> None:
        """Answer every request with this."""
        self._always[source] = answer

    def normal(self, *, source: str = "any") -> None:
        """Forget what was scripted."""
        self._always.pop(source, None)
        self._next.pop(source, None)

    async def _accept(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None
        self._connections.add(task)
        try:
            while await self._serve_one(reader, writer):
                pass
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.LimitOverrunError, asyncio.CancelledError):
            pass  # the other side left, or the test is over: nobody is there to be told
        finally:
            self._connections.discard(task)
            writer.close()

    async def _serve_one(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> bool:
        request = _request((await reader.readuntil(b"\r\n\r\n")).decode("latin-1"))
        if request.path.startswith(("/requests", "/control/")):
            return await _send(self._control(request), writer)
        self.requests.append(request)
        await asyncio.sleep(self.latency)
        return await _send(self._answer(request), writer)

    def _answer(self, request: Request) -> Answer:
        scripted = self._scripted(request.source)
        if scripted is None:
            return self.usual(request)
        return scripted if isinstance(scripted, Answer) else scripted(request)

    def _scripted(self, source: str) -> Scripted | None:
        for name in (source, "any"):
            if self._next[name]:
                return self._next[name].popleft()
        return self._always.get(source) or self._always.get("any")

    def usual(self, request: Request) -> Answer:
        """The right answer."""
        if request.source == "nobody":
            return status(404, b'{"error":"id not found"}')
        body = self._page(request)
        if self.compress and "gzip" in request.headers.get("accept-encoding", ""):
            return gzip_answer(body)
        return json_answer(body, headers={"ETag": f'W/"{len(self.requests)}"', "Cache-Control": "max-age=30"})

    def _page(self, request: Request) -> bytes:
        page = int(request.params.get("page", "1"))
        if request.source in self.served:
            files = self.served[request.source]
            return files[page - 1] if page <= len(files) else b"[]"
        if request.source != "coingecko":
            return self.market.whole_list(request.source)
        per_page = min(int(request.params.get("per_page", "100")), MOST_PER_PAGE)
        if "ids" in request.params:
            return self.market.markets_of(request.params["ids"].split(","), per_page)
        return self.market.markets(page, per_page)

    def _control(self, request: Request) -> Answer:
        from tests.support.provider_script import obey  # a script names answers of this server

        if request.path == "/requests":
            return json_answer(json.dumps([to_builtins(each) for each in self.requests]).encode())
        return obey(self, request.path.removeprefix("/control/"), request.params)


def _request(head: str) -> Request:
    first, *lines = head.split("\r\n")
    method, target, _ = first.split(" ", 2)
    url = urlsplit(target)
    headers = dict(line.split(": ", 1) for line in lines if ": " in line)
    return Request(
        at=time.time(),
        source=PATHS.get(url.path, "nobody"),
        method=method,
        path=url.path,
        params=dict(parse_qsl(url.query)),
        headers={name.lower(): value for name, value in headers.items()},
    )


async def _send(answer: Answer, writer: asyncio.StreamWriter) -> bool:
    """Send it; whether the connection stays open."""
    for chunk in answer.chunks:
        writer.write(chunk)
        await writer.drain()
        if answer.gap:
            await asyncio.sleep(answer.gap)
    if answer.end == "hang":
        await asyncio.Event().wait()
    if answer.end == "reset":
        writer.transport.abort()
    return answer.end == "keep"


if __name__ == "__main__":
    from tests.support.provider_script import main

    main()
