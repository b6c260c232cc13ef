"""How much memory an ingest takes: for a million records as much as for few.

By hand: `python -m tests.faults.full --only memory --scale 0.2`.
"""

from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import psycopg
from msgspec import Struct
from msgspec.structs import replace

from crypto.adapters.postgres.connection.url import conninfo
from tests.faults.killer.house import House, at_home
from tests.faults.tiers.result import Part, PartResult, scaled
from tests.support.csv_files import HEADER
from tests.support.database import fresh_database
from tests.support.provider import MOST_PER_PAGE, Provider, Request

SMALL, MANY = MOST_PER_PAGE, 1_000_000
FEW: Mapping[str, Sequence[int]] = {"csv": (10_000, 100_000), "coingecko": (10_000,)}
"""The last of them is what many are compared with: a file is read 4 MiB ahead, so a smaller one takes less."""

COINS = 5_000
"""In a file; there are so many rows of each moment."""

PAGES_OF_COINS = 80
"""Of 250 in a list: more coins than CoinGecko has."""

MOST = 150.0
"""MiB above an ingest of one small page."""

APART = 0.1
"""By which share the ingest of many may take more than that of few."""

PATIENCE = 3600.0
RECEIVED = "SELECT sum(received), min(status) FROM runs"

Settings = dict[str, str]


class Growth(Struct, frozen=True, kw_only=True):
    """The most memory that ingests of a source had, in MiB by their number of records, the smallest first."""

    source: str
    peaks: Mapping[int, float]

    @property
    def above_small(self) -> dict[int, float]:
        """What each took more than the smallest."""
        first, *others = self.peaks.values()
        return dict(zip(list(self.peaks)[1:], [round(each - first, 1) for each in others], strict=True))

    def beyond_bound(self) -> list[str]:
        """Which took too much."""
        wrong = {records: grown for records, grown in self.above_small.items() if grown > MOST}
        return [f"{self.source}: {records} records took {grown} MiB more" for records, grown in wrong.items()]

    def uneven(self) -> list[str]:
        """Whether the largest took more than the one before it."""
        *_, few, many = self.peaks
        if self.peaks[many] <= self.peaks[few] * (1 + APART):
            return []
        return [f"{self.source}: {many} records took {self.peaks[many]:.1f} MiB, {few} only {self.peaks[few]:.1f}"]


class LongList(Provider):
    """CoinGecko with so many pages as are asked for, of as many coins as there may be; then they come again."""

    def _page(self, request: Request) -> bytes:
        first = super()._page(replace(request, params={**request.params, "page": "1"}))
        number = int(request.params["page"]) % PAGES_OF_COINS
        return first.replace(b'"fake-coin-', f'"fake-coin-{number}-'.encode())


@asynccontextmanager
async def _file(records: int, folder: Path) -> AsyncIterator[Settings]:
    path = folder / "many.csv"
    with path.open("wb") as file:
        file.write(HEADER)
        file.writelines(_rows(records))
    try:
        yield {"SOURCE__CSV__PATHS": str(path)}
    finally:
        path.unlink()


def _rows(records: int) -> Iterator[bytes]:
    """As files of closes are: all coins of a minute, then those of the next; some names are quoted."""
    for number in range(records):
        minute, coin = divmod(number, COINS)
        name = '"Coin, quoted"' if number % 100 == 0 else f"Coin {coin}"
        stamp = f"2024-01-01T{minute // 60:02d}:{minute % 60:02d}:00Z"
        yield f"coin-{coin},{name},C{coin},{number}.25,{number}000,{number}00.5,{stamp}\n".encode()


@asynccontextmanager
async def _list(records: int, folder: Path) -> AsyncIterator[Settings]:
    async with LongList(coins=MOST_PER_PAGE) as provider:
        named = {
            "BASE_URL": provider.base_url("coingecko"),
            "PAGES": str(records // MOST_PER_PAGE),
            "PAUSE": "0",
            "PER_MINUTE": "100000",
        }
        yield {f"SOURCE__COINGECKO__{name}": value for name, value in named.items()}


FEEDS: Mapping[str, Callable[[int, Path], AbstractAsyncContextManager[Settings]]] = {
    "csv": _file,
    "coingecko": _list,
}
"""Where so many records come from, by source: the settings under which they are there."""


async def peak(house: House, source: str, records: int, *, mutant: str | None = None) -> float:
    """The most memory that a process had resident which ingested so many records, in MiB."""
    with fresh_database(house.server, template=house.template) as url:
        async with FEEDS[source](records, house.folder) as settings:
            broken = {"TEST_MUTANT": mutant} if mutant else {}
            child = house.children.start("ingest", source, settings={"DATABASE_URL": url, **settings, **broken})
            await child.wait(PATIENCE)
        with psycopg.connect(conninfo(url)) as connection:
            assert connection.execute(RECEIVED).fetchone() == (records, "success"), child.said[-400:]
    (kibibytes,) = child.reported("peak")
    return kibibytes / 1024


async def grown(house: House, source: str, counts: Sequence[int], *, mutant: str | None = None) -> Growth:
    """What ingests of so many records took, each in a process and a database of its own."""
    peaks = {records: await peak(house, source, records, mutant=mutant) for records in counts}
    return Growth(source=source, peaks=peaks)


async def play(house: House, many: int) -> PartResult:
    """Every feed."""
    seen = [await grown(house, source, (SMALL, *FEW[source], many)) for source in FEEDS]
    figures = {f"{each.source} MiB for {SMALL}": round(each.peaks[SMALL], 1) for each in seen}
    for each in seen:
        figures |= {f"{each.source} + for {records}": more for records, more in each.above_small.items()}
    return PartResult(
        rounds=sum(len(each.peaks) for each in seen),
        checked="the most resident memory of the ingest's process, and that all records are in",
        figures=figures,
        failures=tuple(failure for each in seen for failure in (*each.beyond_bound(), *each.uneven())),
    )


def run(scale: float, seed: int) -> PartResult:
    """The part of the full tier; nothing in it is random."""
    pages = scaled(MANY // MOST_PER_PAGE, scale, least=2 * max(FEW["csv"]) // MOST_PER_PAGE)
    return at_home(lambda house: play(house, pages * MOST_PER_PAGE))


GOAL = "1,000,000 records take at most 150 MiB more than a small page, and at most 10 % more than few"
PARTS = (Part(name="memory", rows="G9", goal=GOAL, run=run),)
