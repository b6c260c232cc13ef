"""How fast an export is, and what it takes: `python -m benchmarks.export [--rows N] [--rounds N] [--url URL]`.

Fills an embedded server of its own (or uses the quotes that are at URL) and serves it. Each round copies the rows
to a file on the server (the limit) and then downloads them as Parquet, while `/health/live` is asked 50 times a
second. Prints rows a second of both and their ratio, by how much the worker's memory grew at most, and how long a
probe took with and without an export. On a machine that does other work as well, only ratios of one round say
something.
"""

import argparse
import http.client
import os
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from msgspec import Struct

from crypto.adapters.postgres.connection.url import conninfo
from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.query.export_sql import rows_statement
from crypto.adapters.postgres.schema.migrate import migrate
from crypto.domain.market_data import QuoteFilter
from tests.support.database import SOURCES, short_folder
from tests.support.downloads import Served, fill, served

PROBE_SECONDS = 0.02
PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")


class Watched(Struct):
    """What was seen of the service during a block: memory in bytes, seconds of each probe."""

    memory: list[int] = []
    probes: list[float] = []

    @property
    def slow(self) -> float:
        """The 99th percentile of the probes, in milliseconds."""
        return 1000 * statistics.quantiles(self.probes, n=100)[-1]


def worker_of(server: Served) -> int:
    """The process that answers: the newest child, or the server itself."""
    children = Path(f"/proc/{server.process.pid}/task/{server.process.pid}/children").read_text().split()
    return max((int(each) for each in children), default=server.process.pid)


@contextmanager
def watching(server: Served) -> Iterator[Watched]:
    """Asks again and again until the end of the block."""
    watched, ended = Watched(memory=[], probes=[]), threading.Event()
    statm = Path(f"/proc/{worker_of(server)}/statm")

    def watch() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port)
        while not ended.wait(PROBE_SECONDS):
            began = time.perf_counter()
            connection.request("GET", "/api/v1/health/live")
            connection.getresponse().read()
            watched.probes.append(time.perf_counter() - began)
            watched.memory.append(int(statm.read_text().split()[1]) * PAGE_BYTES)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield watched
    finally:
        ended.set()
        thread.join()


def copied(url: str) -> float:
    """Seconds that the server takes to write the rows of an export to a file of its own."""
    statement, values = rows_statement(QuoteFilter())
    with psycopg.connect(conninfo(url), autocommit=True) as connection:
        [folder] = connection.execute("SELECT current_setting('data_directory')").fetchone() or ("",)
        connection.execute("SET max_parallel_workers_per_gather = 0")
        to_file = statement.replace("TO STDOUT", f"TO '{folder}/export.csv'")
        began = time.perf_counter()
        connection.execute(to_file.encode(), values or None)
        return time.perf_counter() - began


def downloaded(port: int, form: str) -> tuple[float, int]:
    """Seconds until the whole file was there, and its bytes."""
    connection = http.client.HTTPConnection("127.0.0.1", port)
    began, size = time.perf_counter(), 0
    connection.request("GET", f"/api/v1/export?format={form}")
    answer = connection.getresponse()
    while piece := answer.read(1 << 20):
        size += len(piece)
    return time.perf_counter() - began, size


def measure(url: str, *, rounds: int, form: str) -> None:
    """Print every round, and the medians."""
    with psycopg.connect(conninfo(url)) as connection:
        [rows] = connection.execute("SELECT count(*) FROM unified_crypto_data").fetchone() or (0,)
    ratios: list[float] = []
    grown: list[float] = []
    with served(url) as server:
        with watching(server) as idle:
            time.sleep(3)
        for number in range(1, rounds + 1):
            limit = copied(url)
            with watching(server) as busy:
                taken, size = downloaded(server.port, form)
            ratios.append(limit / taken)
            grown.append((max(busy.memory) - idle.memory[0]) / 1e6)
            print(
                f"round {number}: COPY to a file {rows / limit:>9,.0f} rows/s, {form} {rows / taken:>9,.0f},"
                f" ratio {ratios[-1]:.2f}; {size / 1e6:,.0f} MB; memory grew by {grown[-1]:.0f} MB;"
                f" live p99 {busy.slow:.1f} ms (idle {idle.slow:.1f})",
                flush=True,
            )
    print(f"median ratio {statistics.median(ratios):.2f}; memory grew by {max(grown):.0f} MB at most")


def main() -> None:
    """Run it in a folder that is removed at the end, or on the database that is named."""
    asked = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    asked.add_argument("--rows", type=int, default=1_000_000)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--format", default="parquet")
    asked.add_argument("--url", help="a migrated database with quotes")
    options = asked.parse_args()
    if options.url:
        measure(options.url, rounds=options.rounds, form=options.format)
        return
    with short_folder() as folder, EmbeddedServer(folder / "server") as url:
        migrate(url, sources=SOURCES)
        fill(url, options.rows, name_repeats=1)
        measure(url, rounds=options.rounds, form=options.format)


if __name__ == "__main__":
    main()
