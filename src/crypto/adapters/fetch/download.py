"""Fetch a file of any size over HTTP: piece by piece, again where that helps, and not when it is the same."""

import asyncio
import random
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Protocol

import httpx
from msgspec import Struct
from tenacity import AsyncRetrying, retry_if_exception_type, stop_after_attempt, stop_after_delay, stop_any

from crypto.adapters.fetch.answer import kept
from crypto.adapters.fetch.backoff import Backoff, NoSuchName, RetryableError
from crypto.adapters.fetch.body import read_raw
from crypto.adapters.fetch.connections import StopAtUnknownName, connections, translate
from crypto.adapters.fetch.error_text import is_html
from crypto.adapters.fetch.refusal import judge
from crypto.application.errors import SourceRefused, SourceUnavailable
from crypto.application.ports import Clock

SERVER = "its server"
ATTEMPTS = 7
READ_SECONDS = 30.0
"""How long a server may say nothing."""

MOST_REDIRECTS = 5
ANY_FILE = {"Accept": "text/csv, */*;q=0.5"}
CONDITIONS = {"ETag": "If-None-Match", "Last-Modified": "If-Modified-Since"}
"""The header that asks for another version of a file only, by the one that tells its version."""

NO_ADDRESS = "it is not, or does not lead to, an address such as https://host/prices.csv"
PASSWORDS = "it wants a password or key, or the address is no longer valid"
ADVICE = {401: PASSWORDS, 403: PASSWORDS, 404: "check the address", 410: "check the address"}


class Sink(Protocol):
    """Takes a file's bytes as they arrive; a new attempt begins by clearing it."""

    def write(self, block: bytes) -> None:
        """Add a block of bytes."""
        ...

    def clear(self) -> None:
        """Drop what was written, and begin anew."""
        ...


class Fetched(Struct, frozen=True, kw_only=True):
    """What came with a file's bytes; `encoding` is how they are packed for the way, and still are."""

    requested_at: datetime
    status: int
    headers: Mapping[str, str]
    encoding: str


class Downloads:
    """Fetches files of one run; an attempt takes `timeout` seconds at most, and none begins when those are over.

    Its errors do not name the address: the caller knows how it may be shown. `may_follow` says of an address that
    a server leads to whether it may be read, by raising when it may not.
    """

    def __init__(
        self,
        *,
        clock: Clock,
        timeout: float,
        may_follow: Callable[[str], None],
        random: Callable[[], float] = random.random,
    ) -> None:
        self._clock = clock
        self._timeout = timeout
        self._may_follow = may_follow
        self._random = random

    async def fetch(self, address: str, sink: Sink, *, known: Mapping[str, str] | None = None) -> Fetched | None:
        """Write the file at the address into the sink; None when it is still the version that is `known`.

        `known` has the headers that came with the last version.

        :raises SourceUnavailable: when every attempt failed.
        :raises SourceRefused: when asking again gives the same answer.
        """
        retrying = AsyncRetrying(
            sleep=self._clock.sleep,
            stop=stop_any(stop_after_attempt(ATTEMPTS), stop_after_delay(self._timeout), StopAtUnknownName()),
            wait=Backoff(SERVER, clock=self._clock, random=self._random),
            retry=retry_if_exception_type(RetryableError),
            reraise=True,
        )
        try:
            fetched: Fetched | None = await retrying(self._attempt, address, sink, known or {})
        except NoSuchName as last:
            raise SourceRefused(f"{last.reason}; check the address") from last
        except RetryableError as last:
            times = retrying.statistics["attempt_number"]
            raise SourceUnavailable(f"asked {times} times; the last time: {last.reason}") from last
        return fetched

    async def _attempt(self, address: str, sink: Sink, known: Mapping[str, str]) -> Fetched | None:
        sink.clear()
        headers = {**ANY_FILE, **_conditions(known)}
        try:
            async with (
                asyncio.timeout(self._timeout),
                connections(timeout=READ_SECONDS, headers=headers) as http,
            ):
                return await self._ask(http, http.build_request("GET", address), sink)
        except TimeoutError as error:
            raise RetryableError(f"{SERVER} took longer than {self._timeout:g} s in all") from error
        except httpx.HTTPError as error:
            raise translate(error, source=SERVER, host=error.request.url.host) from error
        except (httpx.InvalidURL, UnicodeError) as error:
            raise SourceRefused(NO_ADDRESS) from error

    async def _ask(self, http: httpx.AsyncClient, request: httpx.Request, sink: Sink) -> Fetched | None:
        requested_at = self._clock.now()
        for _ in range(MOST_REDIRECTS + 1):
            response = await http.send(request, stream=True)
            try:
                if response.next_request is None:
                    return await self._take(response, sink, requested_at)
                request = response.next_request
            finally:
                await response.aclose()
            self._may_follow(str(request.url))
        raise SourceRefused(f"it is redirected more than {MOST_REDIRECTS} times; check the address")

    async def _take(self, response: httpx.Response, sink: Sink, requested_at: datetime) -> Fetched | None:
        if response.status_code == httpx.codes.NOT_MODIFIED and _asked_on_condition(response.request):
            return None
        if response.status_code != httpx.codes.OK:
            raise judge(response, "", source=SERVER, now=self._clock.now(), advice=ADVICE)
        if is_html(b"", response.headers.get("content-type", "")):
            raise SourceRefused(f"{SERVER} answered with a web page, not with a file; {PASSWORDS}")
        async for block in read_raw(response):
            sink.write(block)
        return Fetched(
            requested_at=requested_at,
            status=response.status_code,
            headers=kept(response.headers),
            encoding=response.headers.get("content-encoding", "identity").strip().lower(),
        )


def _conditions(known: Mapping[str, str]) -> dict[str, str]:
    """What asks for another version only; a header that is not ASCII cannot be sent back as it came."""
    return {
        CONDITIONS[header]: value for header, value in known.items() if header in CONDITIONS and value.isascii()
    }


def _asked_on_condition(request: httpx.Request) -> bool:
    return any(condition in request.headers for condition in CONDITIONS.values())
