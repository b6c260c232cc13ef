"""What every store promises when a file was declared wrongly, and its pages are read as it is declared now."""

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from msgspec import convert

from crypto.adapters.csv.files.blocks import FileBlock
from crypto.adapters.csv.text.records import Limits
from crypto.adapters.sources.csv_files import CsvFiles, Options
from crypto.domain.feed import Feed
from crypto.domain.market_data import QuoteFilter
from crypto.domain.run import RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import EVERYTHING
from tests.support.runs import Witness, ingest, reprocess
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


def put(path: Path, content: bytes) -> None:
    path.write_bytes(content)


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
    assert (
        {row.coin_id for row in contents["unified"]} == {row.coin_id for row in contents["latest"]} == {"bitcoin"}
    )
    assert {row.coin_id for row in contents["superseded"]} == {"ethereum"}
    assert [row.reason for row in contents["rejections"]] == ["not_a_number"]

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
    assert {row.coin_id for row in mended["unified"]} == {"bitcoin"}
    assert await store.contents() == mended


async def test_the_contexts_that_a_page_was_read_under_are_all_kept(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="one"), clock)
    for coin_id in ("two", "three", "three"):
        await reprocess(store, declared(clock, path, coin_id=coin_id), clock, current_settings=True)
    stored = [each async for each in store.archive.stored_pages(Feed(source="csv"))]
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
    assert [row.reason for row in contents["rejections"]] == ["other_currency", "other_currency", "not_a_number"]
    assert [row.price_usd for row in contents["superseded"]] == [
        Decimal(1),
        Decimal(2),
        Decimal("1.5"),
        Decimal(3),
    ]


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


async def test_settings_that_come_back_after_a_redeclaration_are_read_again(
    store: Store, clock: ManualClock, path: Path
) -> None:
    stellar, dash = (declared(clock, path, coin_id=coin_id) for coin_id in ("stellar", "dash"))
    await ingest(store, stellar, clock)
    await reprocess(store, dash, clock, current_settings=True)

    await ingest(store, stellar, clock)

    assert {coin for coin, _, _ in await believed(store)} == {"stellar"}
    assert (await ingest(store, stellar, clock)).counters.pages == 0


async def test_an_ingest_under_other_settings_leaves_no_quote_of_the_former_ones(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    witness = Witness()

    run = await ingest(store, declared(clock, path, coin_id="bitcoin"), clock, witness)

    assert (run.counters.inserted, run.counters.withdrawn) == (2, 2)
    assert witness.redeclarations == [((str(path),), 2)]
    contents = await store.contents()
    assert (
        {row.coin_id for row in contents["unified"]} == {row.coin_id for row in contents["latest"]} == {"bitcoin"}
    )
    assert {row.coin_id for row in contents["superseded"]} == {"ethereum"}
    await reprocess(store, declared(clock, path, coin_id="bitcoin"), clock)
    assert await store.contents() == contents


async def test_settings_that_change_nothing_restate_and_withdraw_nothing(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="btc"), clock)
    before = await believed(store)
    witness = Witness()
    run = await ingest(store, declared(clock, path, coin_id="btc", rate=Decimal("0.5")), clock, witness)
    assert (run.counters.inserted, run.counters.restated, run.counters.withdrawn) == (0, 0, 0)
    assert (await believed(store), witness.redeclarations) == (before, [])


async def test_a_file_with_other_bytes_under_other_settings_is_another_file(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    put(path, b"price,date\n7,2024-01-01\n")
    await ingest(store, declared(clock, path, coin_id="monero"), clock)
    assert {coin for coin, _, _ in await believed(store)} == {"ethereum", "monero"}
    await ingest(store, declared(clock, path, coin_id="dash"), clock)
    assert {coin for coin, _, _ in await believed(store)} == {"ethereum", "dash"}


async def test_a_file_that_grew_as_its_settings_changed_is_the_same_file(
    store: Store, clock: ManualClock, path: Path
) -> None:
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    put(path, PRICES + b"4,2024-01-04\n")
    await ingest(store, declared(clock, path, coin_id="bitcoin"), clock)
    assert [coin for coin, _, _ in await believed(store)] == ["bitcoin"] * 3


async def test_a_file_that_was_not_set_for_a_while_is_remembered(
    store: Store, clock: ManualClock, path: Path
) -> None:
    other = path.with_name("other.csv")
    other.write_bytes(b"price,date\n7,2024-01-01\n")
    await ingest(store, declared(clock, path, coin_id="ethereum"), clock)
    await ingest(store, declared(clock, other, coin_id="monero"), clock)
    await ingest(store, declared(clock, path, coin_id="bitcoin"), clock)
    assert [coin for coin, _, _ in await believed(store)] == ["bitcoin", "bitcoin", "monero"]


async def test_pages_that_cannot_be_read_as_is_declared_now_say_nothing_once_their_file_was_read_so(
    store: Store, clock: ManualClock, path: Path
) -> None:
    headerless = {"coin_id": "btc", "headerless": ("observed_at", "price_usd"), "skip_lines": 1}
    put(path, b"date,price\n2024-01-01,1\n2024-01-02,2\n")
    await ingest(store, declared(clock, path, **headerless), clock)
    with_header = declared(clock, path, coin_id="eth")

    await ingest(store, with_header, clock)

    assert [coin for coin, _, _ in await believed(store)] == ["eth", "eth"]
    contents = await store.contents()
    for current_settings in (True, False):
        run = await reprocess(store, with_header, clock, current_settings=current_settings)
        assert run.status is RunStatus.SUCCESS
        assert await store.contents() == contents


async def test_two_files_whose_coins_were_exchanged_end_as_they_are_declared(
    store: Store, clock: ManualClock, tmp_path: Path
) -> None:
    paths = [tmp_path / "one.csv", tmp_path / "two.csv"]
    for price, path in enumerate(paths, start=1):
        put(path, f"price,date\n{price},2024-01-01\n".encode())

    def blocks(*coin_ids: str) -> CsvFiles:
        said = [{"path": str(path), "coin_id": coin_id} for path, coin_id in zip(paths, coin_ids, strict=True)]
        return declared(clock, file=tuple(convert(block, FileBlock) for block in said))

    await ingest(store, blocks("btc", "eth"), clock)
    await ingest(store, blocks("eth", "btc"), clock)
    assert [(coin, price) for coin, _, price in await believed(store)] == [
        ("btc", Decimal(2)),
        ("eth", Decimal(1)),
    ]


async def test_a_file_that_settles_something_else_as_it_grows_leaves_nothing_of_what_it_seemed(
    store: Store, clock: ManualClock, path: Path
) -> None:
    days = b"time,open,high,low,close\n2024-01-01 00:00:00,1,1,1,1\n2024-01-02 00:00:00,1,1,1,2\n"
    put(path, days)
    await ingest(store, declared(clock, path, coin_id="btc"), clock)
    seemed = await believed(store)
    put(path, days + b"2024-01-02 01:00:00,1,1,1,3\n")

    await ingest(store, declared(clock, path, coin_id="btc"), clock)

    assert [moment for _, moment, _ in seemed] == ["2024-01-02T00:00:00+00:00", "2024-01-03T00:00:00+00:00"]
    assert [(moment, price) for _, moment, price in await believed(store)] == [
        ("2024-01-01T01:00:00+00:00", Decimal(1)),
        ("2024-01-02T01:00:00+00:00", Decimal(2)),
        ("2024-01-02T02:00:00+00:00", Decimal(3)),
    ]
