"""What every store promises, asked of memory and of PostgreSQL alike."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from decimal import Decimal

import pytest

from crypto.adapters.memory import MemoryStore
from crypto.adapters.postgres.database import Database, opened
from crypto.application.errors import FencedOff, SourceBusy, SourceRateLimited, SourceUnavailable
from crypto.domain.market_data import QuoteFilter, Window
from crypto.domain.page import RawPage
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.market import Market, minute
from tests.support.runs import Witness, ingest, reprocess
from tests.support.stores import InMemory, InPostgres, Store

EVERYTHING = Window(limit=1000)


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock()


@pytest.fixture(params=["memory", "postgres"])
async def store(request: pytest.FixtureRequest, clock: ManualClock) -> AsyncIterator[Store]:
    if request.param == "memory":
        yield InMemory(MemoryStore(clock))
        return
    url = request.getfixturevalue("database_url")
    async with opened(Database(url, pool_size=4, application_name="crypto-test")) as database:
        yield InPostgres(database)


def market(clock: ManualClock, *sweep: object, **options: object) -> Market:
    return Market(clock, sweep, name="coingecko", **options)  # type: ignore[arg-type]


async def crash(store: Store, name: str) -> None:
    """The holder's process dies: in memory it lets go; in PostgreSQL its session is gone."""
    if isinstance(store, InMemory):
        store.memory.crash()
        return
    assert isinstance(store, InPostgres)
    holders = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE application_name LIKE %s"
    await store.rows(holders, f"crypto-ingest:{name}%")


async def prices(store: Store, wanted: QuoteFilter | None = None) -> dict[tuple[str, int], Decimal | None]:
    found = await store.reader.find(wanted or QuoteFilter(), EVERYTHING)
    start = minute(0)
    return {
        (quote.coin_id, int((quote.observed_at - start).total_seconds() // 60)): quote.price_usd
        for quote in found.quotes
    }


async def test_a_page_is_in_unified_and_latest(store: Store, clock: ManualClock) -> None:
    run = await ingest(store, market(clock, [("btc", 0, "10"), ("eth", 1, "3.84e-18")]), clock)

    assert run.status is RunStatus.SUCCESS
    assert (run.counters.pages, run.counters.received, run.counters.inserted) == (1, 2, 2)
    assert await prices(store) == {("btc", 0): Decimal(10), ("eth", 1): Decimal("3.84e-18")}
    assert [row[0] for row in (await store.contents())["latest"]] == ["btc", "eth"]


async def test_the_same_input_twice_changes_nothing(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")], [("eth", 1, "3")])
    await ingest(store, source, clock)
    before = await store.contents()
    clock.advance(60)

    again = await ingest(store, source, clock)

    assert (again.counters.inserted, again.counters.unchanged, again.counters.restated) == (0, 2, 0)
    assert await store.contents() == before


async def test_another_price_for_the_same_moment_moves_the_old_one_to_history(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, [("btc", 0, "10")]), clock)
    clock.advance(60)

    run = await ingest(store, market(clock, [("btc", 0, "11")]), clock)

    contents = await store.contents()
    assert run.counters.restated == 1
    assert [row[5] for row in contents["unified"]] == [Decimal(11)]
    assert [row[5] for row in contents["superseded"]] == [Decimal(10)]
    assert [row[5] for row in contents["latest"]] == [Decimal(11)]


async def test_an_earlier_page_never_overrides_a_later_one(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "11")]), clock)
    clock.advance(-60)

    run = await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    assert (run.counters.unchanged, run.counters.restated) == (1, 0)
    assert await prices(store) == {("btc", 0): Decimal(11)}


async def test_an_older_quote_is_kept_but_is_not_the_latest(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 5, "11")]), clock)

    await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    assert len(await prices(store)) == 2
    assert [row[5] for row in (await store.contents())["latest"]] == [Decimal(11)]


