"""How fast pages are written: `python -m benchmarks.write_pages` on an embedded server of its own, fsync on.

Prints records a second for pages of 250 and of 10,000 quotes: all new, all new again a minute later, all known.
Compare runs made one after the other on the same machine; single figures say little.
"""

import asyncio
import time

from crypto.adapters.postgres.connection.database import Database, opened
from crypto.adapters.postgres.embedded import EmbeddedServer
from crypto.adapters.postgres.schema.migrate import migrate
from tests.support.clock import ManualClock
from tests.support.database import SOURCES, short_folder
from tests.support.market import Market, Record
from tests.support.runs import ingest
from tests.support.stores import InPostgres

SHAPES = ((250, 40), (10_000, 5))
ROUNDS = (("new", 0), ("new a minute later", 1), ("known", 1))


def pages(size: int, number: int, minute: int) -> list[list[Record]]:
    """So many pages of so many coins, all quoted at one minute."""
    return [[(f"coin-{page}-{coin}", minute, "1.5") for coin in range(size)] for page in range(number)]


async def measure(url: str) -> None:
    """Write every shape in every round, and print how fast that went."""
    async with opened(Database(url, pool_size=2, application_name="crypto-benchmark")) as database:
        store = InPostgres(database)
        for size, number in SHAPES:
            for name, minute in ROUNDS:
                market = Market(ManualClock(), pages(size, number, minute), name="coingecko")
                began = time.perf_counter()
                run = await ingest(store, market, ManualClock())
                rate = run.counters.received / (time.perf_counter() - began)
                print(f"pages of {size:>6}, {name:<18} {rate:>8,.0f} records/s")


def main() -> None:
    """Run it in a folder that is removed at the end."""
    with short_folder() as folder, EmbeddedServer(folder / "server") as url:
        migrate(url, sources=SOURCES)
        asyncio.run(measure(url))


if __name__ == "__main__":
    main()
