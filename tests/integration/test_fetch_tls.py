"""A connection that cannot be trusted is refused, and told apart from one that cannot be made."""

import asyncio
import ssl

import pytest

from crypto.application.errors import SourceRefused, SourceUnavailable
from tests.support.clock import ManualClock
from tests.support.provider import Provider
from tests.support.provider_sources import REST, all_pages, source_at


@pytest.mark.parametrize("name", REST)
async def test_a_certificate_that_nobody_vouches_for_is_refused(name: str, self_signed: ssl.SSLContext) -> None:
    clock = ManualClock()
    async with Provider(coins=1, tls=self_signed) as provider:
        with pytest.raises(SourceRefused, match=r"no trustworthy TLS connection to 127\.0\.0\.1 \(self.signed"):
            await all_pages(source_at(provider, name, clock))
    assert provider.requests == []
    assert clock.slept == []


async def speak_plainly(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")
    await writer.drain()
    writer.close()


async def hang_up(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def ask_over_tls(server: asyncio.Server, clock: ManualClock) -> None:
    address = f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        await all_pages(source_at(Provider(coins=0), "coinpaprika", clock, base_url=address, retries=1))


async def test_plain_http_where_tls_belongs_is_refused() -> None:
    clock = ManualClock()
    with pytest.raises(SourceRefused, match=r"no trustworthy TLS connection .*WRONG_VERSION_NUMBER"):
        await ask_over_tls(await asyncio.start_server(speak_plainly, "127.0.0.1", 0), clock)
    assert clock.slept == []


async def test_a_handshake_that_is_cut_is_tried_again() -> None:
    clock = ManualClock()
    with pytest.raises(SourceUnavailable):
        await ask_over_tls(await asyncio.start_server(hang_up, "127.0.0.1", 0), clock)
    assert any(0.5 <= wait <= 1 for wait in clock.slept)