async def test_twins_in_a_page_count_once(store: Store, clock: ManualClock) -> None:
    twins = [("btc", 0, "9"), ("btc", 0, "10"), ("btc", 0, "10")]

    run = await ingest(store, market(clock, twins, [("eth", 0, "1"), ("eth", 1, "1")] * 3), clock)

    assert (run.counters.received, run.counters.inserted, run.counters.unchanged) == (9, 3, 5)
    assert run.counters.rejected == 1
    assert [row[3] for row in (await store.contents())["rejections"]] == ["contradicted_in_page"]


async def test_a_bad_record_is_kept_as_a_rejection_and_the_others_go_on(store: Store, clock: ManualClock) -> None:
    page = [("btc", 0, "10"), ("bad", 0, "-1"), *((f"coin-{n}", 0, "1") for n in range(8))]

    run = await ingest(store, market(clock, page), clock)

    assert run.status is RunStatus.SUCCESS
    assert (run.counters.inserted, run.counters.rejected) == (9, 1)
    (rejection,) = (await store.contents())["rejections"]
    assert (rejection[2], rejection[3], rejection[6]) == (1, "negative", "bad")


async def test_a_page_of_many_bad_records_is_kept_and_its_run_fails_as_drift(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, [("btc", 0, "10"), ("bad", 0, "-1"), ("worse", 0, "NaN")], [("eth", 0, "1")])

    run = await ingest(store, source, clock)

    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith("drift: 2 of 3 records were rejected")
    assert set(await prices(store)) == {("btc", 0), ("eth", 0)}


async def test_an_empty_first_page_is_no_success_and_erases_nothing(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    run = await ingest(store, market(clock, []), clock)

    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith("suspicious_empty")
    assert await prices(store) == {("btc", 0): Decimal(10)}
    assert [row[-1] for row in (await store.contents())["latest"]] == [False]
    assert len([page async for page in store.archive.stored_pages("coingecko")]) == 2


async def test_an_empty_list_is_no_success_the_second_time_either(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")])
    await ingest(store, source, clock)
    source.sweep = [[]]

    runs = [await ingest(store, source, clock) for _ in range(2)]

    assert [run.status for run in runs] == [RunStatus.FAILURE, RunStatus.FAILURE]
    assert [row[-1] for row in (await store.contents())["latest"]] == [False]


async def test_a_sweep_with_a_hole_calls_no_coin_unseen_and_is_no_success(
    store: Store, clock: ManualClock
) -> None:
    whole: list[object] = [[("a", 0, "1")], [("b", 0, "1")], [("c", 0, "1")]]
    await ingest(store, market(clock, *whole), clock)
    source = market(clock, whole[0], SourceUnavailable("broken page"), whole[2])
    await ingest(store, source, clock)
    source.held_at = 2
    cancelled = asyncio.create_task(ingest(store, source, clock))
    await source.waiting.wait()
    cancelled.cancel()
    await asyncio.wait({cancelled})
    source.held_at = None

    run = await ingest(store, source, clock)

    assert run.status is RunStatus.FAILURE
    assert run.error == "hole: earlier runs of this sweep passed over 1 page(s)"
    assert not any(row[-1] for row in (await store.contents())["latest"])


async def test_records_whose_coin_cannot_be_made_out_may_be_any_coin(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "1"), ("eth", 0, "1")]), clock)

    run = await ingest(store, market(clock, [("", 1, "1"), ("", 1, "2")]), clock)

    assert run.counters.rejected == 2
    assert not any(row[-1] for row in (await store.contents())["latest"])


async def test_what_came_in_place_of_a_list_is_told(store: Store, clock: ManualClock) -> None:
    page = SourceUnavailable("an HTML page", beginning=b"<html>\n <title>Sorry</title>" + b"x" * 600)

    run = await ingest(store, market(clock, page), clock)

    assert run.error is not None
    assert run.error.startswith("an HTML page; it began: <html> <title>Sorry</title>xxx")


