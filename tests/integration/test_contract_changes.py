"""What every store promises to who follows its changes: a copy that applies them in order equals the table."""

from decimal import Decimal

import pytest

from crypto.application.errors import InvalidCursor, SourceUnavailable
from crypto.application.query.list_changes import BEGINNING, NOW, ListChanges
from crypto.application.query.list_cursor import cursor_after
from crypto.domain.changes import ChangeFilter, FeedPlace
from crypto.domain.feed import Feed
from crypto.domain.market_data import QuoteFilter
from crypto.domain.run import RunKind
from tests.support.clock import ManualClock
from tests.support.contract import market
from tests.support.copies import Follower, table
from tests.support.market import Market, minute
from tests.support.runs import ingest, reprocess
from tests.support.stores import Store


def changed(follower: Follower) -> list[tuple[str, str]]:
    return [(each.change, each.coin_id) for each in follower.told]


async def test_from_the_beginning_all_quotes_come_in_parts(store: Store, clock: ManualClock) -> None:
    await ingest(store, market(clock, [("btc", 0, "1"), ("eth", 0, "2.50")], [("btc", 1, "3")]), clock)
    follower = Follower(store)

    parts = [await follower.ask(1) for _ in range(4)]

    assert parts == [True, True, True, False] or parts == [True, True, False, False]
    assert [(each.coin_id, each.observed_at) for each in follower.told] == [
        ("btc", minute(0)), ("eth", minute(0)), ("btc", minute(1)),
    ]  # fmt: skip
    assert follower.copy == await table(store)


async def test_what_is_inserted_restated_and_withdrawn_is_told_in_order(store: Store, clock: ManualClock) -> None:
    source = market(clock, [("btc", 0, "1"), ("eth", 0, "2")])
    await ingest(store, source, clock)
    follower = Follower(store, since=NOW)
    assert not await follower.ask()
    assert follower.told == []

    source.sweep = [[("btc", 0, "7"), ("eth", 0, "2"), ("doge", 0, "1")]]
    clock.advance(60)
    await ingest(store, source, clock)
    await follower.catch_up()
    assert changed(follower) == [("upsert", "btc"), ("upsert", "doge")]

    source.drops = frozenset({"doge"})
    await reprocess(store, source, clock)
    follower.told.clear()
    await follower.catch_up()
    assert changed(follower) == [("withdraw", "doge")]
    assert follower.told[0].quote is None


async def test_what_was_withdrawn_and_is_believed_again_is_told_as_it_is_now(
    store: Store, clock: ManualClock
) -> None:
    source = market(clock, [("btc", 0, "1")])
    await ingest(store, source, clock)
    follower = Follower(store)
    await follower.catch_up()
    follower.told.clear()
    for drops in ({"btc"}, set[str]()):
        source.drops = frozenset(drops)
        await reprocess(store, source, clock)
    await follower.catch_up()
    assert changed(follower) == [("upsert", "btc")]


async def test_where_nothing_is_new_there_is_a_place_to_go_on_at(store: Store, clock: ManualClock) -> None:
    follower = Follower(store)
    assert not await follower.ask()
    first = follower.since
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)
    assert await follower.catch_up() == await table(store)
    last = follower.since
    assert not await follower.ask()
    assert (follower.since, first != last) == (last, True)


async def test_of_one_source_and_of_some_coins_only_theirs_are_told(store: Store, clock: ManualClock) -> None:
    of_coin = Follower(store, ChangeFilter(coin_ids=("btc", "btc")))
    of_source = Follower(store, ChangeFilter(source="coinpaprika"))
    for name in ("coingecko", "coinpaprika"):
        await ingest(
            store, Market(clock, [[("btc", 0, "1"), ("eth", 0, "2")], [("btc", 1, "3")]], name=name), clock
        )
    await of_coin.ask()
    await ingest(store, market(clock, [("btc", 2, "4"), ("eth", 2, "2")]), clock)

    assert await of_coin.catch_up(1) == await table(store, QuoteFilter(coin_ids=("btc",)))
    assert await of_source.catch_up(1) == await table(store, QuoteFilter(source="coinpaprika"))


async def test_two_feeds_of_one_source_have_versions_of_their_own_and_no_change_of_either_is_lost(
    store: Store, clock: ManualClock
) -> None:
    follower = Follower(store)
    prices = market(clock, [("btc", 0, "1")], [("btc", 1, "1")], [("btc", 2, "1")])
    await ingest(store, prices, clock)
    await follower.catch_up()

    catalogue = Market(clock, [[("eth", 0, "1"), ("btc", 2, "5")]], name="coingecko", feed="catalogue")
    await ingest(store, catalogue, clock)  # its version 1, where the reader has seen version 3 of the prices
    assert await follower.catch_up() == await table(store)

    catalogue.drops = frozenset({"eth"})
    await reprocess(store, catalogue, clock)
    assert await follower.catch_up(1) == await table(store)


async def test_a_change_is_read_in_parts_while_it_is_changed_again(store: Store, clock: ManualClock) -> None:
    source = market(clock, [(f"coin-{number}", 0, "1") for number in range(9)])
    follower = Follower(store)
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)
    await follower.catch_up()
    await ingest(store, source, clock)
    assert await follower.ask(4)
    source.drops, source.factor = frozenset({"coin-1", "coin-7"}), Decimal(2)
    await reprocess(store, source, clock)
    assert await follower.catch_up(2) == await table(store)


async def test_a_page_that_is_not_committed_is_not_told(store: Store, clock: ManualClock) -> None:
    follower = Follower(store, since=NOW)
    await follower.ask()
    await ingest(store, market(clock, [("btc", 0, "1")], SourceUnavailable("away")), clock)
    async with store.ledger.claim(Feed(source="coingecko"), kind=RunKind.REPROCESS) as claim:
        with pytest.raises(ZeroDivisionError):
            async with claim.page_transaction() as transaction:
                stored = next(iter([each async for each in store.archive.stored_pages(claim.run.of)]))
                await transaction.withdraw_absent(stored, [])
                raise ZeroDivisionError
    await follower.catch_up()
    assert changed(follower) == [("upsert", "btc")]


async def test_a_place_is_good_for_its_own_filter_and_its_own_data(store: Store, clock: ManualClock) -> None:
    list_changes = ListChanges(reader=store.changes)
    await ingest(store, market(clock, [("btc", 0, "1")]), clock)
    page = await list_changes(ChangeFilter(), BEGINNING)
    with pytest.raises(InvalidCursor, match="other filters"):
        await list_changes(ChangeFilter(source="csv"), page.next_since)
    with pytest.raises(InvalidCursor, match="not one that this service gave out"):
        await list_changes(ChangeFilter(), "nonsense")
    ahead = Follower(store, since=cursor_after(FeedPlace(seen={"coingecko": 99}), ChangeFilter()))
    with pytest.raises(InvalidCursor, match="restoring a backup"):
        await ahead.ask()
