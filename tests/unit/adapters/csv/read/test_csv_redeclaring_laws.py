"""A law of files that are declared otherwise: a completed ingest leaves what is declared, and nothing else."""

import asyncio
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Literal, TypeAlias

from hypothesis import given
from hypothesis import strategies as st

from crypto.adapters.csv.text.records import Limits
from crypto.adapters.memory import MemoryStore
from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.domain.feed import Feed
from crypto.domain.page import StoredPage
from crypto.domain.run import Counters, Run
from tests.support.clock import ManualClock
from tests.support.runs import Witness, ingest, reprocess
from tests.support.stores import InMemory

ROWS = b"price,date\n1,2024-01-01\n2,2024-01-02\n3,2024-01-03\n"

Step: TypeAlias = tuple[Literal["ingest", "redeclare", "other"], str, int | None]
"""Do what, with which coin declared, and after how many pages the process is gone; None: it comes to its end."""

steps = st.lists(
    st.tuples(
        st.sampled_from(["ingest", "redeclare", "other"]),
        st.sampled_from(["stellar", "dash", "monero"]),
        st.none() | st.integers(1, 8),
    ),
    max_size=6,
)


class Gone(Witness):
    """Ends the run after so many pages, as a process that is killed there would."""

    def __init__(self, after: int | None) -> None:
        super().__init__()
        self._after = after

    def page_committed(self, run: Run, stored: StoredPage, outcome: Counters) -> None:
        super().page_committed(run, stored, outcome)
        if len(self.pages) == self._after:
            raise RuntimeError("gone")


class Files:
    """A file of three rows, and another that is set in its place now and then."""

    def __init__(self, folder: Path) -> None:
        self.clock = ManualClock()
        self.store = InMemory(MemoryStore(self.clock))
        self._paths = {"ingest": folder / "prices.csv", "other": folder / "other.csv"}
        self._paths["redeclare"] = self._paths["ingest"]
        for path in self._paths.values():
            path.write_bytes(ROWS)

    async def take(self, step: Step) -> None:
        kind, coin_id, after = step
        source = self._declared(kind, coin_id)
        if kind == "redeclare":
            await reprocess(self.store, source, self.clock, Gone(after), current_settings=True)
        else:
            await ingest(self.store, source, self.clock, Gone(after))
        self.clock.advance(60)

    async def coins(self) -> set[object]:
        """Of the first file."""
        pages = [
            each
            async for each in self.store.archive.stored_pages(
                Feed(source="csv"), parts=[str(self._paths["ingest"])]
            )
        ]
        ids = {each.page_id for each in pages}
        return {row.coin_id for row in (await self.store.contents())["unified"] if row.page_id in ids}

    def _declared(self, kind: str, coin_id: str) -> CsvFiles:
        options = Options(paths=(str(self._paths[kind]),), coin_id="other" if kind == "other" else coin_id)
        return CsvFiles(options, clock=self.clock, limits=Limits(records=1))


@given(taken=steps, coin_id=st.sampled_from(["stellar", "dash"]))
def test_a_completed_ingest_leaves_the_coin_that_is_declared_whatever_was_before(
    taken: list[Step], coin_id: str
) -> None:
    async def compare() -> None:
        with TemporaryDirectory() as folder:
            files = Files(Path(folder))
            for step in taken:
                await files.take(step)
            await files.take(("ingest", coin_id, None))
            assert await files.coins() == {coin_id}

    asyncio.run(compare())
