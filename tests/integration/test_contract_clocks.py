"""What a run says, over every store, when this machine's clock and the provider's tell different times."""

from datetime import timedelta

from crypto.domain.run import RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import market
from tests.support.market import minute
from tests.support.runs import ingest
from tests.support.stores import Store


async def test_a_clock_a_day_behind_is_named_by_the_run_that_believes_nothing(
    store: Store, clock: ManualClock
) -> None:
    clock.moment = minute(0) - timedelta(days=1)
    source = market(clock, [("btc", 0, "1"), ("eth", 0, "1")], [("sol", 0, "1")])
    source.sent_at = minute(0) + timedelta(seconds=30)

    run = await ingest(store, source, clock)

    assert (run.status, run.counters.rejected) == (RunStatus.FAILURE, 3)
    assert run.error is not None
    clocks, drift, *_ = run.error.split("; format_changed: ")
    assert clocks == (
        "clock: a page arrived at 2026-10-30T12:00:00+00:00 by this machine's clock, and was sent at"
        " 2026-10-31T12:00:30+00:00 by the provider's; set the one right that is wrong, or quotes are taken for"
        " too new or too old"
    )
    assert "by this machine's clock, which may be wrong" in drift
    assert run.error.count("clock: ") == 1


async def test_a_clock_a_day_ahead_is_named_although_every_quote_is_believed(
    store: Store, clock: ManualClock
) -> None:
    clock.moment = minute(0) + timedelta(days=1)
    source = market(clock, [("btc", 0, "1")])
    source.sent_at = minute(0) + timedelta(seconds=30)

    run = await ingest(store, source, clock)

    assert (run.status, run.counters.inserted) == (RunStatus.FAILURE, 1)
    assert run.error is not None
    assert run.error.startswith("clock: a page arrived at 2026-11-01T12:00:00+00:00")


async def test_clocks_that_agree_are_not_spoken_of(store: Store, clock: ManualClock) -> None:
    clock.moment = minute(9)
    source = market(clock, [("btc", 0, "1")])
    source.sent_at = minute(0) + timedelta(seconds=30)
    assert (await ingest(store, source, clock)).status is RunStatus.SUCCESS