async def test_a_coin_that_a_complete_sweep_does_not_name_is_unseen_until_one_does(
    store: Store, clock: ManualClock
) -> None:
    both = market(clock, [("btc", 0, "10")], [("eth", 0, "3")])
    await ingest(store, both, clock)

    await ingest(store, market(clock, [("eth", 1, "3")]), clock)
    unseen = {row[0]: row[-1] for row in (await store.contents())["latest"]}
    await ingest(store, both, clock)
    seen_again = {row[0]: row[-1] for row in (await store.contents())["latest"]}

    assert unseen == {"btc": True, "eth": False}
    assert seen_again == {"btc": False, "eth": False}


async def test_a_half_done_sweep_marks_no_coin_unseen(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "10")], [("eth", 0, "3")]), clock)

    await ingest(store, market(clock, [("btc", 1, "10")], SourceUnavailable("down")), clock)

    assert not any(row[-1] for row in (await store.contents())["latest"])


async def test_a_failed_run_says_why_and_the_next_goes_on_where_it_stopped(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, [("btc", 0, "10")], SourceUnavailable("503 for an hour"), [("sol", 0, "1")])
    failed = await ingest(store, source, clock)
    source.sweep[1] = [("eth", 0, "3")]
    source.asked.clear()

    run = await ingest(store, source, clock)

    assert (failed.status, failed.error, failed.counters.received) == (RunStatus.FAILURE, "503 for an hour", 1)
    assert run.status is RunStatus.SUCCESS
    assert source.asked == [1, 2]
    assert set(await prices(store)) == {("btc", 0), ("eth", 0), ("sol", 0)}


async def test_a_failure_whose_words_no_database_takes_is_told_all_the_same(
    store: Store, clock: ManualClock
) -> None:
    said = "the provider says \x00\ud800" + "x" * 10_000

    run = await ingest(store, market(clock, SourceUnavailable(said)), clock)

    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith("the provider says \\0\\ud800xxx")
    assert len(run.error) < 2100


async def test_a_sweep_older_than_its_lifetime_begins_anew(store: Store, clock: ManualClock) -> None:
    lifetime = timedelta(microseconds=1)
    source = market(clock, [("btc", 0, "10")], SourceUnavailable("down"), sweep_lifetime=lifetime)
    await ingest(store, source, clock)
    clock.advance(3600)
    source.asked.clear()

    await ingest(store, source, clock)

    assert source.asked == [0, 1]


