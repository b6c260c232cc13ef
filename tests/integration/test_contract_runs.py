"""What every store promises of runs: who may hold a source, how runs end, where the next goes on."""

import asyncio
from datetime import timedelta
from decimal import Decimal

import pytest

from crypto.application.errors import FencedOff, SourceBusy, SourceRateLimited, SourceUnavailable
from crypto.application.ingest.settle_run import ERROR_CHARACTERS
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import crash, market, prices
from tests.support.runs import Witness, ingest
from tests.support.stores import Store


async def test_a_page_of_many_bad_records_is_kept_and_its_run_fails_as_drift(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, [("btc", 0, "10"), ("bad", 0, "-1"), ("worse", 0, "NaN")], [("eth", 0, "1")])

    run = await ingest(store, source, clock)

    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith("format_changed: 2 of 3 records were rejected")
    assert set(await prices(store)) == {("btc", 0), ("eth", 0)}


async def test_what_is_skipped_does_not_hide_drift(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10"), ("bad", 0, "-1"), *[(f"other-{each}", 0, "1") for each in range(9)]])
    source.skips = frozenset(f"other-{each}" for each in range(9))

    run = await ingest(store, source, clock)

    assert (run.error or "").startswith("format_changed: 1 of 2 records were rejected")


async def test_an_empty_first_page_is_not_a_success_and_erases_nothing(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    run = await ingest(store, market(clock, []), clock)

    assert run.status is RunStatus.FAILURE
    assert run.error is not None
    assert run.error.startswith("suspicious_empty")
    assert await prices(store) == {("btc", 0): Decimal(10)}
    assert [row.is_unseen for row in (await store.contents())["latest"]] == [False]
    assert len([page async for page in store.archive.stored_pages(Feed(source="coingecko"))]) == 2


async def test_an_empty_list_is_not_a_success_the_second_time_either(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "10")])
    await ingest(store, source, clock)
    source.sweep = [[]]

    runs = [await ingest(store, source, clock) for _ in range(2)]

    assert [run.status for run in runs] == [RunStatus.FAILURE, RunStatus.FAILURE]
    assert [row.is_unseen for row in (await store.contents())["latest"]] == [False]


async def test_a_sweep_with_a_hole_calls_no_coin_unseen_and_is_not_a_success(
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
    assert not any(row.is_unseen for row in (await store.contents())["latest"])


async def test_what_came_in_place_of_a_list_is_told(store: Store, clock: ManualClock) -> None:
    page = SourceUnavailable("an HTML page", beginning=b"<html>\n <title>Sorry</title>" + b"x" * 600)

    run = await ingest(store, market(clock, page), clock)

    assert run.error is not None
    assert run.error.startswith("an HTML page; it began: <html> <title>Sorry</title>xxx")


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


async def test_a_failure_of_many_words_is_cut_and_says_so(store: Store, clock: ManualClock) -> None:
    run = await ingest(store, market(clock, SourceUnavailable("word " * 1000)), clock)
    assert run.error is not None
    assert (len(run.error), run.error[-4:]) == (ERROR_CHARACTERS, " ...")


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


async def test_a_page_that_was_rate_limited_twice_is_not_skipped(store: Store, clock: ManualClock) -> None:
    limited = SourceRateLimited("rate_limited until noon", until=clock.now())
    source = market(clock, [("btc", 0, "10")], limited, [("sol", 0, "1")])
    await ingest(store, source, clock)

    run = await ingest(store, source, clock)

    assert (run.error, run.counters.holes) == ("rate_limited until noon", 0)
    assert set(await prices(store)) == {("btc", 0)}


async def test_a_second_start_of_a_held_source_is_refused_naming_the_holder(
    store: Store, clock: ManualClock
) -> None:
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        with pytest.raises(SourceBusy, match=r"is being ingested by .*process") as refusal:
            await ingest(store, market(clock, [("btc", 0, "10")]), clock)

    assert refusal.value.since == claim.run.started_at
    assert await prices(store) == {}


async def test_another_source_is_not_kept_waiting(store: Store, clock: ManualClock) -> None:
    async with store.ledger.claim(Feed(source="coinpaprika"), kind=RunKind.INGEST):
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
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as paused:
        await crash(store, "coingecko")
        await ingest(store, source, clock)

        with pytest.raises(FencedOff):
            await paused.prepare(page.received_at, quotes)
        with pytest.raises(FencedOff):
            async with paused.page_transaction() as transaction:
                await transaction.write_quotes(
                    await transaction.keep(page, coin_ids=["late"], parser_version=1), quotes
                )
        with pytest.raises(FencedOff):
            await paused.finish(RunStatus.SUCCESS, error=None)

    assert set(await prices(store)) == {("btc", 0)}


async def test_a_holder_whose_lock_was_lost_takes_it_again_before_its_next_page(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, [("btc", 0, "10")], [("eth", 0, "3")])
    source.held_at = 1
    running = asyncio.create_task(ingest(store, source, clock))
    await source.waiting.wait()
    await crash(store, "coingecko")
    source.go_on.set()
    source.held_at, source.go_on = 2, asyncio.Event()
    source.waiting.clear()
    await source.waiting.wait()

    with pytest.raises(SourceBusy):
        await ingest(store, market(clock), clock)

    source.go_on.set()
    assert (await running).status is RunStatus.SUCCESS
    assert set(await prices(store)) == {("btc", 0), ("eth", 0)}


async def test_a_hole_that_is_recorded_again_is_counted_once(store: Store, clock: ManualClock) -> None:
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        await claim.pass_over({"page": 2})
        await claim.pass_over({"page": 2})
        run = await claim.finish(RunStatus.FAILURE, error="hole")

    assert run.counters.holes == 1


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
