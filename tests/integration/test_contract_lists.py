"""What every store promises of lists: which are believed, and which only go round in circles."""

from hashlib import sha256

from crypto.application.errors import SourceUnavailable
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import market, prices
from tests.support.runs import ingest
from tests.support.stores import Store
from tests.support.sweeps import figures, knowing, listing, unseen


async def test_a_list_that_lost_more_than_half_is_not_believed(store: Store, clock: ManualClock) -> None:
    whole = market(clock, listing("a", "b", "c"), listing("d", "e"))
    await ingest(store, whole, clock)
    shrunken = knowing(clock, [("a", 1, "2"), ("new", 1, "2")], coins="abcde")

    runs = [await ingest(store, shrunken, clock) for _ in range(2)]

    assert [figures(run) for run in runs] == [(RunStatus.FAILURE, 2, 4)] * 2
    assert runs[0].error == (
        "shrunken_list: coingecko lists 2 coins where the last good list had 5; what is stored stands."
        " If it really lists so few now: crypto ingest coingecko --accept-list"
    )
    assert shrunken.asked_ids == []
    assert await unseen(store) == set()
    assert ("a", 1) in await prices(store)
    assert figures(await ingest(store, whole, clock)) == (RunStatus.SUCCESS, 5, 0)


async def test_a_list_of_half_is_believed(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)

    run = await ingest(store, market(clock, listing("a", "b")), clock)

    assert figures(run) == (RunStatus.SUCCESS, 2, 2)
    assert await unseen(store) == {"c", "d"}


async def test_a_shrunken_list_is_believed_when_a_person_says_so(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b", "c"), listing("d", "e")), clock)
    source = market(clock, listing("a", "b"))

    accepted = await ingest(store, source, clock, accept_list=True)

    assert figures(accepted) == (RunStatus.SUCCESS, 2, 3)
    assert await unseen(store) == {"c", "d", "e"}
    assert figures(await ingest(store, source, clock)) == (RunStatus.SUCCESS, 2, 0)


async def test_an_empty_list_is_never_accepted(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b")), clock)

    run = await ingest(store, market(clock, []), clock, accept_list=True)

    assert run.error is not None
    assert run.error.startswith("suspicious_empty")
    assert await unseen(store) == set()


async def test_asking_for_fewer_pages_is_not_a_shrunken_list(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a"), listing("b"), listing("c"), listing("d")), clock)
    source = knowing(clock, listing("a"), coins="abcd")
    source.most_pages = 1

    run = await ingest(store, source, clock)

    assert figures(run) == (RunStatus.SUCCESS, 1, 0)
    assert source.asked_ids == []
    assert await unseen(store) == {"b", "c", "d"}


async def test_a_page_that_comes_twice_is_counted_unchanged_and_three_times_stops_the_run(
    store: Store, clock: ManualClock
) -> None:
    same = listing("a", "b")
    source = market(clock, listing("z"), same, same, same, listing("y"))

    run = await ingest(store, source, clock)

    assert run.error is not None
    assert run.error.startswith("pagination_loop: the page at {'page': 3} is the third in a row")
    assert (run.status, run.counters.pages, run.counters.unchanged) == (RunStatus.FAILURE, 3, 2)


async def test_a_loop_is_seen_across_runs_and_left_when_the_list_goes_on(store: Store, clock: ManualClock) -> None:
    same = listing("a", "b")
    source = market(clock, same, same, same, listing("y"))
    await ingest(store, source, clock)
    source.asked.clear()

    still_looping = await ingest(store, source, clock)
    source.sweep[2] = listing("c")
    gone_on = await ingest(store, source, clock)

    assert (still_looping.counters.pages, source.asked) == (0, [2, 2, 3])
    assert figures(gone_on) == (RunStatus.SUCCESS, 4, 0)


async def test_the_last_pages_of_a_sweep_are_known_in_their_order(store: Store, clock: ManualClock) -> None:
    source = market(clock, listing("a"), listing("b"), listing("c"), SourceUnavailable("away"))
    await ingest(store, source, clock)

    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        digests = await claim.sweep.last_digests(2)
        await claim.finish(RunStatus.FAILURE, error="over")

    assert digests == [sha256(source.page(listing(coin)).body).digest() for coin in "bc"]


async def test_a_page_that_comes_twice_only_is_not_a_loop(store: Store, clock: ManualClock) -> None:
    same = listing("a", "b")

    run = await ingest(store, market(clock, same, same, listing("c"), same, [], [], [], same), clock)

    assert figures(run) == (RunStatus.SUCCESS, 3, 0)


async def test_a_source_that_lists_no_coins_has_no_figures(store: Store, clock: ManualClock) -> None:
    same = listing("a")

    run = await ingest(store, market(clock, same, same, same, lists_every_coin=False), clock)

    assert figures(run) == (RunStatus.SUCCESS, None, None)