async def test_a_page_that_fails_in_two_runs_is_passed_over_as_a_hole(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")], SourceUnavailable("broken page"), [("sol", 0, "1")])
    await ingest(store, source, clock)

    run = await ingest(store, source, clock)

    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith("hole:")
    assert run.counters.holes == 1
    assert set(await prices(store)) == {("btc", 0), ("sol", 0)}


async def test_a_page_that_was_rate_limited_twice_is_not_passed_over(store: Store, clock: ManualClock) -> None:
    limited = SourceRateLimited("rate_limited until noon", until=clock.now())
    source = market(clock, [("btc", 0, "10")], limited, [("sol", 0, "1")])
    await ingest(store, source, clock)

    run = await ingest(store, source, clock)

    assert (run.error, run.counters.holes) == ("rate_limited until noon", 0)
    assert set(await prices(store)) == {("btc", 0)}


async def test_a_second_start_of_a_held_source_is_refused_naming_the_holder(
    store: Store, clock: ManualClock
) -> None:
    async with store.ledger.claim("coingecko", kind=RunKind.INGEST) as claim:
        with pytest.raises(SourceBusy, match=r"is being ingested by .*process") as refusal:
            await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    assert refusal.value.since == claim.run.started_at
    assert await prices(store) == {}


async def test_another_source_is_not_kept_waiting(store: Store, clock: ManualClock) -> None:
    async with store.ledger.claim("coinpaprika", kind=RunKind.INGEST):
        run = await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    assert run.status is RunStatus.SUCCESS


async def test_a_run_whose_process_died_is_interrupted_and_the_next_goes_on(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, [("btc", 0, "10")], [("eth", 0, "3")])
    source.held_at = 1
    dying = asyncio.create_task(ingest(store, source, clock))
    await source.waiting.wait()
    await crash(store, "coingecko")
    successor = market(clock, *source.sweep)

    run = await ingest(store, successor, clock)

    source.go_on.set()
    with pytest.raises(FencedOff):
        await dying
    runs, total = await store.run_log.runs(source="coingecko", limit=10, offset=0)
    assert total == 2
    assert [each.status for each in runs] == [RunStatus.SUCCESS, RunStatus.INTERRUPTED]
    assert (runs[1].counters.received, run.counters.received) == (1, 1)
    assert successor.asked == [1]
    assert set(await prices(store)) == {("btc", 0), ("eth", 0)}


async def test_a_holder_that_was_taken_over_writes_nothing(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")])
    page = source.page([("late", 0, "1")])
    quotes = source.parse(page).quotes
    async with store.ledger.claim("coingecko", kind=RunKind.INGEST) as paused:
        await crash(store, "coingecko")
        await ingest(store, source, clock)

        with pytest.raises(FencedOff):
            async with paused.page_transaction() as transaction:
                await transaction.write_quotes(
                    await transaction.keep(page, coin_ids=["late"], parser_version=1), quotes
                )
        with pytest.raises(FencedOff):
            await paused.finish(RunStatus.SUCCESS, error=None)

    assert set(await prices(store)) == {("btc", 0)}


async def test_a_page_whose_block_fails_leaves_nothing(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")])
    page = source.page([("btc", 0, "10")])
    async with store.ledger.claim("coingecko", kind=RunKind.INGEST) as claim:
        await claim.prepare(page.received_at, source.parse(page).quotes)
        with pytest.raises(ZeroDivisionError):
            async with claim.page_transaction() as transaction:
                stored = await transaction.keep(page, coin_ids=["btc"], parser_version=1)
                await transaction.write_quotes(stored, source.parse(page).quotes)
                raise ZeroDivisionError

    assert not any((await store.contents()).values())
    assert [page async for page in store.archive.stored_pages("coingecko")] == []


async def test_a_cancelled_run_ends_cancelled_and_the_next_goes_on(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")], [("eth", 0, "3")])
    source.held_at = 1
    task = asyncio.create_task(ingest(store, source, clock, witness := Witness()))
    await source.waiting.wait()
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task

    (cancelled,) = witness.finished_runs
    assert (cancelled.status, cancelled.counters.received) == (RunStatus.CANCELLED, 1)
    source.held_at = None
    assert (await ingest(store, source, clock)).status is RunStatus.SUCCESS
    assert source.asked == [0, 1]


async def test_an_error_nobody_expected_fails_its_run_and_is_told(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")])
    source.factor = None  # type: ignore[assignment]
    witness = Witness()

    run = await ingest(store, source, clock, witness)

    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith("TypeError: ")
    assert isinstance(witness.crashes[0], TypeError)


async def test_a_mended_parser_restates_withdraws_and_heals(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("ghost", 0, "5"), ("bad", 0, "-1"), ("eth", 0, "2")])
    await ingest(store, source, clock)
    source.factor, source.drops = Decimal(-1), frozenset({"ghost"})
    everything_wrong = await reprocess(store, source, clock)
    wrong = await prices(store)
    source.factor = Decimal(2)
    source.sweep[0] = []

    mended = await reprocess(store, source, clock)

    assert everything_wrong.counters.withdrawn == 3
    assert wrong == {("bad", 0): Decimal(1)}
    assert (mended.counters.inserted, mended.counters.withdrawn) == (2, 1)
    assert await prices(store) == {("btc", 0): Decimal(20), ("eth", 0): Decimal(4)}
    contents = await store.contents()
    assert [row[0] for row in contents["latest"]] == ["btc", "eth"]
    assert [(row[6], row[-1]) for row in contents["rejections"]] == [("btc", True), ("bad", False), ("eth", True)]
    assert mended.kind is RunKind.REPROCESS


async def test_latest_falls_back_when_the_newest_quote_is_withdrawn(store: Store, clock: ManualClock) -> None:
    arrival = int((clock.now() - minute(0)).total_seconds() // 60)
    source = market(clock, [("btc", 0, "10")], [("btc", arrival, "11"), ("eth", 5, "2")])
    await ingest(store, source, clock)
    source.shift = 30  # the mended parser finds the second page's stamp to be in the future

    await reprocess(store, source, clock)

    contents = await store.contents()
    assert [(row[0], row[2], row[5]) for row in contents["latest"]] == [
        ("btc", minute(30), Decimal(10)),
        ("eth", minute(35), Decimal(2)),
    ]


async def test_a_quote_that_an_earlier_page_said_comes_back_when_the_later_one_is_withdrawn(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)
    clock.advance(60)
    spiked = market(clock, [("btc", 0, "100")])
    await ingest(store, spiked, clock)
    spiked.ceiling = Decimal(50)

    await reprocess(store, spiked, clock)
    settled = await store.contents()
    again = await reprocess(store, spiked, clock)

    assert await prices(store) == {("btc", 0): Decimal(1)}
    assert (again.counters.inserted, again.counters.withdrawn) == (0, 0)
    assert await store.contents() == settled


async def test_a_coin_stays_unseen_when_a_mended_parser_moves_its_stamps(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("a", 0, "1"), ("b", 0, "1")]), clock)
    source = market(clock, [("a", 1, "1")])
    await ingest(store, source, clock)
    source.shift = 1

    await reprocess(store, source, clock)

    latest = (await store.contents())["latest"]
    assert [(row[0], row[2], row[-1]) for row in latest] == [("a", minute(2), False), ("b", minute(1), True)]


async def test_reprocessing_with_the_same_parser_writes_nothing(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "10"), ("eth", 0, "2")]), clock)
    clock.advance(60)
    source = market(clock, [("btc", 0, "11"), ("eth", 0, "2")])
    await ingest(store, source, clock)
    before = await store.contents()

    run = await reprocess(store, source, clock)

    assert (run.counters.pages, run.counters.unchanged, run.counters.withdrawn) == (2, 4, 0)
    assert await store.contents() == before


