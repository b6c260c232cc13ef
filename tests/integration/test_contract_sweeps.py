"""What every store promises of sweeps: what they missed is asked for, and they end once."""

import asyncio
from datetime import timedelta

import pytest
from msgspec.structs import replace

from crypto.application.errors import FencedOff, SourceRefused, SourceUnavailable
from crypto.domain.coverage import Coverage
from crypto.domain.feed import Feed
from crypto.domain.run import RunKind, RunStatus
from tests.support.clock import ManualClock
from tests.support.contract import crash, market, prices
from tests.support.market import Record
from tests.support.runs import Witness, ingest
from tests.support.shifting import Killed, Mortal
from tests.support.stores import Store
from tests.support.sweeps import below, figures, knowing, listing, since, unseen


async def test_a_coin_that_the_list_missed_is_asked_for_by_id(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)
    source = knowing(clock, listing("a", "c"), listing("c", "d"), coins="abcd")

    run = await ingest(store, source, clock)

    assert source.asked_ids == [("b",)]
    assert figures(run) == (RunStatus.SUCCESS, 4, 0)
    assert run.counters.pages == 3
    assert await unseen(store) == set()


async def test_a_whole_list_is_asked_for_nothing(store: Store, clock: ManualClock) -> None:
    source = knowing(clock, listing("a", "b"), listing("c"), coins="abc")

    runs = [await ingest(store, source, clock) for _ in range(2)]

    assert [figures(run) for run in runs] == [(RunStatus.SUCCESS, 3, 0)] * 2
    assert source.asked_ids == []


async def test_a_coin_that_left_the_top_is_asked_for_once_then_unseen(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)
    source = knowing(clock, listing("a", "b"), listing("c", "new"), coins="abcd")

    seen_by_id = await ingest(store, source, clock), await unseen(store)
    gone = await ingest(store, source, clock), await unseen(store)

    assert (figures(seen_by_id[0]), seen_by_id[1]) == ((RunStatus.SUCCESS, 5, 0), set())
    assert (figures(gone[0]), gone[1]) == ((RunStatus.SUCCESS, 4, 0), {"d"})
    assert source.asked_ids == [("d",)]


async def test_a_coin_below_the_pages_that_are_read_is_followed_by_id_and_said_to_be_there(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)
    source = knowing(clock, listing("a", "b"), listing("c", "new"), coins=["a", "b", "c", "d", "new"])
    source.is_cut = True

    runs = [await ingest(store, source, clock) for _ in range(3)]

    assert [figures(run) for run in runs] == [(RunStatus.SUCCESS, 5, 0)] * 3
    assert source.asked_ids == [("d",)] * 3
    assert (await unseen(store), await below(store)) == (set(), {"d"})
    (record,) = (await store.run_log.source_records()).values()
    assert (record.unseen_coins, record.below_coins) == (0, 1)


async def test_a_coin_is_below_since_the_first_sweep_that_did_not_list_it_until_one_does(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, listing("a", "b")), clock)
    source = knowing(clock, listing("a", "c"), coins="abc")
    source.is_cut = True

    await ingest(store, source, clock)
    first = await since(store, "b")
    clock.advance(60)
    await ingest(store, source, clock)
    later = await since(store, "b")
    source.sweep = [listing("a", "b")]
    await ingest(store, source, clock)

    assert first == later
    assert (first[0], first[1] is None) == (None, False)
    assert await since(store, "b") == (None, None)
    assert await below(store) == {"c"}


async def test_only_a_coin_that_is_asked_for_by_id_in_vain_is_unseen_where_a_list_is_cut(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)
    source = knowing(clock, listing("a", "b"), listing("x", "y"), coins=["a", "b", "c", "x", "y"])
    source.is_cut = True
    await ingest(store, source, clock)
    assert (await unseen(store), await below(store)) == ({"d"}, {"c"})
    source.by_id = {"x": ("x", 0, "1")}

    await ingest(store, source, clock)

    assert source.asked_ids[1:] == [("c",)]
    assert (await unseen(store), await below(store)) == ({"c", "d"}, set())


async def test_what_the_budget_leaves_unasked_is_below_and_not_unseen(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)
    source = market(clock, listing("a", "b"), listing("x", "y"))
    source.is_cut = True

    runs = [await ingest(store, source, clock) for _ in range(2)]

    assert [figures(run) for run in runs] == [(RunStatus.SUCCESS, 4, 2), (RunStatus.SUCCESS, 4, 0)]
    assert (await unseen(store), await below(store)) == (set(), {"c", "d"})


