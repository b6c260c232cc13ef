"""What every store promises when a file was declared wrongly, and its pages are read as it is declared now."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from crypto.adapters.files.blocks import FileBlock
from crypto.adapters.sources.csv_file import CsvFiles, Options
from crypto.adapters.tabular.records import Limits
from crypto.domain.market_data import QuoteFilter
from crypto.domain.run import RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import EVERYTHING
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store

PRICES = b"price,date\n1,2024-01-01\n2,2024-01-02\nx,2024-01-03\n"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "prices.csv"
    path.write_bytes(PRICES)
    return path


@pytest.fixture
def timeless(tmp_path: Path) -> Path:
    path = tmp_path / "timeless.csv"
    path.write_bytes(b"price\n1\n")
    return path


def declared(clock: ManualClock, *paths: Path, **options: Any) -> CsvFiles:
    made = Options(paths=tuple(map(str, paths)), **options)
    return CsvFiles(made, clock=clock, limits=Limits(records=1))


async def believed(store: Store) -> list[tuple[str, str, Decimal | None]]:
    found = await store.reader.find(QuoteFilter(), EVERYTHING)
    return sorted((quote.coin_id, quote.observed_at.isoformat(), quote.price_usd) for quote in found.quotes)


async def test_by_default_a_page_is_read_as_was_declared_when_it_arrived(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    before = await store.contents()
    run = await reprocess(store, declared(clock, path, coin_id="bitcoin"), clock)
    assert (run.status, run.counters.unchanged, run.counters.withdrawn) == (RunStatus.SUCCESS, 2, 0)
    assert await store.contents() == before


async def test_a_wrong_coin_is_mended_by_the_current_settings_and_stays_in_history(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    mended = declared(clock, path, coin_id="bitcoin")

    run = await reprocess(store, mended, clock, current_settings=True)

    assert (run.counters.withdrawn, run.counters.inserted) == (2, 2)
    contents = await store.contents()
    assert {row[0] for row in contents["unified"]} == {row[0] for row in contents["latest"]} == {"bitcoin"}
    assert {row[0] for row in contents["superseded"]} == {"ethereum"}
    assert [row[3] for row in contents["rejections"]] == ["not_a_number"]

    for current_settings in (True, False):
        again = await reprocess(store, mended, clock, current_settings=current_settings)
        assert (again.counters.inserted, again.counters.restated, again.counters.withdrawn) == (0, 0, 0)
        assert await store.contents() == contents


async def test_what_was_redeclared_stays_so_whatever_the_settings_say_later(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    await reprocess(store, declared(clock, path, coin_id="bitcoin"), clock, current_settings=True)
    mended = await store.contents()
    await reprocess(store, declared(clock, path, coin_id="ethereum"), clock)
    assert {row[0] for row in mended["unified"]} == {"bitcoin"}
    assert await store.contents() == mended


async def test_the_contexts_that_a_page_was_read_under_are_all_kept(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="one"), clock)
    for coin_id in ("two", "three", "three"):
        await reprocess(store, declared(clock, path, coin_id=coin_id), clock, current_settings=True)
    stored = [each async for each in store.archive.stored_pages("csv")]
    context = stored[0].page.context
    before: Any = context["before"]
    assert (context["coin_id"], [each["coin_id"] for each in before]) == ("three", ["one", "two"])
    assert stored[0].page.body == b"1,2024-01-01\n"


async def test_a_wrong_time_zone_moves_every_quote(store: Store, clock: ManualClock, path: Path) -> None:
    await ingest(store, declared(clock, path, coin_id="btc"), clock)
    mended = declared(clock, path, coin_id="btc", timezone="Europe/Berlin")
    await reprocess(store, mended, clock, current_settings=True)
    assert [moment for _, moment, _ in await believed(store)] == [
        "2024-01-01T23:00:00+00:00",
        "2024-01-02T23:00:00+00:00",
    ]


async def test_a_wrong_currency_is_restated_by_its_rate_and_withdrawn_without_one(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="btc"), clock)
    rated = declared(clock, path, coin_id="btc", currency="EUR", rate=Decimal("1.5"))
    restated = await reprocess(store, rated, clock, current_settings=True)
    prices = [price for _, _, price in await believed(store)]
    unrated = declared(clock, path, coin_id="btc", currency="EUR")
    withdrawn = await reprocess(store, unrated, clock, current_settings=True)
    assert (restated.counters.restated, prices) == (2, [Decimal("1.5"), Decimal(3)])
    assert withdrawn.counters.withdrawn == 2
    contents = await store.contents()
    assert (contents["unified"], contents["latest"]) == ([], [])
    assert [row[3] for row in contents["rejections"]] == ["other_currency", "other_currency", "not_a_number"]
    assert [row[5] for row in contents["superseded"]] == [Decimal(1), Decimal(2), Decimal("1.5"), Decimal(3)]


async def test_pages_of_files_that_are_not_set_now_keep_what_was_declared_of_them(
    store: Store, clock: ManualClock, path: Path
) -> None:
    other = path.with_name("other.csv")
    other.write_bytes(b"price,date\n7,2024-01-01\n")
    await ingest(store, declared(clock, other, coin_id="monero"), clock)
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    await reprocess(store, declared(clock, path, coin_id="bitcoin"), clock, current_settings=True)
    assert [coin for coin, _, _ in await believed(store)] == ["bitcoin", "bitcoin", "monero"]


async def test_settings_under_which_a_page_cannot_be_read_change_nothing_and_fail_the_run(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    before = await store.contents()
    run = await reprocess(store, declared(clock, path), clock, current_settings=True)
    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith(f"{path}: line 1 has no coin id column")
    assert await store.contents() == before


async def test_an_ingest_after_a_redeclaration_finds_nothing_else(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    mended = declared(clock, path, coin_id="bitcoin")
    await reprocess(store, mended, clock, current_settings=True)
    run = await ingest(store, mended, clock)
    assert (run.counters.received, run.counters.unchanged, run.counters.inserted) == (3, 2, 0)
    again = await ingest(store, mended, clock)
    assert again.counters.received == 0


async def test_the_moment_a_file_without_times_was_first_read_is_kept(
    store: Store, clock: ManualClock, timeless: Path
) -> None:
    await ingest(store, declared(clock, timeless, coin_id="ethereum"), clock)
    moment = clock.now().isoformat()
    clock.advance(3600)
    await reprocess(store, declared(clock, timeless, coin_id="bitcoin"), clock, current_settings=True)
    assert await believed(store) == [("bitcoin", moment, Decimal(1))]


async def test_a_declared_moment_follows_the_zone_that_it_is_in(
    store: Store, clock: ManualClock, timeless: Path
) -> None:
    said = {"coin_id": "btc", "observed_at": datetime(2024, 1, 1)}  # noqa: DTZ001 - the zone is declared beside it
    await ingest(store, declared(clock, timeless, **said), clock)
    mended = declared(clock, timeless, **said, timezone="Europe/Berlin")
    run = await reprocess(store, mended, clock, current_settings=True)
    found = await store.reader.find(QuoteFilter(), EVERYTHING)
    assert [quote.observed_at for quote in found.quotes] == [datetime(2023, 12, 31, 23, tzinfo=UTC)]
    assert (run.counters.withdrawn, run.counters.inserted) == (1, 1)


async def test_a_page_is_redeclared_by_the_block_that_its_file_is_of_now(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    for symbol in ("BTC", "ETH"):
        (tmp_path / f"{symbol}USD.csv").write_bytes(PRICES)
    paths = (tmp_path / "BTCUSD.csv", tmp_path / "ETHUSD.csv")
    await ingest(store, declared(clock, paths[0], coin_id="wrong"), clock)
    await ingest(store, declared(clock, paths[1], coin_id="worse"), clock)
    block = {"path": f"{tmp_path}/{{symbol}}USD.csv", "coins": {"BTC": "bitcoin", "ETH": "ethereum"}}
    mended = declared(clock, file=(convert(block, FileBlock),))

    run = await reprocess(store, mended, clock, current_settings=True)

    assert (run.status, run.counters.withdrawn, run.counters.inserted) == (RunStatus.SUCCESS, 4, 4)
    assert [coin for coin, _, _ in await believed(store)] == ["bitcoin", "bitcoin", "ethereum", "ethereum"]


async def test_a_page_of_a_coin_that_its_block_does_not_know_keeps_what_was_declared_and_fails_the_run(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    before = await store.contents()
    block = {"path": f"{path.parent}/{{symbol}}.csv", "coins": {"BTC": "bitcoin"}}
    run = await reprocess(store, declared(clock, file=(convert(block, FileBlock),)), clock, current_settings=True)
    assert (run.status, await store.contents()) == (RunStatus.FAILURE, before)
    assert 'set there coins = { BTC = "bitcoin", prices = "<coin id>" }' in str(run.error)