async def test_reprocessing_leaves_the_cursor_and_the_sweep_alone(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")], SourceUnavailable("down"))
    await ingest(store, source, clock)
    await reprocess(store, source, clock)
    source.sweep[1] = [("eth", 0, "1")]
    source.asked.clear()

    await ingest(store, source, clock)

    assert source.asked == [1]


async def test_as_of_tells_what_was_believed_then(store: Store, clock: ManualClock) -> None:
    moments = []
    for price in ("10", "11", "12"):
        await ingest(store, market(clock, [("btc", 0, price), (f"coin-{price}", 1, "1")]), clock)
        found = await store.reader.find(QuoteFilter(coin_id="btc"), EVERYTHING)
        moments.append(found.quotes[0].recorded_at)
        clock.advance(60)

    believed = [await prices(store, QuoteFilter(as_of=moment)) for moment in moments]
    just_before = await prices(store, QuoteFilter(as_of=moments[0] - timedelta(microseconds=1)))

    assert just_before == {}
    assert [each["btc", 0] for each in believed] == [Decimal(10), Decimal(11), Decimal(12)]
    assert [len(each) for each in believed] == [2, 3, 4]


async def test_lists_are_newest_first_and_keyset_and_offset_agree(store: Store, clock: ManualClock) -> None:
    records = [(f"coin-{n % 5}", n // 2, str(n + 1)) for n in range(20)]
    await ingest(store, market(clock, records), clock)
    whole = await store.reader.find(QuoteFilter(), EVERYTHING)
    keys = [quote.key for quote in whole.quotes]

    by_offset = [await store.reader.find(QuoteFilter(), Window(limit=7, offset=at)) for at in (0, 7, 14, 21)]
    after = await store.reader.find(QuoteFilter(), Window(limit=7, after=keys[6]))
    past_the_end = await store.reader.find(QuoteFilter(), Window(limit=7, after=keys[-1]))

    assert keys == sorted(keys, reverse=True)
    assert [quote.key for part in by_offset for quote in part.quotes] == keys
    assert {part.total for part in by_offset} == {whole.total} == {20}
    assert [quote.key for quote in after.quotes] == keys[7:14]
    assert (past_the_end.quotes, past_the_end.total) == ((), 20)


@pytest.mark.parametrize(
    ("wanted", "coins"),
    [
        (QuoteFilter(source="coingecko"), {"btc", "BTC", "eth"}),
        (QuoteFilter(source="nobody"), set()),
        (QuoteFilter(coin_id="btc"), {"btc"}),
        (QuoteFilter(symbol="BtC"), {"btc", "BTC"}),
        (QuoteFilter(observed_from=minute(1)), {"BTC", "eth"}),
        (QuoteFilter(observed_from=minute(1), observed_to=minute(2)), {"BTC"}),
        (QuoteFilter(ingested_from=ManualClock().now()), {"btc", "BTC", "eth"}),
        (QuoteFilter(ingested_to=ManualClock().now()), set()),
    ],
)
async def test_filters(store: Store, clock: ManualClock, wanted: QuoteFilter, coins: set[str]) -> None:
    await ingest(store, market(clock, [("btc", 0, "1"), ("BTC", 1, "2"), ("eth", 2, "3")]), clock)

    found = await store.reader.find(wanted, EVERYTHING)

    assert {quote.coin_id for quote in found.quotes} == coins
    assert found.total == len(coins)


async def test_the_run_log_and_the_sources(store: Store, clock: ManualClock) -> None:
    good = market(clock, [("btc", 0, "10"), ("bad", 0, "-1"), *((f"c{n}", 3, "1") for n in range(9))])
    await ingest(store, good, clock)
    await reprocess(store, good, clock)
    await ingest(store, market(clock, SourceUnavailable("down")), clock)

    records = await store.run_log.source_records()
    runs, total = await store.run_log.runs(source=None, limit=2, offset=0)

    record = records["coingecko"]
    assert record.last_run is not None
    assert (record.last_run.status, record.last_run.error) == (RunStatus.FAILURE, "down")
    assert (record.coins, record.unseen_coins, record.open_rejections) == (10, 0, 1)
    assert record.last_success_at is not None
    assert record.last_failure_at == record.last_run.finished_at
    assert record.newest_observed_at == minute(3)
    assert [run.kind for run in runs] == [RunKind.INGEST, RunKind.REPROCESS]
    assert total == 3
    assert await store.run_log.total_records() == 10


@pytest.mark.parametrize(
    "body",
    [
        b'[{"a": 1.50e-3, "a":2 , "\\u0000":"\\ud800"}]',
        b"\xef\xbb\xbf[1]",
        b"[1, \xff]",
        b"[truncated",
        b'{"error": "no list"}\n',
        b"a;b\r\n1;2\x00\r\n",
        b"",
    ],
)
async def test_every_byte_is_kept(store: Store, clock: ManualClock, body: bytes) -> None:
    source = market(clock, [])
    page = RawPage(**{name: getattr(source.page([]), name) for name in RawPage.__struct_fields__} | {"body": body})
    async with store.ledger.claim("coingecko", kind=RunKind.INGEST) as claim:
        await claim.prepare(page.received_at, ())
        async with claim.page_transaction() as transaction:
            stored = await transaction.keep(page, coin_ids=[], parser_version=1)

    assert await store.archive.stored_page(stored.page_id) == stored
    assert [each async for each in store.archive.stored_pages("coingecko")] == [stored]
    assert stored.page.body == body
