"""The stream of changes over real sockets: whoever is slow, cut off or gone loses nothing and holds nothing up."""

import time
from collections.abc import Iterator
from itertools import islice

import httpx
import pytest

from tests.support.http_server import free_port, start, stop
from tests.support.streaming import HEARTBEAT, MOST, PATIENCE, Event, listening

FACTORY = "tests.support.streaming:served_with_changes"


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    port = free_port()
    process = start(port, FACTORY)
    yield port
    stop(process)


def table(port: int) -> dict[str, int]:
    """The price of each coin, from the feed read whole."""
    prices: dict[str, int] = {}
    since = "beginning"
    while True:
        body = httpx.get(f"http://127.0.0.1:{port}/api/v1/changes", params={"since": since}).json()
        prices |= {each["coin_id"]: int(each["quote"]["price_usd"]) for each in body["data"]}
        since = body["next_since"]
        if not body["has_more"]:
            return prices


def apply(copy: dict[str, int], events: list[Event]) -> None:
    for each in events:
        assert all(price >= copy.get(coin_id, 0) for coin_id, price in each.prices.items())
        copy |= each.prices


def test_what_changes_comes_as_it_does_and_goes_on_after_a_cut(port: int) -> None:
    copy: dict[str, int] = {}
    with listening(port) as listener:
        assert (listener.status, listener.headers["content-type"]) == (200, "text/event-stream")
        assert listener.headers["cache-control"] == "no-store"
        first, *changes = islice(listener.events(), 4)
    assert (first.kind, {each.kind for each in changes}) == ("position", {"changes"})

    apply(copy, changes)
    last = changes[-1].id
    for _ in range(3):  # cut in the middle of an event, and come again
        with listening(port, "?since=now", last=last) as again:
            events = list(islice(again.events(), 3))
        apply(copy, events)
        last = events[-1].id
    assert len(copy) == len(table(port))


def test_a_slow_reader_is_told_that_it_is_behind_and_loses_nothing(port: int) -> None:
    copy: dict[str, int] = {}
    with listening(port, "?since=beginning") as slow:
        time.sleep(PATIENCE + 6)  # the buffers are full by now, and one event waits
        events = list(slow.events())
    assert events[-1].kind == "behind"
    assert "come again" in events[-1].data["detail"]
    apply(copy, events)
    with listening(port, last=events[-1].id) as again:
        apply(copy, list(islice(again.events(), 8)))
    assert set(copy) == set(table(port))


def test_only_so_many_are_served_at_once_and_one_that_goes_makes_room(port: int) -> None:
    url = f"http://127.0.0.1:{port}/api/v1/stream"
    with listening(port), listening(port):
        with listening(port):
            refused = httpx.get(url)
            assert (refused.status_code, refused.json()["code"]) == (503, "too_many_streams")
            assert refused.headers["retry-after"] == "5"
            assert httpx.head(url).status_code == 200
        assert MOST == 3
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            with listening(port) as listener:
                if listener.status == 200:
                    break
            time.sleep(HEARTBEAT)
        else:
            pytest.fail("there never was room again")


def test_a_server_that_stops_ends_its_streams_at_once() -> None:
    port = free_port()
    process = start(port, FACTORY)
    with listening(port) as listener:
        before = list(islice(listener.events(), 2))
        asked_at = time.monotonic()
        process.terminate()
        after = list(listener.events())
        stop(process)
    assert time.monotonic() - asked_at < 5
    assert before
    assert all(each.kind in {"changes", "position"} for each in after)