async def test_the_coins_below_take_turns_and_come_after_those_that_the_list_missed(
    store: Store, clock: ManualClock
) -> None:
    coins = [f"coin-{number}" for number in range(12)]
    whole = [listing("a", "b"), listing(*coins[:6]), listing(*coins[6:])]
    await ingest(store, market(clock, *whole), clock)
    source = knowing(clock, listing("a", "b"), listing(*(f"n{each}" for each in range(6))), coins=[*coins, "b"])
    source.is_cut, source.at_once = True, 1
    for number in range(3):
        clock.advance(1)
        source.by_id = {coin: (coin, number, "1") for coin in [*coins, "b"]}
        await ingest(store, source, clock)
    assert {coin for (coin,) in source.asked_ids} == set(coins)
    source.sweep[0] = listing("a", "z")

    await ingest(store, source, clock)

    assert source.asked_ids[12] == ("b",)
    assert len(source.asked_ids) == 16


async def test_a_list_that_ends_is_whole_however_many_are_read(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c")), clock)
    source = knowing(clock, listing("a", "b"), [], coins="ab")
    source.is_cut = True
    await ingest(store, source, clock)

    await ingest(store, source, clock)

    assert source.asked_ids == [("c",)]
    assert (await unseen(store), await below(store)) == ({"c"}, set())


async def test_a_coin_that_was_below_is_unseen_once_a_whole_list_does_not_name_it(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c")), clock)
    cut = knowing(clock, listing("a", "b"), coins="abc")
    cut.is_cut = True
    await ingest(store, cut, clock)
    assert await below(store) == {"c"}

    await ingest(store, knowing(clock, listing("a", "b"), coins="ab"), clock)

    assert (await unseen(store), await below(store)) == ({"c"}, set())


async def test_a_sweep_with_a_hole_or_a_nameless_record_calls_no_coin_below(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, listing("a"), listing("b"), listing("c")), clock)
    broken = market(clock, listing("a"), SourceUnavailable("broken page"), listing("x"))
    broken.is_cut = True
    for _ in range(2):
        await ingest(store, broken, clock)
    assert (await unseen(store), await below(store)) == (set(), set())
    nameless = market(clock, [("a", 0, "1"), ("", 0, "-1")], listing("x"))
    nameless.is_cut = True

    await ingest(store, nameless, clock)

    assert (await unseen(store), await below(store)) == (set(), set())


async def test_a_coin_that_is_followed_is_asked_for_whenever_the_list_does_not_name_it(
    store: Store, clock: ManualClock
) -> None:
    source = knowing(clock, listing("a", "b"), coins=["a", "b", "deep", "deeper"])
    source.is_cut, source.followed = True, ("deep", "a", "deeper")

    runs = [await ingest(store, source, clock) for _ in range(2)]
    source.sweep = [listing("a", "deep")]
    await ingest(store, source, clock)

    assert source.asked_ids == [("deep", "deeper"), ("deep", "deeper"), ("deeper", "b")]
    assert [figures(run) for run in runs] == [(RunStatus.SUCCESS, 4, 0)] * 2
    assert await prices(store) == dict.fromkeys([("a", 0), ("b", 0), ("deep", 0), ("deeper", 0)], 1)
    assert (await unseen(store), await below(store)) == (set(), {"b", "deeper"})


async def test_an_id_to_follow_that_the_source_does_not_know_is_said_and_missing(
    store: Store, clock: ManualClock
) -> None:
    source = knowing(clock, listing("a", "b"), coins=["a", "b", "deep"])
    source.followed = ("nosuch", "deep", "none")

    run = await ingest(store, source, clock, witness := Witness())

    assert witness.unknown == [("nosuch", "none")]
    assert figures(run) == (RunStatus.SUCCESS, 3, 2)
    assert run.complete_percent == 60.0


async def test_coins_that_are_followed_come_first_and_are_asked_for_however_many_they_are(
    store: Store, clock: ManualClock
) -> None:
    deep = [f"deep-{number}" for number in range(7)]
    await ingest(store, market(clock, listing("a", "b"), listing(*"cdefghij")), clock)
    source = knowing(
        clock, listing("a", "b"), listing(*(f"n{each}" for each in range(8))), coins=[*deep, *"cdefghij"]
    )
    source.is_cut, source.at_once, source.followed = True, 2, tuple(deep)

    await ingest(store, source, clock)

    asked = [coin for ids in source.asked_ids for coin in ids]
    assert asked == [*deep, *"cdefghij"]
    assert source.asked_ids[3] == ("deep-6", "c")
    source.at_once = 1
    source.asked_ids.clear()

    await ingest(store, source, clock)

    assert [coin for ids in source.asked_ids for coin in ids] == [*deep, *"cdef"]


async def test_a_crash_asks_for_no_followed_coin_again(store: Store, clock: ManualClock) -> None:
    for step in (4, 5, 6, 7):
        dying, survivor = mortal(clock, listing("a"), step=step), mortal(clock, listing("a"), step=None)
        dying.followed = survivor.followed = ("b", "nosuch", "c")
        with pytest.raises(Killed):
            await ingest(store, dying, clock)

        run = await ingest(store, survivor, clock, witness := Witness())

        assert len({*dying.asked_ids} & {*survivor.asked_ids}) == (step % 2 == 0)
        assert {*dying.asked_ids, *survivor.asked_ids} == {("b",), ("nosuch",), ("c",)}
        assert witness.unknown == [("nosuch",)]
        assert figures(run) == (RunStatus.SUCCESS, 3, 1)


async def test_a_delisted_coin_is_missing_and_unseen(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)
    source = knowing(clock, listing("a", "b"), listing("c"), coins="abc")

    run = await ingest(store, source, clock)

    assert figures(run) == (RunStatus.SUCCESS, 3, 1)
    assert run.complete_percent == 75.0
    assert await unseen(store) == {"d"}
    assert figures(await ingest(store, source, clock)) == (RunStatus.SUCCESS, 3, 0)


async def test_without_a_question_by_id_the_figures_say_what_is_missing(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)

    run = await ingest(store, market(clock, listing("a", "b"), listing("c", "c")), clock)

    assert figures(run) == (RunStatus.SUCCESS, 3, 1)
    assert await unseen(store) == {"d"}


@pytest.mark.parametrize("error", [SourceUnavailable("503"), SourceRefused("401")])
async def test_a_failure_while_asking_by_id_fails_no_run(
    error: Exception, store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, listing("a", "b"), listing("c", "d")), clock)
    source = knowing(clock, listing("a", "b"), coins="abcd")
    source.at_once, source.by_id_error = 1, (1, error)  # type: ignore[assignment]

    run = await ingest(store, source, clock, witness := Witness())

    assert source.asked_ids == [("c",), ("d",)]
    assert figures(run) == (RunStatus.SUCCESS, 3, 1)
    assert witness.unasked == [error]
    assert await unseen(store) == {"d"}


