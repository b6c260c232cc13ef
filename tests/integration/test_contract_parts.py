"""What every store promises when two files of one ingest say different prices of one coin and moment."""

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.domain.market_data import QuoteFilter
from crypto.domain.run import RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import EVERYTHING
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store

HEADER = "date,price,volume\n"
FIRST = "2024-01-01,1,7\n2024-01-02,2,7\n2024-01-03,3,7\n2024-01-04,4,7\n2024-01-05,5,7\n"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a.csv").write_text(HEADER + FIRST)
    return tmp_path


def files(clock: ManualClock, *paths: object, **options: Any) -> CsvFiles:
    return CsvFiles(Options(paths=tuple(map(str, paths)), coin_id="x", **options), clock=clock)


async def prices(store: Store) -> list[Decimal | None]:
    found = await store.reader.find(QuoteFilter(), EVERYTHING)
    return [quote.price_usd for quote in sorted(found.quotes, key=lambda quote: quote.observed_at)]


async def rejected(store: Store) -> list[str]:
    return [str(row.reason) for row in (await store.contents())["rejections"] if not row.is_resolved]


async def test_the_second_file_does_not_overwrite_the_first(
    store: Store, clock: ManualClock, folder: Path
) -> None:
    (folder / "b.csv").write_text(HEADER + "2024-01-01,100,7\n2024-01-02,2,7\n2024-01-09,9,7\n")
    run = await ingest(store, files(clock, folder / "*.csv"), clock)
    assert run.status is RunStatus.FAILURE
    assert (run.counters.inserted, run.counters.restated, run.counters.unchanged, run.counters.rejected) == (
        6,
        0,
        1,
        1,
    )
    assert await prices(store) == [1, 2, 3, 4, 5, 9]
    assert await rejected(store) == ["contradicted_by_another_file"]


async def test_a_file_that_is_dropped_in_later_does_not_overwrite_one_that_is_still_read(
    store: Store, clock: ManualClock, folder: Path
) -> None:
    await ingest(store, files(clock, folder / "*.csv"), clock)
    (folder / "b.csv").write_text(HEADER + "2024-01-01,100,7\n")
    await ingest(store, files(clock, folder / "*.csv"), clock)
    assert (await prices(store))[0] == 1
    assert (await rejected(store)) == ["contradicted_by_another_file"]


async def test_reading_the_pages_again_changes_nothing(store: Store, clock: ManualClock, folder: Path) -> None:
    (folder / "b.csv").write_text(HEADER + "2024-01-01,100,7\n2024-01-09,9,7\n")
    source = files(clock, folder / "*.csv")
    await ingest(store, source, clock)
    before = await store.contents()
    run = await reprocess(store, source, clock)
    assert (run.counters.inserted, run.counters.restated, run.counters.withdrawn) == (0, 0, 0)
    assert await store.contents() == before


async def test_once_the_wrong_file_is_out_of_the_paths_the_other_counts_and_history_keeps_both(
    store: Store, clock: ManualClock, folder: Path
) -> None:
    (folder / "b.csv").write_text(HEADER + "2024-01-01,100,7\n")
    await ingest(store, files(clock, folder / "a.csv", folder / "b.csv"), clock)
    source = files(clock, folder / "b.csv")
    run = await ingest(store, source, clock)
    assert (run.status, run.counters.restated) == (RunStatus.SUCCESS, 1)
    assert (await prices(store))[0] == 100
    assert [row.price_usd for row in (await store.contents())["superseded"]] == [1]
    await reprocess(store, source, clock)
    assert await rejected(store) == []
    assert (await prices(store))[0] == 100


async def test_a_file_with_new_content_restates_what_it_said_before(
    store: Store, clock: ManualClock, folder: Path
) -> None:
    await ingest(store, files(clock, folder / "*.csv"), clock)
    (folder / "a.csv").write_text(HEADER + FIRST.replace("-01,1,", "-01,10,"))
    run = await ingest(store, files(clock, folder / "*.csv"), clock)
    assert (run.status, run.counters.restated) == (RunStatus.SUCCESS, 1)
    assert (await prices(store))[0] == 10


async def test_a_file_that_only_knows_less_does_not_contradict(
    store: Store, clock: ManualClock, folder: Path
) -> None:
    (folder / "b.csv").write_text("date,price\n2024-01-01,1\n")
    run = await ingest(store, files(clock, folder / "*.csv"), clock)
    assert (run.status, run.counters.rejected) == (RunStatus.SUCCESS, 0)
