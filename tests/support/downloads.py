"""Download over a raw socket, to see how the answer ends; and a served database that is too large for buffers."""

import asyncio
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

import psycopg
from msgspec import Struct

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.ingest.partitions import Partitions
from tests.support.clock import NOON
from tests.support.http_server import ROOT, free_port, wait_until_ready

ROWS = 40_000
"""With names of 900 characters that makes 40 MB: more than all buffers on the way hold."""

FILL = """
    INSERT INTO unified_crypto_data (coin_id, source, observed_at, name, symbol, price_usd, market_cap,
                                     volume_24h, ingested_at, recorded_at, version, page_id, position)
    SELECT 'coin-' || n, 'coingecko', %(noon)s - n * interval '1 s', repeat(md5(n::text), %(repeats)s), 'sym',
           n / 7.0, n, 0, %(noon)s, %(noon)s, 1, n, 0
      FROM generate_series(1, %(rows)s) AS n
"""
EXPORTS = "FROM pg_stat_activity WHERE application_name = 'crypto-export' AND datname = current_database()"


class Served(Struct, frozen=True, kw_only=True):
    """An API in processes of its own, and the database behind it."""

    port: int
    process: "subprocess.Popen[bytes]"
    url: str

    def kill(self) -> None:
        """kill -9 of the server and its workers."""
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def ask(self, sql: str) -> int:
        """One number from the database."""
        with psycopg.connect(conninfo(self.url), autocommit=True) as connection:
            [number] = connection.execute(sql.encode()).fetchone() or (0,)
        return int(number)

    def exports(self) -> int:
        """How many exports the database works for."""
        return self.ask(f"SELECT count(*) {EXPORTS}")

    def end_exports(self) -> None:
        """The database ends their sessions."""
        self.ask(f"SELECT count(pg_terminate_backend(pid)) {EXPORTS}")


async def _make_room(url: str) -> None:
    async with opened(Database(url, pool_size=1, application_name="crypto-test")) as database:
        await Partitions(database).ensure("unified_crypto_data", [NOON], now=NOON)


def fill(url: str, rows: int = ROWS, *, name_repeats: int = 28) -> None:
    """So many quotes of so many coins, with names of so many times 32 characters."""
    asyncio.run(_make_room(url))
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        connection.execute(FILL, {"noon": NOON, "rows": rows, "repeats": name_repeats})


@contextmanager
def served(url: str) -> Iterator[Served]:
    """The API on this database; killed at the end."""
    port = free_port()
    command = [sys.executable, "-m", "granian", "--interface", "asgi", "--host", "127.0.0.1", "--port", str(port)]
    target = ["--no-ws", "--log-level", "warning", "--factory", "crypto.entrypoints.http.asgi:app"]
    clean = {name: value for name, value in os.environ.items() if not name.startswith("CRYPTO_")}
    settings = {"CRYPTO_DATABASE_URL": url, "CRYPTO_SOURCES": "coingecko", "CRYPTO_LOG_LEVEL": "error"}
    process = subprocess.Popen([*command, *target], cwd=ROOT, env=clean | settings, start_new_session=True)
    server = Served(port=port, process=process, url=url)
    try:
        wait_until_ready(port, process)
        yield server
    finally:
        if process.poll() is None:
            server.kill()


class Download:
    """An answer that is read as far as a test wants."""

    def __init__(self, port: int, form: str) -> None:
        self.received = bytearray()
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=60)
        asked = f"GET /api/v1/export?format={form} HTTP/1.1\r\nHost: localhost\r\n\r\n"
        self.socket.sendall(asked.encode())

    def read(self, most: int) -> None:
        """About so many bytes of the answer, or all there are."""
        while len(self.received) < most and not self.is_whole and (data := self._next()):
            self.received += data

    def _next(self) -> bytes:
        try:
            return self.socket.recv(65536)
        except ConnectionError:
            return b""

    @property
    def is_whole(self) -> bool:
        """Whether the answer has the end that HTTP gives to one of unknown length."""
        return self.received.endswith(b"\r\n0\r\n\r\n")

    @property
    def body(self) -> bytes:
        """The bytes of the whole chunks that arrived."""
        head, _, rest = bytes(self.received).partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK"), head
        parts, at = [], 0
        while (end := rest.find(b"\r\n", at)) >= 0 and (size := int(rest[at:end], 16)):
            if len(rest) < end + 2 + size:
                break
            parts.append(rest[end + 2 : end + 2 + size])
            at = end + 2 + size + 2
        return b"".join(parts)

    @property
    def total(self) -> int:
        """X-Total-Count."""
        head = bytes(self.received).partition(b"\r\n\r\n")[0].decode()
        return int(next(line.split(": ")[1] for line in head.split("\r\n") if line.startswith("x-total-count")))

    def leave(self) -> None:
        """Close the connection."""
        self.socket.close()