async def test_a_sweep_asks_by_id_four_times_at_most_from_the_top_of_the_list(
    store: Store, clock: ManualClock
) -> None:
    await ingest(store, market(clock, listing("z", "y"), listing("c", "b", "a"), listing(*"opqrs")), clock)
    source = knowing(clock, listing(*"opqrs"), coins="abcyz")
    source.at_once = 1

    run = await ingest(store, source, clock)

    assert source.asked_ids == [("y",), ("z",), ("a",), ("b",)]
    assert figures(run) == (RunStatus.SUCCESS, 9, 1)


def mortal(clock: ManualClock, *pages: list[Record], step: int | None) -> Mortal:
    """A market whose run dies at a step, and that is asked for one coin at once."""
    source = Mortal(clock, pages, name="coingecko")
    source.by_id, source.at_once, source.dies_at = {coin: (coin, 0, "1") for coin in "abcde"}, 1, step
    return source


@pytest.mark.parametrize("step", range(10))
async def test_a_crash_at_any_step_of_a_sweep_fetches_at_most_one_page_again(
    step: int, store: Store, clock: ManualClock
) -> None:
    """Of the three coins to ask for, the last one is delisted: that it was asked for is remembered, too."""
    await ingest(store, market(clock, listing("a", "b", "c"), listing("d", "e", "f")), clock)
    pages = [listing("a", "b"), listing("d")]
    dying, survivor = mortal(clock, *pages, step=step), mortal(clock, *pages, step=None)
    with pytest.raises(Killed):
        await ingest(store, dying, clock)

    run = await ingest(store, survivor, clock)

    asked_again = {*dying.asked, *dying.asked_ids} & {*survivor.asked, *survivor.asked_ids}
    assert len(asked_again) == (step % 2 == 0)
    assert {*dying.asked_ids, *survivor.asked_ids} == {("c",), ("e",), ("f",)}
    assert figures(run) == (RunStatus.SUCCESS, 5, 1)
    assert await unseen(store) == {"f"}
    assert [row.coin_id for row in (await store.contents())["unified"]] == list("abcdef")


async def test_a_sweep_that_was_listed_but_is_too_old_begins_anew(store: Store, clock: ManualClock) -> None:
    lifetime = timedelta(microseconds=1)
    dying = mortal(clock, listing("a"), step=1)
    dying.sweep_lifetime = lifetime
    with pytest.raises(Killed):
        await ingest(store, dying, clock)
    clock.advance(3600)
    source = market(clock, listing("a"), sweep_lifetime=lifetime)

    run = await ingest(store, source, clock)

    assert source.asked == [0]
    assert figures(run) == (RunStatus.SUCCESS, 1, 0)


async def test_a_hole_is_healed_by_asking_for_its_coins_but_stays_a_failure(
    store: Store, clock: ManualClock
) -> None:
    """Most of the list is behind the hole: that makes it no shrunken one."""
    whole = [listing("a"), listing("b", "d", "e", "gone"), listing("c")]
    await ingest(store, market(clock, *whole), clock)
    source = knowing(clock, whole[0], SourceUnavailable("broken page"), whole[2], coins="abcde")
    await ingest(store, source, clock)

    run = await ingest(store, source, clock)

    assert run.error == "hole: the page at {'page': 1} failed in two runs (broken page)"
    assert figures(run) == (RunStatus.FAILURE, 5, 1)
    assert run.counters.holes == 1
    assert await unseen(store) == {"gone"}


async def test_a_sweep_with_a_hole_is_not_a_list_to_compare_with(store: Store, clock: ManualClock) -> None:
    whole = [listing("a"), listing("b"), listing("c")]
    await ingest(store, market(clock, *whole), clock)
    source = market(clock, whole[0], SourceUnavailable("broken page"), whole[2])

    runs = [await ingest(store, source, clock) for _ in range(4)]

    assert [figures(run)[1:] for run in runs] == [(None, None), (2, 1), (None, None), (2, 1)]
    assert [run.counters.holes for run in runs] == [0, 1, 0, 1]
    assert runs[1].complete_percent == 66.6
    assert await unseen(store) == set()


async def test_a_crash_between_the_two_failures_of_a_page_forgets_nothing(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, listing("a"), SourceUnavailable("broken page"), listing("c"))
    await ingest(store, source, clock)
    source.held_at = 1
    dying = asyncio.create_task(ingest(store, source, clock))
    await source.waiting.wait()
    await crash(store, "coingecko")
    source.held_at = None

    run = await ingest(store, source, clock)

    source.go_on.set()
    with pytest.raises(FencedOff):
        await dying
    assert (run.status, run.counters.holes, figures(run)[1:]) == (RunStatus.FAILURE, 1, (2, 0))


async def test_a_holder_that_was_taken_over_ends_no_sweep(store: Store, clock: ManualClock) -> None:
    nothing = Coverage(listed=0, named=0, expected=0, missing=0, unasked=(), pages_by_id=0, holes=0)
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as paused:
        await crash(store, "coingecko")
        async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as newer:
            with pytest.raises(FencedOff):
                await paused.sweep.complete(nothing, believed=True, cut=False)
            with pytest.raises(FencedOff):
                await paused.sweep.coverage(most_pages=None)
            await newer.finish(RunStatus.FAILURE, error="over")

    runs, _ = await store.run_log.runs(source="coingecko", limit=10, offset=0)
    assert [run.coins_named for run in runs] == [None, None]


async def test_a_sweep_ends_once(store: Store, clock: ManualClock) -> None:
    """A second attempt, after a COMMIT whose answer was lost, changes nothing."""
    await ingest(store, market(clock, listing("a", "b")), clock)
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.INGEST) as claim:
        covered = Coverage(listed=2, named=2, expected=2, missing=0, unasked=(), pages_by_id=0, holes=0)
        await claim.sweep.complete(covered, believed=False, cut=False)
        await claim.sweep.complete(replace(covered, named=9), believed=True, cut=False)
        run = await claim.finish(RunStatus.FAILURE, error="over")

    assert figures(run) == (RunStatus.FAILURE, 2, 0)
    assert await unseen(store) == set()
